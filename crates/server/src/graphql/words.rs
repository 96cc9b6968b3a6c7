//! Events in words. Whatever could give a clinician away or belongs to a smaller audience is left out.

use naru_domain::case::{Case, CaseEvent, Verdict};
use naru_domain::consultation::ConsultationEvent;
use naru_domain::feedback::FeedbackEvent;
use naru_domain::pathway::StageId;
use naru_domain::study::StudyEvent;
use naru_domain::{Event, Words};

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the tables below is an option"
)]
fn both(en: impl Into<String>, ko: impl Into<String>) -> Option<Words> {
    Some(Words {
        en: en.into(),
        ko: ko.into(),
    })
}

/// What an event says to people who may read its case; nothing if it says nothing to them.
pub(crate) fn words_of(event: &Event, case: &Case) -> Option<Words> {
    match event {
        Event::Case(event) => of_case(event, case),
        Event::Study(event) => of_study(event),
        Event::FeedbackRound(event) => of_round(event),
        Event::Consultation(event) => of_consultation(event),
        Event::Account(_) | Event::Organization(_) | Event::Device(_) => None,
    }
}

fn title(case: &Case, stage: &StageId) -> Words {
    case.stages.get(stage).map_or_else(
        || Words {
            en: stage.to_string(),
            ko: stage.to_string(),
        },
        |known| known.title.clone(),
    )
}

/// “… “Title” …” in both languages.
fn about(case: &Case, stage: &StageId, en: [&str; 2], ko: [&str; 2]) -> Option<Words> {
    let title = title(case, stage);
    let [en_before, en_after] = en;
    let [ko_before, ko_after] = ko;
    both(
        format!("{en_before}“{}”{en_after}", title.en),
        format!("{ko_before}‘{}’{ko_after}", title.ko),
    )
}

