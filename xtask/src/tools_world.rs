//! The words that go with the component in which every tool is a function.
//!
//! Hosts that show functions to models read the words from a custom section, which Rust's toolchain does not write.

use std::fs;

use crate::error::{Context, Result};
use crate::project::Project;

/// What the component is called where it is loaded beside others.
pub const NAME: &str = "mlflow";
/// The words, in the project: the JSON of the section `package-docs`.
pub const WORDS: &str = "wit/tools.docs.json";

/// The one version of that section (`PackageMetadata` of wit-parser).
const VERSION: u8 = 1;

/// The linked component with its name and its words.
pub fn described(mut component: Vec<u8>, project: &Project) -> Result<Vec<u8>> {
    let words = project.root.join(WORDS);
    describe(&mut component, &fs::read(&words).context(words.display())?);
    Ok(component)
}

/// Gives the component its name, and these words.
fn describe(component: &mut Vec<u8>, words: &[u8]) {
    // Subsection 0 is the component's own name.
    let name = sized(NAME.as_bytes());
    custom(component, "component-name", &[&[0], sized(&name).as_slice()].concat());
    custom(component, "package-docs", &[&[VERSION], words].concat());
}

/// Appends a custom section: its number, 0, its size, its name and what is in it.
fn custom(component: &mut Vec<u8>, name: &str, content: &[u8]) {
    component.push(0);
    component.extend(sized(&[sized(name.as_bytes()).as_slice(), content].concat()));
}

/// The bytes after their number, in LEB128.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut left = bytes.len();
    loop {
        let low = u8::try_from(left & 0x7f).unwrap_or_default();
        left >>= 7;
        all.push(if left == 0 { low } else { low | 0x80 });
        if left == 0 {
            break;
        }
    }
    all.extend(bytes);
    all
}

#[cfg(test)]
mod tests {
    use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader, Parser, Payload};

    use super::*;

    #[test]
    fn what_was_appended_can_be_read_by_others() {
        let words = "ü".repeat(10_000);
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        describe(&mut component, words.as_bytes());
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&component) {
            if let Payload::CustomSection(section) = payload.unwrap() {
                found.push((section.name().to_owned(), section.data().to_vec()));
            }
        }
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], ("package-docs".to_owned(), [&[1], words.as_bytes()].concat()));
        let mut names = ComponentNameSectionReader::new(BinaryReader::new(&found[0].1, 0));
        let Some(Ok(ComponentName::Component { name, .. })) = names.next() else { unreachable!("no name") };
        assert_eq!((found[0].0.as_str(), name), ("component-name", NAME));
    }
}
