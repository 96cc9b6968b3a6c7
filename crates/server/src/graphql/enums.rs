//! The closed lists of the domain as enums of the API.

use async_graphql::Enum;
use naru_domain::account::Scope as DomainScope;
use naru_domain::case::{CandidateAnswer, CaseStatus as DomainCaseStatus, Outcome, Progress};
use naru_domain::consultation::Audience as DomainAudience;
use naru_domain::device::{DeviceClass as DomainDeviceClass, Market as DomainMarket};
use naru_domain::pathway::{
    ConsultationKind as DomainConsultationKind, MatchRole as DomainMatchRole,
    StageKind as DomainStageKind, Step as DomainStep,
};
use naru_domain::study::{
    Outcome as DomainTaskOutcome, RootCause as DomainRootCause, StudyStatus as DomainStudyStatus,
};
use naru_domain::{
    Channel as DomainChannel, Locale as DomainLocale, MediaType as DomainMediaType,
    OrganizationKind as DomainOrganizationKind, Role as DomainRole,
};

/// A mirror of a closed list of the domain, with the conversion both ways.
macro_rules! mirrored {
    ($($(#[$doc:meta])* $name:ident of $domain:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self { match value { $($domain::$variant => Self::$variant,)* } }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self { match value { $($name::$variant => Self::$variant,)* } }
        }
    )*};
}

mirrored! {
    /// A language of words in answers and letters.
    Locale of DomainLocale {
        /// Korean.
        Ko,
        /// English.
        En,
    }

    /// What an organization is to a case.
    OrganizationKind of DomainOrganizationKind {
        /// Develops devices and opens cases.
        Startup,
        /// Runs pathways.
        Hospital,
        /// Advises on regulation and reimbursement.
        Consultancy,
        /// Runs the installation.
        Operator,
    }

    /// What a member may do for an organization. One person may hold several.
    Role of DomainRole {
        /// Manages a startup's members, and does everything its members do.
        StartupAdmin,
        /// Registers devices, opens cases, fills forms, uploads, answers.
        StartupMember,
        /// The hospital's programme office: triages, matches, invites, completes.
        Coordinator,
        /// The principal investigator.
        PrincipalInvestigator,
        /// Runs the usability centre: plans studies, enters results.
        UsabilityManager,
        /// Gives clinical feedback.
        Clinician,
        /// Sits on the award committee.
        AwardCommittee,
        /// Directs the programme and manages the hospital's members.
        Director,
        /// Manages a consultancy's members, and does everything its consultants do.
        ConsultancyAdmin,
        /// Advises on the cases the consultancy is engaged on.
        Consultant,
        /// Reads the record of the whole installation, changes nothing.
        Auditor,
        /// Registers organizations, opens accounts, retries incidents; reads no case.
        Operator,
    }

    /// What a token may be used for.
    Scope of DomainScope {
        /// Reading what its account may read.
        Read,
        /// Everything its account may do in its daily work.
        Write,
        /// Managing members, tokens and the installation, where its account may.
        Admin,
    }

    /// A market with its own classes of device.
    Market of DomainMarket {
        /// Korea.
        Kr,
        /// The United States.
        Us,
        /// The European Union.
        Eu,
        /// The United Kingdom.
        Uk,
    }

    /// The class of a device in a market.
    DeviceClass of DomainDeviceClass {
        /// Korea: almost no risk.
        Class1,
        /// Korea: low risk.
        Class2,
        /// Korea: moderate risk.
        Class3,
        /// Korea: high risk.
        Class4,
        /// Elsewhere: low risk.
        I,
        /// United States: moderate risk.
        Ii,
        /// Europe and United Kingdom: low to medium risk.
        IiA,
        /// Europe and United Kingdom: medium to high risk.
        IiB,
        /// Elsewhere: high risk.
        Iii,
    }

    /// A type of file that is accepted.
    MediaType of DomainMediaType {
        /// PDF.
        Pdf,
        /// PNG picture.
        Png,
        /// JPEG picture.
        Jpeg,
        /// Word document.
        Docx,
        /// Excel workbook.
        Xlsx,
        /// Slides.
        Pptx,
        /// ZIP archive.
        Zip,
        /// Table of values separated by commas.
        Csv,
        /// Plain text.
        Text,
        /// MP4 video.
        Mp4,
    }

    /// The door a command came through.
    Channel of DomainChannel {
        /// This API.
        Api,
        /// The web console.
        Console,
        /// A page opened from a letter.
        MailLink,
        /// The command line on the machine itself.
        CommandLine,
        /// The engine: a wake-up or a message from another aggregate.
        Engine,
    }

    /// The canonical step of a validation platform that a stage is part of, by which cases of different pathways compare.
    Step of DomainStep {
        /// Intake (접수).
        Intake,
        /// Matching a PI and clinicians (PI/임상 매칭).
        PiMatch,
        /// Access to research data (연구데이터 제공).
        DataAccess,
        /// Research ethics review (연구윤리심의).
        Irb,
        /// Usability evaluation (사용적합성 평가).
        Usability,
        /// Clinicians' feedback (의료진 피드백).
        ClinFeedback,
        /// Regulatory consulting (인허가 컨설팅).
        RegConsult,
        /// Reimbursement consulting (보험 컨설팅).
        ReimbConsult,
        /// Cash award (현금 지원).
        Award,
        /// Efficacy evaluation (효능 평가).
        Efficacy,
        /// Clinical trial (임상시험).
        Trial,
        /// Trial overseas (해외임상).
        Overseas,
        /// Commercialization (사업화).
        Commercial,
    }

    /// What a candidate is wanted as.
    MatchRole of DomainMatchRole {
        /// The principal investigator.
        PrincipalInvestigator,
        /// A clinician.
        Clinician,
    }

    /// What a consultation is about.
    ConsultationKind of DomainConsultationKind {
        /// Regulatory approval (인허가).
        Regulatory,
        /// Reimbursement (보험).
        Reimbursement,
    }

    /// A side of a case: who may read a note, who is asked a question.
    Audience of DomainAudience {
        /// The startup whose device it is.
        Startup,
        /// The hospital that runs the case.
        Hospital,
        /// The consultancy that advises.
        Consultancy,
    }

    /// What was observed of one participant at one task.
    TaskOutcome of DomainTaskOutcome {
        /// The intended result, without trouble.
        Success,
        /// The intended result after struggle, hesitation or a workaround.
        SuccessWithDifficulty,
        /// Nearly an error, or an error recovered by the participant.
        CloseCall,
        /// A result other than intended; giving up counts.
        UseError,
        /// The participant never came to the task; not counted.
        NotAttempted,
        /// The test itself spoiled the observation; not counted.
        TestArtefact,
    }

    /// Why something went wrong at a task.
    RootCause of DomainRootCause {
        /// The device's user interface.
        UserInterface,
        /// The participant.
        User,
        /// The surroundings.
        Environment,
        /// The way the test was set up or moderated.
        TestArtefact,
    }

    /// Where a study stands.
    StudyStatus of DomainStudyStatus {
        /// The protocol may still change.
        Planned,
        /// Sessions are being entered.
        Recording,
        /// The case is paused.
        Suspended,
        /// It has a conclusion.
        Closed,
        /// The case no longer needs it.
        Withdrawn,
    }
}

