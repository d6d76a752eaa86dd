//! JSON as Python writes it, which is not always JSON.

use serde_json::Value;

/// JSON as Python writes it: with a bare NaN and Infinity, which become text as in MLflow's own API.
///
/// # Errors
/// What is wrong with the text.
pub fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).or_else(|error| {
        let quoted = quote_constants(text);
        quoted.map_or(Err(error.to_string()), |text| {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        })
    })
}

/// The text with constants that JSON does not have in quotes, if there are any.
fn quote_constants(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64);
    let (mut rest, mut found) = (text, false);
    while let Some(character) = rest.chars().next() {
        let constant = ["NaN", "Infinity", "-Infinity"].into_iter().find(|name| rest.starts_with(name));
        let taken = match (character, constant) {
            ('"', _) => string_end(rest),
            (_, Some(name)) => {
                found = true;
                out.push_str(&format!("\"{name}\""));
                rest = rest.get(name.len()..)?;
                continue;
            }
            _ => character.len_utf8(),
        };
        out.push_str(rest.get(..taken)?);
        rest = rest.get(taken..)?;
    }
    found.then_some(out)
}

/// Where the string ends that the text begins with.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn python_s_constants_become_text_and_strings_stay_as_they_are() {
        let text = r#"{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN \" Infinity", "c": 1}"#;
        let value = json(text).unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"a":"NaN","b":["-Infinity","Infinity"],"NaN":"NaN \" Infinity","c":1}"#
        );
        assert!(json("{NaN").is_err() && json("nope").is_err() && json("\"").is_err());
    }
}
