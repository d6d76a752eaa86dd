//! The difference of two texts, line by line: what remains of both is their longest common subsequence.

/// Texts that differ over more pairs of lines than this are not told apart: time and memory are a product.
const MOST: usize = 4_000_000;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Keep,
    Remove,
    Add,
}

/// A difference as people read it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LineDiff {
    /// In the unified format, without its head.
    pub(crate) text: String,
    pub(crate) removed: usize,
    pub(crate) added: usize,
}

/// The difference; nothing if there is too much of it.
pub(crate) fn line_diff(old: &[&str], new: &[&str]) -> Option<LineDiff> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(head..)?, new.get(head..)?);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = edits(old_rest.get(..old_rest.len() - tail)?, new_rest.get(..new_rest.len() - tail)?)?;
    let count = |edit| middle.iter().filter(|one| **one == edit).count();
    let (removed, added) = (count(Edit::Remove), count(Edit::Add));
    let all = [vec![Edit::Keep; head], middle, vec![Edit::Keep; tail]].concat();
    Some(LineDiff { removed, added, text: unified(&all, old, new) })
}

/// The way from one text to the other that keeps the most lines.
fn edits(old: &[&str], new: &[&str]) -> Option<Vec<Edit>> {
    let width = new.len() + 1;
    if width.checked_mul(old.len() + 1)? > MOST {
        return None;
    }
    // How many lines the ends of both texts have in common, from each pair of lines on.
    let mut common = vec![0_u32; width * (old.len() + 1)];
    let at = |common: &[u32], a: usize, b: usize| common.get(a * width + b).copied().unwrap_or(0);
    for (a, one) in old.iter().enumerate().rev() {
        for (b, other) in new.iter().enumerate().rev() {
            let longest = if one == other {
                1 + at(&common, a + 1, b + 1)
            } else {
                at(&common, a + 1, b).max(at(&common, a, b + 1))
            };
            if let Some(slot) = common.get_mut(a * width + b) {
                *slot = longest;
            }
        }
    }
    let (mut a, mut b, mut way) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        let edit = match (old.get(a), new.get(b)) {
            (Some(one), Some(other)) if one == other => Edit::Keep,
            (Some(_), Some(_)) if at(&common, a + 1, b) >= at(&common, a, b + 1) => Edit::Remove,
            (Some(_), None) => Edit::Remove,
            _ => Edit::Add,
        };
        a += usize::from(edit != Edit::Add);
        b += usize::from(edit != Edit::Remove);
        way.push(edit);
    }
    Some(way)
}

/// Changes with the lines around them, as `diff -u` writes them.
fn unified(all: &[Edit], old: &[&str], new: &[&str]) -> String {
    let changed: Vec<usize> =
        all.iter().enumerate().filter(|(_, edit)| **edit != Edit::Keep).map(|(at, _)| at).collect();
    let near = |at: usize| {
        let next = changed.partition_point(|change| *change + CONTEXT < at);
        changed.get(next).is_some_and(|change| *change <= at + CONTEXT)
    };
    let (mut text, mut hunk) = (String::new(), Hunk::default());
    let (mut a, mut b) = (0, 0);
    for (at, edit) in all.iter().enumerate() {
        if near(at) {
            hunk.begin(a, b);
            let (mark, line) = match edit {
                Edit::Keep => (' ', old.get(a)),
                Edit::Remove => ('-', old.get(a)),
                Edit::Add => ('+', new.get(b)),
            };
            hunk.lines.push(mark);
            hunk.lines.push_str(line.copied().unwrap_or_default());
            hunk.lines.push('\n');
        }
        a += usize::from(*edit != Edit::Add);
        b += usize::from(*edit != Edit::Remove);
        if !near(at + 1) || at + 1 == all.len() {
            hunk.end(a, b, &mut text);
        }
    }
    text
}

/// Changes that lie close together.
#[derive(Default)]
struct Hunk {
    /// Where it begins in both texts.
    start: Option<(usize, usize)>,
    lines: String,
}

impl Hunk {
    fn begin(&mut self, a: usize, b: usize) {
        self.start.get_or_insert((a, b));
    }

    fn end(&mut self, a: usize, b: usize, text: &mut String) {
        let Some((from_a, from_b)) = self.start.take() else { return };
        let (in_a, in_b) = (a - from_a, b - from_b);
        // Of no lines the one before is named.
        let (from_a, from_b) = (from_a + usize::from(in_a > 0), from_b + usize::from(in_b > 0));
        text.push_str(&format!("@@ -{from_a},{in_a} +{from_b},{in_b} @@\n"));
        text.push_str(&std::mem::take(&mut self.lines));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> LineDiff {
        line_diff(&old.lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn changes_are_shown_as_diff_u_shows_them() {
        let found = diff("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nb\nc\nd\nX\nf\ng\nh\ni\nj\nk\n");
        assert_eq!((found.removed, found.added), (1, 2));
        let expected = "@@ -2,9 +2,10 @@\n b\n c\n d\n-e\n+X\n f\n g\n h\n i\n j\n+k\n";
        assert_eq!(found.text, expected);
        let far = diff(&format!("x\n{}y", "s\n".repeat(20)), &format!("{}z", "s\n".repeat(20)));
        assert_eq!(far.text, "@@ -1,4 +1,3 @@\n-x\n s\n s\n s\n@@ -19,4 +18,4 @@\n s\n s\n s\n-y\n+z\n");
    }

    #[test]
    fn nothing_differs_from_itself_and_everything_from_nothing() {
        assert_eq!(diff("a\nb", "a\nb"), LineDiff { text: String::new(), removed: 0, added: 0 });
        assert_eq!(diff("", "a\nb").text, "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(diff("a", "").text, "@@ -1,1 +0,0 @@\n-a\n");
    }

    #[test]
    fn texts_that_differ_too_much_are_not_compared() {
        let many = |prefix: &str| (0..3_000).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
        let (old, new) = (many("a"), many("b"));
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        assert_eq!(line_diff(&old, &new), None);
    }
}
