use super::*;
use fluent_bundle::FluentResource;
use naru_domain::{
    AccountId, CandidateId, CaseId, ConsultationId, FeedbackRoundId, InvitationId, SignInLinkId,
    TypedId, Words,
};
use std::collections::BTreeSet;
use uuid::Uuid;

fn every_kind() -> Vec<LetterKind> {
    let round = FeedbackRoundId::from_uuid(Uuid::from_u128(2));
    let invitation = InvitationId::from_uuid(Uuid::from_u128(3));
    let candidate = CandidateId::from_uuid(Uuid::from_u128(4));
    let consultation = ConsultationId::from_uuid(Uuid::from_u128(5));
    let account = AccountId::from_uuid(Uuid::from_u128(6));
    let link = SignInLinkId::from_uuid(Uuid::from_u128(7));
    vec![
        LetterKind::CaseOpened,
        LetterKind::StageOpened,
        LetterKind::StageReminder,
        LetterKind::StageEscalation,
        LetterKind::SentBack,
        LetterKind::StageDecided,
        LetterKind::CasePaused,
        LetterKind::CaseResumed,
        LetterKind::CaseCanceled,
        LetterKind::AwardGranted,
        LetterKind::CaseCompleted,
        LetterKind::MatchInvitation { candidate },
        LetterKind::FeedbackInvitation { round, invitation },
        LetterKind::FeedbackReminder { round, invitation },
        LetterKind::ConsultationOpened { consultation },
        LetterKind::NoteAdded { consultation },
        LetterKind::Mentioned { consultation },
        LetterKind::QuestionAsked { consultation },
        LetterKind::QuestionAnswered { consultation },
        LetterKind::SignInLink { account, link },
    ]
}

/// A kind of letter that is not here does not compile, and one that [`every_kind`] leaves out fails.
#[test]
fn no_kind_of_letter_is_left_out() {
    let place = |kind: &LetterKind| match kind {
        LetterKind::CaseOpened => 0,
        LetterKind::StageOpened => 1,
        LetterKind::StageReminder => 2,
        LetterKind::StageEscalation => 3,
        LetterKind::SentBack => 4,
        LetterKind::StageDecided => 5,
        LetterKind::CasePaused => 6,
        LetterKind::CaseResumed => 7,
        LetterKind::CaseCanceled => 8,
        LetterKind::AwardGranted => 9,
        LetterKind::CaseCompleted => 10,
        LetterKind::MatchInvitation { .. } => 11,
        LetterKind::FeedbackInvitation { .. } => 12,
        LetterKind::FeedbackReminder { .. } => 13,
        LetterKind::ConsultationOpened { .. } => 14,
        LetterKind::NoteAdded { .. } => 15,
        LetterKind::Mentioned { .. } => 16,
        LetterKind::QuestionAsked { .. } => 17,
        LetterKind::QuestionAnswered { .. } => 18,
        LetterKind::SignInLink { .. } => 19,
    };
    let places: Vec<i32> = every_kind().iter().map(place).collect();
    assert_eq!(places, (0..=19).collect::<Vec<i32>>());
}

fn letter(kind: LetterKind) -> Letter {
    if matches!(kind, LetterKind::SignInLink { .. }) {
        return Letter {
            kind,
            case: None,
            stage_title: None,
            due: None,
        };
    }
    let case = Uuid::from_u128(0x0199_a000_0000_7000_8000_0039_f1a4_da54);
    Letter {
        kind,
        case: Some(CaseId::from_uuid(case)),
        stage_title: Some(Words {
            en: "Usability study".to_owned(),
            ko: "사용적합성 평가".to_owned(),
        }),
        due: Some(jiff::civil::date(2026, 11, 24)),
    }
}

fn rendered(letter: &Letter, locale: Locale, name: &str) -> Rendered {
    let setting = Setting {
        name: &name.parse().unwrap(),
        locale,
        base_url: "https://naru.hospital.example/",
        key: &LinkKey::from_bytes([7; 32]),
        sender: match locale {
            Locale::Ko => "나루 사무국",
            Locale::En => "The Naru office",
        },
    };
    render(letter, &setting).unwrap()
}

fn all_in(locale: Locale, name: &str) -> String {
    let letters: Vec<String> = every_kind()
        .into_iter()
        .map(|kind| {
            let rendered = rendered(&letter(kind), locale, name);
            format!("Subject: {}\n\n{}", rendered.subject, rendered.text)
        })
        .collect();
    letters.join("\n======\n\n")
}

#[test]
fn every_letter_reads_well_in_korean() {
    insta::assert_snapshot!(all_in(Locale::Ko, "김하늘"));
}

