//! Paths that could lead out of a run's artifacts.

use percent_encoding::percent_decode_str;

/// How often a path may be encoded: MLflow, its storage and what is between may each decode once.
const DECODINGS: usize = 3;

/// Whether the path could lead anywhere but down, in the eyes of some reader: MLflow, its storage, and proxies between
/// them decode and shorten paths each in their own way, and MLflow has let some through (CVE-2023-6909).
pub(crate) fn leads_out(path: &str) -> bool {
    let mut text = path.to_owned();
    for _ in 0..DECODINGS {
        if is_no_way_down(&text) {
            return true;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == text {
            return false;
        }
        text = decoded;
    }
    true
}

fn is_no_way_down(path: &str) -> bool {
    let climbs = path.split(['/', '\\']).any(|part| matches!(part.trim(), ".." | "."));
    let is_drive = match path.as_bytes() {
        [letter, b':', rest @ ..] => letter.is_ascii_alphabetic() && matches!(rest, [] | [b'/' | b'\\', ..]),
        _ => false,
    };
    climbs
        || is_drive
        || path.starts_with(['/', '\\'])
        || path.contains("://")
        || path.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_way_up_or_elsewhere_is_seen() {
        for path in [
            "..",
            "../x",
            "a/../../x",
            "a/..",
            "./x",
            "a/./x",
            "..\\x",
            "a\\..\\x",
            " ../x",
            "%2e%2e/x",
            "%2E%2E%2Fx",
            ".%2e/x",
            "..%5cx",
            "%252e%252e%252fx",
            "%25252e%25252e/x",
            "%2fetc/passwd",
            "\\\\server\\share",
            "C:\\x",
            "c%3a/x",
            "file:///etc/passwd",
            "http%3a%2f%2fevil.test",
            "a\0b",
            "a%00b",
            "a\r\nb",
            "a%0d%0ab",
        ] {
            assert!(leads_out(path), "{path:?}");
        }
    }

    #[test]
    fn names_of_files_are_not_mistaken_for_it() {
        for path in [
            "",
            "model/MLmodel",
            "a..b/...",
            "größe 100%.txt",
            "100%25.txt",
            "a+b=c&d;e#f?g",
            ".hidden/x",
            "..x",
            "x..",
            "实验/图.png",
            "back\\slash",
            "a: b",
            "a%zz",
        ] {
            assert!(!leads_out(path), "{path:?}");
        }
    }
}
