//! Why a call is not made, in words for whoever made it.

use std::fmt;
use std::time::Duration;

use super::decision::Decision;
use super::restriction::{Only, Restriction};
use crate::port::CounterError;

/// The variable with the policy, as operators know it.
const VARIABLE: &str = "MLFLOW_MCP_POLICY";

/// What stands for the rule where none is about the tool.
pub(super) const DEFAULT: &str = "default";

/// Why a call is not made. Nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It may not be made.
    Denied {
        /// The tool.
        tool: &'static str,
        /// By what.
        denial: Denial,
    },
    /// A person must agree first.
    Unapproved {
        /// The tool.
        tool: &'static str,
        /// The rule's key.
        rule: String,
        /// Whether the argument `confirm` counts as agreement.
        confirm: bool,
    },
    /// An approval was brought that does not count.
    Unaccepted {
        /// The tool.
        tool: &'static str,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// There were too many calls.
    Limited {
        /// The tool.
        tool: &'static str,
        /// The rule's key.
        rule: String,
        /// The limit, in words.
        limit: String,
        /// When the next window begins.
        retry_after: Duration,
    },
    /// Whether there were too many calls cannot be told.
    Uncounted {
        /// The tool.
        tool: &'static str,
        /// The rule's key.
        rule: String,
        /// The limit, in words.
        limit: String,
        /// What the store said.
        error: CounterError,
    },
}

/// Why an approval does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It was changed, is not of this server, or was given for another call or caller; which, is nobody's business.
    Foreign,
    /// Its time is over.
    Late,
    /// It was used.
    Repeated,
    /// Whether it was used cannot be told.
    Uncounted(CounterError),
}

/// What denies a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// A rule that says so.
    Rule {
        /// Its key.
        rule: String,
        /// The operator's words; may be empty.
        reason: String,
    },
    /// No rule is about the tool, and the default is to deny.
    Default,
    /// The request, or the operator's choice of tools.
    Restriction(Restriction),
    /// An argument is not what a rule wants.
    Condition {
        /// The rule's key.
        rule: String,
        /// What it wants.
        wants: String,
        /// The operator's words; may be empty.
        reason: String,
    },
    /// A rule wants an argument that the tool does not have.
    Unfit {
        /// The rule's key.
        rule: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { tool, denial } => write!(f, "{tool} is denied: {denial}"),
            Self::Unapproved { tool, rule, .. } => {
                write!(
                    f,
                    "the policy's rule {rule:?} wants a person to approve {tool} first; nothing was changed"
                )
            }
            Self::Unaccepted { tool, flaw } => write!(f, "{tool} is not approved: {flaw}"),
            Self::Limited { rule, limit, .. } => {
                write!(
                    f,
                    "the policy's rule {rule:?} admits {limit}, and they are used up; nothing was changed"
                )
            }
            Self::Uncounted { rule, limit, error, .. } => {
                let why = match error {
                    CounterError::NoStore => "this host has no store to count them in",
                    CounterError::Failed => "the host's store failed to count them",
                };
                write!(f, "the policy's rule {rule:?} admits {limit}, and {why}; nothing was changed")
            }
        }
    }
}

impl Refusal {
    /// In one word.
    #[must_use]
    pub fn decision(&self) -> Decision {
        match self {
            Self::Denied { .. } => Decision::Denied,
            Self::Unaccepted { flaw: Flaw::Uncounted(_), .. } | Self::Uncounted { .. } => Decision::Uncounted,
            Self::Unapproved { .. } | Self::Unaccepted { .. } => Decision::Unapproved,
            Self::Limited { .. } => Decision::Limited,
        }
    }

    /// The key of the rule that says so, or the header, variable or path; `default` if it is neither, and `approval`
    /// if the approval that was brought does not count.
    #[must_use]
    pub fn rule(&self) -> &str {
        match self {
            Self::Denied { denial, .. } => match denial {
                Denial::Rule { rule, .. } | Denial::Condition { rule, .. } | Denial::Unfit { rule } => rule,
                Denial::Restriction(restriction) => restriction.source,
                Denial::Default => DEFAULT,
            },
            Self::Unaccepted { .. } => "approval",
            Self::Unapproved { rule, .. } | Self::Limited { rule, .. } | Self::Uncounted { rule, .. } => rule,
        }
    }

    /// Whether it is for the caller's rights alone, and the same call by another would be admitted.
    #[must_use]
    pub fn by_scope(&self) -> bool {
        matches!(
            self,
            Self::Denied { denial: Denial::Restriction(Restriction { only: Only::UpTo(_), .. }), .. }
        )
    }

    /// What to do next, a sentence.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Denied { denial: Denial::Restriction(restriction), .. } => {
                format!("It is not listed to this request; {} decides that.", restriction.source)
            }
            Self::Denied { denial: Denial::Condition { .. }, .. } => {
                format!("Call it with such a value; the operator decides which, in {VARIABLE}.")
            }
            Self::Denied { .. } => format!("The operator decides that, in {VARIABLE}; trying again will not help."),
            Self::Unapproved { confirm: true, .. } => {
                "Ask the person you work for; if they agree, call again with the same arguments and confirm: true."
                    .to_owned()
            }
            Self::Unapproved { tool, .. } => format!(
                "This client cannot ask anybody: that takes one of protocol revision 2026-07-28 that declares elicitation. \
                 The operator can let it through: \"tools\": {{\"{tool}\": {{\"action\": \
                 \"allow\"}}}} in {VARIABLE}, or \"confirm\" instead of \"allow\" to have callers send confirm: true."
            ),
            Self::Unaccepted { flaw: Flaw::Repeated, .. } => {
                "What it was for may have been done then: read it back before you ask again.".to_owned()
            }
            Self::Unaccepted { .. } => {
                "Call again with these arguments alone, without inputResponses and requestState: the person is asked anew."
                    .to_owned()
            }
            Self::Limited { retry_after, .. } => format!("Try again in {} s.", retry_after.as_secs().max(1)),
            Self::Uncounted { error: CounterError::NoStore, .. } => format!(
                "Reads work. The operator can use a host with a store, or write \"store\": \"instance\" in {VARIABLE} \
                 to count within each instance, or a rule without a limit."
            ),
            Self::Uncounted { .. } => "Try again; if it stays so, the host's log says why.".to_owned(),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { rule, reason } => {
                write!(f, "the policy's rule {rule:?} says so{}", because(reason))
            }
            Self::Default => f.write_str("no rule of the policy is about it, and its default is \"deny\""),
            Self::Restriction(restriction) => restriction.fmt(f),
            Self::Condition { rule, wants, reason } => {
                write!(f, "the policy's rule {rule:?} wants {wants}{}", because(reason))
            }
            Self::Unfit { rule } => {
                write!(f, "the policy's rule {rule:?} has a condition on an argument that it does not have")
            }
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => {
                "what was brought is no approval of this very call; it was changed, or given for other arguments, \
                 another tool, caller or server; nothing was changed"
            }
            Self::Late => "the approval came too late; nothing was changed",
            Self::Repeated => "the approval was used before and counts once; nothing more was changed",
            Self::Uncounted(CounterError::NoStore) => {
                "the host's store, which knows whether the approval was used, is gone; nothing was changed"
            }
            Self::Uncounted(CounterError::Failed) => {
                "the host's store failed to say whether the approval was used; nothing was changed"
            }
        })
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}
