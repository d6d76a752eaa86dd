//! Approvals: a person's yes to one call, which the client keeps between two requests and which counts once.
//!
//! What the client keeps is sealed over the tool, its arguments, the caller and the place that the call goes to, so that
//! it fits that call and no other; in it stands until when it is good. It needs no number of its own: two questions about
//! the same call in the same instant are sealed alike, and then there is one approval between them, never one too many.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::refusal::Flaw;
use crate::port::{CounterError, Counters};
use crate::seal::Seal;
use crate::sorted::ordered;
use crate::spec::Spec;

/// How long an approval is good for, where a store sees to it that it is used once.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// And where there is no store, so that nothing but time ends it.
const LIFETIME_WITHOUT_STORE: Duration = Duration::from_secs(60);

/// No approval is longer, in bytes: what is, is not even decoded.
const LONGEST: usize = 256;

/// What approvals are sealed with and held against.
#[derive(Clone, Copy, Debug)]
pub struct Approvals<'a> {
    /// The same in all instances that are to know an approval again.
    pub seal: &'a Seal,
    /// A digest of where the call goes, and as whom.
    pub place: &'a [u8],
    /// Since 1970.
    pub now: Duration,
}

/// Leave to ask a person about one call, and to look at what it would do. Only
/// [`Policy::question`](super::Policy::question) makes one.
#[derive(Clone, Copy, Debug)]
pub struct Question<'c> {
    spec: &'static Spec,
    arguments: &'c Map<String, Value>,
    caller: &'c Caller,
}

/// What the client keeps while the person thinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Sealed.
    pub state: String,
    /// How long it is good for.
    pub lifetime: Duration,
    /// Whether it is good once only.
    pub once: bool,
}

/// What stands in the sealed text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    /// In nanoseconds since 1970, so that two are hardly ever alike.
    until: u64,
    /// Whether a store must see to it that it is used once.
    counted: bool,
}

impl<'c> Question<'c> {
    pub(super) fn new(spec: &'static Spec, arguments: &'c Map<String, Value>, caller: &'c Caller) -> Self {
        Self { spec, arguments, caller }
    }

    /// The tool.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// Its arguments.
    #[must_use]
    pub fn arguments(&self) -> &'c Map<String, Value> {
        self.arguments
    }

    /// What becomes an approval when a person agrees; `counted` where there is a store.
    #[must_use]
    pub fn pending(&self, approvals: Approvals<'_>, counted: bool) -> Pending {
        let lifetime = if counted { LIFETIME } else { LIFETIME_WITHOUT_STORE };
        let terms = Terms { until: nanoseconds(approvals.now + lifetime), counted };
        let text = json!(terms).to_string();
        Pending {
            state: approvals.seal.close(&purpose(self, approvals.place), &text),
            lifetime,
            once: counted,
        }
    }

    /// Uses an approval up.
    pub(super) async fn redeem(
        &self,
        approvals: Approvals<'_>,
        state: &str,
        counters: Counters<'_>,
    ) -> Result<(), Flaw> {
        if state.len() > LONGEST {
            return Err(Flaw::Foreign);
        }
        let text = approvals.seal.open(&purpose(self, approvals.place), state).map_err(|_| Flaw::Foreign)?;
        let terms: Terms = serde_json::from_str(&text).map_err(|_| Flaw::Foreign)?;
        if nanoseconds(approvals.now) >= terms.until {
            return Err(Flaw::Late);
        }
        let key = json!(["approval", Seal::mark(state)]).to_string();
        match counters.host.take(&key).await {
            Err(CounterError::NoStore) if !terms.counted => match counters.instance.take(&key).await {
                Ok(false) => Err(Flaw::Repeated),
                // An instance that remembers nothing is what the short lifetime is for.
                Ok(true) | Err(_) => Ok(()),
            },
            Ok(true) => Ok(()),
            Ok(false) => Err(Flaw::Repeated),
            Err(error) => Err(Flaw::Uncounted(error)),
        }
    }
}

/// The call in a text that is the same for the same call, in whatever order its arguments came, and for no other.
fn purpose(question: &Question<'_>, place: &[u8]) -> String {
    let Question { spec, arguments, caller } = question;
    let arguments = ordered(Value::Object((*arguments).clone()));
    json!(["approval", spec.name, arguments, caller.name(), STANDARD.encode(place)]).to_string()
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
