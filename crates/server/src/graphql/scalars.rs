//! Dates and times as the API writes them.

use async_graphql::{Description, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::tz::TimeZone;

/// An instant in ISO 8601 with its offset, such as `2026-03-03T18:00:00+09:00`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Description)]
pub struct DateTime(pub jiff::Timestamp);

#[Scalar(use_type_description)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom(
                    "write the instant in ISO 8601 with its offset, such as 2026-03-03T18:00:00+09:00",
                )
            }),
            Value::Null
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        let korea = TimeZone::fixed(jiff::tz::offset(9));
        let offset = korea.to_offset(self.0);
        Value::String(self.0.display_with_offset(offset).to_string())
    }
}

/// A day in ISO 8601, such as `2026-03-03`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Description)]
pub struct Date(pub jiff::civil::Date);

#[Scalar(use_type_description)]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom("write the day in ISO 8601, such as 2026-03-03")
            }),
            Value::Null
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number of up to 18 digits, for amounts in won and sizes in bytes that do not fit into 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Description)]
pub struct Long(pub i64);

#[Scalar(use_type_description)]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .map(Self)
                .ok_or_else(|| InputValueError::custom("write a whole number")),
            Value::Null
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

impl From<u64> for Long {
    fn from(number: u64) -> Self {
        Self(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A count as the API writes it.
pub(crate) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_with_the_offset_of_korea_and_read_with_any() {
        let at = DateTime("2026-03-03T09:00:00Z".parse().unwrap());
        assert_eq!(at.to_value(), Value::from("2026-03-03T18:00:00+09:00"));
        assert_eq!(
            DateTime::parse(Value::from("2026-03-03T10:00:00+01:00")).unwrap(),
            at
        );
        assert!(DateTime::parse(Value::from("2026-03-03T10:00:00")).is_err());
        assert!(DateTime::parse(Value::from(5)).is_err());
    }

    #[test]
    fn a_day_is_a_day() {
        assert_eq!(
            Date::parse(Value::from("2026-02-28")).unwrap().to_value(),
            Value::from("2026-02-28")
        );
        assert!(Date::parse(Value::from("2026-02-30")).is_err());
    }

    #[test]
    fn a_long_number_keeps_its_digits_and_a_fraction_is_refused() {
        assert_eq!(
            Long::parse(Value::from(9_007_199_254_740_993_i64)).unwrap(),
            Long(9_007_199_254_740_993)
        );
        assert!(Long::parse(Value::from(1.5)).is_err());
    }
}
