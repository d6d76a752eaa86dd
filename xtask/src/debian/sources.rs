//! The mirror that this machine takes Debian from, read from its own apt configuration.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// One archive of an apt configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    uri: String,
    suites: Vec<String>,
    components: Vec<String>,
    /// A keyring file, where one is named.
    signed_by: Option<String>,
}

impl Archive {
    /// The same archive with another release, in apt's own format.
    pub(super) fn stanza(&self, suite: &str) -> String {
        let mut text = format!("Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\n", self.uri);
        if let Some(keyring) = &self.signed_by {
            text.push_str(&format!("Signed-By: {keyring}\n"));
        }
        text
    }

    /// Whether this can be Debian itself: the release as it is, not its updates, and free software.
    fn may_be_debian(&self) -> bool {
        self.suites.iter().any(|suite| !suite.contains(['-', '/']))
            && self.components.iter().any(|it| it == "main")
    }
}

/// The archive that the release itself comes from. Others may use the same names for their suites, so one whose
/// address ends in `/debian` comes first.
pub(super) fn main_archive(etc: &Path) -> Result<Archive> {
    let mut archives = archives(&etc.join("apt"));
    archives.retain(Archive::may_be_debian);
    let named = archives.iter().position(|it| it.uri.trim_end_matches('/').ends_with("/debian")).unwrap_or(0);
    if archives.is_empty() {
        return Err(Error::new(format!("{} names no archive of Debian", etc.join("apt").display())));
    }
    Ok(archives.swap_remove(named))
}

fn archives(apt: &Path) -> Vec<Archive> {
    let mut files: Vec<PathBuf> = fs::read_dir(apt.join("sources.list.d"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files.insert(0, apt.join("sources.list"));
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap_or_default();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("sources") => stanzas(&text),
            Some("list") => text.lines().filter_map(one_line).collect(),
            _ => Vec::new(),
        }
    };
    files.iter().flat_map(read).collect()
}

/// `Field: value` lines, stanzas apart by empty lines (the `.sources` form).
fn stanzas(text: &str) -> Vec<Archive> {
    let without_comments: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    without_comments.split(|line| line.trim().is_empty()).filter_map(stanza).collect()
}

fn stanza(lines: &[&str]) -> Option<Archive> {
    let field = |wanted: &str| {
        lines.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    let words =
        |wanted: &str| field(wanted).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let types: Vec<String> = words("Types");
    let off = field("Enabled").is_some_and(|value| value.eq_ignore_ascii_case("no"));
    (types.iter().any(|it| it == "deb") && !off).then_some(())?;
    Some(Archive {
        uri: field("URIs")?.split_whitespace().next()?.to_owned(),
        suites: words("Suites"),
        components: words("Components"),
        // A key may also be written out here; then apt's own keyrings have to do.
        signed_by: field("Signed-By").filter(|value| value.starts_with('/')).map(str::to_owned),
    })
}

/// `deb [options] uri suite component ...` (the `.list` form).
fn one_line(line: &str) -> Option<Archive> {
    let rest = line.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split('#').next()?.split_whitespace().map(str::to_owned);
    Some(Archive {
        uri: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
        signed_by: options.split_whitespace().find_map(|it| it.strip_prefix("signed-by=")).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stanza_is_read_and_written_for_another_release() {
        let text = "Types: deb\n# a remark\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n\
                    Components: main\nSigned-By: /keys/debian.gpg\n\nTypes: deb\nEnabled: no\nURIs: x\nSuites: y\n";
        let found = stanzas(text);
        assert_eq!(found.len(), 1, "a disabled stanza does not count");
        assert_eq!(
            found[0].stanza("forky"),
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: forky\nComponents: main\n\
             Signed-By: /keys/debian.gpg\n"
        );
        assert!(found[0].may_be_debian());
    }

    #[test]
    fn a_line_is_read_with_and_without_options() {
        let plain = one_line("deb http://mirror.example/debian bookworm main contrib # remark").unwrap();
        assert_eq!((plain.uri.as_str(), plain.components.len()), ("http://mirror.example/debian", 2));
        let signed =
            one_line("deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ bookworm main")
                .unwrap();
        assert_eq!(signed.signed_by.as_deref(), Some("/k.gpg"));
        assert_eq!(one_line("deb-src http://mirror.example/debian bookworm main"), None);
        assert_eq!(one_line("# deb http://mirror.example/debian bookworm main"), None);
    }

    #[test]
    fn security_updates_and_other_vendors_are_not_debian_itself() {
        let security = one_line("deb http://mirror.example/debian-security bookworm-security main").unwrap();
        let vendor = one_line("deb http://vendor.example/linux/debian bookworm stable").unwrap();
        assert!(!security.may_be_debian() && !vendor.may_be_debian());
    }
}
