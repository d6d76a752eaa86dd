//! Answers read into types, whose structs come from objects alone.
//!
//! Serde reads a struct from a list as well, by position, and serde_json lets it: code that is made for every type, for what
//! MLflow never sends. Here a struct is asked for as a map. Everything else is handed through.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor,
};

/// What JSON says.
///
/// # Errors
/// It is no JSON, or says something else than the type.
pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    let mut source = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(Objects(&mut source))?;
    source.end()?;
    Ok(value)
}

/// Something of serde's, with structs read from objects in all that lies within.
struct Objects<S>(S);

macro_rules! hand_through {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        }
    )*};
}

macro_rules! hand_through_with_contents {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Objects(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    hand_through_with_contents! {
        deserialize_any deserialize_option deserialize_seq deserialize_map
    }

    hand_through! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier
        deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Objects(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, Objects(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, length, Objects(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        self.0.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        self.0.visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.0.visit_str(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.0.visit_borrowed_str(value)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(variant)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Objects(inner))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        n: i64,
        #[serde(default)]
        text: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Word {
        #[serde(rename = "YES")]
        Yes,
        #[serde(other)]
        Other,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        one: Inner,
        list: Vec<Inner>,
        map: BTreeMap<String, Inner>,
        maybe: Option<Inner>,
        any: Value,
        word: Word,
        pair: (u64, f64),
        #[serde(default)]
        none: Option<Inner>,
    }

    #[test]
    fn everything_is_read_as_serde_json_reads_it() {
        let text = json!({
            "one": {"n": 1, "text": "ü\n", "unknown": [{"a": null}]},
            "list": [{"n": -1}, {"n": 2, "text": null}],
            "map": {"k": {"n": 3}},
            "maybe": {"n": 4},
            "any": {"a": [1, 2.5, "x", null, true, {}], "b": -7},
            "word": "YES",
            "pair": [7, 1.5],
            "none": null
        })
        .to_string();
        let read: Outer = read(text.as_bytes()).unwrap();
        assert_eq!(read, serde_json::from_str::<Outer>(&text).unwrap());
        assert_eq!(read.any.to_string(), r#"{"a":[1,2.5,"x",null,true,{}],"b":-7}"#);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let problem = |text: &str| read::<Inner>(text.as_bytes()).err().map(|error| error.to_string());
        assert_eq!(problem(r#"{"text": "a"}"#).as_deref(), Some("missing field `n` at line 1 column 13"));
        assert_eq!(
            problem("[1]").as_deref(),
            Some("invalid type: sequence, expected struct Inner at line 1 column 0")
        );
        assert!(problem(r#"{"n": 1} x"#).is_some_and(|problem| problem.starts_with("trailing characters")));
        assert!(problem(r#"{"n": 1"#).is_some_and(|problem| problem.starts_with("EOF")));
        assert_eq!(read::<Word>(b"\"MAYBE\"").ok(), Some(Word::Other));
    }
}
