//! Why a consultation refuses a command.

use crate::rejections;

rejections! {
    /// Refusals by a consultation.
    pub enum ConsultationRejection {
        /// The note is for nobody.
        AudienceEmpty = "AUDIENCE_EMPTY" at Some("audience"),
            en "Choose who may read the note.",
            ko "노트를 볼 수 있는 대상을 선택해 주세요.";
        /// The author's own side could not read the note.
        AudienceWithoutOwnSide = "AUDIENCE_WITHOUT_OWN_SIDE" at Some("audience"),
            en "Your own side must be able to read the note. Add it to the audience.",
            ko "작성자가 속한 쪽도 노트를 볼 수 있어야 합니다. 공개 대상에 추가해 주세요.";
        /// Somebody is mentioned who could not read the note.
        MentionedCannotRead = "MENTIONED_CANNOT_READ" at Some("mentions"),
            en "Somebody you mention could not read this note. Choose a wider audience or leave them out.",
            ko "이 노트를 볼 수 없는 사람을 언급했습니다. 공개 대상을 넓히거나 언급에서 빼 주세요.";
        /// More people are mentioned than one note calls.
        TooManyMentioned { max: usize } = "TOO_MANY_MENTIONED" at Some("mentions"),
            en "One note mentions at most {max} people. Leave some out or choose an audience instead.",
            ko "한 노트에서 언급할 수 있는 사람은 최대 {max}명입니다. 일부를 빼거나 공개 대상으로 알려 주세요.";
        /// The question is put to the side that asks.
        AskedOwnSide = "ASKED_OWN_SIDE" at Some("to"),
            en "A question goes to another side. Choose whom to ask, or leave a note for your own side.",
            ko "질문은 다른 쪽에만 할 수 있습니다. 질문 대상을 바꾸거나 같은 쪽끼리는 노트를 이용해 주세요.";
        /// The answer is wanted before today.
        DueInThePast = "DUE_IN_THE_PAST" at Some("dueOn"),
            en "The due day is over already. Choose a later day or leave it out.",
            ko "답변 기한이 이미 지난 날짜입니다. 이후 날짜를 선택하거나 비워 두세요.";
        /// There is no such question that the actor can see.
        UnknownQuestion = "UNKNOWN_QUESTION" at Some("question"),
            en "There is no such question that you can see. Check the list of questions.",
            ko "볼 수 있는 질문 중에 해당 질문이 없습니다. 질문 목록을 확인해 주세요.";
        /// The question was put to the other side.
        NotAsked = "NOT_ASKED" at Some("question"),
            en "This question was put to the other side, which answers it. You can leave a note.",
            ko "상대 쪽에 한 질문이므로 직접 답변할 수 없습니다. 필요하면 노트를 남겨 주세요.";
        /// The question is the other side's.
        NotTheAsker = "NOT_THE_ASKER" at Some("question"),
            en "Only the side that asked can take the question back.",
            ko "질문한 쪽에서만 질문을 철회할 수 있습니다.";
        /// The question was answered.
        QuestionAnswered = "QUESTION_ALREADY_ANSWERED" at Some("question"),
            en "This question has been answered. Add a note if something is missing.",
            ko "이미 답변된 질문입니다. 덧붙일 내용이 있으면 노트를 남겨 주세요.";
        /// The question was taken back.
        QuestionWithdrawn = "QUESTION_WITHDRAWN" at Some("question"),
            en "This question was taken back and needs no answer.",
            ko "철회된 질문이므로 답변하지 않으셔도 됩니다.";
        /// Questions to the consultancy wait.
        QuestionsWaiting { count: usize } = "QUESTIONS_WAITING" at None,
            en "{count} question(s) to the consultancy wait for an answer. Answer them before you close.",
            ko "컨설팅 기관에 온 질문 {count}건이 아직 답변되지 않았습니다. 먼저 답변한 뒤 종료해 주세요.";
        /// Not every point of the assignment is answered.
        AnswersMismatch { found: usize, needed: usize } = "ANSWERS_MISMATCH" at Some("answers"),
            en "The recommendation must answer {needed} point(s), one answer each; {found} came. Fill in every point.",
            ko "검토 요청 사항 {needed}건에 각각 답변해야 하는데 {found}건이 작성되었습니다. 모든 항목을 작성해 주세요.";
        /// There is no room for more.
        TooMany { max: usize } = "CONSULTATION_FULL" at None,
            en "This consultation has {max} entries of this kind, which is the limit. Close it and continue in another.",
            ko "한 컨설팅에 등록할 수 있는 한도({max}건)에 도달했습니다. 종료하고 새 컨설팅에서 이어 가 주세요.";
        /// The consultation was closed.
        Closed = "CONSULTATION_CLOSED" at None,
            en "This consultation is closed and does not change any more.",
            ko "이 컨설팅은 종료되어 더 이상 변경할 수 없습니다.";
        /// The consultation was withdrawn with its case or stage.
        Withdrawn = "CONSULTATION_WITHDRAWN" at None,
            en "This consultation was withdrawn and does not change any more.",
            ko "이 컨설팅은 철회되어 더 이상 변경할 수 없습니다.";
        /// The case is paused.
        Suspended = "CONSULTATION_SUSPENDED" at None,
            en "The case is paused. The consultation can be closed once the case goes on.",
            ko "진행이 일시 중지된 건입니다. 진행이 재개된 뒤 컨설팅을 종료해 주세요.";
    }
}
