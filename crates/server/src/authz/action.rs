//! Everything that somebody may ask to do, by the name it has in the API.

use super::ThingKind;
use naru_domain::account::Scope;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal: $scope:ident on $thing:ident;)*) => {
        /// One thing to do: a verb of the API, or reading one kind of thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $variant,)* }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in policies; a verb has the name of its mutation.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)* } }

            /// The scope that a token needs for it.
            pub fn scope(self) -> Scope { match self { $(Self::$variant => Scope::$scope,)* } }

            /// The kind of thing it is done to.
            pub fn thing(self) -> ThingKind { match self { $(Self::$variant => ThingKind::$thing,)* } }
        }
    };
}

actions! {
    /// Read an account: name, address, language.
    ViewAccount = "viewAccount": Read on Account;
    /// Read the tokens of an account, never their secrets.
    ViewTokens = "viewTokens": Read on Account;
    /// Read an organization: kind and names.
    ViewOrganization = "viewOrganization": Read on Organization;
    /// Read who does what for an organization.
    ViewMembers = "viewMembers": Read on Organization;
    /// Read a device dossier and its documents.
    ViewDevice = "viewDevice": Read on Device;
    /// Read a case with its stages and its timeline.
    ViewCase = "viewCase": Read on Case;
    /// Read a usability study and its results.
    ViewStudy = "viewStudy": Read on Study;
    /// Read a feedback round and its results.
    ViewFeedbackRound = "viewFeedbackRound": Read on FeedbackRound;
    /// Read a consultation, with the notes whose audience one belongs to.
    ViewConsultation = "viewConsultation": Read on Consultation;
    /// Read incidents: what the engine could not do.
    ViewIncidents = "viewIncidents": Read on Installation;

    /// Open an account for a person.
    OpenAccount = "openAccount": Admin on Installation;
    /// Change how a person is called.
    RenameAccount = "renameAccount": Write on Account;
    /// Change a person's language.
    ChangeLocale = "changeLocale": Write on Account;
    /// Issue an API token.
    IssueToken = "issueToken": Admin on Account;
    /// Revoke an API token.
    RevokeToken = "revokeToken": Admin on Account;
    /// Close an account for good.
    CloseAccount = "closeAccount": Admin on Account;

    /// Register an organization.
    RegisterOrganization = "registerOrganization": Admin on Installation;
    /// Change an organization's names.
    RenameOrganization = "renameOrganization": Admin on Organization;
    /// Give a person a role.
    AddMember = "addMember": Admin on Organization;
    /// Take a role from a person.
    RemoveMember = "removeMember": Admin on Organization;

    /// Register a device of a startup.
    RegisterDevice = "registerDevice": Write on Organization;
    /// Revise a device's facts.
    ReviseDevice = "reviseDevice": Write on Device;
    /// Get an address to send a file to.
    RequestUpload = "requestUpload": Write on Device;
    /// Put an uploaded file into the dossier.
    AttachDocument = "attachDocument": Write on Device;
    /// Take a document out of use.
    RetireDocument = "retireDocument": Write on Device;

    /// Put a device of a startup on a pathway.
    OpenCase = "openCase": Write on Organization;
    /// Keep answers without handing them in.
    SaveDraft = "saveDraft": Write on Case;
    /// Hand a form in.
    SubmitForm = "submitForm": Write on Case;
    /// Take a form back before anybody has acted on it.
    RecallSubmission = "recallSubmission": Write on Case;
    /// Say that one works on a stage.
    ClaimStage = "claimStage": Write on Case;
    /// Hand a stage to a colleague.
    ReassignStage = "reassignStage": Write on Case;
    /// Take a seat at an approval and decide.
    DecideApproval = "decideApproval": Write on Case;
    /// Ask a PI or clinician to take part.
    InviteCandidate = "inviteCandidate": Write on Case;
    /// Take such an invitation back.
    WithdrawCandidate = "withdrawCandidate": Write on Case;
    /// Close a matching with those who accepted.
    ConfirmMatching = "confirmMatching": Write on Case;
    /// Engage a consultancy on a stage.
    EngageConsultancy = "engageConsultancy": Write on Case;
    /// Grant an award.
    GrantAward = "grantAward": Write on Case;
    /// Lay a document out for signing.
    PrepareAgreement = "prepareAgreement": Write on Case;
    /// Sign what was shown.
    SignAgreement = "signAgreement": Write on Case;
    /// Stop every clock of a case.
    PauseCase = "pauseCase": Write on Case;
    /// Let the clocks go on.
    ResumeCase = "resumeCase": Write on Case;
    /// End a case without a result.
    CancelCase = "cancelCase": Write on Case;
    /// End a case with its result.
    CompleteCase = "completeCase": Write on Case;

    /// Add a task to a study's protocol.
    AddStudyTask = "addStudyTask": Write on Study;
    /// Enter what was observed of one participant.
    RecordSession = "recordSession": Write on Study;
    /// Replace what was entered.
    CorrectSession = "correctSession": Write on Study;
    /// Leave a participant out of the results.
    RemoveSession = "removeSession": Write on Study;
    /// End a study and report to its case.
    CloseStudy = "closeStudy": Write on Study;

    /// Invite clinicians to a feedback round.
    InviteClinicians = "inviteClinicians": Write on FeedbackRound;
    /// Remind an invited clinician now.
    RemindClinician = "remindClinician": Write on FeedbackRound;
    /// Take a clinician's invitation back.
    RevokeInvitation = "revokeInvitation": Write on FeedbackRound;
    /// End a feedback round and report to its case.
    CloseFeedbackRound = "closeFeedbackRound": Write on FeedbackRound;

    /// Leave a note with a stated audience.
    AddNote = "addNote": Write on Consultation;
    /// Ask the other side a question.
    AskQuestion = "askQuestion": Write on Consultation;
    /// Answer a question.
    AnswerQuestion = "answerQuestion": Write on Consultation;
    /// Take back a question of one's own side.
    WithdrawQuestion = "withdrawQuestion": Write on Consultation;
    /// End a consultation with a recommendation.
    CloseConsultation = "closeConsultation": Write on Consultation;

    /// Try again what the engine could not do.
    RetryIncident = "retryIncident": Admin on Installation;
}
