//! Why a usability study refuses a command.

use crate::rejections;

rejections! {
    /// Why a usability study refuses a command.
    pub enum StudyRejection {
        /// It is closed.
        Closed = "STUDY_CLOSED" at None,
            en "This study is closed, so its record cannot change. If something is wrong, ask for the stage to be opened again.",
            ko "종료된 평가는 기록을 변경할 수 없습니다. 잘못된 내용이 있으면 해당 단계를 다시 열어 달라고 요청해 주세요.";
        /// The case no longer needs it.
        Withdrawn = "STUDY_WITHDRAWN" at None,
            en "This study was withdrawn with its stage, so its record cannot change. Look at the case for what replaced it.",
            ko "단계가 취소되거나 대체되어 철회된 평가입니다. 기록을 변경할 수 없으니 진행 건에서 현재 단계를 확인해 주세요.";
        /// The case is paused.
        Suspended = "STUDY_SUSPENDED" at None,
            en "The case is paused, and this study with it. Resume the case first.",
            ko "진행 건이 일시 중지되어 평가도 멈춘 상태입니다. 먼저 진행 건을 재개해 주세요.";
        /// Sessions have begun, so the protocol stands.
        ProtocolFixed = "STUDY_PROTOCOL_FIXED" at Some("task"),
            en "The first session has been recorded, so the tasks can no longer change. Every participant must face the same tasks.",
            ko "첫 세션이 기록되어 더 이상 과제를 추가할 수 없습니다. 모든 참가자가 같은 과제를 수행해야 합니다.";
        /// A task's id is not usable.
        BadTaskId { id: String } = "STUDY_BAD_TASK_ID" at Some("task.id"),
            en "“{id}” cannot name a task. Use up to 64 lower-case letters, digits, - and _, starting with a letter.",
            ko "‘{id}’은(는) 과제 ID로 쓸 수 없습니다. 영문 소문자로 시작하는 64자 이내의 소문자, 숫자, -, _ 조합으로 입력해 주세요.";
        /// A task of this id exists.
        TaskExists { id: String } = "STUDY_TASK_EXISTS" at Some("task.id"),
            en "This study already has a task “{id}”. Choose another id.",
            ko "이 평가에는 ‘{id}’ 과제가 이미 있습니다. 다른 ID를 사용해 주세요.";
        /// There is no task to observe.
        NoTasks = "STUDY_NO_TASKS" at None,
            en "This study has no tasks yet. Add the tasks before recording the first session.",
            ko "아직 등록된 과제가 없습니다. 첫 세션을 기록하기 전에 과제를 추가해 주세요.";
        /// A participant must be a code.
        BadParticipantCode = "STUDY_BAD_PARTICIPANT_CODE" at Some("participant"),
            en "A participant is named by a code of one to four Latin letters and one to six digits, such as P01. Never enter a name.",
            ko "참가자는 P01처럼 영문 1~4자와 숫자 1~6자로 된 코드로 입력해 주세요. 이름은 입력하지 마세요.";
        /// The participant has a session.
        ParticipantRecorded { participant: String } = "STUDY_PARTICIPANT_RECORDED" at Some("participant"),
            en "A session of participant {participant} is recorded already. Correct that one, or check the code.",
            ko "참가자 {participant}의 세션이 이미 기록되어 있습니다. 기존 세션을 수정하거나 코드를 확인해 주세요.";
        /// The participant has no session.
        UnknownParticipant { participant: String } = "STUDY_UNKNOWN_PARTICIPANT" at Some("participant"),
            en "No session of participant {participant} is recorded. Check the code.",
            ko "참가자 {participant}의 세션이 기록되어 있지 않습니다. 코드를 확인해 주세요.";
        /// The group is not one of the study's.
        UnknownGroup { group: String, known: String } = "STUDY_UNKNOWN_GROUP" at Some("group"),
            en "“{group}” is not a user group of this study. Choose one of: {known}.",
            ko "‘{group}’은(는) 이 평가의 사용자 그룹이 아닙니다. 다음 중에서 선택해 주세요: {known}.";
        /// The task is not one of the study's.
        UnknownTask { task: String, known: String } = "STUDY_UNKNOWN_TASK" at Some("results"),
            en "“{task}” is not a task of this study. Its tasks are: {known}.",
            ko "‘{task}’은(는) 이 평가의 과제가 아닙니다. 등록된 과제: {known}.";
        /// A task has two entries.
        TaskTwice { task: String } = "STUDY_TASK_TWICE" at Some("results"),
            en "The task “{task}” is entered twice. Enter every task once.",
            ko "‘{task}’ 과제가 두 번 입력되었습니다. 과제마다 한 번씩만 입력해 주세요.";
        /// A task has no entry.
        TasksMissing { tasks: String } = "STUDY_TASKS_MISSING" at Some("results"),
            en "Nothing is entered for: {tasks}. Enter every task; one that was left out is “not attempted”.",
            ko "결과가 입력되지 않은 과제가 있습니다: {tasks}. 수행하지 않은 과제는 ‘수행하지 않음’으로 입력해 주세요.";
        /// A time cannot be.
        BadTime { task: String } = "STUDY_BAD_TIME" at Some("results"),
            en "The time on “{task}” must be from 1 to 86,400 seconds. Leave it empty if it was not measured.",
            ko "‘{task}’ 과제의 수행 시간은 1~86,400초여야 합니다. 측정하지 않았으면 비워 두세요.";
        /// The SUS is not ten answers from 1 to 5.
        BadSus = "STUDY_BAD_SUS" at Some("sus"),
            en "The SUS needs exactly ten answers, each from 1 to 5. Leave it out if a participant did not answer them all.",
            ko "SUS는 1~5점의 응답 10개가 모두 있어야 합니다. 응답이 빠진 참가자는 SUS를 비워 두세요.";
        /// The session has not taken place.
        DateInFuture { date: String } = "STUDY_DATE_IN_FUTURE" at Some("moderated_on"),
            en "{date} is still to come. Enter the day on which the session took place.",
            ko "{date}은(는) 아직 오지 않은 날짜입니다. 세션을 실제로 진행한 날짜를 입력해 주세요.";
        /// The session took place long before the study.
        DateTooOld { date: String } = "STUDY_DATE_TOO_OLD" at Some("moderated_on"),
            en "{date} is more than ten years before this study opened. Check the year.",
            ko "{date}은(는) 이 평가가 시작되기 10년보다 더 이전입니다. 연도를 확인해 주세요.";
        /// There is nothing to conclude from.
        NothingRecorded = "STUDY_NOTHING_RECORDED" at None,
            en "No session is recorded, so there is nothing to conclude from. Record at least one session.",
            ko "기록된 세션이 없어 결론을 낼 수 없습니다. 세션을 하나 이상 기록해 주세요.";
        /// A group has fewer participants than planned.
        SampleShort { groups: String } = "STUDY_SAMPLE_SHORT" at Some("short_sample_reason"),
            en "Fewer participants than planned: {groups}. Record the missing sessions, or give the reason why the sample is enough.",
            ko "계획보다 참가자가 적습니다: {groups}. 남은 세션을 기록하거나, 현재 인원으로 충분한 이유를 적어 주세요.";
        /// A finding of a summative study has no root cause.
        RootCauseMissing { findings: String } = "STUDY_ROOT_CAUSE_MISSING" at Some("results"),
            en "A summative study states the root cause of every use error, close call and difficulty. Missing: {findings}.",
            ko "총괄평가에서는 모든 사용 오류, 근접 오류(close call), 사용상 어려움의 근본 원인을 밝혀야 합니다. 누락: {findings}.";
        /// Nobody decided on the residual risk.
        ResidualRiskMissing = "STUDY_RESIDUAL_RISK_MISSING" at Some("residual_risk"),
            en "This summative study found use errors, close calls or difficulties. State the decision on their residual risk.",
            ko "총괄평가에서 사용 오류, 근접 오류(close call) 또는 사용상 어려움이 발견되었습니다. 잔여 위험에 대한 판단을 적어 주세요.";
    }
}
