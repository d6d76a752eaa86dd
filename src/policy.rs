//! Who may do what: the operator's policy, and the one thing that lets a tool run, a [`Permit`].
//!
//! ```text
//! text ── file ── Policy ── narrowed ── admit ── Permit
//!         parse             (requests)  (calls)
//! ```
//!
//! How rules combine, in this order:
//!
//! 1. **Deny wins.** A matching rule that denies does so, however general it is.
//! 2. **The most specific action decides** between the others: a tool's name, then a glob, then a toolset, then a
//!    risk class. Among globs the strictest counts. If rules match and none has an action, the tool is allowed;
//!    if none matches, the policy's `default` holds.
//! 3. **Conditions and limits add up.** Those of every matching rule hold.
//! 4. **A request only narrows.** [`Restriction`]s are conditions on top, never exceptions.
//! 5. **A yes is for one call.** Where a person has to agree, an [`approval`] fits the call that was asked about, once.
//!
//! [`Policy::lists`] and [`Policy::admit`] ask the same question of the same rules, so that what is listed is what
//! can be called. This module knows no tool and no HTTP: tools come as [`Spec`](crate::spec::Spec)s in a
//! [`Catalogue`], counts through [`port::Counter`](crate::port::Counter).

mod admit;
pub mod approval;
pub mod caller;
pub mod catalogue;
mod condition;
pub mod decision;
mod explain;
pub mod file;
mod glob;
mod key;
mod limit;
pub mod permit;
pub mod refusal;
pub mod restriction;
mod rule;
pub mod standing;
mod terms;

pub use admit::{CONFIRM, Call, Consent, Policy};
pub use approval::{Approvals, Question};
pub use caller::Caller;
pub use catalogue::Catalogue;
pub use decision::Decision;
pub use file::PolicyError;
pub use permit::Permit;
pub use refusal::Refusal;
pub use restriction::{Only, Restriction};
pub use standing::Standing;

/// The policy that holds when none is given.
pub const DEFAULT: &str = include_str!("policy/default.json");
