//! Every page with made-up content, in both languages: for the test that looks for missing words, and for people who look at the design.

use super::Page;
use super::feedback::{self, Visit as Clinician};
use super::form::Posted;
use super::matching::{self, Visit as Proposed};
use super::notice::{Notice, NoticePage};
use super::view::{Both, Said};
use axum::http::StatusCode;
use naru_domain::calendar::Calendars;
use naru_domain::case::{
    Candidate, CandidateAnswer, Case, CaseStatus, ConflictOfInterest, Progress, Stage, Work,
};
use naru_domain::feedback::{
    FeedbackRound, Invitation, InvitedClinician, Questionnaires, RoundPhase, Standing,
};
use naru_domain::pathway::MatchRole;
use naru_domain::{Locale, Role, Sha256Hex, TypedId, Words};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use uuid::Uuid;

/// A page with made-up content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is, and in which language.
    pub name: String,
    /// The page.
    pub html: String,
}

fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

fn sample(name: impl Into<String>, page: Page) -> Sample {
    Sample {
        name: name.into(),
        html: page.html,
    }
}

fn words(en: &str, ko: &str) -> Words {
    Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    }
}

fn hospital(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "세브란스병원",
        Locale::En => "Severance Hospital",
    }
}

fn startup(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "가온베이비",
        Locale::En => "Gaon Baby",
    }
}

/// Every page in both languages.
pub fn samples() -> Result<Vec<Sample>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (locale, tag) in [(Locale::Ko, "ko"), (Locale::En, "en")] {
        answer_pages(locale, tag, &mut all)?;
        match_pages(locale, tag, &mut all)?;
        for notice in Notice::ALL {
            let date = jiff::civil::date(2026, 9, 30);
            let page = NoticePage::new(notice, locale, Some(hospital(locale)), date, id(77));
            let name = format!("{}-{tag}", notice.key());
            all.push(sample(name, Page::new(StatusCode::OK, &page)));
            let page = NoticePage::new(notice, locale, None, date, id(77));
            let name = format!("{}-unnamed-{tag}", notice.key());
            all.push(sample(name, Page::new(StatusCode::OK, &page)));
        }
    }
    for said in Said::ALL {
        all.push(sample(
            said.key(),
            Page::new(StatusCode::OK, &Both::new(said)),
        ));
    }
    Ok(all)
}

fn fields(pairs: &[(&str, &str)]) -> Posted {
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Posted::new(owned.collect(), None)
}

fn answer_pages(locale: Locale, tag: &str, all: &mut Vec<Sample>) -> Result<(), Box<dyn Error>> {
    let calendars = Calendars::shipped();
    let questionnaires = Questionnaires::shipped().map_err(|_| "the questionnaires are wrong")?;
    let invitation = sample_invitation(locale)?;
    let mut round = sample_round()?;
    round.invitations.insert(invitation.id, invitation.clone());
    let visit = Clinician {
        round: &round,
        invitation: &invitation,
        questionnaire: questionnaires
            .get(&round.questionnaire)
            .ok_or("no questionnaire")?,
        calendar: calendars.get(&round.calendar).ok_or("no calendar")?,
        hospital: Some(hospital(locale)),
        device: Some("소리청진기"),
        locale,
        now: round.closes_at,
    };
    let none = feedback::Mistakes::default();
    let fresh = visit.form(StatusCode::OK, &Posted::default(), &none);
    all.push(sample(format!("answer-{tag}"), fresh));
    let half = fields(&[
        ("q-clinical_need", "4"),
        ("q-fits_workflow", "9"),
        ("q-ease_of_use", "6"),
        ("q-recommend", "8"),
        ("q-intended_use", "selected_patients"),
        ("q-strengths", "조용하고 가볍습니다. 👍\u{202E}"),
        ("reason", "연구 기간에 해외 연수를 갑니다.\u{7}"),
    ]);
    let mistakes = feedback::Mistakes {
        answers: visit.questionnaire.read(&half.answers()).err(),
        consent: Some("feedback-agree-missing"),
        reason: Some(naru_domain::TextProblem::Forbidden(7)),
        ..feedback::Mistakes::default()
    };
    let wrong = visit.form(StatusCode::OK, &half, &mistakes);
    all.push(sample(format!("answer-errors-{tag}"), wrong));
    for (name, alert, consent) in [
        ("answer-fault", Some("fault-banner"), None),
        ("answer-nothing-sent", Some("nothing-sent"), None),
        (
            "answer-consent-changed",
            None,
            Some("feedback-consent-changed"),
        ),
    ] {
        let mistakes = feedback::Mistakes {
            alert,
            consent,
            ..feedback::Mistakes::default()
        };
        let page = visit.form(StatusCode::OK, &half, &mistakes);
        all.push(sample(format!("{name}-{tag}"), page));
    }
    let mut declined = invitation.clone();
    declined.standing = Standing::Declined {
        at: round.closes_at,
        reason: None,
    };
    let mut paused = round.clone();
    paused.suspended_at = Some(round.closes_at);
    let again = Clinician {
        invitation: &declined,
        round: &paused,
        hospital: None,
        ..visit
    };
    let page = again.form(StatusCode::OK, &Posted::default(), &none);
    all.push(sample(format!("answer-declined-before-{tag}"), page));
    Ok(())
}

