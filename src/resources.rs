//! MLflow's things as resources: `mlflow://run/...` and so on, for people who pick and hosts that attach.

pub mod complete;
pub mod list;
pub mod read;
pub mod reading;
pub mod templates;

pub use reading::Reading;
pub use templates::TEMPLATES;