fn of_case(event: &CaseEvent, case: &Case) -> Option<Words> {
    match event {
        CaseEvent::Opened { title, .. } => both(
            format!("The case “{}” was opened.", title.as_str()),
            format!("‘{}’ 건이 열렸습니다.", title.as_str()),
        ),
        CaseEvent::Paused { reason, .. } => both(
            format!("The case was paused: {}", reason.as_str()),
            format!("건이 일시 중지되었습니다: {}", reason.as_str()),
        ),
        CaseEvent::Resumed { working_days, .. } => both(
            format!("The case goes on; due days moved by {working_days} working days."),
            format!("건이 재개되었습니다. 기한이 {working_days}영업일 뒤로 옮겨졌습니다."),
        ),
        CaseEvent::Canceled { reason, .. } => both(
            format!("The case was canceled: {}", reason.as_str()),
            format!("건이 취소되었습니다: {}", reason.as_str()),
        ),
        CaseEvent::Completed { .. } => both("The case was completed.", "건이 완료되었습니다."),
        CaseEvent::NoticesDeferred { .. } => None,
        CaseEvent::StageOpened { .. }
        | CaseEvent::StageSkipped { .. }
        | CaseEvent::DraftSaved { .. }
        | CaseEvent::FormSubmitted { .. }
        | CaseEvent::SubmissionRecalled { .. }
        | CaseEvent::StageClaimed { .. }
        | CaseEvent::StageReassigned { .. }
        | CaseEvent::NoticesSent { .. } => of_stage(event, case),
        CaseEvent::SeatDecided { .. }
        | CaseEvent::SeatRecused { .. }
        | CaseEvent::ApprovalDecided { .. }
        | CaseEvent::SentBack { .. } => of_approval(event, case),
        CaseEvent::CandidateInvited { .. }
        | CaseEvent::CandidateWithdrawn { .. }
        | CaseEvent::CandidateAnswered { .. }
        | CaseEvent::CandidateLapsed { .. }
        | CaseEvent::MatchingConfirmed { .. }
        | CaseEvent::ConsultancyEngaged { .. }
        | CaseEvent::StageReported { .. }
        | CaseEvent::AwardGranted { .. }
        | CaseEvent::AgreementPrepared { .. }
        | CaseEvent::AgreementSigned { .. } => of_work(event, case),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller names every variant; this one takes its share"
)]
fn of_stage(event: &CaseEvent, case: &Case) -> Option<Words> {
    match event {
        CaseEvent::StageOpened { stage, round, .. } if *round > 1 => about(
            case,
            stage,
            ["", " opened again."],
            ["", " 단계가 다시 열렸습니다."],
        ),
        CaseEvent::StageOpened { stage, .. } => {
            about(case, stage, ["", " opened."], ["", " 단계가 열렸습니다."])
        }
        CaseEvent::StageSkipped { stage, .. } => about(
            case,
            stage,
            ["The case passed by ", "."],
            ["", " 단계는 해당하지 않아 건너뛰었습니다."],
        ),
        CaseEvent::FormSubmitted { stage, .. } => about(
            case,
            stage,
            ["", " was handed in."],
            ["", " 양식이 제출되었습니다."],
        ),
        CaseEvent::SubmissionRecalled { stage, .. } => about(
            case,
            stage,
            ["", " was taken back before anybody acted on it."],
            ["", " 양식이 처리 전에 회수되었습니다."],
        ),
        CaseEvent::StageClaimed { stage, .. } => about(
            case,
            stage,
            ["Work on ", " began."],
            ["", " 단계의 담당자가 정해졌습니다."],
        ),
        CaseEvent::StageReassigned { stage, reason, .. } => {
            let title = title(case, stage);
            both(
                format!(
                    "“{}” was handed to a colleague: {}",
                    title.en,
                    reason.as_str()
                ),
                format!(
                    "‘{}’ 단계의 담당자가 바뀌었습니다: {}",
                    title.ko,
                    reason.as_str()
                ),
            )
        }
        CaseEvent::NoticesSent { stage, remind, .. } if *remind => about(
            case,
            stage,
            ["A reminder went out for ", "."],
            ["", " 단계의 알림을 보냈습니다."],
        ),
        CaseEvent::NoticesSent { stage, .. } => about(
            case,
            stage,
            ["", " is late; the person above was told."],
            ["", " 단계가 기한을 넘겨 상급자에게 알렸습니다."],
        ),
        _ => None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller names every variant; this one takes its share"
)]
fn of_approval(event: &CaseEvent, case: &Case) -> Option<Words> {
    match event {
        CaseEvent::SeatDecided { stage, verdict, .. } => match verdict {
            Verdict::Approve { .. } => about(
                case,
                stage,
                ["A seat at ", " approved."],
                ["", " 단계에서 한 위원이 승인했습니다."],
            ),
            Verdict::Reject { .. } => about(
                case,
                stage,
                ["A seat at ", " rejected."],
                ["", " 단계에서 한 위원이 반려했습니다."],
            ),
        },
        CaseEvent::SeatRecused { stage, .. } => about(
            case,
            stage,
            ["Somebody stepped back from ", "."],
            ["", " 단계에서 한 위원이 회피했습니다."],
        ),
        CaseEvent::ApprovalDecided {
            stage, approved, ..
        } if *approved => about(
            case,
            stage,
            ["", " was approved."],
            ["", " 단계가 승인되었습니다."],
        ),
        CaseEvent::ApprovalDecided { stage, .. } => about(
            case,
            stage,
            ["", " was rejected; the case ended."],
            ["", " 단계가 반려되어 건이 종료되었습니다."],
        ),
        CaseEvent::SentBack { to, requests, .. } => {
            let title = title(case, to);
            let count = requests.len();
            both(
                format!("“{}” was sent back with {count} request(s).", title.en),
                format!(
                    "‘{}’ 양식이 수정 요청 {count}건과 함께 반송되었습니다.",
                    title.ko
                ),
            )
        }
        _ => None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the caller names every variant; this one takes its share"
)]
fn of_work(event: &CaseEvent, case: &Case) -> Option<Words> {
    match event {
        CaseEvent::CandidateInvited { .. } => both(
            "A candidate was asked to take part.",
            "후보자에게 참여를 요청했습니다.",
        ),
        CaseEvent::CandidateWithdrawn { .. } => both(
            "An invitation to a candidate was taken back.",
            "후보자에 대한 참여 요청을 취소했습니다.",
        ),
        CaseEvent::CandidateAnswered { accepted, .. } if *accepted => {
            both("A candidate accepted.", "후보자가 참여를 수락했습니다.")
        }
        CaseEvent::CandidateAnswered { .. } => {
            both("A candidate declined.", "후보자가 참여를 거절했습니다.")
        }
        CaseEvent::CandidateLapsed { .. } => both(
            "A candidate did not answer in time.",
            "후보자가 기한 안에 답하지 않았습니다.",
        ),
        CaseEvent::MatchingConfirmed { stage, .. } => about(
            case,
            stage,
            ["", " was closed with those who accepted."],
            ["", " 단계가 수락한 분들로 확정되었습니다."],
        ),
        CaseEvent::ConsultancyEngaged { stage, .. } => about(
            case,
            stage,
            ["A consultancy was engaged on ", "."],
            ["", " 단계에 컨설팅 기관이 지정되었습니다."],
        ),
        CaseEvent::StageReported { stage, .. } => about(
            case,
            stage,
            ["", " closed with a report."],
            ["", " 단계가 보고와 함께 끝났습니다."],
        ),
        CaseEvent::AwardGranted { award, .. } => both(
            format!("An award of {} won was granted.", award.amount_krw),
            format!("지원금 {}원이 지급 결정되었습니다.", award.amount_krw),
        ),
        CaseEvent::AgreementPrepared { stage, .. } => about(
            case,
            stage,
            ["A document was laid out for signing at ", "."],
            ["", " 단계의 서명할 문서가 준비되었습니다."],
        ),
        CaseEvent::AgreementSigned {
            printed_name, last, ..
        } => {
            let name = printed_name.as_str();
            let (en, ko) = if *last {
                (" It was the last signature.", " 모든 서명이 끝났습니다.")
            } else {
                ("", "")
            };
            both(
                format!("{name} signed the agreement.{en}"),
                format!("{name} 님이 협약서에 서명했습니다.{ko}"),
            )
        }
        _ => None,
    }
}

