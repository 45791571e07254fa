//! Parameters of the query.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
use serde_json::Error;

use super::mistake;
use crate::domain::intake::FieldError;
use crate::http::problem::ApiError;
use crate::services::error::{Refusal, ServiceError};

/// The parameters of the query. The type must refuse unknown fields (`deny_unknown_fields`). A list takes its items from one
/// parameter with commas or from several of the same name; anything else stands at most once.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self).map_err(ApiError::from))
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ServiceError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text)
        .map_err(|_| ServiceError::from(Refusal::new("bad_request", 400)))?;
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs.into_inner() {
        parameters.entry(name).or_default().push(value);
    }
    // Bytes that are no UTF-8 were replaced by this character.
    let broken = parameters.iter().find(|(_, values)| values.iter().any(|value| value.contains('\u{fffd}')));
    if let Some((name, _)) = broken.filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/'))
    {
        return Err(ServiceError::Invalid(vec![FieldError::new(format!("/query/{name}"), "invalid_value")]));
    }
    let members = MapDeserializer::new(parameters.into_iter().map(|(name, values)| (name, Parameter(values))));
    serde_path_to_error::deserialize(members).map_err(|error| {
        let mut mistake = mistake::of("/query", &error);
        // The place in a list means nothing here: the parameter is what can be pointed to.
        if let Some((end, _)) = mistake.pointer.match_indices('/').nth(2) {
            mistake.pointer.truncate(end);
        }
        ServiceError::Invalid(vec![mistake])
    })
}

/// A number of the query from `MIN` to `MAX`; one outside is `out_of_range`, never clamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounded<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Bounded<MIN, MAX> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(D::Error::invalid_type(Unexpected::Str(&text), &"a number"));
        }
        let number = text.parse().ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Self).ok_or_else(|| D::Error::custom(format!("out of range {MIN} to {MAX}")))
    }
}

/// All values of one name, in their order.
struct Parameter(Vec<String>);

impl Parameter {
    fn only(mut self) -> Result<String, Error> {
        match (self.0.pop(), self.0.is_empty()) {
            (Some(value), true) => Ok(value),
            _ => Err(Error::custom(mistake::TWICE)),
        }
    }

    /// Reads a number or a truth value.
    fn read<T: std::str::FromStr>(self, expected: &dyn serde::de::Expected) -> Result<T, Error> {
        let text = self.only()?;
        text.parse().map_err(|_| Error::invalid_type(Unexpected::Str(&text), expected))
    }
}

impl IntoDeserializer<'_, Error> for Parameter {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! read {
    ($($method:ident $visit:ident)+) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
                let value = self.read(&Expecting(&visitor))?;
                visitor.$visit(value)
            }
        )+
    };
}

impl<'de> Deserializer<'de> for Parameter {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.only()?)
    }

    read! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = self.0.iter().flat_map(|values| values.split(',')).filter(|item| !item.is_empty());
        let items: Vec<Self> = items.map(|item| Self(vec![item.to_owned()])).collect();
        SeqDeserializer::new(items.into_iter()).deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.only()?.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

/// Lets a visitor that is still needed say what it expects.
struct Expecting<'a, V>(&'a V);

impl<'de, V: Visitor<'de>> serde::de::Expected for Expecting<'_, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }
}
