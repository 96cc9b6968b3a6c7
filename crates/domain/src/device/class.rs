//! Markets and the risk classes each of them has.

use serde::{Deserialize, Serialize};

/// A market with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Market {
    /// Korea.
    Kr,
    /// The United States.
    Us,
    /// The European Union.
    Eu,
    /// The United Kingdom.
    Uk,
}

/// A risk class; each market has some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DeviceClass {
    /// Korea: almost no risk.
    #[serde(rename = "1")]
    Class1,
    /// Korea: low risk.
    #[serde(rename = "2")]
    Class2,
    /// Korea: moderate risk.
    #[serde(rename = "3")]
    Class3,
    /// Korea: high risk.
    #[serde(rename = "4")]
    Class4,
    /// Elsewhere: low risk.
    I,
    /// United States: moderate risk.
    #[serde(rename = "II")]
    Ii,
    /// Europe and United Kingdom: low to medium risk.
    #[serde(rename = "IIa")]
    IiA,
    /// Europe and United Kingdom: medium to high risk.
    #[serde(rename = "IIb")]
    IiB,
    /// Elsewhere: high risk.
    #[serde(rename = "III")]
    Iii,
}

impl Market {
    /// Every market.
    pub const ALL: &'static [Self] = &[Self::Kr, Self::Us, Self::Eu, Self::Uk];

    /// The word used in pathway files and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kr => "kr",
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Uk => "uk",
        }
    }

    /// The classes of this market, from the lowest risk to the highest.
    pub fn classes(self) -> &'static [DeviceClass] {
        use DeviceClass::{Class1, Class2, Class3, Class4, I, Ii, IiA, IiB, Iii};
        match self {
            Self::Kr => &[Class1, Class2, Class3, Class4],
            Self::Us => &[I, Ii, Iii],
            Self::Eu | Self::Uk => &[I, IiA, IiB, Iii],
        }
    }

    /// The classes of this market as one line of text.
    pub fn classes_listed(self) -> String {
        let names: Vec<_> = self.classes().iter().map(|class| class.as_str()).collect();
        names.join(", ")
    }
}

impl DeviceClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[
        Self::Class1,
        Self::Class2,
        Self::Class3,
        Self::Class4,
        Self::I,
        Self::Ii,
        Self::IiA,
        Self::IiB,
        Self::Iii,
    ];

    /// How the class is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Class1 => "1",
            Self::Class2 => "2",
            Self::Class3 => "3",
            Self::Class4 => "4",
            Self::I => "I",
            Self::Ii => "II",
            Self::IiA => "IIa",
            Self::IiB => "IIb",
            Self::Iii => "III",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_the_same_way_everywhere() {
        for market in Market::ALL {
            let json = serde_json::to_string(market).unwrap();
            assert_eq!(json, format!("\"{}\"", market.as_str()));
        }
        for class in DeviceClass::ALL {
            let json = serde_json::to_string(class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.as_str()));
        }
    }

    #[test]
    fn every_class_belongs_to_some_market() {
        for class in DeviceClass::ALL {
            assert!(
                Market::ALL.iter().any(|m| m.classes().contains(class)),
                "{class:?}"
            );
        }
    }
}
