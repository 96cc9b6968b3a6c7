//! Fields of forms: what was typed before a refusal, and what is wrong, beside the field. The same fields carry the names that refusals use.

use super::posted::Posted;
use super::reader::Reader;
use super::stage::form::Choice;
use super::stop::Stop;
use crate::authz::Action;
use crate::graphql::errors::UserError;
use crate::graphql::{Noun, Prepared, Preparing, checked_text};
use async_graphql::ID;
use naru_domain::{AggregateId, Command, CommonRejection, TextProblem};
use std::str::FromStr;

/// The field that says which form of a page was sent.
pub(super) const ACT: &str = "act";
/// The field that says what the form is about, where a page has several of a kind.
pub(super) const ON: &str = "on";

/// An eye: who sees what is written.
pub(super) const EYE: &str = "<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z\"/><circle cx=\"12\" cy=\"12\" r=\"2.8\"/></svg>";

/// A field as a page shows it.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: Option<String>,
    pub(super) error: Option<String>,
    /// The ids of the elements that describe it.
    pub(super) described: String,
    pub(super) value: String,
    pub(super) required: bool,
    pub(super) control: Control,
}

/// How a field is filled.
#[derive(Clone, Debug)]
pub(super) enum Control {
    /// One line of text.
    Line,
    /// A number, on a narrow line.
    Number,
    /// An address of electronic mail.
    Mail,
    /// A day.
    Day,
    /// Several lines.
    Lines(u8),
    /// One of these values, with their words.
    Menu(Vec<(String, String)>),
    /// The same, all of them in sight, each with a sentence below.
    Picks(Vec<Pick>),
    /// Any of these values, also none.
    Several(Vec<Choice>),
}

/// One of several choices that are all in sight.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) note: String,
}

impl Input {
    /// With a sentence that helps to fill it.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self.described()
    }

    /// With what is wrong with it, where a refusal does not name the field itself.
    #[must_use]
    pub(super) fn wrong(mut self, error: Option<String>) -> Self {
        self.error = error;
        self.described()
    }

    /// Which may be left empty.
    #[must_use]
    pub(super) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// With what stands in it unless something was typed.
    #[must_use]
    pub(super) fn filled(mut self, value: &str) -> Self {
        if self.value.is_empty() {
            value.clone_into(&mut self.value);
        }
        self
    }

    fn described(mut self) -> Self {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        self.described = ids.join(" ");
        self
    }
}

/// The form of a page that was sent and refused; nothing when the page is only looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    posted: Posted,
    errors: Vec<UserError>,
}

impl Sent {
    /// A form that was refused.
    pub(super) fn refused(posted: Posted, errors: Vec<UserError>) -> Self {
        Self { posted, errors }
    }

    /// Whether something was refused.
    pub(super) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether it was this form.
    pub(super) fn was(&self, act: &str, on: &str) -> bool {
        self.is_refused() && self.posted.one(ACT) == act && self.posted.one(ON) == on
    }

    /// What was posted, if it was this form.
    pub(super) fn posted(&self, act: &str, on: &str) -> Option<&Posted> {
        self.was(act, on).then_some(&self.posted)
    }

    /// The fields of a form.
    pub(super) fn form<'a>(&'a self, act: &'a str, on: &'a str) -> Form<'a> {
        Form {
            sent: self.was(act, on).then_some(self),
            prefix: if on.is_empty() {
                act.to_owned()
            } else {
                format!("{act}-{on}")
            },
        }
    }

    /// Every error with the element it is about: the field if `has` knows it, else the form.
    pub(super) fn summary(&self, has: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let form = self.form(self.posted.one(ACT), self.posted.one(ON));
        let errors = self.errors.iter().map(|error| {
            let anchor = match &error.field {
                Some(field) if has(field) => form.id(field),
                Some(_) | None => form.prefix.clone(),
            };
            (anchor, error.message.clone())
        });
        errors.collect()
    }
}

/// The fields of one form, with what was typed into them.
#[derive(Clone, Debug)]
pub(super) struct Form<'a> {
    sent: Option<&'a Sent>,
    prefix: String,
}

