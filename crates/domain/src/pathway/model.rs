//! A pathway that has been checked: every reference resolves, every stage can be reached, both languages are complete.

use super::condition::TODAY;
use super::{Condition, Value};
use crate::{Role, Words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

macro_rules! slug {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                let good = !text.is_empty()
                    && text.len() <= 64
                    && text.starts_with(|c: char| c.is_ascii_lowercase())
                    && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
                if good { Ok(Self(text.to_owned())) } else { Err(format!("`{}` is not a name of lower-case letters, digits, - and _", text.chars().take(80).collect::<String>())) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> { text.parse() }
        }
        impl From<$name> for String {
            fn from(slug: $name) -> String { slug.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.0, f) }
        }
    )*};
}

slug! {
    /// The name of a pathway, the same over all its versions.
    PathwayId;
    /// The name of a stage within a pathway.
    StageId;
}

/// The SHA-256 of a pathway's canonical content; a case pins it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathwayHash(pub crate::Sha256Hex);

impl fmt::Display for PathwayHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for PathwayHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// A checked pathway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pathway {
    /// Its name.
    pub id: PathwayId,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Words,
    /// What it is for, in a sentence or two.
    pub summary: Words,
    /// The programme it belongs to.
    pub programme: Programme,
    /// The working calendar of its due dates, such as `kr`; it brings its time zone.
    pub calendar: String,
    /// Its stages. INVARIANT: a stage comes after every stage it needs.
    pub stages: Vec<Stage>,
}

impl Pathway {
    /// The stage of this name.
    pub fn stage(&self, id: &StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| &stage.id == id)
    }

    /// Every stage that needs `id`, directly or through others.
    pub fn dependents(&self, id: &StageId) -> BTreeSet<StageId> {
        let mut found = BTreeSet::from([id.clone()]);
        for stage in &self.stages {
            if stage.needs.iter().any(|need| found.contains(need)) {
                found.insert(stage.id.clone());
            }
        }
        found.remove(id);
        found
    }
}

/// The programme a pathway belongs to, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Programme {
    /// The hospital or body that runs it.
    pub host: Words,
    /// The sites it names.
    pub sites: Vec<Words>,
    /// Dated, sourced facts about it, shown to people who choose a pathway.
    pub facts: Vec<Fact>,
}

/// A statement with its source and date; a hospital can change it by publishing a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What is so.
    pub text: Words,
    /// Who says so.
    pub source: String,
    /// The day from which it holds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The last day on which it holds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// Whether it still waits to be confirmed with the source.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verify: bool,
}

/// The canonical steps of a validation platform (domain reference, section 5.1), by which cases of different pathways compare.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Step {
    /// 접수
    Intake,
    /// PI/임상 매칭
    PiMatch,
    /// 연구데이터 제공
    DataAccess,
    /// 연구윤리심의
    Irb,
    /// 사용적합성 평가
    Usability,
    /// 의료진 피드백
    ClinFeedback,
    /// 인허가 컨설팅
    RegConsult,
    /// 보험 컨설팅
    ReimbConsult,
    /// 현금 지원
    Award,
    /// 효능 평가
    Efficacy,
    /// 임상시험
    Trial,
    /// 해외임상
    Overseas,
    /// 사업화
    Commercial,
}

/// One stage of a pathway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Its name within the pathway.
    pub id: StageId,
    /// Its title.
    pub title: Words,
    /// What the person whose move it is should know.
    pub guidance: Option<Words>,
    /// The canonical step it is part of.
    pub step: Step,
    /// The stages that must be over before it opens.
    pub needs: Vec<StageId>,
    /// Whether the case passes it at all; without a condition it does.
    pub when: Option<Condition>,
    /// Whose move it is.
    pub owner: Role,
    /// How long they have.
    pub due: Option<Due>,
    /// Reminders before the due day.
    pub reminders: Vec<Reminder>,
    /// Who is told after the due day.
    pub escalation: Vec<Escalation>,
    /// What kind of work it is.
    pub kind: StageKind,
}

/// How long a stage may take, counted from the day it opens; that day does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Due {
    /// Days on which the calendar works.
    WorkingDays(u16),
    /// Every day; an end on a day off moves to the next working day.
    CalendarDays(u16),
}

/// A letter to the owner, so many working days before the due day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Working days before the due day; 0 is the day itself.
    pub working_days_before: u16,
}

/// A letter to someone above, so many working days after the due day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Working days after the due day, from 1.
    pub working_days_after: u16,
    /// Who is told.
    pub to: Role,
}

/// What kind of work a stage is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StageKind {
    /// Fields to fill and documents to hand in.
    Form(FormStage),
    /// A decision by named seats.
    Approval(ApprovalStage),
    /// Finding a PI and clinicians.
    Matching(MatchingStage),
    /// A usability study (IEC 62366-1).
    UsabilityStudy(UsabilityStage),
    /// A round of questions to clinicians.
    FeedbackRound(FeedbackStage),
    /// A consultant's engagement.
    Consultation(ConsultationStage),
    /// Money within bounds.
    Award(AwardStage),
    /// Signatures in order.
    Agreement(AgreementStage),
}

impl StageKind {
    /// The word used in pathway files and the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Form(_) => "form",
            Self::Approval(_) => "approval",
            Self::Matching(_) => "matching",
            Self::UsabilityStudy(_) => "usability_study",
            Self::FeedbackRound(_) => "feedback_round",
            Self::Consultation(_) => "consultation",
            Self::Award(_) => "award",
            Self::Agreement(_) => "agreement",
        }
    }
}

