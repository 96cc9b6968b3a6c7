//! What a stage of each kind must get right.

use super::conditions::Scope;
use super::pieces::shortened;
use super::{CASE_SIDES, Checker, FIELDS_MAX, days_of, present};
use crate::LongText;
use crate::OrganizationKind;
use crate::pathway::file::{
    AgreementFile, ApprovalFile, AwardFile, ChoiceLimits, ChoicesLimits, ConsultationFile,
    FeedbackFile, FieldBody, FieldFile, FormFile, MatchingFile, NoLimits, NumberLimits, OptionFile,
    RuleFile, StageBody, TextLimits, UsabilityFile,
};
use crate::pathway::read::{At, Must};
use crate::pathway::wrong::{Nearest, Wrong};
use crate::pathway::{
    AgreementStage, ApprovalStage, AwardStage, ConsultationStage, FeedbackStage, Field, FieldKind,
    FormStage, MatchingStage, Option_, Rule, Seat, Signer, StageId, StageKind, StudyTask,
    UsabilityStage, Wanted,
};

/// The most won a field or an award can speak of: a thousand billion.
const WON_MAX: i64 = 1_000_000_000_000;

impl Checker<'_> {
    pub(super) fn kind(&mut self, at: usize, body: &StageBody) -> Option<StageKind> {
        match body {
            StageBody::Form(file) => self.form(at, file).map(StageKind::Form),
            StageBody::Approval(file) => self.approval(at, file).map(StageKind::Approval),
            StageBody::Matching(file) => self.matching(file).map(StageKind::Matching),
            StageBody::UsabilityStudy(file) => self.usability(file).map(StageKind::UsabilityStudy),
            StageBody::FeedbackRound(file) => self.feedback(file).map(StageKind::FeedbackRound),
            StageBody::Consultation(file) => self.consultation(file).map(StageKind::Consultation),
            StageBody::Award(file) => self.award(file).map(StageKind::Award),
            StageBody::Agreement(file) => self.agreement(file).map(StageKind::Agreement),
        }
    }

    fn form(&mut self, at: usize, file: &FormFile) -> Option<FormStage> {
        let written = self.list(&file.fields, "fields", FIELDS_MAX)?;
        self.unique(written.iter().filter_map(|field| field.head.name.get()));
        let fields: Vec<_> = written
            .iter()
            .enumerate()
            .map(|(place, field)| self.field_of_form(at, place, field))
            .collect();
        let rules = file.rules.iter().flatten();
        let rules: Vec<_> = rules.map(|rule| self.rule(at, rule)).collect();
        Some(FormStage {
            fields: fields.into_iter().collect::<Option<_>>()?,
            rules: rules.into_iter().collect::<Option<_>>()?,
        })
    }

    fn rule(&mut self, at: usize, file: &RuleFile) -> Option<Rule> {
        let field = file.field.get().and_then(|name| {
            let node = self.graph.node(at)?;
            if node.fields.contains_key(&name.value) {
                return Some(name.value.clone());
            }
            let known = Nearest::of(&name.value, node.fields.keys().map(String::as_str));
            let shown = shortened(&name.value);
            let wrong = Wrong::UnknownField { name: shown, known };
            self.problems.add(&name.span, wrong);
            None
        });
        let must = file
            .must
            .get()
            .and_then(|must| self.condition(must, Scope::rule(at)));
        let message = self.long_words(&file.message);
        Some(Rule {
            field: field?,
            must: must?,
            message: message?,
        })
    }

    fn field_of_form(&mut self, at: usize, place: usize, file: &FieldFile) -> Option<Field> {
        let head = &file.head;
        let name = self.slug(&head.name);
        let label = self.line_words(&head.label);
        let help = head.help.as_ref().map(|help| self.words::<LongText>(help));
        let when = head
            .when
            .as_ref()
            .map(|when| self.condition(when, Scope::field(at, place)));
        let kind = file.body.as_ref().and_then(|body| self.field_kind(body));
        Some(Field {
            name: name?,
            label: label?,
            help: present(help)?,
            required: head.required.unwrap_or(true),
            when: present(when)?,
            kind: kind?,
        })
    }

    fn field_kind(&mut self, body: &FieldBody) -> Option<FieldKind> {
        match body {
            FieldBody::Text(limits) => self
                .length(limits, 200, 200)
                .map(|max_length| FieldKind::Text { max_length }),
            FieldBody::LongText(limits) => self
                .length(limits, 4_000, 20_000)
                .map(|max_length| FieldKind::LongText { max_length }),
            FieldBody::Integer(limits) => {
                let (min, max) = self.bounds(limits, -WON_MAX)?;
                Some(FieldKind::Integer { min, max })
            }
            FieldBody::AmountKrw(limits) => {
                let (min, max) = self.bounds(limits, 0)?;
                Some(FieldKind::AmountKrw { min, max })
            }
            FieldBody::Choice(ChoiceLimits { options, .. }) => self
                .options(options, "options")
                .map(|options| FieldKind::Choice { options }),
            FieldBody::Choices(limits) => self.choices(limits),
            FieldBody::Boolean(NoLimits {}) => Some(FieldKind::Boolean),
            FieldBody::Date(NoLimits {}) => Some(FieldKind::Date),
            FieldBody::Document(NoLimits {}) => Some(FieldKind::Document),
            FieldBody::BusinessNumber(NoLimits {}) => Some(FieldKind::BusinessNumber),
            FieldBody::Email(NoLimits {}) => Some(FieldKind::Email),
            FieldBody::Country(NoLimits {}) => Some(FieldKind::Country),
        }
    }

    fn length(&mut self, limits: &TextLimits, usual: u32, max: i64) -> Option<u32> {
        match &limits.max_length {
            Some(length) => self.number(length, 1, max),
            None => Some(usual),
        }
    }

    fn bounds(&mut self, limits: &NumberLimits, least: i64) -> Option<(Option<i64>, Option<i64>)> {
        let min = limits
            .min
            .as_ref()
            .map(|min| self.number(min, least, WON_MAX));
        let max = limits
            .max
            .as_ref()
            .map(|max| self.number(max, least, WON_MAX));
        let (min, max) = (present(min)?, present(max)?);
        if let (Some(min), Some(max), Some(written)) = (min, max, &limits.min) {
            self.in_order(written, min, max)?;
        }
        Some((min, max))
    }

    fn in_order(&mut self, written: &At<i64>, min: i64, max: i64) -> Option<()> {
        if min <= max {
            return Some(());
        }
        let wrong = Wrong::MinOverMax { min, max };
        self.problems.add(&written.span, wrong);
        None
    }

    fn choices(&mut self, limits: &ChoicesLimits) -> Option<FieldKind> {
        let options = self.options(&limits.options, "options")?;
        let most = i64::try_from(options.len()).unwrap_or(i64::MAX);
        let min = match &limits.min {
            Some(min) => self.number(min, 0, most)?,
            None => 1,
        };
        Some(FieldKind::Choices { options, min })
    }

    fn options(&mut self, options: &Must<At<Vec<OptionFile>>>, key: &str) -> Option<Vec<Option_>> {
        let written = self.list(options, key, 100)?;
        self.unique(written.iter().filter_map(|option| option.value.get()));
        let options: Vec<_> = written
            .iter()
            .map(|option| {
                let value = self.slug(&option.value);
                let label = self.line_words(&option.label);
                Some(Option_ {
                    value: value?,
                    label: label?,
                })
            })
            .collect();
        options.into_iter().collect()
    }

    fn approval(&mut self, at: usize, file: &ApprovalFile) -> Option<ApprovalStage> {
        let send_back = file.send_back_to.iter().flatten();
        let send_back: Vec<_> = send_back.map(|name| self.send_back(at, name)).collect();
        let written = self.list(&file.seats, "seats", 30)?;
        self.unique(written.iter().filter_map(|seat| seat.id.get()));
        let seats: Vec<_> = written
            .iter()
            .map(|seat| {
                let id = self.slug(&seat.id);
                let title = self.line_words(&seat.title);
                let role = self.role(&seat.role, &[OrganizationKind::Hospital]);
                Some(Seat {
                    id: id?,
                    title: title?,
                    role: role?,
                })
            })
            .collect();
        let needed = file.approvals_needed.get().and_then(|needed| {
            let seats = written.len();
            let number = u16::try_from(needed.value).ok();
            let good = number.filter(|n| 1 <= *n && usize::from(*n) <= seats);
            if good.is_none() {
                let found = needed.value;
                let wrong = Wrong::ApprovalsNeeded { found, seats };
                self.problems.add(&needed.span, wrong);
            }
            good
        });
        Some(ApprovalStage {
            seats: seats.into_iter().collect::<Option<_>>()?,
            approvals_needed: needed?,
            send_back_to: send_back.into_iter().collect::<Option<_>>()?,
        })
    }

    fn send_back(&mut self, at: usize, name: &At<String>) -> Option<StageId> {
        let shown = shortened(&name.value);
        let target = self.graph.place(&name.value);
        let wrong = match target.and_then(|place| self.graph.node(place)) {
            None => {
                let names = self.stage_names(at);
                let known = Nearest::of(&name.value, names.iter().map(String::as_str));
                Wrong::UnknownStage { name: shown, known }
            }
            Some(_) if target.is_some_and(|place| self.graph.certainly_not_before(place, at)) => {
                Wrong::SendBackNotBefore { stage: shown }
            }
            Some(node) if node.kind != "form" => Wrong::SendBackNotForm {
                stage: shown,
                kind: node.kind.to_owned(),
            },
            Some(_) => return name.value.parse().ok(),
        };
        self.problems.add(&name.span, wrong);
        None
    }

    fn matching(&mut self, file: &MatchingFile) -> Option<MatchingStage> {
        let answer_within = file.answer_within.get().and_then(|due| self.due(due));
        let written = self.list(&file.wanted, "wanted", 10)?;
        let wanted: Vec<_> = written
            .iter()
            .map(|wanted| {
                let count = self.count(&wanted.count, 1, 200);
                Some(Wanted {
                    role: wanted.role.get()?.value,
                    count: count?,
                })
            })
            .collect();
        Some(MatchingStage {
            wanted: wanted.into_iter().collect::<Option<_>>()?,
            answer_within: answer_within?,
        })
    }

    fn usability(&mut self, file: &UsabilityFile) -> Option<UsabilityStage> {
        let participants = self.count(&file.participants_per_group, 1, 1_000);
        let groups = self.options(&file.groups, "groups");
        let written = self.list(&file.tasks, "tasks", 100);
        let written = written.unwrap_or_default();
        self.unique(written.iter().filter_map(|task| task.id.get()));
        let tasks: Vec<_> = written
            .iter()
            .map(|task| {
                let id = self.slug(&task.id);
                let title = self.line_words(&task.title);
                Some(StudyTask {
                    id: id?,
                    title: title?,
                    critical: task.critical.unwrap_or(false),
                })
            })
            .collect();
        Some(UsabilityStage {
            summative: *file.summative.get()?,
            participants_per_group: participants?,
            groups: groups?,
            tasks: tasks.into_iter().collect::<Option<_>>()?,
        })
    }

    fn feedback(&mut self, file: &FeedbackFile) -> Option<FeedbackStage> {
        let questionnaire = file.questionnaire.get().and_then(|name| {
            if self.questionnaires.contains(&name.value) {
                return Some(name.value.clone());
            }
            let known = self.questionnaires.iter().map(String::as_str);
            let wrong = Wrong::UnknownQuestionnaire {
                name: shortened(&name.value),
                known: Nearest::of(&name.value, known),
            };
            self.problems.add(&name.span, wrong);
            None
        });
        let threshold: Option<u16> = self.count(&file.anonymity_threshold, 1, 1_000);
        let needed: Option<u16> = self.count(&file.answers_needed, 1, 1_000);
        if let (Some(threshold), Some(answers), Some(at)) =
            (threshold, needed, file.answers_needed.get())
            && answers < threshold
        {
            let (threshold, answers) = (threshold.into(), answers.into());
            let wrong = Wrong::NeverShown { threshold, answers };
            self.problems.add(&at.span, wrong);
        }
        let open_for = file.open_for.get().and_then(|due| self.due(due));
        let remind = file.remind_after_working_days.iter().flatten();
        let remind: Vec<Option<u16>> = remind
            .map(|days| {
                let number = self.number(days, 1, 1_000)?;
                if let Some(open) = open_for.map(days_of).filter(|open| *open <= number) {
                    let days_found = days.value;
                    let wrong = Wrong::RemindAfterClose {
                        days: days_found,
                        open,
                    };
                    self.problems.add(&days.span, wrong);
                }
                Some(number)
            })
            .collect();
        Some(FeedbackStage {
            questionnaire: questionnaire?,
            anonymity_threshold: threshold?,
            answers_needed: needed?,
            open_for: open_for?,
            remind_after_working_days: remind.into_iter().collect::<Option<_>>()?,
        })
    }

    fn consultation(&mut self, file: &ConsultationFile) -> Option<ConsultationStage> {
        let written = self.list(&file.asks, "asks", 30)?;
        let asks: Vec<_> = written
            .iter()
            .map(|ask| self.words::<LongText>(ask))
            .collect();
        Some(ConsultationStage {
            about: file.about.get()?.value,
            asks: asks.into_iter().collect::<Option<_>>()?,
        })
    }

    fn award(&mut self, file: &AwardFile) -> Option<AwardStage> {
        let min = self.count(&file.min_krw, 1, WON_MAX);
        let max = self.count(&file.max_krw, 1, WON_MAX);
        let milestones_min = self.count(&file.milestones_min, 1, 100);
        if let (Some(min), Some(max), Some(written)) = (min, max, file.min_krw.get()) {
            self.in_order(written, min, max)?;
        }
        Some(AwardStage {
            min_krw: min?,
            max_krw: max?,
            milestones_min: milestones_min?,
            report_required: *file.report_required.get()?,
        })
    }

    fn agreement(&mut self, file: &AgreementFile) -> Option<AgreementStage> {
        let written = self.list(&file.signers, "signers", 20)?;
        self.unique(written.iter().filter_map(|signer| signer.id.get()));
        let signers: Vec<_> = written
            .iter()
            .map(|signer| {
                let id = self.slug(&signer.id);
                let role = self.role(&signer.role, &CASE_SIDES);
                let meaning = self.line_words(&signer.meaning);
                Some(Signer {
                    id: id?,
                    role: role?,
                    meaning: meaning?,
                })
            })
            .collect();
        Some(AgreementStage {
            signers: signers.into_iter().collect::<Option<_>>()?,
        })
    }
}