impl Form<'_> {
    /// The id of a field's element.
    pub(super) fn id(&self, field: &str) -> String {
        format!("{}-{field}", self.prefix)
    }

    /// What is wrong with a field.
    pub(super) fn error(&self, field: &str) -> Option<String> {
        let errors = self.sent.into_iter().flat_map(|sent| &sent.errors);
        let mut of_field = errors.filter(|error| error.field.as_deref() == Some(field));
        of_field.next().map(|error| error.message.clone())
    }

    /// What was typed into a field.
    pub(super) fn value(&self, field: &str) -> String {
        self.sent
            .map_or_else(String::new, |sent| sent.posted.one(field).to_owned())
    }

    /// A field with what was typed and what is wrong.
    pub(super) fn field(&self, name: &str, label: String, control: Control) -> Input {
        let input = Input {
            id: self.id(name),
            name: name.to_owned(),
            label,
            hint: None,
            error: self.error(name),
            described: String::new(),
            value: self.value(name),
            required: true,
            control,
        };
        input.described()
    }
}

/// A text of a form, checked; browsers end lines as on paper that was typed on.
pub(super) fn written<T: FromStr<Err = TextProblem>>(posted: &Posted, field: &str) -> Preparing<T> {
    checked_text(field, &posted.one(field).replace("\r\n", "\n"))
}

/// The same for a text that may be left out.
pub(super) fn maybe_written<T: FromStr<Err = TextProblem>>(
    posted: &Posted,
    field: &str,
) -> Preparing<Option<T>> {
    match posted.some(field) {
        Some(_) => written(posted, field).map(Some),
        None => Ok(None),
    }
}

/// A value of a form that is read by its own rules; one that cannot be read is answered like one that is missing.
pub(super) fn read<T: FromStr>(posted: &Posted, field: &str) -> Preparing<T> {
    let missing = || CommonRejection::BadText {
        field: field.to_owned(),
        problem: TextProblem::Empty,
    };
    posted.one(field).parse().map_err(|_| missing().into())
}

/// A command on something that a page is about, past the gate: whether the reader may is answered before whether the form is good.
pub(super) async fn on<T: Noun>(
    reader: &Reader,
    id: &str,
    action: Action,
    command: Preparing<Command>,
) -> Preparing {
    let named = ID(id.to_owned());
    reader.viewer.target::<T>(&named, action).await?;
    let aggregate: AggregateId = id.parse().map_err(|_| CommonRejection::NotFound)?;
    Ok(Prepared {
        aggregate,
        command: command?,
    })
}

/// What somebody may see under the id of an address.
pub(super) async fn seen<T: Noun>(
    reader: &Reader,
    id: &str,
) -> Result<crate::graphql::Held<T>, Stop> {
    let id: T::Id = id.parse().map_err(|_| Stop::NotFound)?;
    reader.viewer.see::<T>(id).await?.ok_or(Stop::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::errors::RejectionCode;

    fn refused() -> Sent {
        let posted = [("act", "answer"), ("on", "q1"), ("text", " <b> ")];
        let posted = posted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let errors = vec![UserError {
            code: RejectionCode("X"),
            field: Some("text".to_owned()),
            message: "wrong".to_owned(),
        }];
        Sent::refused(Posted::new(posted), errors)
    }

    #[test]
    fn only_the_form_that_was_sent_shows_what_was_typed() {
        let sent = refused();
        let field = |on: &str| {
            let label = "Answer".to_owned();
            sent.form("answer", on)
                .field("text", label, Control::Lines(3))
        };
        let (one, other) = (field("q1"), field("q2"));
        assert_eq!((one.value.as_str(), one.error.is_some()), ("<b>", true));
        assert_eq!((other.value.as_str(), other.error), ("", None));
        assert_eq!(one.described, "answer-q1-text-error");
    }

    #[test]
    fn an_error_leads_to_its_field_or_to_its_form() {
        let anchors = |has: bool| {
            let summary = refused().summary(|_| has);
            summary.into_iter().next().unwrap().0
        };
        assert_eq!(anchors(true), "answer-q1-text");
        assert_eq!(anchors(false), "answer-q1");
    }
}