fn sample_round() -> Result<FeedbackRound, Box<dyn Error>> {
    Ok(FeedbackRound {
        id: id(1),
        case: id(77),
        stage: "feedback".parse()?,
        round: 1,
        startup: id(4),
        hospital: id(3),
        device: id(5),
        title: words("Clinical feedback, round 1", "임상 의견 수렴 1차"),
        questionnaire: "clinician-feedback".to_owned(),
        anonymity_threshold: 5,
        answers_needed: 10,
        calendar: "kr".to_owned(),
        opened_on: jiff::civil::date(2026, 9, 17),
        closes_on: jiff::civil::date(2026, 9, 30),
        closes_at: "2026-09-30T15:00:00Z".parse()?,
        remind_after_working_days: vec![5],
        phase: RoundPhase::Open,
        suspended_at: None,
        invitations: BTreeMap::new(),
    })
}

fn sample_invitation(locale: Locale) -> Result<Invitation, Box<dyn Error>> {
    Ok(Invitation {
        id: id(2),
        clinician: InvitedClinician {
            email: "nam@hospital.example".parse()?,
            name: "남궁결".parse()?,
            locale,
            site: "세브란스병원".parse()?,
            specialty: None,
        },
        invited_at: "2026-09-17T01:00:00Z".parse()?,
        reminders: Vec::new(),
        reminded_at: None,
        standing: Standing::Waiting,
    })
}

fn match_pages(locale: Locale, tag: &str, all: &mut Vec<Sample>) -> Result<(), Box<dyn Error>> {
    let calendars = Calendars::shipped();
    let (case, stage) = sample_case()?;
    let candidate = sample_candidate(locale)?;
    let visit = Proposed {
        case: &case,
        stage: &stage,
        candidate: &candidate,
        calendar: calendars.get(&case.calendar).ok_or("no calendar")?,
        hospital: Some(hospital(locale)),
        startup: Some(startup(locale)),
        locale,
        now: case.opened_at,
    };
    let none = matching::Mistakes::default();
    let fresh = visit.form(StatusCode::OK, &Posted::default(), &none);
    all.push(sample(format!("match-{tag}"), fresh));
    let half = fields(&[
        ("conflict", "none"),
        ("conflict-text", "2024년에 자문을 했습니다."),
    ]);
    let wrong = [
        ("contradiction", Some("match-conflict-contradiction"), None),
        ("missing", Some("match-conflict-missing"), None),
        ("no-text", None, Some(matching::TextMistake::Missing)),
        (
            "bad-text",
            None,
            Some(matching::TextMistake::Bad(
                naru_domain::TextProblem::TooLong {
                    found: 20_001,
                    max: 20_000,
                },
            )),
        ),
    ];
    for (name, choice, text) in wrong {
        let mistakes = matching::Mistakes {
            choice,
            text,
            ..matching::Mistakes::default()
        };
        let page = visit.form(StatusCode::OK, &half, &mistakes);
        all.push(sample(format!("match-{name}-{tag}"), page));
    }
    let clinician = Candidate {
        role: MatchRole::Clinician,
        conflict: ConflictOfInterest::NoneKnown,
        ..candidate.clone()
    };
    let bare = Proposed {
        candidate: &clinician,
        hospital: None,
        startup: None,
        ..visit
    };
    let page = bare.form(StatusCode::OK, &Posted::default(), &none);
    all.push(sample(format!("match-clinician-{tag}"), page));
    Ok(())
}

fn sample_candidate(locale: Locale) -> Result<Candidate, Box<dyn Error>> {
    Ok(Candidate {
        role: MatchRole::PrincipalInvestigator,
        name: "남궁결".parse()?,
        email: "nam@hospital.example".parse()?,
        locale,
        department: "소아청소년과".parse()?,
        conflict: ConflictOfInterest::Declared {
            what: "2024년에 유료 자문 1회".parse()?,
            handling: "승인 심사에서는 제외합니다.".parse()?,
        },
        answer_by: jiff::civil::date(2026, 9, 29),
        answer: CandidateAnswer::Invited {
            lapses_at: "2026-09-29T15:00:00Z".parse()?,
        },
    })
}

fn sample_case() -> Result<(Case, Stage), Box<dyn Error>> {
    let opened_at = "2026-09-01T01:00:00Z".parse()?;
    let stage = Stage {
        title: words("Matching of PI and clinicians", "책임연구자·임상의 매칭"),
        owner: Role::Coordinator,
        round: 1,
        opened_at,
        schedule: None,
        progress: Progress::Open,
        claimed_by: None,
        touched: false,
        work: Work::Nothing,
    };
    let case = Case {
        id: id(77),
        startup: id(4),
        hospital: id(3),
        device: id(5),
        pathway: "sample".parse()?,
        pathway_hash: naru_domain::pathway::PathwayHash(Sha256Hex::of(b"sample")),
        calendar: "kr".to_owned(),
        title: "실증".parse()?,
        opened_at,
        status: CaseStatus::Running,
        stages: BTreeMap::new(),
        answers: BTreeMap::new(),
        consultancies: BTreeSet::new(),
    };
    Ok((case, stage))
}
