//! Text that has been checked once, at the edge: names, addresses, words in two languages.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a piece of text was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TextProblem {
    /// Nothing is left once the white space at both ends is gone.
    #[error("the text is empty")]
    Empty,
    /// It has more characters than allowed.
    #[error("the text has {found} characters; at most {max} are allowed")]
    TooLong {
        /// Characters found.
        found: usize,
        /// Characters allowed.
        max: usize,
    },
    /// It has a control character, or one that turns the direction of the text around it.
    #[error("the text has the character U+{0:04X}, which is not allowed")]
    Forbidden(u32),
    /// It is not an e-mail address.
    #[error("`{0}` is not an e-mail address")]
    NotAnEmailAddress(String),
    /// It is not 64 lower-case hexadecimal digits.
    #[error("this is not a SHA-256 in 64 lower-case hexadecimal digits")]
    NotASha256,
    /// It is not ten digits, with or without the usual dashes.
    #[error("this is not a business registration number of 10 digits, such as 220-81-62517")]
    NotABusinessNumber,
    /// It is not 8, 12, 13 or 14 digits.
    #[error("this is not a GTIN of 8, 12, 13 or 14 digits")]
    NotAGtin,
    /// It is not sixteen digits in groups of four.
    #[error("this is not an ORCID of 16 digits, such as 0000-0002-1825-0097")]
    NotAnOrcid,
    /// The last digit does not follow from the others.
    #[error(
        "the check digit is {found} but the other digits give {expected}; look for a mistyped digit"
    )]
    CheckDigit {
        /// The digit that the others give.
        expected: char,
        /// The digit that is there.
        found: char,
    },
    /// Neither a Korean nor an English text is given.
    #[error("give the text in Korean, in English or in both")]
    NoLanguage,
}

impl TextProblem {
    /// What is wrong, in one language, to be put after a colon.
    pub fn words(&self, locale: crate::Locale) -> String {
        if locale == crate::Locale::En {
            return self.to_string();
        }
        match self {
            Self::Empty => "내용이 비어 있습니다".to_owned(),
            Self::TooLong { found, max } => {
                format!("{found}자입니다. 최대 {max}자까지 입력할 수 있습니다")
            }
            Self::Forbidden(code) => format!("사용할 수 없는 문자(U+{code:04X})가 있습니다"),
            Self::NotAnEmailAddress(text) => {
                format!("‘{text}’은(는) 올바른 전자우편 주소가 아닙니다")
            }
            Self::NotASha256 => "SHA-256 값(소문자 16진수 64자리)이 아닙니다".to_owned(),
            Self::NotABusinessNumber => {
                "사업자등록번호 10자리(예: 220-81-62517)가 아닙니다".to_owned()
            }
            Self::NotAGtin => "8, 12, 13 또는 14자리 GTIN이 아닙니다".to_owned(),
            Self::NotAnOrcid => "16자리 ORCID(예: 0000-0002-1825-0097)가 아닙니다".to_owned(),
            Self::CheckDigit { expected, found } => {
                format!(
                    "검증 숫자가 {found}이지만 나머지 숫자로 계산하면 {expected}입니다. 잘못 입력한 숫자가 있는지 확인해 주세요"
                )
            }
            Self::NoLanguage => "한국어와 영어 가운데 하나 이상을 입력해 주세요".to_owned(),
        }
    }
}

/// Control characters, and the marks that override direction and so can disguise a name (Unicode TR 36).
fn is_forbidden(c: char, newline_allowed: bool) -> bool {
    let override_mark = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}');
    override_mark || (c.is_control() && !(newline_allowed && matches!(c, '\n' | '\t')))
}

fn checked(text: &str, max: usize, newline_allowed: bool) -> Result<String, TextProblem> {
    let unified = if newline_allowed {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    };
    let trimmed = unified.trim();
    if trimmed.is_empty() {
        return Err(TextProblem::Empty);
    }
    if let Some(c) = trimmed.chars().find(|c| is_forbidden(*c, newline_allowed)) {
        return Err(TextProblem::Forbidden(u32::from(c)));
    }
    let found = trimmed.chars().count();
    if found > max {
        return Err(TextProblem::TooLong { found, max });
    }
    Ok(trimmed.to_owned())
}

