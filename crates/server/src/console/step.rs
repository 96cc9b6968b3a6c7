//! What comes next on a page and whose move it is: the one line and the one button.

use super::dates::{Days, Due};
use super::tone::Tone;
use naru_domain::case::Case;
use naru_domain::pathway::StageId;

/// What comes next.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) tone: Tone,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) due: Option<Due>,
    /// Where it is done, and the word on the button.
    pub(super) go: Option<(String, String)>,
}

impl Step {
    /// A step that only says how things stand.
    pub(super) fn told(tone: Tone, title: String, text: String) -> Self {
        Self {
            tone,
            title,
            text,
            due: None,
            go: None,
        }
    }

    /// A step of the reader's own, with its button.
    pub(super) fn to_do(title: String, text: String, go: (String, String)) -> Self {
        Self {
            go: Some(go),
            ..Self::told(Tone::Mine, title, text)
        }
    }

    /// With the day it is due; late steps look late.
    #[must_use]
    pub(super) fn due(mut self, due: Option<Due>) -> Self {
        if self.tone == Tone::Mine && due.as_ref().is_some_and(|due| due.late) {
            self.tone = Tone::Late;
        }
        self.due = due;
        self
    }
}

/// When an open stage of a case is due.
pub(super) fn stage_due(days: &Days<'_>, case: Option<&Case>, stage: &StageId) -> Option<Due> {
    let stage = case?.stages.get(stage)?;
    let schedule = stage.schedule.as_ref().filter(|_| stage.is_open())?;
    Some(days.due(schedule.due_at))
}
