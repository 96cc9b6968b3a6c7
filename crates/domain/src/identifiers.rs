//! Identifiers that others issue and that carry a check digit: business registration numbers, GTINs, ORCIDs.
//!
//! A number that passes its check is well formed; it is no proof that the firm, the product or the person exists.

use crate::TextProblem;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident: $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier in its usual form.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl FromStr for $name {
            type Err = TextProblem;
            fn from_str(text: &str) -> Result<Self, TextProblem> {
                let check: fn(&str) -> Result<String, TextProblem> = $check;
                check(text.trim()).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextProblem;
            fn try_from(text: String) -> Result<Self, TextProblem> { text.parse() }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> String { identifier.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

identifiers! {
    /// A Korean business registration number (사업자등록번호), kept as `220-81-62517`; parsing accepts it without dashes too.
    BusinessNumber: business_number;
    /// A trade item number, which is the device identifier of a GS1 UDI, kept in 14 digits; parsing accepts 8, 12, 13 and 14.
    Gtin: gtin;
    /// A researcher's ORCID, kept as `0000-0002-1825-0097`; parsing accepts it without dashes and as a web address too.
    Orcid: orcid;
}

/// The digits of `text` when it is plain, or grouped by dashes exactly as `groups` says.
fn ungrouped(text: &str, groups: &[usize]) -> Option<String> {
    if text.contains('-') {
        let lengths = text.split('-').map(str::len);
        if !lengths.eq(groups.iter().copied()) {
            return None;
        }
    }
    Some(text.replace('-', ""))
}

/// The digits in groups of the given lengths, with dashes between.
fn grouped(digits: &str, groups: &[usize]) -> String {
    let mut rest = digits.chars();
    let parts: Vec<String> = groups
        .iter()
        .map(|length| rest.by_ref().take(*length).collect())
        .collect();
    parts.join("-")
}

/// The values of `text` if every character is a digit from 0 to 9.
fn values(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('X')
}

/// Whether the last character of `text` is the one that the others give.
fn check(text: String, expected: char) -> Result<String, TextProblem> {
    match text.chars().next_back() {
        Some(found) if found != expected => Err(TextProblem::CheckDigit { expected, found }),
        Some(_) | None => Ok(text),
    }
}

fn business_number(text: &str) -> Result<String, TextProblem> {
    const GROUPS: [usize; 3] = [3, 2, 5];
    let refused = TextProblem::NotABusinessNumber;
    let digits = ungrouped(text, &GROUPS).filter(|digits| digits.len() == 10);
    let Some((digits, values)) = digits.and_then(|digits| values(&digits).map(|v| (digits, v)))
    else {
        return Err(refused);
    };
    if values.iter().all(|value| *value == 0) {
        return Err(refused);
    }
    let weighted: u32 = values
        .iter()
        .zip([1, 3, 7, 1, 3, 7, 1, 3, 5])
        .map(|(value, weight)| value * weight)
        .sum();
    let carried = values.get(8).map_or(0, |ninth| ninth * 5 / 10);
    let expected = digit((10 - (weighted + carried) % 10) % 10);
    check(digits, expected).map(|digits| grouped(&digits, &GROUPS))
}

/// GS1's check digit: weights 3, 1, 3, 1… from the right of the payload.
fn gs1_check_digit(payload: &[u32]) -> char {
    let weighted: u32 = payload
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(value, weight)| value * weight)
        .sum();
    digit((10 - weighted % 10) % 10)
}

fn gtin(text: &str) -> Result<String, TextProblem> {
    let values = values(text)
        .filter(|values| matches!(values.len(), 8 | 12 | 13 | 14))
        .filter(|values| values.iter().any(|value| *value != 0))
        .ok_or(TextProblem::NotAGtin)?;
    let payload = values.split_last().map_or(&[][..], |(_, payload)| payload);
    check(format!("{text:0>14}"), gs1_check_digit(payload))
}

/// ISO 7064 mod 11-2, where ten is written `X`.
fn mod_11_2_check_digit(payload: &[u32]) -> char {
    let total = payload
        .iter()
        .fold(0, |total, value| (total + value) * 2 % 11);
    digit((12 - total) % 11)
}

fn orcid(text: &str) -> Result<String, TextProblem> {
    const GROUPS: [usize; 4] = [4, 4, 4, 4];
    let bare = text.strip_prefix("https://orcid.org/").unwrap_or(text);
    let digits = ungrouped(bare, &GROUPS).ok_or(TextProblem::NotAnOrcid)?;
    let payload: String = digits.chars().take(15).collect();
    let last_good = digits
        .chars()
        .next_back()
        .is_some_and(|last| last.is_ascii_digit() || last == 'X');
    match values(&payload) {
        Some(values) if digits.chars().count() == 16 && last_good => {
            check(digits, mod_11_2_check_digit(&values)).map(|digits| grouped(&digits, &GROUPS))
        }
        Some(_) | None => Err(TextProblem::NotAnOrcid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_number_passes_with_and_without_dashes_and_prints_with_them() {
        for (given, kept) in [
            ("220-81-62517", "220-81-62517"),
            ("1248100998", "124-81-00998"),
            (" 106-81-11522 ", "106-81-11522"),
        ] {
            assert_eq!(given.parse::<BusinessNumber>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn a_business_number_with_a_wrong_check_digit_says_which_digit_was_expected() {
        for (given, expected, found) in [
            ("220-81-62518", '7', '8'),
            ("124-81-00990", '8', '0'),
            ("106-81-11521", '2', '1'),
        ] {
            assert_eq!(
                given.parse::<BusinessNumber>(),
                Err(TextProblem::CheckDigit { expected, found })
            );
        }
    }

    #[test]
    fn what_is_not_ten_digits_is_no_business_number() {
        for bad in [
            "",
            "220-81-6251",
            "2208-1-62517",
            "220 81 62517",
            "22081625170",
            "220-8a-62517",
            "٢٢٠٨١٦٢٥١٧",
            "000-00-00000",
            "-",
        ] {
            assert_eq!(
                bad.parse::<BusinessNumber>(),
                Err(TextProblem::NotABusinessNumber),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_gtin_of_any_length_is_kept_in_fourteen_digits() {
        for (given, kept) in [
            ("6291041500213", "06291041500213"),
            ("5012345670003", "05012345670003"),
            ("614141999996", "00614141999996"),
            ("10614141999993", "10614141999993"),
            ("00614141999996", "00614141999996"),
        ] {
            assert_eq!(given.parse::<Gtin>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn a_gtin_with_a_wrong_digit_or_length_is_refused() {
        assert_eq!(
            "6291041500214".parse::<Gtin>(),
            Err(TextProblem::CheckDigit {
                expected: '3',
                found: '4'
            })
        );
        for bad in [
            "",
            "629104150021",
            "62910415002",
            "629104150021X",
            "00000000000000",
            "ㄱ",
        ] {
            assert!(bad.parse::<Gtin>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_orcid_checks_iso_7064_and_may_end_in_x() {
        for (given, kept) in [
            ("0000-0002-1825-0097", "0000-0002-1825-0097"),
            ("000000021694233X", "0000-0002-1694-233X"),
            (
                "https://orcid.org/0000-0001-5109-3700",
                "0000-0001-5109-3700",
            ),
        ] {
            assert_eq!(given.parse::<Orcid>().unwrap().as_str(), kept);
        }
        assert_eq!(
            "0000-0002-1694-2330".parse::<Orcid>(),
            Err(TextProblem::CheckDigit {
                expected: 'X',
                found: '0'
            })
        );
        for bad in [
            "",
            "0000-0002-1825-009",
            "0000-0002-1825-009x",
            "00000002182500977",
        ] {
            assert_eq!(bad.parse::<Orcid>(), Err(TextProblem::NotAnOrcid), "{bad}");
        }
    }
}
