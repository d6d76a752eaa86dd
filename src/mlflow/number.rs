//! Numbers as MLflow writes them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A metric's value. JSON has no NaN and no infinity: MLflow writes them as strings, and so do we.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str("NaN"),
            value if value > 0.0 => serializer.serialize_str("Infinity"),
            _ => serializer.serialize_str("-Infinity"),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "metrics are doubles in MLflow; JSON writes 1.0 as 1"
            )]
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "metrics are doubles in MLflow; JSON writes 1.0 as 1"
            )]
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(NumberVisitor)
    }
}

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["number", "string"]})
    }
}

/// A 64-bit integer that a server may write as a number or, as protobuf's JSON does, as a string. It
/// never goes through a double.
pub(super) fn int64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Int64Visitor;
    impl Visitor<'_> for Int64Visitor {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a 64-bit integer, as a number or a string")
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
            Ok(value)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
            i64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
            text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_any(Int64Visitor)
}

/// The same for a member that may be absent or null.
pub(super) fn optional_int64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Integer(#[serde(deserialize_with = "int64")] i64);
    Ok(Option::<Integer>::deserialize(deserializer)?.map(|integer| integer.0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn round_trip(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<Number>(json).unwrap()).unwrap()
    }

    #[test]
    fn finite_values_keep_every_digit() {
        for text in
            ["5e-324", "0.30000000000000004", "0.39999999999999997", "1.7976931348623157e+308", "-1.5"]
        {
            assert_eq!(round_trip(text), text);
        }
        assert_eq!(round_trip("3"), "3.0");
    }

    #[test]
    fn what_json_cannot_hold_travels_as_text() {
        for text in ["\"NaN\"", "\"Infinity\"", "\"-Infinity\""] {
            assert_eq!(round_trip(text), text);
        }
        assert!(serde_json::from_str::<Number>("\"high\"").is_err());
    }

    #[test]
    fn ids_and_times_beyond_2_to_53_keep_every_digit() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "optional_int64")]
            at: Option<i64>,
        }
        let at = |json: &str| serde_json::from_str::<Row>(json).unwrap().at;
        assert_eq!(at(r#"{"at": 9007199254740993}"#), Some(9_007_199_254_740_993));
        assert_eq!(at(r#"{"at": "9007199254740993"}"#), Some(9_007_199_254_740_993));
        assert_eq!(at(r#"{"at": null}"#), None);
        assert_eq!(at("{}"), None);
    }
}
