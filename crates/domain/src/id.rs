//! Identifiers: every kind of thing has its own type, and its text form names the kind (`case_0199…`).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// An id that knows its kind and can be made from a UUID.
pub trait TypedId: Copy + Ord + fmt::Display + FromStr<Err = IdProblem> {
    /// The word before the underscore in the text form.
    const PREFIX: &'static str;
    /// Wraps a UUID that is already known to be of this kind.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The bare UUID.
    fn uuid(self) -> Uuid;
}

/// Why a piece of text is not the id that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// It is not `kind_` followed by 32 hexadecimal digits.
    #[error("`{0}` is not an id")]
    Malformed(String),
    /// It looks like an id of a kind that does not exist.
    #[error("`{0}` is not a kind of id")]
    UnknownKind(String),
    /// It is an id, but of another kind.
    #[error("expected an id of kind `{expected}`, found kind `{found}`")]
    WrongKind {
        /// The kind that was asked for.
        expected: &'static str,
        /// The kind that was given.
        found: String,
    },
}

fn split(text: &str) -> Result<(&str, Uuid), IdProblem> {
    let malformed = || IdProblem::Malformed(text.chars().take(80).collect());
    let (prefix, digits) = text.rsplit_once('_').ok_or_else(malformed)?;
    if digits.len() != 32
        || !digits
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    {
        return Err(malformed());
    }
    let uuid = Uuid::try_parse(digits).map_err(|_| malformed())?;
    if !KINDS.contains(&prefix) {
        return Err(IdProblem::UnknownKind(prefix.chars().take(40).collect()));
    }
    Ok((prefix, uuid))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        const KINDS: &[&str] = &[$($prefix),*];
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(Uuid);

            impl TypedId for $name {
                const PREFIX: &'static str = $prefix;
                fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
                fn uuid(self) -> Uuid { self.0 }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}_{}", $prefix, self.0.simple())
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
            }

            impl FromStr for $name {
                type Err = IdProblem;
                fn from_str(text: &str) -> Result<Self, IdProblem> {
                    match split(text)? {
                        ($prefix, uuid) => Ok(Self(uuid)),
                        (found, _) => Err(IdProblem::WrongKind { expected: $prefix, found: found.to_owned() }),
                    }
                }
            }

            impl TryFrom<String> for $name {
                type Error = IdProblem;
                fn try_from(text: String) -> Result<Self, IdProblem> { text.parse() }
            }

            impl From<$name> for String {
                fn from(id: $name) -> String { id.to_string() }
            }
        )*
    };
}

ids! {
    /// A person who signs in or holds a token.
    AccountId = "account";
    /// A person proposed as PI or clinician in a matching stage.
    CandidateId = "candidate";
    /// One device on one pathway.
    CaseId = "case";
    /// A command, chosen by its sender; the same id submitted twice gets the first answer.
    CommandId = "command";
    /// A consultant's engagement on a case.
    ConsultationId = "consultation";
    /// A device and its dossier.
    DeviceId = "device";
    /// A document of a dossier, with versions.
    DocumentId = "document";
    /// A round of questions to clinicians.
    FeedbackRoundId = "round";
    /// A clinician's invitation to a round.
    InvitationId = "invitation";
    /// A note with a stated audience.
    NoteId = "note";
    /// A startup, hospital, consultancy or the installation's operator.
    OrganizationId = "organization";
    /// A question in a consultation.
    QuestionId = "question";
    /// A request for change pinned to a field.
    RequestId = "request";
    /// A link in a letter that lets its reader in once.
    SignInLinkId = "link";
    /// A usability study.
    StudyId = "study";
    /// An API token.
    TokenId = "token";
}

impl CaseId {
    /// The short form people read to one another: `N-7K3F-9Q2M`, the last 40 bits in Crockford's base 32, which has no I, L, O or U.
    pub fn reference(self) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let tail = self.0.as_u128();
        let digit = |place: u32| {
            let value = usize::try_from((tail >> (place * 5)) & 31).unwrap_or(0);
            DIGITS.get(value).copied().map_or('0', char::from)
        };
        let high: String = (4..8).rev().map(digit).collect();
        let low: String = (0..4).rev().map(digit).collect();
        format!("N-{high}-{low}")
    }
}

