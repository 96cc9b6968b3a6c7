//! What a form brings.

use naru_domain::{Locale, ShortText};
use std::collections::BTreeMap;

/// What every answer's field begins with, so that no question can be mistaken for one of the form's own fields.
pub(super) const QUESTION: &str = "q-";

/// A posted form. Of a field that came twice the last one counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted {
    fields: BTreeMap<String, String>,
    asked: Option<Locale>,
}

/// The button that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Send the answers.
    Send,
    /// Accept.
    Accept,
    /// Decline.
    Decline,
    /// Show the page in the other language.
    Switch,
    /// None: the enter key in a field.
    Nothing,
}

impl Posted {
    pub(super) fn new(fields: Vec<(String, String)>, asked: Option<Locale>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            asked,
        }
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn pressed(&self) -> Pressed {
        match self.field("act") {
            "send" => Pressed::Send,
            "accept" => Pressed::Accept,
            "decline" => Pressed::Decline,
            "switch-ko" | "switch-en" => Pressed::Switch,
            _ => Pressed::Nothing,
        }
    }

    /// The language the page is wanted in, if the reader chose one.
    pub(super) fn locale(&self) -> Option<Locale> {
        match self.field("act") {
            "switch-ko" => Some(Locale::Ko),
            "switch-en" => Some(Locale::En),
            _ => language(self.field("lang")).or(self.asked),
        }
    }

    /// The answers by question.
    pub(super) fn answers(&self) -> BTreeMap<String, String> {
        let answers = self.fields.iter().filter_map(|(name, value)| {
            let question = name.strip_prefix(QUESTION)?;
            Some((question.to_owned(), value.clone()))
        });
        answers.collect()
    }
}

fn language(tag: &str) -> Option<Locale> {
    match tag {
        "ko" => Some(Locale::Ko),
        "en" => Some(Locale::En),
        _ => None,
    }
}

/// The language that a query such as `lang=en` asks for.
pub(super) fn asked_locale(query: &str) -> Option<Locale> {
    let mut found = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("lang="));
    found.next_back().and_then(language)
}

/// Typed text as it is shown again: without the characters that are refused and that nobody could find by eye.
pub(super) fn shown_again(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| is_taken(*c)).collect()
}

/// Whether texts may have this character; the rule itself is the domain's.
fn is_taken(c: char) -> bool {
    match c {
        '\n' | '\t' | ' '..='~' | '가'..='힣' => true,
        _ => format!("a{c}a").parse::<ShortText>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let owned = fields
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Posted::new(owned.collect(), Some(Locale::En))
    }

    #[test]
    fn a_chosen_language_beats_the_one_of_the_page_and_of_the_address() {
        let all = posted(&[("act", "switch-en"), ("lang", "ko")]);
        assert_eq!(all.locale(), Some(Locale::En));
        assert_eq!(posted(&[("lang", "ko")]).locale(), Some(Locale::Ko));
        assert_eq!(posted(&[("lang", "xx")]).locale(), Some(Locale::En));
        assert_eq!(asked_locale("a=b&lang=ko"), Some(Locale::Ko));
        assert_eq!(asked_locale("lang=%00"), None);
    }

    #[test]
    fn a_question_cannot_pose_as_a_field_of_the_form() {
        let tricky = posted(&[("q-act", "send"), ("act", ""), ("reason", "x")]);
        assert_eq!(tricky.pressed(), Pressed::Nothing);
        let answers = tricky.answers();
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["act"]);
    }

    #[test]
    fn hangul_emoji_and_right_to_left_text_are_shown_again_and_invisible_control_is_not() {
        let text = "좋아요 👩‍⚕️ مرحبا\r\nx\u{0}\u{7}\u{202E}y\u{FEFF}";
        assert_eq!(shown_again(text), "좋아요 👩‍⚕️ مرحبا\nxy");
    }
}