/// Fields to fill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormStage {
    /// The fields, in the order they are asked.
    pub fields: Vec<Field>,
    /// What the answers must satisfy together before the form can be submitted.
    pub rules: Vec<Rule>,
}

impl FormStage {
    /// The rules that these answers (keyed `stage.field`) break on this day; none may be broken when the form is submitted.
    pub fn broken_rules(&self, answers: &BTreeMap<String, Value>, today: Date) -> Vec<&Rule> {
        let mut answers = answers.clone();
        answers.insert(TODAY.to_owned(), Value::Text(today.to_string()));
        self.rules
            .iter()
            .filter(|rule| !rule.must.holds(&answers))
            .collect()
    }
}

/// Something the answers of a form must satisfy together, such as a period that includes today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The field of this form that a refusal points at.
    pub field: String,
    /// What must hold when the form is submitted.
    pub must: Condition,
    /// What to say, and what to do, when it does not.
    pub message: Words,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name within the form; conditions say `stage.field`.
    pub name: String,
    /// What it asks.
    pub label: Words,
    /// What to write, where the label is not enough.
    pub help: Option<Words>,
    /// Whether an answer is needed (when it is asked at all).
    pub required: bool,
    /// Whether it is asked at all, from the other answers of the case.
    pub when: Option<Condition>,
    /// What an answer looks like.
    pub kind: FieldKind,
}

/// What an answer looks like, with its limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text {
        /// At most so many characters.
        max_length: u32,
    },
    /// Several lines.
    LongText {
        /// At most so many characters.
        max_length: u32,
    },
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer {
        /// Smallest.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
    },
    /// Korean won.
    AmountKrw {
        /// Smallest.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
    },
    /// A day.
    Date,
    /// One of several options.
    Choice {
        /// The options.
        options: Vec<Option_>,
    },
    /// Any of several options.
    Choices {
        /// The options.
        options: Vec<Option_>,
        /// At least so many.
        min: u16,
    },
    /// A document of the device's dossier.
    Document,
    /// A Korean business registration number, check digit included.
    BusinessNumber,
    /// An e-mail address.
    Email,
    /// A country, ISO 3166-1 alpha-2.
    Country,
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Option_ {
    /// What is stored and compared.
    pub value: String,
    /// What is shown.
    pub label: Words,
}

/// A decision by named seats. Whoever submitted what is decided sits on none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalStage {
    /// Who decides; one person takes one seat.
    pub seats: Vec<Seat>,
    /// So many approvals decide. INVARIANT: from 1 to the number of seats.
    pub approvals_needed: u16,
    /// The form stages a decider may send back to; they come before this stage.
    pub send_back_to: Vec<StageId>,
}

/// One seat at an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Its name within the stage.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// The role that may take it.
    pub role: Role,
}

/// What a candidate is wanted as.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MatchRole {
    /// The principal investigator.
    PrincipalInvestigator,
    /// A clinician.
    Clinician,
}

/// Finding people: conflicts of interest are declared before anyone is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatchingStage {
    /// Who is wanted, and how many.
    pub wanted: Vec<Wanted>,
    /// How long an invited person has to answer.
    pub answer_within: Due,
}

/// So many people of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// As what.
    pub role: MatchRole,
    /// At least so many who accepted.
    pub count: u16,
}

/// A usability study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsabilityStage {
    /// Whether it is the summative (총괄평가) evaluation, or a formative (형성평가) one.
    pub summative: bool,
    /// At least so many participants in each user group.
    pub participants_per_group: u16,
    /// The distinct user groups.
    pub groups: Vec<Option_>,
    /// The tasks every participant attempts; a study may add to them before the first session.
    pub tasks: Vec<StudyTask>,
}

/// A task of a usability study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyTask {
    /// Its name within the study.
    pub id: String,
    /// What the participant does.
    pub title: Words,
    /// Whether a use error could cause serious harm.
    #[serde(default)]
    pub critical: bool,
}

/// A round of questions to clinicians.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedbackStage {
    /// The name of the questionnaire in `workflows/questionnaires/`.
    pub questionnaire: String,
    /// Results are shown once so many have answered, so that nobody is recognized.
    pub anonymity_threshold: u16,
    /// So many answers let the round close.
    pub answers_needed: u16,
    /// How long it stays open.
    pub open_for: Due,
    /// When those who have not answered are reminded, in working days after the invitation.
    pub remind_after_working_days: Vec<u16>,
}

/// What a consultation is about.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConsultationKind {
    /// 인허가
    Regulatory,
    /// 보험
    Reimbursement,
}

/// A consultant's engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsultationStage {
    /// What it is about.
    pub about: ConsultationKind,
    /// What the recommendation must answer.
    pub asks: Vec<Words>,
}

/// Money within bounds, in won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AwardStage {
    /// The least that may be granted.
    pub min_krw: i64,
    /// The most that may be granted.
    pub max_krw: i64,
    /// At least so many milestones.
    pub milestones_min: u16,
    /// Whether a report must be promised, with its day.
    pub report_required: bool,
}

/// Signatures in order on one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgreementStage {
    /// Who signs, in order.
    pub signers: Vec<Signer>,
}

/// One signer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Its name within the stage.
    pub id: String,
    /// The role that signs.
    pub role: Role,
    /// What the signature means (21 CFR 11.50).
    pub meaning: Words,
}