macro_rules! checked_text {
    ($($(#[$doc:meta])* $name:ident: $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl FromStr for $name {
            type Err = TextProblem;
            fn from_str(text: &str) -> Result<Self, TextProblem> {
                let check: fn(&str) -> Result<String, TextProblem> = $check;
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextProblem;
            fn try_from(text: String) -> Result<Self, TextProblem> { text.parse() }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String { text.0 }
        }
    )*};
}

checked_text! {
    /// One line of up to 200 characters: a title, a model name, a label.
    ShortText: |text| checked(text, 200, false);
    /// Up to 20,000 characters over several lines: a note, a reason, a description.
    LongText: |text| checked(text, 20_000, true);
    /// A person's name, up to 100 characters; printing it for logs shows the first character only.
    PersonName: |text| checked(text, 100, false);
    /// An e-mail address, lower-cased; printing it for logs shows the domain only.
    EmailAddress: email_address;
    /// A SHA-256 in 64 lower-case hexadecimal digits.
    Sha256Hex: |text| {
        let good = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if good { Ok(text.to_owned()) } else { Err(TextProblem::NotASha256) }
    };
}

/// The practical subset of RFC 5321 that a hospital mail server accepts: no quoted local part, no address literal, and nothing that a mail program
/// may take for an encoded word (RFC 2047) and show as another address.
fn email_address(text: &str) -> Result<String, TextProblem> {
    let refused = || TextProblem::NotAnEmailAddress(text.chars().take(80).collect());
    let address = checked(text, 254, false)?.to_lowercase();
    let (local, domain) = address.rsplit_once('@').ok_or_else(refused)?;
    let local_good = !local.is_empty()
        && local.len() <= 64
        && !local.contains("=?")
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        });
    let label_good = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let domain_good = domain.contains('.') && domain.split('.').all(label_good);
    if local_good && domain_good {
        Ok(address)
    } else {
        Err(refused())
    }
}

macro_rules! shown_in_full {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.0, f) }
        }
    )*};
}
shown_in_full!(ShortText, LongText, Sha256Hex);

macro_rules! shown_masked {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.masked()) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.masked()) }
        }
    )*};
}
shown_masked!(PersonName, EmailAddress);

impl Sha256Hex {
    /// The SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(bytes);
        Self(digest.iter().fold(String::new(), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
            text
        }))
    }
}

impl PersonName {
    /// The first character and a mark that something follows.
    pub fn masked(&self) -> String {
        self.0.chars().take(1).chain(['…']).collect()
    }
}

impl EmailAddress {
    /// A mark and the domain.
    pub fn masked(&self) -> String {
        format!(
            "…@{}",
            self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
        )
    }
}

/// A label in both languages; both are always present.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Words {
    /// The words in one language.
    pub fn in_locale(&self, locale: crate::Locale) -> &str {
        match locale {
            crate::Locale::En => &self.en,
            crate::Locale::Ko => &self.ko,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_emoji_and_right_to_left_names_pass_but_control_and_override_marks_do_not() {
        for good in ["김하늘", "👩‍⚕️ Dr Kim", "د. سارة", "O'Neil"] {
            assert_eq!(good.parse::<PersonName>().unwrap().as_str(), good);
        }
        assert_eq!(
            "a\u{0007}b".parse::<PersonName>(),
            Err(TextProblem::Forbidden(7))
        );
        assert_eq!(
            "evil\u{202E}gpj.exe".parse::<ShortText>(),
            Err(TextProblem::Forbidden(0x202E))
        );
        assert_eq!("  \t ".parse::<ShortText>(), Err(TextProblem::Empty));
        assert_eq!(
            "x".repeat(101).parse::<PersonName>(),
            Err(TextProblem::TooLong {
                found: 101,
                max: 100
            })
        );
    }

    #[test]
    fn an_address_is_lower_cased_and_masked_when_printed() {
        let address: EmailAddress = "Kim.Haneul@Example.COM".parse().unwrap();
        assert_eq!(address.as_str(), "kim.haneul@example.com");
        assert_eq!(
            format!("{address} {address:?}"),
            "…@example.com …@example.com"
        );
        for bad in [
            "",
            "a",
            "a@b",
            "a@@b.kr",
            ".a@b.kr",
            "a..b@b.kr",
            "a@-b.kr",
            "a b@c.kr",
            "a@b.kr\r\nBcc: x@y.kr",
            "=?utf-8?q?b?=@c.kr",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
    }
}
