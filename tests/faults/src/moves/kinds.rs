//! Every kind of command, so that a suite can show that it left none out.

use naru_domain::Command;
use naru_domain::account::AccountCommand;
use naru_domain::case::CaseCommand;
use naru_domain::consultation::ConsultationCommand;
use naru_domain::device::DeviceCommand;
use naru_domain::feedback::FeedbackCommand;
use naru_domain::organization::OrganizationCommand;
use naru_domain::study::StudyCommand;

macro_rules! kinds {
    ($($aggregate:ident($command:ident): $($kind:ident)*;)*) => {
        /// The name of every kind of command.
        pub const KINDS: &[&str] = &[$($(concat!(stringify!($aggregate), ".", stringify!($kind)),)*)*];

        /// The kind of a command. A new kind does not compile until it is listed here.
        pub fn kind_of(command: &Command) -> &'static str {
            match command {
                $($(Command::$aggregate($command::$kind { .. }) => concat!(stringify!($aggregate), ".", stringify!($kind)),)*)*
            }
        }
    };
}

kinds! {
    Account(AccountCommand): Open Rename ChangeLocale IssueToken RevokeToken RequestSignInLink UseSignInLink Close Wake;
    Organization(OrganizationCommand): Register AddMember RemoveMember Rename Wake;
    Device(DeviceCommand): Register Revise AttachDocument RetireDocument Wake;
    Case(CaseCommand): Open SaveDraft SubmitForm RecallSubmission ClaimStage ReassignStage DecideApproval InviteCandidate WithdrawCandidate
        AnswerMatchInvitation ConfirmMatching EngageConsultancy GrantAward PrepareAgreement SignAgreement Pause Resume Cancel Complete
        ReportStage Wake;
    Study(StudyCommand): Open AddTask RecordSession CorrectSession RemoveSession Close Withdraw Suspend Resume Wake;
    FeedbackRound(FeedbackCommand): Open Invite Remind RevokeInvitation Answer Decline Close Withdraw Suspend Resume Wake;
    Consultation(ConsultationCommand): Open AddNote AskQuestion AnswerQuestion WithdrawQuestion Close Withdraw Suspend Resume Wake;
}
