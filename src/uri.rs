//! The URIs of what MLflow holds: resources are read by them, and tools name things by them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// RFC 3986 unreserved characters stay as they are.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// The MLflow server itself.
    Server,
    /// By id.
    Experiment(String),
    /// By name.
    ExperimentByName(String),
    /// By id.
    Run(String),
    /// A file of a run.
    Artifact {
        /// The run's id.
        run_id: String,
        /// From the run's root.
        path: String,
    },
    /// By name.
    RegisteredModel(String),
    /// One version.
    ModelVersion {
        /// The model's name.
        name: String,
        /// A number in text.
        version: String,
    },
}

impl Uri {
    /// Reads one; `None` if it is of no form that there is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = match text.strip_prefix("mlflow://")?.split_once('/') {
            Some((kind, rest)) => (kind, rest),
            None => return (text == "mlflow://server").then_some(Self::Server),
        };
        let mut segments = rest.split('/').map(decode);
        let first = segments.next()?.filter(|segment| !segment.is_empty())?;
        let others = segments.collect::<Option<Vec<String>>>()?;
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        match (kind, others.as_slice()) {
            ("experiment", []) => Some(Self::Experiment(first)),
            ("experiment-by-name", []) => Some(Self::ExperimentByName(first)),
            ("run", []) => Some(Self::Run(first)),
            ("run", ["artifacts", path @ ..]) if path.iter().any(|segment| !segment.is_empty()) => {
                Some(Self::Artifact { run_id: first, path: path.join("/") })
            }
            ("registered-model", []) => Some(Self::RegisteredModel(first)),
            ("model-version", [version]) if !version.is_empty() => {
                Some(Self::ModelVersion { name: first, version: (*version).to_owned() })
            }
            _ => None,
        }
    }
}

fn decode(segment: &str) -> Option<String> {
    percent_decode_str(segment).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

impl std::fmt::Display for Uri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let segment = |text| utf8_percent_encode(text, SEGMENT);
        match self {
            Self::Server => f.write_str("mlflow://server"),
            Self::Experiment(id) => write!(f, "mlflow://experiment/{}", segment(id)),
            Self::ExperimentByName(name) => write!(f, "mlflow://experiment-by-name/{}", segment(name)),
            Self::Run(id) => write!(f, "mlflow://run/{}", segment(id)),
            Self::Artifact { run_id, path } => {
                write!(f, "mlflow://run/{}/artifacts", segment(run_id))?;
                path.split('/').try_for_each(|part| write!(f, "/{}", segment(part)))
            }
            Self::RegisteredModel(name) => write!(f, "mlflow://registered-model/{}", segment(name)),
            Self::ModelVersion { name, version } => {
                write!(f, "mlflow://model-version/{}/{}", segment(name), segment(version))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_uri_reads_back_from_its_text() {
        let name = "Zoë's \"größte\" 实验/2".to_owned();
        for uri in [
            Uri::Server,
            Uri::Experiment("7".into()),
            Uri::ExperimentByName(name.clone()),
            Uri::Run("abc".into()),
            Uri::Artifact { run_id: "abc".into(), path: "a b/größe 100%.txt".into() },
            Uri::RegisteredModel(name.clone()),
            Uri::ModelVersion { name, version: "3".into() },
        ] {
            assert_eq!(Uri::parse(&uri.to_string()), Some(uri));
        }
    }

    #[test]
    fn other_uris_are_none_of_ours() {
        for text in [
            "",
            "mlflow://",
            "mlflow://run",
            "mlflow://run/",
            "mlflow://run/a/b",
            "mlflow://run/a/artifacts",
            "mlflow://run/a/artifacts/",
            "mlflow://model-version/m",
            "mlflow://nope/a",
            "http://x",
            "mlflow://run/%ff",
        ] {
            assert_eq!(Uri::parse(text), None, "{text}");
        }
    }
}
