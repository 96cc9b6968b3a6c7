//! A pathway file as it is written: nothing is resolved yet, anything may be missing.

use super::condition_file::ConditionFile;
use super::problem::Problems;
use super::read::{At, DayText, Must, Node, Read, Table, one_of, written};
use super::wrong::{TypeWord, Wrong};
use super::{ConsultationKind, MatchRole, Step};
use crate::Role;

written! {
    /// A pathway: which stages a device passes.
    struct PathwayFile like "{ … }" {
        /// Its name, the same over all versions: lower-case letters, digits, `-` and `_`.
        id: Must<At<String>>,
        /// Its version, from 1; raise it whenever you publish a change.
        version: Must<At<i64>>,
        /// Its title.
        title: Must<WordsFile>,
        /// What it is for, in a sentence or two.
        summary: Must<WordsFile>,
        /// The working calendar of its due dates, such as `kr`.
        calendar: Must<At<String>>,
        /// The programme it belongs to.
        programme: Must<ProgrammeFile>,
        /// Its stages.
        stages: Must<At<Vec<StageFile>>>,
    }

    /// The programme a pathway belongs to, and what is known of it.
    struct ProgrammeFile like "{ host = { en = \"…\", ko = \"…\" }, facts = [] }" {
        /// The hospital or body that runs it.
        host: Must<WordsFile>,
        /// The sites it names.
        sites: Option<Vec<WordsFile>>,
        /// Dated, sourced facts, shown to people who choose a pathway.
        facts: Option<At<Vec<FactFile>>>,
    }

    /// A statement with its source and dates.
    struct FactFile like "{ text = { en = \"…\", ko = \"…\" }, source = \"…\" }" {
        /// What is so.
        text: Must<WordsFile>,
        /// Who says so.
        source: Must<At<String>>,
        /// From when it holds: a year, a month or a day.
        valid_from: Option<DayText>,
        /// Until when it holds: a year, a month or a day.
        valid_to: Option<DayText>,
        /// Whether it still waits to be confirmed with the source.
        verify: Option<bool>,
    }

    /// What every stage has, whatever its kind.
    struct StageHead like "{ … }" {
        /// Its name within the pathway.
        id: Must<At<String>>,
        /// What kind of work it is; the other keys follow from it.
        kind: Must<At<KindWord>>,
        /// The canonical step it is part of, by which pathways are compared.
        step: Must<At<Step>>,
        /// Its title.
        title: Must<WordsFile>,
        /// What the person whose move it is should know.
        guidance: Option<WordsFile>,
        /// Whose move it is.
        owner: Must<At<Role>>,
        /// The stages that must be over before it opens.
        needs: Option<Vec<At<String>>>,
        /// Whether the case passes it at all; without a condition it does.
        when: Option<ConditionFile>,
        /// How long they have, counted from the day after it opens.
        due: Option<At<DueFile>>,
        /// Letters to the owner before the due day.
        reminders: Option<At<Vec<ReminderFile>>>,
        /// Letters to someone above after the due day.
        escalation: Option<At<Vec<EscalationFile>>>,
    }

    /// So many days: of work, or of the calendar. Exactly one of the two.
    struct DueFile like "{ working_days = 10 }" {
        /// Days on which the calendar works.
        working_days: Option<At<i64>>,
        /// Every day; an end on a day off moves to the next working day.
        calendar_days: Option<At<i64>>,
    }

    /// A letter to the owner before the due day.
    struct ReminderFile like "{ working_days_before = 2 }" {
        /// Working days before the due day; 0 is the day itself.
        working_days_before: Must<At<i64>>,
    }

    /// A letter to someone above after the due day.
    struct EscalationFile like "{ working_days_after = 2, to = \"director\" }" {
        /// Working days after the due day, from 1.
        working_days_after: Must<At<i64>>,
        /// Who is told.
        to: Must<At<Role>>,
    }

    /// A form: fields to fill and documents to hand in.
    struct FormFile like "{ … }" {
        /// The fields, in the order they are asked.
        fields: Must<At<Vec<FieldFile>>>,
        /// What the answers must satisfy together before the form can be submitted.
        rules: Option<Vec<RuleFile>>,
    }

    /// A decision by named seats.
    struct ApprovalFile like "{ … }" {
        /// Who decides; one person takes one seat.
        seats: Must<At<Vec<SeatFile>>>,
        /// So many approvals decide.
        approvals_needed: Must<At<i64>>,
        /// The forms a decider may send back to.
        send_back_to: Option<Vec<At<String>>>,
    }

    /// Finding a PI and clinicians.
    struct MatchingFile like "{ … }" {
        /// Who is wanted, and how many.
        wanted: Must<At<Vec<WantedFile>>>,
        /// How long an invited person has to answer.
        answer_within: Must<At<DueFile>>,
    }

    /// A usability study (IEC 62366-1).
    struct UsabilityFile like "{ … }" {
        /// Whether it is the summative (총괄평가) evaluation, or a formative (형성평가) one.
        summative: Must<bool>,
        /// At least so many participants in each user group.
        participants_per_group: Must<At<i64>>,
        /// The distinct user groups.
        groups: Must<At<Vec<OptionFile>>>,
        /// The tasks every participant attempts.
        tasks: Must<At<Vec<TaskFile>>>,
    }

    /// A round of questions to clinicians.
    struct FeedbackFile like "{ … }" {
        /// The name of the questionnaire in `workflows/questionnaires/`.
        questionnaire: Must<At<String>>,
        /// Results are shown once so many have answered, so that nobody is recognized.
        anonymity_threshold: Must<At<i64>>,
        /// So many answers let the round close.
        answers_needed: Must<At<i64>>,
        /// How long it stays open.
        open_for: Must<At<DueFile>>,
        /// When those who have not answered are reminded, in working days after the invitation.
        remind_after_working_days: Option<Vec<At<i64>>>,
    }

    /// A consultant's engagement.
    struct ConsultationFile like "{ … }" {
        /// What it is about.
        about: Must<At<ConsultationKind>>,
        /// What the recommendation must answer.
        asks: Must<At<Vec<WordsFile>>>,
    }

    /// Money within bounds, in won.
    struct AwardFile like "{ … }" {
        /// The least that may be granted.
        min_krw: Must<At<i64>>,
        /// The most that may be granted.
        max_krw: Must<At<i64>>,
        /// At least so many milestones.
        milestones_min: Must<At<i64>>,
        /// Whether a report must be promised, with its day.
        report_required: Must<bool>,
    }

    /// Signatures in order on one document.
    struct AgreementFile like "{ … }" {
        /// Who signs, in order.
        signers: Must<At<Vec<SignerFile>>>,
    }

    /// What every field has, whatever its type.
    struct FieldHead like "{ … }" {
        /// Its name within the form; conditions say `stage.field`.
        name: Must<At<String>>,
        /// What an answer looks like; the other keys follow from it.
        r#type: Must<At<TypeName>>,
        /// What it asks.
        label: Must<WordsFile>,
        /// What to write, where the label is not enough.
        help: Option<WordsFile>,
        /// Whether an answer is needed (when it is asked at all); it is, unless this says `false`.
        required: Option<bool>,
        /// Whether it is asked at all.
        when: Option<ConditionFile>,
    }

    /// A field of text.
    struct TextLimits like "{ … }" {
        /// At most so many characters.
        max_length: Option<At<i64>>,
    }

    /// A field of a number.
    struct NumberLimits like "{ … }" {
        /// Smallest.
        min: Option<At<i64>>,
        /// Largest.
        max: Option<At<i64>>,
    }

    /// A field with one of several options.
    struct ChoiceLimits like "{ … }" {
        /// The options.
        options: Must<At<Vec<OptionFile>>>,
    }

    /// A field with any of several options.
    struct ChoicesLimits like "{ … }" {
        /// The options.
        options: Must<At<Vec<OptionFile>>>,
        /// At least so many; 1 unless this says otherwise.
        min: Option<At<i64>>,
    }

    /// A field without limits.
    struct NoLimits like "{ … }" {}

    /// One option of a choice.
    struct OptionFile like "{ value = \"…\", label = { en = \"…\", ko = \"…\" } }" {
        /// What is stored and compared.
        value: Must<At<String>>,
        /// What is shown.
        label: Must<WordsFile>,
    }

    /// Something the answers must satisfy together.
    struct RuleFile like "{ field = \"…\", must = { … }, message = { en = \"…\", ko = \"…\" } }" {
        /// The field of this form that a refusal points at.
        field: Must<At<String>>,
        /// What must hold when the form is submitted.
        must: Must<ConditionFile>,
        /// What to say, and what to do, when it does not.
        message: Must<WordsFile>,
    }

    /// One seat at an approval.
    struct SeatFile like "{ id = \"…\", title = { en = \"…\", ko = \"…\" }, role = \"coordinator\" }" {
        /// Its name within the stage.
        id: Must<At<String>>,
        /// What it is called.
        title: Must<WordsFile>,
        /// The role that may take it.
        role: Must<At<Role>>,
    }

    /// So many people of one kind.
    struct WantedFile like "{ role = \"clinician\", count = 3 }" {
        /// As what.
        role: Must<At<MatchRole>>,
        /// At least so many who accepted.
        count: Must<At<i64>>,
    }

    /// A task of a usability study.
    struct TaskFile like "{ id = \"…\", title = { en = \"…\", ko = \"…\" } }" {
        /// Its name within the study.
        id: Must<At<String>>,
        /// What the participant does.
        title: Must<WordsFile>,
        /// Whether a use error could cause serious harm.
        critical: Option<bool>,
    }

    /// One signer.
    struct SignerFile like "{ id = \"…\", role = \"director\", meaning = { en = \"…\", ko = \"…\" } }" {
        /// Its name within the stage.
        id: Must<At<String>>,
        /// The role that signs.
        role: Must<At<Role>>,
        /// What the signature means.
        meaning: Must<WordsFile>,
    }
}

