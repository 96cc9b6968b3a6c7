//! What the world must do because something happened.

use crate::{
    AccountId, AggregateId, CandidateId, CaseId, Command, CommandId, ConsultationId, EmailAddress,
    FeedbackRoundId, InvitationId, Locale, OrganizationId, PersonName, Role, SignInLinkId, TypedId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Something to do outside the transaction, at least once, under an id that never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Send a letter. A recipient that stands for several people becomes one effect a person before anything is sent.
    SendLetter {
        /// What it says.
        letter: Letter,
        /// To whom.
        to: Recipient,
    },
    /// Submit a command to another aggregate, under a command id made from the effect's id.
    Deliver {
        /// The aggregate.
        to: AggregateId,
        /// The command.
        command: Box<Command>,
    },
}

/// Who gets a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recipient {
    /// Everyone who holds the role, or one that covers it, in the organization at the moment of sending.
    RoleIn {
        /// The organization.
        organization: OrganizationId,
        /// The role.
        role: Role,
        /// Who of them hears of the same thing in a letter of their own.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        except: BTreeSet<AccountId>,
    },
    /// One person with an account.
    Account {
        /// The account.
        account: AccountId,
    },
    /// One person without an account.
    Address {
        /// Where to.
        email: EmailAddress,
        /// Whom to greet.
        name: PersonName,
        /// In which language.
        locale: Locale,
    },
}

/// A letter: its kind, and the few things it names. It carries nothing sensitive: no device name, no finding, no note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which letter.
    pub kind: LetterKind,
    /// The case it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The title of the stage it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_title: Option<crate::Words>,
    /// The day something is due, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<jiff::civil::Date>,
}

/// Every letter that Naru writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum LetterKind {
    /// A case was opened with the hospital.
    CaseOpened,
    /// It is the recipient's move at a stage.
    StageOpened,
    /// A stage is due soon.
    StageReminder,
    /// A stage is past its due day; to the person above.
    StageEscalation,
    /// A submission came back with requests.
    SentBack,
    /// A stage was decided.
    StageDecided,
    /// The case was paused.
    CasePaused,
    /// The case goes on.
    CaseResumed,
    /// The case was canceled.
    CaseCanceled,
    /// An award was granted.
    AwardGranted,
    /// The case is complete.
    CaseCompleted,
    /// A PI or clinician is asked to take part; the link opens a page to accept or decline.
    MatchInvitation {
        /// The person's place in the stage.
        candidate: CandidateId,
    },
    /// A clinician is invited to answer a feedback round; the link opens the answer page.
    FeedbackInvitation {
        /// The round.
        round: FeedbackRoundId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// The same, again, because no answer has come.
    FeedbackReminder {
        /// The round.
        round: FeedbackRoundId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// A consultant is engaged on a case.
    ConsultationOpened {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// A note was left that the recipient may read.
    NoteAdded {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// A note calls the recipient by name.
    Mentioned {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// A question waits for the recipient.
    QuestionAsked {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// A question of the recipient was answered.
    QuestionAnswered {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// Somebody asked on the sign-in page for a link; it opens a page that lets the recipient in.
    SignInLink {
        /// Whose.
        account: AccountId,
        /// The link.
        link: SignInLinkId,
    },
}

/// The id of an effect: the aggregate, the version of the event and the place in its list. It is the letter's Message-ID too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EffectId {
    /// The aggregate whose event caused it.
    pub aggregate: AggregateId,
    /// The version of that event.
    pub version: u64,
    /// The place in the event's list of effects, from 0.
    pub position: u32,
}

impl EffectId {
    /// The id of the command that delivers this effect's message.
    pub fn command_id(self) -> CommandId {
        CommandId::from_uuid(crate::context::derived_uuid(&[
            b"effect",
            self.to_string().as_bytes(),
        ]))
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.aggregate, self.version, self.position)
    }
}

impl fmt::Debug for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EffectId {
    type Err = crate::IdProblem;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || crate::IdProblem::Malformed(text.chars().take(120).collect());
        let mut parts = text.split('.');
        let (Some(aggregate), Some(version), Some(position), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        Ok(Self {
            aggregate: aggregate.parse()?,
            version: version.parse().map_err(|_| malformed())?,
            position: position.parse().map_err(|_| malformed())?,
        })
    }
}

impl TryFrom<String> for EffectId {
    type Error = crate::IdProblem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EffectId> for String {
    fn from(id: EffectId) -> String {
        id.to_string()
    }
}
