//! Filling forms so that they are mostly acceptable.

use super::Moves;
use jiff::ToSpan;
use jiff::civil::Date;
use naru_domain::State;
use naru_domain::case::{Case, DocumentVersion};
use naru_domain::device::Device;
use naru_domain::pathway::{Field, FieldKind, FormStage, StageId, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The documents in use, as a form names them.
pub(super) fn documents(device: &Device) -> Vec<DocumentVersion> {
    device
        .documents_in_use()
        .map(|document| DocumentVersion {
            document: document.id,
            version: document.newest().version,
            sha256: document.newest().file.sha256.clone(),
        })
        .collect()
}

impl<'a> Moves<'a> {
    pub(super) fn documents_of(&self, case: &Case) -> Vec<DocumentVersion> {
        match self.view.state(case.device.into()) {
            Some(State::Device(device)) => documents(device),
            Some(_) | None => Vec::new(),
        }
    }

    pub(super) fn today(&self, case: &Case) -> Date {
        match self.view.reference().calendars.get(&case.calendar) {
            Some(calendar) => calendar.date_of(self.view.now()),
            None => Date::default(),
        }
    }

    /// Answers that break no rule, if they are found in a few tries.
    pub(super) fn filled(
        &mut self,
        case: &Case,
        stage: &StageId,
        form: &FormStage,
    ) -> BTreeMap<String, Value> {
        let documents = self.documents_of(case);
        let today = self.today(case);
        let mut values = BTreeMap::new();
        for _ in 0..12 {
            values = form
                .fields
                .iter()
                .filter_map(|field| {
                    Some((field.name.clone(), self.answer(field, &documents, today)?))
                })
                .collect();
            let mut answers = case.answers.clone();
            answers.extend(values.iter().map(|(name, value): (&String, &Value)| {
                (format!("{stage}.{name}"), value.clone())
            }));
            if form.broken_rules(&answers, today).is_empty() {
                break;
            }
        }
        values
    }

    fn answer(
        &mut self,
        field: &Field,
        documents: &[DocumentVersion],
        today: Date,
    ) -> Option<Value> {
        let length = |max: u32| usize::try_from(max).unwrap_or(1).min(600);
        Some(match &field.kind {
            FieldKind::Text { max_length } => Value::Text(
                self.text(length(*max_length).min(40))
                    .replace('\n', " ")
                    .trim()
                    .to_owned(),
            ),
            FieldKind::LongText { max_length } => Value::Text(self.text(length(*max_length))),
            FieldKind::Boolean => Value::Boolean(self.rng.percent(60)),
            FieldKind::Integer { min, max } | FieldKind::AmountKrw { min, max } => {
                let min = min.unwrap_or(0);
                let width = max.unwrap_or(min + 1000) - min;
                Value::Integer(
                    min + i64::try_from(self.rng.number() % u64::try_from(width + 1).ok()?).ok()?,
                )
            }
            FieldKind::Date => {
                let days = i64::try_from(self.rng.below(21)).ok()? - 10;
                Value::Text((today + days.days()).to_string())
            }
            FieldKind::Choice { options } => Value::Text(self.rng.pick(options)?.value.clone()),
            FieldKind::Choices { options, min } => {
                let wanted = usize::from(*min) + self.rng.below(options.len());
                let chosen: BTreeSet<String> = options
                    .iter()
                    .take(wanted)
                    .map(|option| option.value.clone())
                    .collect();
                Value::Choices(chosen)
            }
            FieldKind::Document => Value::Text(self.rng.pick(documents)?.document.to_string()),
            FieldKind::BusinessNumber => Value::Text("220-81-62517".to_owned()),
            FieldKind::Email => Value::Text("someone@example.org".to_owned()),
            FieldKind::Country => Value::Text((*self.rng.pick(&["KR", "GB", "VN"])?).to_owned()),
        })
    }
}
