//! URIs of models, as MLflow writes them.

/// The forms of a model URI.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ModelUri<'a> {
    /// `runs:/RUN_ID/NAME`
    Run { run_id: &'a str, path: &'a str },
    /// `models:/m-ID`
    LoggedModel(&'a str),
    /// `models:/NAME/VERSION`
    Version { name: &'a str, version: &'a str },
    /// `models:/NAME@ALIAS`
    Alias { name: &'a str, alias: &'a str },
    /// Any other: a storage's own.
    Elsewhere,
}

impl<'a> ModelUri<'a> {
    /// Reads a URI.
    ///
    /// # Errors
    /// The form that it should have.
    pub(crate) fn parse(uri: &'a str) -> Result<Self, &'static str> {
        if let Some(rest) = uri.strip_prefix("runs:/") {
            return match rest.trim_start_matches('/').split_once('/') {
                Some((run_id, path)) if !run_id.is_empty() && !path.trim_matches('/').is_empty() => {
                    Ok(Self::Run { run_id, path: path.trim_matches('/') })
                }
                _ => Err("runs:/RUN_ID/NAME, where NAME is what the model was logged under"),
            };
        }
        let Some(rest) = uri.strip_prefix("models:/") else { return Ok(Self::Elsewhere) };
        let rest = rest.trim_matches('/');
        match (rest.rsplit_once('@'), rest.rsplit_once('/')) {
            (Some((name, alias)), _) if !name.is_empty() && !alias.is_empty() => {
                Ok(Self::Alias { name, alias })
            }
            (None, Some((name, version))) if !name.is_empty() => Ok(Self::Version { name, version }),
            (None, None) if rest.starts_with("m-") => Ok(Self::LoggedModel(rest)),
            _ => Err("models:/m-ID, models:/NAME/VERSION or models:/NAME@ALIAS"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_model_uri_is_told_apart() {
        let parse = |uri| ModelUri::parse(uri).unwrap();
        assert_eq!(parse("runs:/abc/a/model/"), ModelUri::Run { run_id: "abc", path: "a/model" });
        assert_eq!(parse("models:/m-0123"), ModelUri::LoggedModel("m-0123"));
        assert_eq!(parse("models:/churn/3"), ModelUri::Version { name: "churn", version: "3" });
        assert_eq!(parse("models:/churn@champion"), ModelUri::Alias { name: "churn", alias: "champion" });
        assert_eq!(parse("s3://bucket/model"), ModelUri::Elsewhere);
    }

    #[test]
    fn a_model_uri_that_is_no_model_uri_says_what_it_should_be() {
        for uri in ["runs:/", "runs:/abc", "runs:/abc/", "models:/", "models:/churn", "models:/churn@"] {
            let form = ModelUri::parse(uri).unwrap_err();
            assert_eq!(form.starts_with("runs:/"), uri.starts_with("runs:/"), "{form}");
        }
    }
}
