//! Patterns with `*` and `?`.

/// A pattern: `*` is any text, `?` any one character, the rest is itself. There is no escape: names of MLflow's
/// things hardly ever hold either, and where one does, `?` matches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    pub(super) fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Whether a text has characters that are not itself.
    pub(super) fn is_one(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether all of the text is of this form; upper and lower case differ. Time is at most the product of both
    /// lengths: only the last `*` is ever tried again.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut pattern, mut rest) = (self.0.chars(), text.chars());
        let mut retry = None;
        loop {
            let before = rest.clone();
            match (pattern.next(), rest.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    rest = before;
                    retry = Some((pattern.clone(), rest.clone()));
                    continue;
                }
                (Some('?'), Some(_)) => continue,
                (Some(expected), Some(found)) if expected == found => continue,
                _ => {}
            }
            // The last `*` takes one character more.
            let Some((after, mut longer)) = retry.take() else { return false };
            if longer.next().is_none() {
                return false;
            }
            pattern = after.clone();
            rest = longer.clone();
            retry = Some((after, longer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_all_of_a_text() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "get_run"),
            ("get_*", "get_run"),
            ("get_*", "get_"),
            ("*_tag", "set_run_tag"),
            ("*run*", "delete_run"),
            ("g?t_run", "get_run"),
            ("a*b*c", "a-b-b-c"),
            ("**", "x"),
            ("größe-?", "größe-é"),
        ] {
            assert!(Glob::new(pattern).matches(text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("get_*", "xget_run"),
            ("get", "get_run"),
            ("?", ""),
            ("?", "ab"),
            ("*a", "ab"),
            ("a*b*c", "a-c-b"),
            ("GET_*", "get_run"),
        ] {
            assert!(!Glob::new(pattern).matches(text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let text = "a".repeat(20_000);
        assert!(!Glob::new("*a*a*a*a*a*a*a*a*a*b").matches(&text));
    }
}