#[test]
fn every_letter_reads_well_in_english() {
    insta::assert_snapshot!(all_in(Locale::En, "Dana Kim"));
}

#[test]
fn the_html_says_what_the_text_says() {
    insta::assert_snapshot!(
        rendered(&letter(LetterKind::StageReminder), Locale::Ko, "김하늘").html
    );
}

#[test]
fn a_name_or_title_with_markup_or_line_breaks_stays_text() {
    let mut letter = letter(LetterKind::StageOpened);
    letter.stage_title = Some(Words {
        en: "A <b>\r\nBcc: x@y.example".to_owned(),
        ko: "가".to_owned(),
    });
    let rendered = rendered(&letter, Locale::En, "<script>alert(1)</script>");
    assert!(!rendered.html.contains("<script>"));
    assert!(!rendered.html.contains("<b>"));
    assert!(rendered.subject.ends_with("A <b> Bcc: x@y.example"));
    assert!(!rendered.subject.contains(['\r', '\n']));
}

#[test]
fn a_title_that_looks_like_an_encoded_word_is_read_as_it_was_written() {
    let mut letter = letter(LetterKind::StageOpened);
    let title = "=?utf-8?b?x?= 1";
    letter.stage_title = Some(Words {
        en: title.to_owned(),
        ko: title.to_owned(),
    });
    for locale in [Locale::En, Locale::Ko] {
        let subject = rendered(&letter, locale, "김하늘").subject;
        assert!(subject.contains("= ?utf-8?b?x?= 1"), "{subject}");
    }
}

#[test]
fn a_title_too_long_for_a_line_of_mail_is_cut_in_subject_and_text() {
    let mut letter = letter(LetterKind::StageOpened);
    letter.stage_title = Some(Words {
        en: format!("Usability {}", "x".repeat(2_000)),
        ko: "가".repeat(2_000),
    });
    for locale in [Locale::En, Locale::Ko] {
        let rendered = rendered(&letter, locale, "김하늘");
        assert!(rendered.subject.contains("x…") || rendered.subject.contains("가…"));
        assert!(rendered.subject.chars().count() < 200);
        assert!(rendered.text.lines().all(|line| line.len() < 998));
    }
}

#[test]
fn a_letter_without_stage_or_due_day_has_neither() {
    let mut letter = letter(LetterKind::StageOpened);
    letter.stage_title = None;
    letter.due = None;
    for (locale, word) in [(Locale::Ko, "까지"), (Locale::En, "by Tuesday")] {
        let text = rendered(&letter, locale, "김하늘").text;
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn links_of_guests_are_signed_and_links_of_members_lead_to_what_it_is_about() {
    let key = LinkKey::from_bytes([7; 32]);
    for kind in every_kind() {
        let letter = letter(kind);
        let text = rendered(&letter, Locale::En, "Dana Kim").text;
        let address = text
            .lines()
            .find(|line| line.starts_with("https://"))
            .unwrap();
        let path = address
            .strip_prefix("https://naru.hospital.example")
            .unwrap();
        let token = path
            .strip_prefix("/l/")
            .or_else(|| path.strip_prefix("/sign-in/link/"));
        match (token, letter.case) {
            (Some(token), _) => assert!(key.verify(token).is_some(), "{address}"),
            (None, Some(_)) if path.starts_with("/consultations/consultation_") => {}
            (None, Some(case)) => assert_eq!(path, format!("/cases/{case}")),
            (None, None) => panic!("{address}"),
        }
    }
}

fn keys_in(source: &str) -> BTreeSet<String> {
    let resource = FluentResource::try_new(source.to_owned());
    let resource = resource.map_err(|(_, problems)| problems).unwrap();
    let mut keys = BTreeSet::new();
    for entry in resource.entries() {
        if let fluent_syntax::ast::Entry::Message(message) = entry {
            if message.value.is_some() {
                keys.insert(message.id.name.to_owned());
            }
            for attribute in &message.attributes {
                keys.insert(format!("{}.{}", message.id.name, attribute.id.name));
            }
        }
    }
    keys
}

#[test]
fn every_key_exists_in_both_languages_and_none_is_unused() {
    let common = [
        "greeting",
        "due",
        "stage-unnamed",
        "case-line",
        "link-help",
        "closing",
        "automatic",
    ];
    let mut used: BTreeSet<String> = common.into_iter().map(str::to_owned).collect();
    for kind in every_kind() {
        for part in ["subject", "what", "todo", "action"] {
            used.insert(format!("{}.{part}", message(&kind)));
        }
    }
    assert_eq!(keys_in(include_str!("../../translations/ko.ftl")), used);
    assert_eq!(keys_in(include_str!("../../translations/en.ftl")), used);
}
