//! The policy file: its format, and from text to types.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::explain;

/// What is wrong with a policy, in words that name the place and what would be valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError(pub(super) String);

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PolicyError {}

/// A policy of mlflow-mcp: which tools may be called, how often, and with which arguments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "mlflow-mcp policy")]
pub struct File {
    /// The address of this schema, for editors.
    #[serde(rename = "$schema", default)]
    #[allow(dead_code, reason = "read by editors only")]
    schema: String,
    /// The version of this format.
    #[allow(dead_code, reason = "there is one version, and no other is read")]
    version: Version,
    /// What holds for tools that no rule matches.
    #[serde(default)]
    pub(super) default: Fallback,
    /// Where calls are counted.
    #[serde(default)]
    pub(super) store: Store,
    /// Rules, by what they are about: a tool's name, a glob such as `get_*`, `toolset:core`, or a risk class
    /// (`risk:low` reads, `risk:medium` writes, `risk:high` deletes). A rule that denies wins; otherwise the most
    /// specific action decides; conditions and limits of all matching rules hold.
    #[serde(default)]
    #[schemars(with = "Members<Rule>")]
    pub(super) tools: Members<Rule>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
enum Version {
    #[serde(rename = "1")]
    One,
}

/// What holds for tools that no rule matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fallback {
    /// They are not listed, and calls are refused.
    #[default]
    Deny,
    /// They can be called.
    Allow,
}

/// Where calls are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Store {
    /// In the host, over all instances. Where the host has no store, tools under a limit are refused.
    #[default]
    Host,
    /// In the instance that serves the call. Hosts that start a fresh one for every request count nothing.
    Instance,
}

/// A rule; an empty one lets its tools through.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// What becomes of a call. Left out, a more general rule decides, and `allow` if none does.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Action")]
    pub(super) action: Option<Action>,
    /// Why, in words for whoever is refused.
    #[serde(default)]
    pub(super) reason: String,
    /// The most calls in a time.
    #[serde(default)]
    pub(super) limits: Vec<Limit>,
    /// One limit per caller and tool, with a window of its own.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "RateLimit")]
    pub(super) rate_limit: Option<RateLimit>,
    /// Conditions, by argument: the call must give it, and every value of it must be one of these.
    #[serde(default)]
    pub(super) arguments: Members<Values>,
}

/// What becomes of a call, from the mildest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    /// It is made.
    Allow,
    /// A person is asked; a caller that cannot ask one may send the argument `confirm` with `true`.
    Confirm,
    /// A person is asked.
    RequireApproval,
    /// It is refused, and the tool is not listed.
    Deny,
}

/// The most calls in a time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// Limits with the same name, window and scope count together. Left out, each tool counts for itself.
    #[serde(default)]
    pub(super) counter: String,
    /// The time. Windows begin on the full second, minute, hour or day (UTC).
    pub(super) window: Window,
    /// The most calls in one window.
    pub(super) max: NonZeroU32,
    /// Whose calls count.
    #[serde(default)]
    pub(super) scope: Scope,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Window {
    Second,
    Minute,
    Hour,
    Day,
}

/// Whose calls count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// Each caller's for itself.
    #[default]
    Grant,
    /// Everybody's together.
    Global,
}

/// One limit per caller and tool.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RateLimit {
    /// The most calls in one window.
    pub(super) max: NonZeroU32,
    /// The window in seconds.
    #[schemars(with = "u32", range(min = 1, max = 86_400))]
    pub(super) window: Seconds,
}

/// From 1 to those of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub(super) struct Seconds(pub(super) u32);

impl TryFrom<u32> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        if (1..=86_400).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err("a window has 1 to 86400 seconds")
        }
    }
}

/// Values that an argument may have: globs. At least one.
#[derive(Clone, Debug)]
pub(super) struct Values(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(deserializer)? {
            Value::Array(values) => values,
            one => vec![one],
        };
        let text = |value| match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            _ => Err(D::Error::custom("a condition is a value or a list of values")),
        };
        if values.is_empty() {
            return Err(D::Error::custom(
                "a list of values that is empty lets nothing through: use \"deny\"",
            ));
        }
        Ok(Self(values.into_iter().map(text).collect::<Result<_, _>>()?))
    }
}

impl JsonSchema for Values {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = ["string", "number", "boolean"];
        json_schema!({
            "description": "A value, a glob such as `team-*`, or a list of them.",
            "anyOf": [{"type": one}, {"type": "array", "minItems": 1, "items": {"type": one}}]
        })
    }
}

/// An object's members in their order. The same name twice is an error, because readers disagree on which counts.
#[derive(Clone, Debug)]
pub(super) struct Members<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names = std::collections::HashSet::new();
                let mut members = Vec::new();
                while let Some((name, member)) = map.next_entry::<String, T>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("{name:?} is there twice")));
                    }
                    members.push((name, member));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Read(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Members<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("MembersOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": generator.subschema_for::<T>()})
    }
}

/// A member that is there has a value: `null` is not taken for an absent one.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl File {
    /// Reads one. Serde decides; what it refuses is explained by the schema, which knows what would be valid.
    pub(super) fn parse(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str(text).map_err(|error| {
            let explained =
                serde_json::from_str(text).ok().and_then(|value: Value| explain::explain(&schema(), &value));
            PolicyError(explained.unwrap_or_else(|| match error.classify() {
                serde_json::error::Category::Data => error.to_string(),
                _ => format!("the policy is not JSON: {error}"),
            }))
        })
    }
}

/// The JSON Schema of a policy file.
#[cfg(not(target_family = "wasm"))]
#[must_use]
pub fn schema() -> Value {
    let settings =
        schemars::generate::SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<File>().to_value()
}

/// The same, worked out beforehand: what makes schemas from types is larger than what it makes.
#[cfg(target_family = "wasm")]
#[must_use]
pub fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/policy.schema.json")).unwrap_or_default()
}
