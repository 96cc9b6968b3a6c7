//! Reading a TOML document into the types of `file.rs` so that every mistake is found, not just the first.

use super::problem::Problems;
use super::wrong::{Nearest, TypeWord, Wrong};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A key that has to be there; `None` when it is not, which is a problem already noted.
#[derive(Clone, Debug)]
pub(super) struct Must<T>(pub(super) Option<T>);

impl<T> Must<T> {
    /// The value, if it could be read.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

macro_rules! schema_of_inner {
    ($($wrapper:ident),*) => {$(
        impl<T: schemars::JsonSchema> schemars::JsonSchema for $wrapper<T> {
            fn inline_schema() -> bool { T::inline_schema() }
            fn schema_name() -> std::borrow::Cow<'static, str> { T::schema_name() }
            fn schema_id() -> std::borrow::Cow<'static, str> { T::schema_id() }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema { T::json_schema(generator) }
        }
    )*};
}
schema_of_inner!(At, Must);

/// A TOML value with its place.
pub(super) type Node<'a, 'i> = &'a Spanned<DeValue<'i>>;

/// What can be read from a TOML value.
pub(super) trait Read: Sized {
    /// How it is written, for the message that it is missing.
    const EXAMPLE: &'static str;

    /// Reads it; `None` only with a problem noted.
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self>;
}

/// What a key of a table can hold: something that must be there, or may.
pub(super) trait ReadKey: Sized {
    /// Reads it from the table that stands at `header`.
    fn read_key(table: &Table<'_, '_>, key: &str, problems: &mut Problems) -> Self;
}

impl<T: Read> ReadKey for Must<T> {
    fn read_key(table: &Table<'_, '_>, key: &str, problems: &mut Problems) -> Self {
        let Some(node) = table.get(key) else {
            let (key, example) = (key.to_owned(), T::EXAMPLE.to_owned());
            problems.add(&table.header, Wrong::MissingKey { key, example });
            return Self(None);
        };
        Self(T::read(node, problems))
    }
}

impl<T: Read> ReadKey for Option<T> {
    fn read_key(table: &Table<'_, '_>, key: &str, problems: &mut Problems) -> Self {
        table.get(key).and_then(|node| T::read(node, problems))
    }
}

/// A table of the document.
#[derive(Clone, Debug)]
pub(super) struct Table<'a, 'i> {
    table: &'a DeTable<'i>,
    /// Where it is written.
    pub(super) header: Range<usize>,
}

impl<'a, 'i> Table<'a, 'i> {
    /// The document itself.
    pub(super) fn document(table: &'a DeTable<'i>) -> Self {
        Self {
            table,
            header: 0..0,
        }
    }

    /// The table at `node`, or a problem.
    pub(super) fn at(
        node: Node<'a, 'i>,
        expected: TypeWord,
        example: &str,
        problems: &mut Problems,
    ) -> Option<Self> {
        let Some(table) = node.get_ref().as_table() else {
            wrong_type(node, expected, example, problems);
            return None;
        };
        let header = node.span();
        Some(Self { table, header })
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a, 'i>> {
        self.table.get(key)
    }

    /// Notes every key that is none of `known`.
    pub(super) fn deny_unknown(&self, known: &[&str], problems: &mut Problems) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let free = known.iter().copied().filter(|key| self.get(key).is_none());
                problems.add(
                    &key.span(),
                    Wrong::UnknownKey {
                        key: name.chars().take(80).collect(),
                        known: Nearest::of(name, free),
                    },
                );
            }
        }
    }
}

fn type_word(value: &DeValue<'_>) -> TypeWord {
    match value {
        DeValue::String(_) => TypeWord::Text,
        DeValue::Integer(_) => TypeWord::Number,
        DeValue::Float(_) => TypeWord::Fraction,
        DeValue::Boolean(_) => TypeWord::YesNo,
        DeValue::Datetime(_) => TypeWord::Date,
        DeValue::Array(_) => TypeWord::List,
        DeValue::Table(_) => TypeWord::Table,
    }
}

fn wrong_type(node: Node<'_, '_>, expected: TypeWord, example: &str, problems: &mut Problems) {
    let (found, example) = (type_word(node.get_ref()), example.to_owned());
    problems.add(
        &node.span(),
        Wrong::WrongType {
            found,
            expected,
            example,
        },
    );
}

impl<T: Read> Read for At<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let span = node.span();
        T::read(node, problems).map(|value| Self { value, span })
    }
}