/// What kind of work a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StageKind {
    /// Fields to fill and documents to hand in.
    Form,
    /// A decision by named seats.
    Approval,
    /// Finding a PI and clinicians.
    Matching,
    /// A usability study.
    UsabilityStudy,
    /// A round of questions to clinicians.
    FeedbackRound,
    /// A consultant's engagement.
    Consultation,
    /// Money within bounds.
    Award,
    /// Signatures in order.
    Agreement,
}

impl From<&DomainStageKind> for StageKind {
    fn from(kind: &DomainStageKind) -> Self {
        match kind {
            DomainStageKind::Form(_) => Self::Form,
            DomainStageKind::Approval(_) => Self::Approval,
            DomainStageKind::Matching(_) => Self::Matching,
            DomainStageKind::UsabilityStudy(_) => Self::UsabilityStudy,
            DomainStageKind::FeedbackRound(_) => Self::FeedbackRound,
            DomainStageKind::Consultation(_) => Self::Consultation,
            DomainStageKind::Award(_) => Self::Award,
            DomainStageKind::Agreement(_) => Self::Agreement,
        }
    }
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CaseStatus {
    /// On its way.
    Running,
    /// Every clock stands still.
    Paused,
    /// Ended with its result.
    Completed,
    /// Ended by an approval that refused.
    Rejected,
    /// Ended without a result.
    Canceled,
}

impl From<&DomainCaseStatus> for CaseStatus {
    fn from(status: &DomainCaseStatus) -> Self {
        match status {
            DomainCaseStatus::Running => Self::Running,
            DomainCaseStatus::Paused { .. } => Self::Paused,
            DomainCaseStatus::Completed { .. } => Self::Completed,
            DomainCaseStatus::Rejected { .. } => Self::Rejected,
            DomainCaseStatus::Canceled { .. } => Self::Canceled,
        }
    }
}

impl CaseStatus {
    /// The word the index uses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Canceled => "canceled",
        }
    }
}

/// How far a stage of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StageState {
    /// It waits for a stage before it.
    Waiting,
    /// It is somebody's move.
    Open,
    /// A form was handed in.
    Submitted,
    /// An approval was given.
    Approved,
    /// An approval was refused.
    Rejected,
    /// People were found.
    Matched,
    /// A study, round or consultation closed.
    Reported,
    /// Money was granted.
    Granted,
    /// Everyone signed.
    Signed,
    /// The case passed it by.
    Skipped,
}

impl From<Progress> for StageState {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Waiting => Self::Waiting,
            Progress::Open => Self::Open,
            Progress::Over { outcome, .. } => match outcome {
                Outcome::Submitted => Self::Submitted,
                Outcome::Approved => Self::Approved,
                Outcome::Rejected => Self::Rejected,
                Outcome::Matched => Self::Matched,
                Outcome::Reported => Self::Reported,
                Outcome::Granted => Self::Granted,
                Outcome::Signed => Self::Signed,
                Outcome::Skipped => Self::Skipped,
            },
        }
    }
}

/// Where an invitation to a candidate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CandidateStatus {
    /// No answer yet.
    Invited,
    /// Takes part.
    Accepted,
    /// Does not take part.
    Declined,
    /// Did not answer in time.
    Lapsed,
    /// The invitation was taken back.
    Withdrawn,
}

impl From<&CandidateAnswer> for CandidateStatus {
    fn from(answer: &CandidateAnswer) -> Self {
        match answer {
            CandidateAnswer::Invited { .. } => Self::Invited,
            CandidateAnswer::Accepted { .. } => Self::Accepted,
            CandidateAnswer::Declined { .. } => Self::Declined,
            CandidateAnswer::Lapsed => Self::Lapsed,
            CandidateAnswer::Withdrawn => Self::Withdrawn,
        }
    }
}
