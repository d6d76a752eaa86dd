//! Where the MLflow server is.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use percent_encoding::percent_decode_str;

use super::credentials::Credentials;

/// An absolute `http` or `https` URL without query; its path is kept, since servers run under prefixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/prefix` without a slash at the end.
    prefix: String,
    credentials: Option<Credentials>,
}

impl BaseUrl {
    /// Reads a tracking URI.
    ///
    /// # Errors
    /// What is wrong with it and how it should look; without the text itself, which may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str =
            "write a URL such as http://127.0.0.1:5000 or https://mlflow.example.com/prefix";
        if text.starts_with("databricks") {
            return Err(format!(
                "names a Databricks profile, which only MLflow's Python client can read: write the workspace's URL and put \
                 an access token into MLFLOW_TRACKING_TOKEN, or a service principal into MLFLOW_MCP_TRACKING_OAUTH, or {EXAMPLE}"
            ));
        }
        let uri: Uri = text.parse().map_err(|_| format!("is not a URL: {EXAMPLE}"))?;
        let parts = uri.into_parts();
        let scheme = match parts.scheme {
            Some(scheme) if scheme == Scheme::HTTP || scheme == Scheme::HTTPS => scheme,
            Some(_) => {
                return Err(format!(
                    "is not an http or https URL, and this server reaches no other: {EXAMPLE}"
                ));
            }
            None => return Err(format!("has no http:// or https:// in front: {EXAMPLE}")),
        };
        let written = parts.authority.ok_or_else(|| format!("has no host: {EXAMPLE}"))?;
        let (userinfo, host) = match written.as_str().rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, written.as_str()),
        };
        let authority: Authority = host.parse().map_err(|_| format!("has no valid host: {EXAMPLE}"))?;
        if authority.host().is_empty() {
            return Err(format!("has no host: {EXAMPLE}"));
        }
        let after_host = &authority.as_str()[authority.host().len()..];
        if !after_host.is_empty() && matches!(authority.port_u16(), None | Some(0)) {
            return Err(format!("has no valid port: {EXAMPLE}"));
        }
        let path = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if path.query().is_some() {
            return Err(format!("has a query, which a base URL cannot have: {EXAMPLE}"));
        }
        // Else the front of a password would be the port, and its rest be shown as a path, or lost.
        if path.path().contains('@') || text.contains('#') {
            return Err(format!(
                "has an @ or # where none can be: in a password write / as %2F and # as %23; {EXAMPLE}"
            ));
        }
        let prefix = path.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme, authority, prefix, credentials: userinfo.map(basic) })
    }

    /// User and password, if they stood in the URL.
    #[must_use]
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// The URL of a path below it; `path_and_query` starts with `/` and is already encoded.
    pub(super) fn join(&self, path_and_query: &str) -> Result<Uri, http::Error> {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(format!("{}{path_and_query}", self.prefix))
            .build()
    }

    /// Without its path, and without user and password.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// `host` or `host:port`, as sent in `Host`.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// Without user and password.
impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

fn basic(userinfo: &str) -> Credentials {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Credentials::basic(&decode(user), &decode(password))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_path_prefix_is_kept() {
        let base = BaseUrl::parse("https://ml.example/team/mlflow/").unwrap();
        assert_eq!(base.join("/version").unwrap(), "https://ml.example/team/mlflow/version");
        assert_eq!(base.to_string(), "https://ml.example/team/mlflow");
    }

    #[test]
    fn user_and_password_in_the_url_become_a_header_and_vanish_from_the_url() {
        let base = BaseUrl::parse("http://bob:p%40ss@ml.example:5000").unwrap();
        assert_eq!(base.credentials(), Some(&Credentials::basic("bob", "p@ss")));
        assert_eq!(base.join("/version").unwrap(), "http://ml.example:5000/version");
        assert!(!format!("{base} {base:?}").contains("p@ss"));
    }

    #[test]
    fn a_password_that_does_not_end_before_the_path_is_named_as_that_and_not_shown() {
        for text in [
            "http://bob:1/hunter2@ml.example",
            "http://bob:1/a/hunter2@ml.example:5000/prefix",
            "http://bob:1#hunter2@ml.example",
        ] {
            let problem = BaseUrl::parse(text).unwrap_err();
            assert!(problem.contains("%2F") && !problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn ipv6_hosts_are_hosts() {
        let base = BaseUrl::parse("http://[::1]:5000").unwrap();
        assert_eq!(base.join("/version").unwrap(), "http://[::1]:5000/version");
    }

    #[test]
    fn what_is_no_base_url_says_what_one_looks_like() {
        for text in [
            "",
            "mlflow",
            "127.0.0.1:5000",
            "ftp://x",
            "sqlite:///mlflow.db",
            "file:///tmp/mlruns",
            "http://",
            "http://:5000",
            "http://a:0",
            "http://a:99999",
            "http://a b",
            "http://a?x=1",
            "databricks",
            "databricks://profile",
            "http://u:p@",
            "/mlflow",
        ] {
            let problem = BaseUrl::parse(text).unwrap_err();
            assert!(problem.contains("http://127.0.0.1:5000"), "{text:?}: {problem}");
        }
    }
}
