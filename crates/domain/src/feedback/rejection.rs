//! Why a feedback round refuses a command.

use super::AnswerProblems;
use crate::rejections;

rejections! {
    /// Refusals by a feedback round.
    pub enum FeedbackRejection {
        /// The case named a questionnaire that this installation does not have.
        UnknownQuestionnaire { name: String } = "UNKNOWN_QUESTIONNAIRE" at Some("questionnaire"),
            en "This installation has no questionnaire “{name}”. Ask the operator to add it.",
            ko "‘{name}’ 설문지가 등록되어 있지 않습니다. 운영자에게 추가를 요청해 주세요.";
        /// The case named a calendar that this installation does not have.
        UnknownCalendar { name: String } = "FEEDBACK_UNKNOWN_CALENDAR" at Some("calendar"),
            en "This installation has no working calendar “{name}”. Ask the operator to add it.",
            ko "‘{name}’ 근무일 달력이 등록되어 있지 않습니다. 운영자에게 추가를 요청해 주세요.";
        /// Nobody is in the list.
        NobodyToInvite = "NOBODY_TO_INVITE" at Some("invitations"),
            en "The list is empty. Add at least one clinician.",
            ko "초대할 분이 없습니다. 한 명 이상 추가해 주세요.";
        /// The list is longer than allowed.
        TooManyInvitations { found: usize, max: usize } = "TOO_MANY_INVITATIONS" at Some("invitations"),
            en "The list has {found} clinicians; at most {max} fit now. Send the rest in another list or another round.",
            ko "목록에 {found}명이 있습니다. 지금은 {max}명까지 초대할 수 있으니 나머지는 나누어 초대해 주세요.";
        /// The same person would be asked twice.
        AddressTwice { field: String, place: usize } = "ADDRESS_TWICE" at Some(field.as_str()),
            en "The address of clinician {place} in the list is already invited to this round, or stands in the list twice. Take it out.",
            ko "목록의 {place}번째 이메일 주소는 이미 이번 설문에 초대되었거나 목록에 중복되어 있습니다. 해당 항목을 빼 주세요.";
        /// There is no such invitation in this round.
        UnknownInvitation = "UNKNOWN_INVITATION" at Some("invitation"),
            en "This round has no such invitation. Check the list of invitations.",
            ko "이번 설문에 없는 초대입니다. 초대 목록을 확인해 주세요.";
        /// The person answered already.
        AlreadyAnswered = "ALREADY_ANSWERED" at None,
            en "This invitation has been answered. Answers can be given once and cannot be changed.",
            ko "이미 응답이 제출된 초대입니다. 응답은 한 번만 제출할 수 있으며 수정할 수 없습니다.";
        /// The person said no.
        AlreadyDeclined = "ALREADY_DECLINED" at Some("invitation"),
            en "This clinician has declined, so no reminder is sent.",
            ko "참여를 거절하신 분이므로 알림을 보내지 않습니다.";
        /// The person was reminded today.
        RemindedToday = "REMINDED_TODAY" at Some("invitation"),
            en "This clinician was written to today. Remind again on another day.",
            ko "오늘 이미 메일을 보낸 분입니다. 다른 날 다시 알려 주세요.";
        /// The invitation was taken back.
        InvitationRevoked = "INVITATION_REVOKED" at None,
            en "This invitation was taken back. If you think this is a mistake, write to the hospital that invited you.",
            ko "취소된 초대입니다. 착오라고 생각되시면 초대한 병원에 문의해 주세요.";
        /// The closing day is over.
        RoundEnded = "FEEDBACK_ROUND_ENDED" at None,
            en "The last day for answers is over. Thank you for your interest.",
            ko "응답 기간이 끝났습니다. 관심 가져 주셔서 감사합니다.";
        /// The round was closed.
        RoundClosed = "FEEDBACK_ROUND_CLOSED" at None,
            en "This round of feedback is closed and does not change any more.",
            ko "이 피드백은 종료되어 더 이상 변경할 수 없습니다.";
        /// The round was withdrawn with its case or stage.
        RoundWithdrawn = "FEEDBACK_ROUND_WITHDRAWN" at None,
            en "This round of feedback was withdrawn and does not change any more.",
            ko "이 피드백은 철회되어 더 이상 변경할 수 없습니다.";
        /// The case is paused.
        RoundSuspended = "FEEDBACK_ROUND_SUSPENDED" at None,
            en "The case is paused. Resume the case first.",
            ko "진행이 일시 중지된 건입니다. 먼저 진행을 재개해 주세요.";
        /// What was agreed to is not what the questionnaire says now.
        ConsentOutdated = "CONSENT_OUTDATED" at Some("consent"),
            en "The consent text has changed since the page was loaded. Load the page again, read the text and send your answers.",
            ko "동의 문구가 변경되었습니다. 페이지를 새로 고쳐 문구를 다시 확인하신 뒤 응답을 제출해 주세요.";
        /// Some answers do not fit the questions.
        BadAnswers { field: String, problems: AnswerProblems } = "BAD_ANSWERS" at Some(field.as_str()),
            en "Some answers need a correction: {problems}",
            ko "확인이 필요한 답변이 있습니다: {problems}";
        /// Fewer have answered than the pathway asks for.
        TooFewAnswers { found: usize, needed: u16 } = "TOO_FEW_ANSWERS" at Some("shortReason"),
            en "{found} of {needed} answers needed have come. Wait, invite more clinicians, or say why the round closes early.",
            ko "필요한 응답 {needed}건 중 {found}건이 제출되었습니다. 더 기다리거나 추가로 초대하시고, 지금 종료하려면 사유를 적어 주세요.";
    }
}
