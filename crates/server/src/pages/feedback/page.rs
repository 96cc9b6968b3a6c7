//! The page with the questions.

use super::{Mistakes, Visit, text_problem};
use crate::pages::dates;
use crate::pages::form::{Posted, QUESTION, shown_again};
use crate::pages::view::{
    AnswerPage, AskedQuestion, Choice, ConsentBox, Control, DeclineBox, Frame, Point, Problem,
    Switch, capitalized, case_line,
};
use crate::words::Phrases;
use naru_domain::Locale;
use naru_domain::feedback::{AnswerMistake, AnswerProblem, Question, QuestionKind, Standing};

/// More options than this are a menu.
const OPTIONS_MAX: usize = 8;

impl Visit<'_> {
    /// The page with the questions, with what was typed and what is wrong with it.
    pub(in crate::pages) fn answer_page(&self, posted: &Posted, mistakes: &Mistakes) -> AnswerPage {
        let words = Phrases(self.locale);
        let heading = self.round.title.in_locale(self.locale).to_owned();
        let title = if mistakes.is_empty() {
            heading.clone()
        } else {
            words.with("error-title", [("title", heading.as_str().into())])
        };
        let unnamed = words.say("hospital-unnamed");
        let hospital = self.hospital.unwrap_or(&unnamed);
        let questions = self.questions(posted, mistakes);
        let consent = self.consent_box(posted, mistakes);
        let decline = self.decline_box(posted, mistakes);
        AnswerPage {
            frame: Frame {
                words,
                title,
                switch: Switch::Button,
                case_line: Some(case_line(words, self.round.case)),
            },
            from: capitalized(&words.with("feedback-from", [("hospital", hospital.into())])),
            heading,
            alert: mistakes
                .alert
                .map(|key| words.say(key))
                .or_else(|| mistakes.refusal.clone()),
            problems: self.summary(&questions, &consent, &decline, mistakes),
            declined_before: matches!(self.invitation.standing, Standing::Declined { .. })
                .then(|| words.say("feedback-declined-before")),
            device: self.device.map(str::to_owned),
            introduction: self
                .questionnaire
                .introduction
                .in_locale(self.locale)
                .to_owned(),
            length: self.length(),
            until: self.until(),
            privacy: self.privacy(),
            questions,
            consent,
            decline,
        }
    }

    fn length(&self) -> String {
        let seconds: usize = self
            .questionnaire
            .questions
            .iter()
            .map(|question| match question.kind {
                QuestionKind::Text { .. } => 60,
                QuestionKind::Likert(_)
                | QuestionKind::Seq(_)
                | QuestionKind::Nps(_)
                | QuestionKind::Choice(_) => 20,
            })
            .sum();
        Phrases(self.locale).with(
            "feedback-length",
            [
                ("questions", self.questionnaire.questions.len().into()),
                ("minutes", seconds.div_ceil(60).into()),
            ],
        )
    }

    fn until(&self) -> String {
        let words = Phrases(self.locale);
        if self.round.suspended_at.is_some() {
            return words.say("feedback-until-open");
        }
        let date = dates::in_words(self.round.closes_on, self.locale);
        words.with("feedback-until", [("date", date.into())])
    }

    fn privacy(&self) -> Vec<String> {
        let words = Phrases(self.locale);
        let threshold = u32::from(self.round.anonymity_threshold);
        vec![
            words.say("feedback-privacy-stored"),
            words.with(
                "feedback-privacy-threshold",
                [("threshold", threshold.into())],
            ),
            words.say("feedback-privacy-page"),
        ]
    }

    fn questions(&self, posted: &Posted, mistakes: &Mistakes) -> Vec<AskedQuestion> {
        let typed = posted.answers();
        let numbered = (1_usize..).zip(&self.questionnaire.questions);
        numbered
            .map(|(number, question)| {
                let value = typed.get(&question.id).map_or("", String::as_str);
                let problem = mistakes.answers.iter().flatten();
                let mistake = problem
                    .filter(|problem| problem.question == question.id)
                    .map(|problem| self.mistake_in_words(problem))
                    .next();
                AskedQuestion {
                    name: format!("{QUESTION}{}", question.id),
                    number,
                    label: question.label.in_locale(self.locale).to_owned(),
                    help: question
                        .help
                        .as_ref()
                        .map(|help| help.in_locale(self.locale).to_owned()),
                    required: question.required,
                    error: mistake,
                    control: control(question, value, self.locale),
                }
            })
            .collect()
    }

    fn mistake_in_words(&self, problem: &AnswerProblem) -> String {
        match problem.mistake {
            // The character cannot be seen, so it is taken out instead of asking the reader to find it.
            AnswerMistake::ForbiddenCharacter => Phrases(self.locale).say("removed-characters"),
            AnswerMistake::UnknownQuestion
            | AnswerMistake::Missing
            | AnswerMistake::WrongKind
            | AnswerMistake::OffScale { .. }
            | AnswerMistake::NotAnOption
            | AnswerMistake::TooLong { .. } => problem.words(self.locale),
        }
    }

    fn consent_box(&self, posted: &Posted, mistakes: &Mistakes) -> ConsentBox {
        let words = Phrases(self.locale);
        let consent = &self.questionnaire.consent;
        let version = consent.version.as_str();
        // A tick is for the text it was set under, not for another one.
        let same_text = self.consent(posted).is_some();
        let lines = consent.text.in_locale(self.locale).lines();
        ConsentBox {
            text: lines
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect(),
            version: version.to_owned(),
            version_line: words.with("feedback-consent-version", [("version", version.into())]),
            hash: self
                .questionnaire
                .consent_hash(self.locale)
                .map(|hash| hash.as_str().to_owned())
                .unwrap_or_default(),
            agreed: same_text && posted.field("agree") == "yes",
            error: mistakes.consent.map(|key| words.say(key)),
        }
    }

    fn decline_box(&self, posted: &Posted, mistakes: &Mistakes) -> DeclineBox {
        let typed = posted.field("reason");
        DeclineBox {
            open: mistakes.reason.is_some() || !typed.trim().is_empty(),
            reason: shown_again(typed),
            error: mistakes
                .reason
                .as_ref()
                .map(|problem| text_problem(problem, self.locale)),
        }
    }

    fn summary(
        &self,
        questions: &[AskedQuestion],
        consent: &ConsentBox,
        decline: &DeclineBox,
        mistakes: &Mistakes,
    ) -> Vec<Problem> {
        let words = Phrases(self.locale);
        let mut all: Vec<Problem> = questions
            .iter()
            .filter_map(|question| {
                let error = question.error.as_ref()?;
                Some(Problem {
                    anchor: question.name.clone(),
                    text: format!("{}. {error}", question.number),
                })
            })
            .collect();
        let unknown = mistakes.answers.iter().flatten();
        let unknown =
            unknown.filter(|problem| self.questionnaire.question(&problem.question).is_none());
        all.extend(unknown.take(1).map(|problem| Problem {
            anchor: "questions".to_owned(),
            text: problem.words(self.locale),
        }));
        all.extend(consent.error.iter().map(|error| Problem {
            anchor: "agree".to_owned(),
            text: format!("{}: {error}", words.say("feedback-consent")),
        }));
        all.extend(decline.error.iter().map(|error| Problem {
            anchor: "reason".to_owned(),
            text: format!("{}: {error}", words.say("feedback-decline-reason")),
        }));
        all
    }
}

