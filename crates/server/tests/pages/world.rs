//! The pages in front of a real engine in a fresh folder, on a clock that stands still.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use naru_domain::calendar::Calendars;
use naru_domain::case::{Candidate, CaseCommand, ConflictOfInterest, Work};
use naru_domain::feedback::{FeedbackCommand, InvitedClinician, Questionnaires};
use naru_domain::organization::OrganizationCommand;
use naru_domain::pathway::{
    Catalog, Due, MatchRole, MatchingStage, Pathway, Programme, Stage, StageKind, Step, Wanted,
    content_hash,
};
use naru_domain::{
    Actor, AggregateId, CandidateId, CaseId, Channel, Command, CommandId, EffectId,
    FeedbackRoundId, InvitationId, Locale, Membership, OrganizationId, OrganizationKind, Role,
    State, TypedId, Who, Words,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Link, Submission};
use naru_server::pages::{Pages, router};
use naru_store::{Reference, Store, StoreOptions};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
const MORNING: &str = "2026-03-03T00:30:00Z";
const CASE: u128 = 1;
const ROUND: u128 = 2;
const HOSPITAL: u128 = 3;
const STARTUP: u128 = 4;
pub(crate) const HOSPITAL_KO: &str = "세브란스병원";
pub(crate) const STARTUP_KO: &str = "가온베이비";
/// It may be on no page.
pub(crate) const CASE_TITLE: &str = "비밀 내시경 실증";

pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

/// An answer as a browser gets it.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Answer {
    /// The page as the title names it.
    pub(crate) fn title(&self) -> &str {
        let (_, rest) = self.html.split_once("<title>").unwrap();
        rest.split_once("</title>").unwrap().0
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.html.split_once(&start).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) mailbox: Mailbox,
    router: Router,
    reference: Arc<Reference>,
    commands: AtomicU64,
    _folder: TempDir,
}

impl World {
    /// A hospital and a startup, with a feedback round and a case that looks for people.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::virtual_at(MORNING.parse().unwrap());
        let mailbox = Mailbox::default();
        let reference = Arc::new(reference());
        let from = Sender {
            name: "나루".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let transport = Transport::Memory(mailbox.clone());
        let options = EngineOptions {
            clock: clock.clone(),
            ..EngineOptions::new(transport, "https://naru.hospital.example", from)
        };
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let engine = Engine::open(store, Arc::clone(&reference), options)
            .await
            .unwrap();
        let pages = Pages::new(engine.clone(), Arc::clone(&reference));
        let world = Self {
            engine,
            clock,
            mailbox,
            router: router(pages),
            reference,
            commands: AtomicU64::new(1),
            _folder: folder,
        };
        world
            .register(HOSPITAL, OrganizationKind::Hospital, HOSPITAL_KO)
            .await;
        world
            .register(STARTUP, OrganizationKind::Startup, STARTUP_KO)
            .await;
        world
    }

    async fn register(&self, number: u128, kind: OrganizationKind, name: &str) {
        let organization: OrganizationId = id(number);
        let command = OrganizationCommand::Register {
            kind,
            name: naru_domain::BothNames {
                ko: name.parse().unwrap(),
                en: "An English name".parse().unwrap(),
            },
            business_number: None,
        };
        self.must(
            organization,
            Actor::machine(),
            Command::Organization(command),
        )
        .await;
    }

    pub(crate) async fn must(&self, to: impl Into<AggregateId>, actor: Actor, command: Command) {
        let n = self.commands.fetch_add(1, Ordering::SeqCst);
        let submission = Submission {
            command_id: id::<CommandId>(u128::from(n)),
            aggregate: to.into(),
            expected_version: None,
            actor,
            command,
        };
        self.engine.submit(submission).await.unwrap();
    }

    pub(crate) async fn to_round(&self, actor: Actor, command: FeedbackCommand) {
        let round: FeedbackRoundId = id(ROUND);
        self.must(round, actor, Command::FeedbackRound(command))
            .await;
    }

    pub(crate) async fn to_case(&self, actor: Actor, command: CaseCommand) {
        let case: CaseId = id(CASE);
        self.must(case, actor, Command::Case(command)).await;
    }

    /// Opens a round, invites one clinician and gives the path of the link.
    pub(crate) async fn invited(&self, locale: Locale) -> String {
        let open = FeedbackCommand::Open {
            case: id(CASE),
            stage: "feedback".parse().unwrap(),
            round: 1,
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            device: id(5),
            title: words("Clinical feedback", "임상 의견 수렴"),
            questionnaire: "clinician-feedback".to_owned(),
            anonymity_threshold: 3,
            answers_needed: 1,
            calendar: "kr".to_owned(),
            opened_on: jiff::civil::date(2026, 3, 3),
            closes_on: jiff::civil::date(2026, 3, 31),
            remind_after_working_days: vec![5],
        };
        self.to_round(messenger(), open).await;
        let clinician = InvitedClinician {
            email: "nam@clinic.example".parse().unwrap(),
            name: "남궁결".parse().unwrap(),
            locale,
            site: "강남".parse().unwrap(),
            specialty: None,
        };
        let invitations = vec![clinician];
        self.to_round(coordinator(), FeedbackCommand::Invite { invitations })
            .await;
        let round: FeedbackRoundId = id(ROUND);
        let invitation = self.invitation().await;
        self.path(Link::Feedback { round, invitation })
    }