impl Read for String {
    const EXAMPLE: &'static str = "\"…\"";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let text = node.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            wrong_type(node, TypeWord::Text, Self::EXAMPLE, problems);
        }
        text
    }
}

impl Read for bool {
    const EXAMPLE: &'static str = "true";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let yes = node.get_ref().as_bool();
        if yes.is_none() {
            wrong_type(node, TypeWord::YesNo, Self::EXAMPLE, problems);
        }
        yes
    }
}

impl Read for i64 {
    const EXAMPLE: &'static str = "1";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let Some(number) = node.get_ref().as_integer() else {
            wrong_type(node, TypeWord::Number, Self::EXAMPLE, problems);
            return None;
        };
        let read = Self::from_str_radix(number.as_str(), number.radix()).ok();
        if read.is_none() {
            let found = number.as_str().chars().take(40).collect();
            let (min, max) = (Self::MIN, Self::MAX);
            problems.add(&node.span(), Wrong::OutOfRange { found, min, max });
        }
        read
    }
}

/// The most elements any list may have; a longer one is not read at all.
const LIST_MAX: usize = 500;

impl<T: Read> Read for Vec<T> {
    const EXAMPLE: &'static str = "[…]";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let Some(elements) = node.get_ref().as_array() else {
            wrong_type(node, TypeWord::List, Self::EXAMPLE, problems);
            return None;
        };
        let found = elements.len();
        if LIST_MAX < found {
            let (key, max) = ("[…]".to_owned(), LIST_MAX);
            problems.add(&node.span(), Wrong::LongList { key, found, max });
            return None;
        }
        Some(
            elements
                .iter()
                .filter_map(|element| T::read(element, problems))
                .collect(),
        )
    }
}

/// The text of a fact's day: a date, or a year or month in quotes.
#[derive(Clone, Debug, schemars::JsonSchema)]
#[schemars(transparent)]
pub(super) struct DayText(pub(super) String);

impl Read for DayText {
    const EXAMPLE: &'static str = "\"2024-04-01\"";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let text = match node.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => String::read(node, problems)?,
        };
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.clone(),
        };
        if whole.len() == 10 && whole.parse::<jiff::civil::Date>().is_ok() {
            return Some(Self(text));
        }
        let found = text.chars().take(40).collect();
        problems.add(&node.span(), Wrong::BadDate { found });
        None
    }
}

/// The key that a field of this name has in the file.
pub(super) const fn key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// Declares a table of the file: its keys, their types and its JSON Schema, from one list.
macro_rules! written {
    ($($(#[$doc:meta])* struct $name:ident like $example:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$field_doc])* pub(super) $field: $type,)*
        }

        impl $name {
            /// The keys it has.
            pub(super) const KEYS: &'static [&'static str] = &[$($crate::pathway::read::key(stringify!($field))),*];

            /// Reads its keys, and leaves others alone.
            pub(super) fn read_keys(table: &$crate::pathway::read::Table<'_, '_>, problems: &mut $crate::pathway::problem::Problems) -> Self {
                let _ = (table, &problems);
                Self {
                    $($field: $crate::pathway::read::ReadKey::read_key(table, $crate::pathway::read::key(stringify!($field)), problems),)*
                }
            }
        }

        impl $crate::pathway::read::Read for $name {
            const EXAMPLE: &'static str = $example;
            fn read(node: $crate::pathway::read::Node<'_, '_>, problems: &mut $crate::pathway::problem::Problems) -> Option<Self> {
                let table = $crate::pathway::read::Table::at(node, $crate::pathway::wrong::TypeWord::Table, Self::EXAMPLE, problems)?;
                table.deny_unknown(Self::KEYS, problems);
                Some(Self::read_keys(&table, problems))
            }
        }
    )*};
}
pub(super) use written;

/// Lets a closed list of words be read.
macro_rules! one_of {
    ($($type:ty, like $example:literal: $($word:literal => $value:expr),* $(,)?;)*) => {$(
        impl $crate::pathway::read::Read for $type {
            const EXAMPLE: &'static str = $example;
            fn read(node: $crate::pathway::read::Node<'_, '_>, problems: &mut $crate::pathway::problem::Problems) -> Option<Self> {
                let word = String::read(node, problems)?;
                match word.as_str() {
                    $($word => Some($value),)*
                    _ => {
                        let known = $crate::pathway::wrong::Nearest::of(&word, [$($word),*]);
                        let word = word.chars().take(80).collect();
                        problems.add(&node.span(), $crate::pathway::wrong::Wrong::UnknownWord { word, known });
                        None
                    }
                }
            }
        }
    )*};
}
pub(super) use one_of;