fn control(question: &Question, value: &str, locale: Locale) -> Control {
    let value = value.trim_start_matches(['\r', '\n']);
    let chosen = value.trim();
    match &question.kind {
        QuestionKind::Likert(anchors) | QuestionKind::Seq(anchors) | QuestionKind::Nps(anchors) => {
            let scores = question.kind.scale().into_iter().flatten();
            let points: Vec<Point> = scores
                .map(|score| Point {
                    score,
                    chosen: chosen.parse() == Ok(score),
                })
                .collect();
            Control::Scale {
                width: match points.len() {
                    0..=5 => "five",
                    6..=7 => "seven",
                    _ => "eleven",
                },
                points,
                low: anchors.low.in_locale(locale).to_owned(),
                high: anchors.high.in_locale(locale).to_owned(),
            }
        }
        QuestionKind::Choice(options) => {
            let options: Vec<Choice> = options
                .iter()
                .map(|option| Choice {
                    value: option.value.clone(),
                    label: option.label.in_locale(locale).to_owned(),
                    chosen: option.value == chosen,
                })
                .collect();
            if options.len() <= OPTIONS_MAX {
                Control::Options { options }
            } else {
                Control::Menu { options }
            }
        }
        QuestionKind::Text { max_length } => Control::Text {
            value: shown_again(value),
            limit: Phrases(locale).with("feedback-max", [("max", (*max_length).into())]),
        },
    }
}