fn of_study(event: &StudyEvent) -> Option<Words> {
    match event {
        StudyEvent::Opened { .. }
        | StudyEvent::Withdrawn { .. }
        | StudyEvent::Suspended { .. }
        | StudyEvent::Resumed { .. } => None,
        StudyEvent::TaskAdded { .. } => both(
            "A task was added to the study.",
            "평가에 과업이 추가되었습니다.",
        ),
        StudyEvent::SessionRecorded { .. } => both(
            "A session of the study was entered.",
            "평가 회차가 입력되었습니다.",
        ),
        StudyEvent::SessionCorrected { .. } => both(
            "A session of the study was corrected.",
            "평가 회차가 정정되었습니다.",
        ),
        StudyEvent::SessionRemoved { .. } => both(
            "A session of the study was left out of the results.",
            "평가 회차가 결과에서 제외되었습니다.",
        ),
        StudyEvent::Closed { .. } => both("The study was closed.", "평가가 종료되었습니다."),
    }
}

fn of_round(event: &FeedbackEvent) -> Option<Words> {
    match event {
        FeedbackEvent::Invited { invitations, .. } => {
            let count = invitations.len();
            both(
                format!("{count} clinician(s) were invited to give feedback."),
                format!("의료진 {count}명을 피드백에 초대했습니다."),
            )
        }
        FeedbackEvent::RoundEnded { .. } => both(
            "The last day for feedback is over.",
            "피드백 응답 기간이 끝났습니다.",
        ),
        FeedbackEvent::Closed { .. } => {
            both("The feedback round was closed.", "피드백이 종료되었습니다.")
        }
        // Who answers when could tell who answered what.
        FeedbackEvent::Answered { .. }
        | FeedbackEvent::Declined { .. }
        | FeedbackEvent::Opened { .. }
        | FeedbackEvent::Reminded { .. }
        | FeedbackEvent::RemindersSent { .. }
        | FeedbackEvent::RemindersDeferred { .. }
        | FeedbackEvent::InvitationRevoked { .. }
        | FeedbackEvent::Withdrawn { .. }
        | FeedbackEvent::Suspended { .. }
        | FeedbackEvent::Resumed { .. } => None,
    }
}

fn of_consultation(event: &ConsultationEvent) -> Option<Words> {
    match event {
        ConsultationEvent::Closed { .. } => both(
            "The consultation was closed with a recommendation.",
            "컨설팅이 권고와 함께 종료되었습니다.",
        ),
        // Notes and questions have an audience of their own.
        ConsultationEvent::NoteAdded { .. }
        | ConsultationEvent::QuestionAsked { .. }
        | ConsultationEvent::QuestionAnswered { .. }
        | ConsultationEvent::QuestionWithdrawn { .. }
        | ConsultationEvent::Opened { .. }
        | ConsultationEvent::Withdrawn { .. }
        | ConsultationEvent::Suspended { .. }
        | ConsultationEvent::Resumed { .. } => None,
    }
}
