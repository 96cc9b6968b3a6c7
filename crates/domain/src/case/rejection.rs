//! Why a case refuses a command.

use super::FieldProblems;
use crate::pathway::StageId;
use crate::rejections;
use jiff::civil::Date;

rejections! {
    /// Why a case refuses a command.
    pub enum CaseRejection {
        /// The device belongs to another organization.
        DeviceNotOwned = "DEVICE_NOT_OWNED" at Some("deviceId"),
            en "This device is not registered by the startup that opens the case. Choose one of its own devices.",
            ko "이 의료기기는 건을 여는 기업이 등록한 것이 아닙니다. 해당 기업의 의료기기를 선택해 주세요.";
        /// The organization that should run the pathway is not a hospital.
        NotAHospital = "NOT_A_HOSPITAL" at Some("hospitalId"),
            en "The organization that runs a pathway must be a hospital. Choose a hospital.",
            ko "경로를 운영하는 기관은 병원이어야 합니다. 병원을 선택해 주세요.";
        /// There is no such pathway.
        PathwayUnknown = "PATHWAY_UNKNOWN" at Some("pathway"),
            en "There is no pathway of this name. Choose one from the list of pathways.",
            ko "이 이름의 경로가 없습니다. 경로 목록에서 선택해 주세요.";
        /// The pathway names a calendar that is not installed.
        CalendarMissing { calendar: String } = "CALENDAR_MISSING" at None,
            en "The working calendar “{calendar}” of this pathway is not installed. Ask the operator to install it.",
            ko "이 경로에 쓰이는 업무 달력 ‘{calendar}’이(가) 설치되어 있지 않습니다. 운영자에게 설치를 요청해 주세요.";
        /// The case is over.
        CaseOver = "CASE_OVER" at None,
            en "This case has ended, so nothing can be changed. Open a new case to go on.",
            ko "종료된 건이므로 변경할 수 없습니다. 계속하려면 새 건을 열어 주세요.";
        /// The case is paused.
        CasePaused = "CASE_PAUSED" at None,
            en "This case is paused. Resume it first.",
            ko "일시 중지된 건입니다. 먼저 재개해 주세요.";
        /// The case is not paused.
        NotPaused = "NOT_PAUSED" at None,
            en "This case is not paused, so there is nothing to resume.",
            ko "일시 중지된 건이 아니므로 재개할 수 없습니다.";
        /// The pathway has no such stage.
        StageUnknown { stage: StageId } = "STAGE_UNKNOWN" at Some("stage"),
            en "The pathway of this case has no stage “{stage}”. Look at the stages of the case.",
            ko "이 건의 경로에는 ‘{stage}’ 단계가 없습니다. 건의 단계를 확인해 주세요.";
        /// The stage has not opened yet.
        StageNotOpen { stage: StageId } = "STAGE_NOT_OPEN" at Some("stage"),
            en "The stage “{stage}” is not open yet: stages before it are not finished.",
            ko "‘{stage}’ 단계는 아직 열리지 않았습니다. 앞 단계가 끝나야 합니다.";
        /// The stage is decided.
        StageDecided { stage: StageId } = "STAGE_DECIDED" at Some("stage"),
            en "The stage “{stage}” is already finished and cannot be changed.",
            ko "‘{stage}’ 단계는 이미 끝나 변경할 수 없습니다.";
        /// The stage does other work.
        WrongKind { stage: StageId, kind: String } = "WRONG_STAGE_KIND" at Some("stage"),
            en "The stage “{stage}” is of kind “{kind}”; this action does not apply to it.",
            ko "‘{stage}’ 단계의 종류는 ‘{kind}’이므로 이 작업을 할 수 없습니다.";
        /// It is not the actor's move.
        NotYourMove { stage: StageId, role: String } = "NOT_YOUR_MOVE" at Some("stage"),
            en "The stage “{stage}” waits for somebody with the role “{role}”.",
            ko "‘{stage}’ 단계는 ‘{role}’ 역할을 가진 사람의 처리를 기다리고 있습니다.";
        /// The answers of a form are not acceptable.
        FormNotValid { problems: FieldProblems } = "FORM_NOT_VALID" at Some("values"),
            en "Some answers need another look: {problems}.",
            ko "다시 확인해야 할 답변이 있습니다: {problems}.";
        /// There is nothing to take back.
        NothingToRecall { stage: StageId } = "NOTHING_TO_RECALL" at Some("stage"),
            en "“{stage}” was not handed in, so there is nothing to take back.",
            ko "‘{stage}’은(는) 제출되지 않았으므로 회수할 것이 없습니다.";
        /// Somebody has acted on the submission.
        AlreadyActedOn { stage: StageId } = "ALREADY_ACTED_ON" at Some("stage"),
            en "Somebody already works on what follows (“{stage}”), so it cannot be taken back. Ask them to send it back.",
            ko "다음 단계(‘{stage}’)의 처리가 이미 시작되어 회수할 수 없습니다. 담당자에게 반송을 요청해 주세요.";
        /// Whoever submitted does not decide.
        SubmitterCannotDecide = "SUBMITTER_CANNOT_DECIDE" at None,
            en "You handed in what is decided here, so somebody else must decide (four eyes).",
            ko "본인이 제출한 내용은 본인이 결정할 수 없습니다. 다른 사람이 결정해야 합니다(4인의 눈 원칙).";
        /// One person, one vote.
        AlreadyDecided = "ALREADY_DECIDED" at None,
            en "You have already decided here. One person has one vote.",
            ko "이미 결정하셨습니다. 한 사람은 한 번만 결정할 수 있습니다.";
        /// Who stepped back stays out.
        Recused = "RECUSED" at None,
            en "You stepped back from this decision, so you cannot take part again.",
            ko "이 결정에서 회피하셨으므로 다시 참여할 수 없습니다.";
        /// The approval has no such seat.
        SeatUnknown { seat: String } = "SEAT_UNKNOWN" at Some("seat"),
            en "There is no seat “{seat}” here. Leave the seat out to take the first free one of your role.",
            ko "‘{seat}’ 자리가 없습니다. 비워 두면 역할에 맞는 첫 번째 빈자리로 처리됩니다.";
        /// Somebody sits there.
        SeatTaken { seat: String } = "SEAT_TAKEN" at Some("seat"),
            en "The seat “{seat}” has already decided.",
            ko "‘{seat}’ 자리는 이미 결정을 마쳤습니다.";
        /// The pathway does not allow sending back there.
        CannotSendBackTo { stage: StageId } = "CANNOT_SEND_BACK_TO" at Some("to"),
            en "This approval cannot send back to “{stage}”. Choose a form that the pathway allows.",
            ko "이 승인 단계에서 ‘{stage}’(으)로 반송할 수 없습니다. 경로가 허용하는 양식을 선택해 주세요.";
        /// A send-back says what to change.
        RequestsMissing = "REQUESTS_MISSING" at Some("requests"),
            en "Say at least one thing that must change; each request can be pinned to a field.",
            ko "수정할 내용을 하나 이상 적어 주세요. 각 요청은 항목에 지정할 수 있습니다.";
        /// Too many at once.
        TooMany { what: String, max: u32 } = "TOO_MANY" at Some(what.as_str()),
            en "There are too many entries in “{what}”; at most {max} are allowed.",
            ko "‘{what}’ 항목이 너무 많습니다. 최대 {max}개까지 가능합니다.";
        /// The form has no such field.
        FieldUnknown { field: String } = "FIELD_UNKNOWN" at Some("requests"),
            en "The form has no field “{field}”. Pin the request to one of its fields, or leave the field out.",
            ko "양식에 ‘{field}’ 항목이 없습니다. 있는 항목에 지정하거나 항목을 비워 주세요.";
        /// The stage looks for nobody of this kind.
        RoleNotWanted = "ROLE_NOT_WANTED" at Some("role"),
            en "This stage does not look for somebody in this role.",
            ko "이 단계에서는 해당 역할의 사람을 찾지 않습니다.";
        /// The person was asked already.
        AlreadyInvited = "ALREADY_INVITED" at Some("email"),
            en "This person has already been asked in this stage.",
            ko "이 단계에서 이미 요청한 사람입니다.";
        /// The candidate cannot be found here.
        CandidateUnknown = "CANDIDATE_UNKNOWN" at Some("candidateId"),
            en "There is no such candidate in this stage.",
            ko "이 단계에 해당 후보자가 없습니다.";
        /// The candidate answered.
        CandidateAnswered = "CANDIDATE_ANSWERED" at None,
            en "This invitation has already been answered.",
            ko "이미 답변한 요청입니다.";
        /// The invitation is no longer open.
        InvitationOver = "INVITATION_OVER" at None,
            en "This invitation is no longer open. Ask the hospital if you still wish to take part.",
            ko "더 이상 유효하지 않은 요청입니다. 참여를 원하시면 병원에 문의해 주세요.";
        /// Not enough people accepted.
        NotEnoughAccepted { role: String, needed: u16, found: u16 } = "NOT_ENOUGH_ACCEPTED" at None,
            en "{needed} of role “{role}” must have accepted; {found} have. Invite more people or wait for answers.",
            ko "‘{role}’ 역할은 {needed}명이 수락해야 하는데 현재 {found}명입니다. 더 요청하거나 답변을 기다려 주세요.";
        /// The organization does not advise.
        NotAConsultancy = "NOT_A_CONSULTANCY" at Some("consultancyId"),
            en "Only a consultancy can be engaged. Choose a consultancy.",
            ko "컨설팅 기관만 지정할 수 있습니다. 컨설팅 기관을 선택해 주세요.";
        /// A consultancy is engaged.
        AlreadyEngaged = "ALREADY_ENGAGED" at None,
            en "A consultancy is already engaged on this stage.",
            ko "이 단계에는 이미 컨설팅 기관이 지정되어 있습니다.";
        /// The amount is outside the programme's bounds.
        AmountOutOfBounds { min: i64, max: i64 } = "AMOUNT_OUT_OF_BOUNDS" at Some("amountKrw"),
            en "The amount must be from {min} to {max} won.",
            ko "금액은 {min}원 이상 {max}원 이하여야 합니다.";
        /// Too few milestones.
        MilestonesMissing { min: u16 } = "MILESTONES_MISSING" at Some("milestones"),
            en "Name at least {min} milestone(s), each with a day.",
            ko "마일스톤을 {min}개 이상, 날짜와 함께 적어 주세요.";
        /// A milestone or report is due in the past.
        DayInThePast { day: Date } = "DAY_IN_THE_PAST" at Some("milestones"),
            en "{day} is in the past. Choose a day from today on.",
            ko "{day}은(는) 지난 날짜입니다. 오늘 이후의 날짜를 선택해 주세요.";
        /// The tranches do not add up.
        TranchesDoNotAddUp { sum: i64, amount: i64 } = "TRANCHES_DO_NOT_ADD_UP" at Some("milestones"),
            en "The tranches add up to {sum} won, but the award is {amount} won. Correct the tranches, or leave them all out.",
            ko "분할 지급액의 합계({sum}원)가 지원금({amount}원)과 다릅니다. 금액을 고치거나 모두 비워 주세요.";
        /// The programme wants a report.
        ReportDayMissing = "REPORT_DAY_MISSING" at Some("reportDueOn"),
            en "This programme needs a report: say by which day.",
            ko "이 사업은 결과보고서가 필요합니다. 제출 기한을 입력해 주세요.";
        /// There is nothing to sign yet.
        NothingToSign = "NOTHING_TO_SIGN" at None,
            en "No document has been laid out for signing yet.",
            ko "아직 서명할 문서가 준비되지 않았습니다.";
        /// The document changed since it was shown.
        ShownDocumentStale = "SHOWN_DOCUMENT_STALE" at Some("shownSha256"),
            en "The document changed since it was shown to you. Read the new version and sign that.",
            ko "보신 뒤에 문서가 바뀌었습니다. 새 버전을 확인하고 서명해 주세요.";
        /// One person signs once.
        AlreadySigned = "ALREADY_SIGNED" at None,
            en "You have already signed this document. Another person must give the next signature.",
            ko "이미 서명하셨습니다. 다음 서명은 다른 사람이 해야 합니다.";
        /// The colleague cannot do the stage's work.
        ColleagueLacksRole = "COLLEAGUE_LACKS_ROLE" at Some("to"),
            en "This colleague does not hold the role that the stage needs. Choose somebody who does.",
            ko "이 동료는 해당 단계에 필요한 역할이 없습니다. 역할을 가진 사람을 선택해 주세요.";
        /// Stages are not finished.
        StagesOpen { stages: String } = "STAGES_OPEN" at None,
            en "The case cannot be completed yet. Not finished: {stages}.",
            ko "아직 건을 완료할 수 없습니다. 끝나지 않은 단계: {stages}.";
        /// The report is about an earlier round.
        ReportOutdated = "REPORT_OUTDATED" at None,
            en "This report is about an earlier round of the stage, which was opened again since.",
            ko "이 보고는 이전 차수에 관한 것입니다. 이후 단계가 다시 열렸습니다.";
    }
}