/// A text in both languages, as written.
#[derive(Clone, Debug, schemars::JsonSchema)]
#[schemars(rename = "Words", deny_unknown_fields)]
pub(super) struct WordsFile {
    /// English.
    pub(super) en: Must<At<String>>,
    /// Korean.
    pub(super) ko: Must<At<String>>,
}

impl Read for WordsFile {
    const EXAMPLE: &'static str = "{ en = \"…\", ko = \"…\" }";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let table = Table::at(node, TypeWord::Words, Self::EXAMPLE, problems)?;
        table.deny_unknown(&["en", "ko"], problems);
        let mut language = |key: &str| {
            let Some(node) = table.get(key) else {
                let key = key.to_owned();
                problems.add(&table.header, Wrong::MissingLanguage { key });
                return Must(None);
            };
            Must(At::<String>::read(node, problems))
        };
        Some(Self {
            en: language("en"),
            ko: language("ko"),
        })
    }
}

/// Declares a table whose other keys depend on one of them.
macro_rules! tagged {
    ($($(#[$doc:meta])* $file:ident { $head:ident, $tag:ident } $(#[$word_doc:meta])* $words:ident -> $(#[$body_doc:meta])* $body:ident, like $example:literal {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal: $limits:ident,)*
    })*) => {$(
        $(#[$word_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema)]
        pub(super) enum $words { $($(#[$variant_doc])* #[schemars(rename = $word)] $variant,)* }

        impl $words {
            /// The word in the file.
            pub(super) fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)* } }
        }

        one_of! { $words, like $example: $($word => Self::$variant),*; }

        $(#[$body_doc])*
        #[derive(Clone, Debug)]
        pub(super) enum $body { $($(#[$variant_doc])* $variant($limits),)* }

        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $file {
            pub(super) head: $head,
            /// `None` when it does not say a kind that exists, which is a problem already noted.
            pub(super) body: Option<$body>,
        }

        impl Read for $file {
            const EXAMPLE: &'static str = "{ … }";
            fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
                let table = Table::at(node, TypeWord::Table, Self::EXAMPLE, problems)?;
                let head = $head::read_keys(&table, problems);
                let body = head.$tag.get().map(|word| match word.value {
                    $($words::$variant => {
                        table.deny_unknown(&[$head::KEYS, $limits::KEYS].concat(), problems);
                        $body::$variant($limits::read_keys(&table, problems))
                    })*
                });
                Some(Self { head, body })
            }
        }

        impl schemars::JsonSchema for $file {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($file).into() }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let head = $head::json_schema(generator);
                let variants = vec![$({
                    let limits = $limits::json_schema(generator);
                    super::schema::merged(&head, &limits, super::read::key(stringify!($tag)), $word)
                }),*];
                schemars::json_schema!({ "oneOf": variants })
            }
        }
    )*};
}

tagged! {
    /// One stage, as written.
    StageFile { StageHead, kind }
    /// The kinds of stage.
    KindWord ->
    /// What a stage of each kind has besides.
    StageBody, like "\"form\"" {
        /// Fields to fill and documents to hand in.
        Form = "form": FormFile,
        /// A decision by named seats.
        Approval = "approval": ApprovalFile,
        /// Finding a PI and clinicians.
        Matching = "matching": MatchingFile,
        /// A usability study.
        UsabilityStudy = "usability_study": UsabilityFile,
        /// A round of questions to clinicians.
        FeedbackRound = "feedback_round": FeedbackFile,
        /// A consultant's engagement.
        Consultation = "consultation": ConsultationFile,
        /// Money within bounds.
        Award = "award": AwardFile,
        /// Signatures in order.
        Agreement = "agreement": AgreementFile,
    }

    /// One field of a form, as written.
    FieldFile { FieldHead, r#type }
    /// The types of field.
    TypeName ->
    /// What a field of each type has besides.
    FieldBody, like "\"text\"" {
        /// One line.
        Text = "text": TextLimits,
        /// Several lines.
        LongText = "long_text": TextLimits,
        /// Yes or no.
        Boolean = "boolean": NoLimits,
        /// A whole number.
        Integer = "integer": NumberLimits,
        /// Korean won.
        AmountKrw = "amount_krw": NumberLimits,
        /// A day.
        Date = "date": NoLimits,
        /// One of several options.
        Choice = "choice": ChoiceLimits,
        /// Any of several options.
        Choices = "choices": ChoicesLimits,
        /// A document of the device's dossier.
        Document = "document": NoLimits,
        /// A Korean business registration number.
        BusinessNumber = "business_number": NoLimits,
        /// An e-mail address.
        Email = "email": NoLimits,
        /// A country.
        Country = "country": NoLimits,
    }
}

one_of! {
    Role, like "\"coordinator\"":
        "startup_admin" => Self::StartupAdmin,
        "startup_member" => Self::StartupMember,
        "coordinator" => Self::Coordinator,
        "principal_investigator" => Self::PrincipalInvestigator,
        "usability_manager" => Self::UsabilityManager,
        "clinician" => Self::Clinician,
        "award_committee" => Self::AwardCommittee,
        "director" => Self::Director,
        "consultancy_admin" => Self::ConsultancyAdmin,
        "consultant" => Self::Consultant,
        "auditor" => Self::Auditor,
        "operator" => Self::Operator;
    Step, like "\"INTAKE\"":
        "INTAKE" => Self::Intake,
        "PI_MATCH" => Self::PiMatch,
        "DATA_ACCESS" => Self::DataAccess,
        "IRB" => Self::Irb,
        "USABILITY" => Self::Usability,
        "CLIN_FEEDBACK" => Self::ClinFeedback,
        "REG_CONSULT" => Self::RegConsult,
        "REIMB_CONSULT" => Self::ReimbConsult,
        "AWARD" => Self::Award,
        "EFFICACY" => Self::Efficacy,
        "TRIAL" => Self::Trial,
        "OVERSEAS" => Self::Overseas,
        "COMMERCIAL" => Self::Commercial;
    MatchRole, like "\"clinician\"":
        "principal_investigator" => Self::PrincipalInvestigator,
        "clinician" => Self::Clinician;
    ConsultationKind, like "\"regulatory\"":
        "regulatory" => Self::Regulatory,
        "reimbursement" => Self::Reimbursement;
}