    pub(crate) async fn invitation(&self) -> InvitationId {
        let round: FeedbackRoundId = id(ROUND);
        let loaded = self
            .engine
            .store()
            .load(round.into())
            .await
            .unwrap()
            .unwrap();
        let State::FeedbackRound(round) = &loaded.state else {
            panic!("no round");
        };
        *round.invitations.keys().next().unwrap()
    }

    /// Opens a case, asks one candidate and gives the path of the link.
    pub(crate) async fn asked(&self, role: MatchRole) -> String {
        let (hash, _) = self.reference.pathways.all_newest().next().unwrap();
        let open = CaseCommand::Open {
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            hospital_kind: OrganizationKind::Hospital,
            device: id(5),
            device_owner: id(STARTUP),
            pathway: hash.clone(),
            title: CASE_TITLE.parse().unwrap(),
        };
        self.to_case(member(STARTUP, Role::StartupMember), open)
            .await;
        self.propose(role, "han@clinic.example").await;
        let case: CaseId = id(CASE);
        let candidate = self.candidate().await;
        self.path(Link::Match { case, candidate })
    }

    pub(crate) async fn propose(&self, role: MatchRole, email: &str) {
        let invite = CaseCommand::InviteCandidate {
            stage: "people".parse().unwrap(),
            role,
            name: "한서윤".parse().unwrap(),
            email: email.parse().unwrap(),
            locale: Locale::Ko,
            department: "내과".parse().unwrap(),
            conflict: ConflictOfInterest::NoneKnown,
        };
        self.to_case(coordinator(), invite).await;
    }

    /// The path of the link of the person with this address.
    pub(crate) async fn path_of(&self, email: &str) -> String {
        let people = self.people().await;
        let (candidate, _) = people
            .iter()
            .find(|(_, person)| person.email.as_str() == email)
            .unwrap();
        self.path(Link::Match {
            case: id(CASE),
            candidate: *candidate,
        })
    }

    pub(crate) async fn candidate(&self) -> CandidateId {
        *self.people().await.keys().next().unwrap()
    }

    async fn people(&self) -> BTreeMap<CandidateId, Candidate> {
        let case: CaseId = id(CASE);
        let loaded = self.engine.store().load(case.into()).await;
        let loaded = loaded.unwrap().unwrap();
        let State::Case(case) = &loaded.state else {
            panic!("no case");
        };
        let Work::Matching(candidates) = &case.stages.values().next().unwrap().work else {
            panic!("no matching");
        };
        candidates.clone()
    }

    pub(crate) fn path(&self, link: Link) -> String {
        format!("/l/{}", self.engine.link_key().sign(link))
    }

    /// How many events there are.
    pub(crate) async fn events(&self) -> u64 {
        self.engine.settle().await;
        self.engine.store().last_position().await.unwrap()
    }

    pub(crate) async fn later(&self, to: &str) {
        self.clock.advance_to(to.parse().unwrap());
        self.engine.settle().await;
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn with_method(&self, method: &str, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.with_method("GET", path).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, fields).await
    }

    pub(crate) async fn post_from(
        &self,
        site: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.ask(request.body(Body::from(encoded(fields))).unwrap())
            .await
    }
}

/// A form as a browser encodes it.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let part = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                b' ' => "+".to_owned(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", part(name), part(value)))
        .collect();
    pairs.join("&")
}

fn words(en: &str, ko: &str) -> Words {
    Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    }
}

/// A pathway of one stage that looks for people.
fn reference() -> Reference {
    let stage = Stage {
        id: "people".parse().unwrap(),
        title: words("Matching", "책임연구자 매칭"),
        guidance: None,
        step: Step::PiMatch,
        needs: Vec::new(),
        when: None,
        owner: Role::Coordinator,
        due: None,
        reminders: Vec::new(),
        escalation: Vec::new(),
        kind: StageKind::Matching(MatchingStage {
            wanted: vec![
                Wanted {
                    role: MatchRole::PrincipalInvestigator,
                    count: 1,
                },
                Wanted {
                    role: MatchRole::Clinician,
                    count: 1,
                },
            ],
            answer_within: Due::WorkingDays(5),
        }),
    };
    let pathway = Pathway {
        id: "people-only".parse().unwrap(),
        version: 1,
        title: words("People", "사람"),
        summary: words("People", "사람"),
        programme: Programme {
            host: words("Host", "병원"),
            sites: Vec::new(),
            facts: Vec::new(),
        },
        calendar: "kr".to_owned(),
        stages: vec![stage],
    };
    let mut pathways = Catalog::default();
    pathways.publish(content_hash(&pathway), pathway);
    Reference {
        calendars: Calendars::shipped(),
        pathways,
        questionnaires: Questionnaires::shipped().unwrap(),
    }
}

fn member(organization: u128, role: Role) -> Actor {
    Actor {
        who: Who::Account(id(100 + organization)),
        memberships: vec![Membership {
            organization: id(organization),
            role,
        }],
        on_behalf_of: None,
        channel: Channel::Api,
    }
}

pub(crate) fn coordinator() -> Actor {
    member(HOSPITAL, Role::Coordinator)
}

/// The case as it speaks to its rounds.
pub(crate) fn messenger() -> Actor {
    let case: CaseId = id(CASE);
    Actor::message(EffectId {
        aggregate: case.into(),
        version: 1,
        position: 0,
    })
}
