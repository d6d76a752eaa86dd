//! The audit trail: what was called by whom, what the policy said, and what came of it, as lines of JSON.
//!
//! Every call that could make MLflow be asked leaves exactly one line, also when it is refused, fails, or is dropped
//! because its client has gone. One that is to change something leaves another one before the change is sent: a host
//! may end an instance at any time, and a change that was made must not be missing.
//!
//! `docs/audit.md` has the members. Of arguments only ids and names of things are shown, of the rest a digest; every
//! member is bounded, so a line is always shorter than [`LONGEST`].

mod arguments;
mod call;
mod line;
mod moment;
mod watch;

pub use call::{Approval, Call, Making, Outcome};
pub use line::LONGEST;
