//! Refusals: plain data with a stable code, the field they are about, and words in both languages that say what to do.

use crate::Locale;
use serde::{Deserialize, Serialize};

/// Declares an aggregate's refusals: per variant a code, the input field (or `None`), English and Korean words with `{field}` places.
macro_rules! rejections {
    (
        $(#[$enum_doc:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident $({ $($field:ident : $type:ty),* $(,)? })? = $code:literal at $at:expr, en $en:literal, ko $ko:literal;
            )*
        }
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[$doc])* $variant $({ $(
                #[doc = "A place in the words."]
                $field: $type
            ),* })?, )*
        }

        impl $name {
            /// Every code, for the API's enum and for the test that each can occur.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The stable code.
            pub fn code(&self) -> &'static str {
                match self { $( Self::$variant $({ $($field: _),* })? => $code, )* }
            }

            /// The input field the refusal is about, if it is about one.
            pub fn field(&self) -> Option<String> {
                match self {
                    $( Self::$variant $({ $($field),* })? => {
                        $($(let _ = $field;)*)?
                        let at: Option<&str> = $at;
                        at.map(|field| field.to_owned())
                    } )*
                }
            }

            /// What is wrong and what to do, in one language.
            pub fn words(&self, locale: crate::Locale) -> String {
                match self {
                    $( Self::$variant $({ $($field),* })? => {
                        $($(let $field = crate::rejection::InWords::in_words($field, locale); let _ = &$field;)*)?
                        match locale {
                            crate::Locale::En => format!($en),
                            crate::Locale::Ko => format!($ko),
                        }
                    } )*
                }
            }
        }
    };
}
pub(crate) use rejections;

/// A place in the words of a refusal, written in the reader's language.
pub(crate) trait InWords {
    /// The text for the place.
    fn in_words(&self, locale: Locale) -> String;
}

macro_rules! same_in_every_language {
    ($($type:ty),* $(,)?) => {$(
        impl InWords for $type {
            fn in_words(&self, _locale: Locale) -> String { self.to_string() }
        }
    )*};
}

same_in_every_language!(
    String,
    char,
    u8,
    u16,
    u32,
    u64,
    i64,
    usize,
    jiff::civil::Date,
    crate::pathway::StageId,
    crate::case::FieldProblems,
);

impl InWords for crate::TextProblem {
    fn in_words(&self, locale: Locale) -> String {
        self.words(locale)
    }
}

impl InWords for crate::feedback::AnswerProblems {
    fn in_words(&self, locale: Locale) -> String {
        match locale {
            Locale::En => format!("{self}"),
            Locale::Ko => format!("{self:#}"),
        }
    }
}

rejections! {
    /// Refusals that any aggregate can give.
    pub enum CommonRejection {
        /// There is no such thing, or the actor may not know of it.
        NotFound = "NOT_FOUND" at None,
            en "There is nothing with this id that you can see. Check the id.",
            ko "이 ID로 볼 수 있는 항목이 없습니다. ID를 확인해 주세요.";
        /// The actor's role does not allow it.
        NotAllowed = "NOT_ALLOWED" at None,
            en "Your role does not allow this. Ask an administrator of your organization.",
            ko "현재 역할로는 할 수 없는 작업입니다. 소속 기관의 관리자에게 문의해 주세요.";
        /// Somebody changed it since the version the command names.
        Conflict { expected: u64, actual: u64 } = "CONFLICT" at Some("expectedVersion"),
            en "This changed while you were working (you saw version {expected}, it is now {actual}). Look at the new state and try again.",
            ko "작업하는 동안 내용이 바뀌었습니다(보신 버전 {expected}, 현재 {actual}). 새 상태를 확인하고 다시 시도해 주세요.";
        /// The same command id came with other content.
        CommandIdReused = "COMMAND_ID_REUSED" at Some("commandId"),
            en "This command id was already used for something else. Choose a new id for a new command.",
            ko "이미 다른 명령에 쓰인 명령 ID입니다. 새 명령에는 새 ID를 사용해 주세요.";
        /// A thing with this id exists already.
        AlreadyExists = "ALREADY_EXISTS" at None,
            en "This already exists. Open it instead of creating it again.",
            ko "이미 존재합니다. 새로 만들지 말고 기존 항목을 열어 주세요.";
        /// A field's text is not acceptable.
        BadText { field: String, problem: crate::TextProblem } = "BAD_TEXT" at Some(field.as_str()),
            en "This cannot be used: {problem}.",
            ko "이 값은 사용할 수 없습니다: {problem}.";
        /// The history of this aggregate is damaged; the operator has been told.
        Stopped = "STOPPED" at None,
            en "The record of this item is damaged, so nothing can be changed. The operator has been told.",
            ko "이 항목의 기록이 손상되어 변경할 수 없습니다. 운영자에게 알렸습니다.";
    }
}

/// A refusal as a door shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// The stable code.
    pub code: &'static str,
    /// The input field it is about, if it is about one.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

macro_rules! any_rejection {
    ($($(#[$doc:meta])* $variant:ident($type:ty)),* $(,)?) => {
        /// A refusal by any aggregate.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Rejection { $($(#[$doc])* $variant($type),)* }

        impl Rejection {
            /// Every code of every aggregate.
            pub fn codes() -> Vec<&'static str> {
                let mut codes = crate::case::FieldRejection::CODES.to_vec();
                $(codes.extend_from_slice(<$type>::CODES);)*
                codes
            }
            /// The stable code.
            pub fn code(&self) -> &'static str { match self { $(Self::$variant(r) => r.code(),)* } }
            /// The input field the refusal is about, if it is about one.
            pub fn field(&self) -> Option<String> { match self { $(Self::$variant(r) => r.field(),)* } }
            /// What is wrong and what to do, in one language.
            pub fn words(&self, locale: Locale) -> String { match self { $(Self::$variant(r) => r.words(locale),)* } }
        }

        impl Rejection {
            /// One entry for each thing to put right: usually one, and for a form one for each field.
            pub fn user_errors(&self, locale: Locale) -> Vec<UserError> {
                if let Self::Case(crate::case::CaseRejection::FormNotValid { problems }) = self {
                    return problems
                        .0
                        .iter()
                        .map(|problem| UserError { code: problem.code(), field: problem.field(), message: problem.words(locale) })
                        .collect();
                }
                if let Self::FeedbackRound(crate::feedback::FeedbackRejection::BadAnswers { problems, .. }) = self {
                    let code = self.code();
                    return problems
                        .iter()
                        .map(|problem| UserError { code, field: Some(problem.field()), message: problem.words(locale) })
                        .collect();
                }
                vec![UserError { code: self.code(), field: self.field(), message: self.words(locale) }]
            }
        }

        $(impl From<$type> for Rejection { fn from(r: $type) -> Self { Self::$variant(r) } })*
    };
}

any_rejection! {
    /// By any aggregate.
    Common(CommonRejection),
    /// By an account.
    Account(crate::account::AccountRejection),
    /// By an organization.
    Organization(crate::organization::OrganizationRejection),
    /// By a device dossier.
    Device(crate::device::DeviceRejection),
    /// By a case.
    Case(crate::case::CaseRejection),
    /// By a usability study.
    Study(crate::study::StudyRejection),
    /// By a feedback round.
    FeedbackRound(crate::feedback::FeedbackRejection),
    /// By a consultation.
    Consultation(crate::consultation::ConsultationRejection),
}