/// The id of any aggregate: the unit of consistency and of concurrency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AggregateId {
    /// A person's account.
    Account(AccountId),
    /// An organization with its memberships.
    Organization(OrganizationId),
    /// A device dossier.
    Device(DeviceId),
    /// A case.
    Case(CaseId),
    /// A usability study.
    Study(StudyId),
    /// A feedback round.
    FeedbackRound(FeedbackRoundId),
    /// A consultation.
    Consultation(ConsultationId),
}

impl AggregateId {
    /// The bare UUID, whatever the kind.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Account(id) => id.uuid(),
            Self::Organization(id) => id.uuid(),
            Self::Device(id) => id.uuid(),
            Self::Case(id) => id.uuid(),
            Self::Study(id) => id.uuid(),
            Self::FeedbackRound(id) => id.uuid(),
            Self::Consultation(id) => id.uuid(),
        }
    }
}

impl fmt::Display for AggregateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::Organization(id) => id.fmt(f),
            Self::Device(id) => id.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::Study(id) => id.fmt(f),
            Self::FeedbackRound(id) => id.fmt(f),
            Self::Consultation(id) => id.fmt(f),
        }
    }
}

impl FromStr for AggregateId {
    type Err = IdProblem;
    fn from_str(text: &str) -> Result<Self, IdProblem> {
        let (prefix, uuid) = split(text)?;
        match prefix {
            AccountId::PREFIX => Ok(Self::Account(AccountId(uuid))),
            OrganizationId::PREFIX => Ok(Self::Organization(OrganizationId(uuid))),
            DeviceId::PREFIX => Ok(Self::Device(DeviceId(uuid))),
            CaseId::PREFIX => Ok(Self::Case(CaseId(uuid))),
            StudyId::PREFIX => Ok(Self::Study(StudyId(uuid))),
            FeedbackRoundId::PREFIX => Ok(Self::FeedbackRound(FeedbackRoundId(uuid))),
            ConsultationId::PREFIX => Ok(Self::Consultation(ConsultationId(uuid))),
            found => Err(IdProblem::WrongKind {
                expected: "aggregate",
                found: found.to_owned(),
            }),
        }
    }
}

impl TryFrom<String> for AggregateId {
    type Error = IdProblem;
    fn try_from(text: String) -> Result<Self, IdProblem> {
        text.parse()
    }
}

impl From<AggregateId> for String {
    fn from(id: AggregateId) -> String {
        id.to_string()
    }
}

macro_rules! into_aggregate {
    ($($id:ident => $variant:ident),*) => {$(
        impl From<$id> for AggregateId {
            fn from(id: $id) -> Self { Self::$variant(id) }
        }
    )*};
}
into_aggregate!(AccountId => Account, OrganizationId => Organization, DeviceId => Device, CaseId => Case, StudyId => Study,
    FeedbackRoundId => FeedbackRound, ConsultationId => Consultation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_its_kind_and_parses_back() {
        let id = CaseId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "case_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            "case_00000000000000000000000000000007".parse(),
            Ok(AggregateId::Case(id))
        );
    }

    #[test]
    fn a_case_has_a_short_reference_without_letters_that_look_like_digits() {
        let case = CaseId::from_uuid(Uuid::from_u128(0xFF_FFFF_FFFF));
        assert_eq!(case.reference(), "N-ZZZZ-ZZZZ");
        let case = CaseId::from_uuid(Uuid::from_u128(0x0199_a000_0000_7000_8000_0001_0203_0405));
        assert_eq!(case.reference(), "N-0410-6105");
    }

    #[test]
    fn malformed_unknown_and_wrong_kinds_are_told_apart() {
        assert!(matches!(
            "case_12".parse::<CaseId>(),
            Err(IdProblem::Malformed(_))
        ));
        assert!(matches!(
            "가_00000000000000000000000000000007".parse::<CaseId>(),
            Err(IdProblem::UnknownKind(_))
        ));
        assert!(matches!(
            "study_00000000000000000000000000000007".parse::<CaseId>(),
            Err(IdProblem::WrongKind { .. })
        ));
        assert!(matches!(
            "case_0000000000000000000000000000000A".parse::<CaseId>(),
            Err(IdProblem::Malformed(_))
        ));
    }
}
