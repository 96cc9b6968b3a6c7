//! The same thing done to several cases: first what would come of it for each, then the doing, with one result per case.

use super::Answer;
use super::address::onward;
use super::case::view::{Waiting, stage_title};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stage::{reassign, text};
use super::stop::Stop;
use super::tone::Tone;
use super::upload::command_of;
use crate::authz::Action;
use crate::graphql::{Call, Prepared, Preparing, Refused};
use askama::Template;
use async_graphql::ID;
use naru_domain::case::{Case, CaseCommand};
use naru_domain::organization::Organization;
use naru_domain::pathway::StageId;
use naru_domain::{CaseId, Command, CommonRejection, LongText, Role};
use std::collections::BTreeMap;

/// Who can do something to several cases at once.
pub(super) const ACTING: &[Role] = &[
    Role::StartupMember,
    Role::Coordinator,
    Role::PrincipalInvestigator,
    Role::UsabilityManager,
    Role::Director,
];

/// Cases that are taken at once.
const CASES_MAX: usize = 100;

/// What can be done to several cases, as forms name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Claim,
    Reassign,
    Pause,
    Resume,
}

impl Deed {
    pub(super) const ALL: [Self; 4] = [Self::Claim, Self::Reassign, Self::Pause, Self::Resume];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Reassign => "reassign",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Claim => Action::ClaimStage,
            Self::Reassign => Action::ReassignStage,
            Self::Pause => Action::PauseCase,
            Self::Resume => Action::ResumeCase,
        }
    }

    /// Who may do it to some case: to others it is not offered.
    pub(super) fn by(self) -> &'static [Role] {
        match self {
            Self::Claim | Self::Reassign => ACTING,
            Self::Pause | Self::Resume => &[Role::Coordinator, Role::Director],
        }
    }

    /// Whether it is about a stage, and not about the case as a whole.
    fn is_about_a_stage(self) -> bool {
        matches!(self, Self::Claim | Self::Reassign)
    }

    fn asks_why(self) -> bool {
        matches!(self, Self::Reassign | Self::Pause)
    }
}

#[derive(Debug, Template)]
#[template(path = "console/bulk.html")]
struct BulkPage {
    frame: Frame,
    deed: Deed,
    what: String,
    back: String,
    chosen: Vec<CaseId>,
    items: Vec<Item>,
    /// The colleagues that can be chosen.
    colleagues: Vec<(String, String)>,
    to: String,
    why: String,
    asks_why: bool,
    /// How many would be done; nothing once it is done.
    ready: Option<usize>,
    counts: String,
}

/// One case, or one stage of it.
#[derive(Debug)]
struct Item {
    href: String,
    title: String,
    sub: String,
    tone: Tone,
    result: String,
}

/// A case with the stage that is meant.
struct Meant {
    case: CaseId,
    title: String,
    reference: String,
    stage: Option<(StageId, String)>,
}

/// Answers `POST /cases/bulk`: without `sure`, only what would come of it.
pub(super) async fn act(reader: Reader, posted: Posted) -> Answer {
    let mut deeds = Deed::ALL.into_iter();
    let deed = deeds
        .find(|deed| deed.as_str() == posted.one("do"))
        .ok_or(Stop::NotFound)?;
    // What is still to be said is asked for before anything is done.
    let told = |asked: bool, field: &str| !asked || posted.some(field).is_some();
    let sure = posted.one("sure") == "yes"
        && told(deed.asks_why(), "handing")
        && told(deed == Deed::Reassign, "to");
    let chosen = posted.all("case");
    let chosen: Vec<CaseId> = chosen
        .into_iter()
        .filter_map(|id| id.parse().ok())
        .take(CASES_MAX)
        .collect();
    let mut colleagues = BTreeMap::new();
    let mut items = Vec::new();
    let mut good = 0;
    let mut known = Vec::new();
    for id in chosen {
        let meant = meant(&reader, id, deed).await?;
        if !meant.is_empty() {
            known.push(id);
        }
        for meant in meant {
            let others = match deed {
                Deed::Reassign => others(&reader, &meant).await?,
                Deed::Claim | Deed::Pause | Deed::Resume => BTreeMap::new(),
            };
            let refused = if sure {
                done(&reader, deed, &meant, &posted).await?
            } else {
                tried(&reader, deed, &meant, &supposing(&posted, &others)).await?
            };
            colleagues.extend(others);
            good += usize::from(refused.is_none());
            items.push(item(&reader, meant, refused, sure));
        }
    }
    let words = reader.words;
    let key = if sure { "bulk-done" } else { "bulk-would" };
    let counts = [("good", good.into()), ("all", items.len().into())];
    let page = BulkPage {
        frame: reader
            .frame(
                words.say(&format!("bulk.{}", deed.as_str())),
                Some(Place::Cases),
            )
            .await?,
        deed,
        what: words.say(&format!("bulk.{}", deed.as_str())),
        back: onward(posted.one("back")).to_owned(),
        counts: words.with(key, counts),
        chosen: known,
        items,
        colleagues: colleagues.into_iter().collect(),
        to: posted.one("to").to_owned(),
        why: posted.one("handing").to_owned(),
        asks_why: deed.asks_why(),
        ready: (!sure).then_some(good),
    };
    show(&page)
}

/// What is meant in a case: each stage where it is the reader's move, or the case as a whole.
async fn meant(reader: &Reader, id: CaseId, deed: Deed) -> Result<Vec<Meant>, Stop> {
    let Some(held) = reader.viewer.see::<Case>(id).await? else {
        return Ok(Vec::new());
    };
    let case = held.get()?;
    let of = |stage| Meant {
        case: id,
        title: case.title.as_str().to_owned(),
        reference: id.reference(),
        stage,
    };
    if !deed.is_about_a_stage() {
        return Ok(vec![of(None)]);
    }
    let mut stages: Vec<StageId> = Vec::new();
    for waits in Waiting::all(reader, case) {
        if waits.mine && !stages.contains(&waits.stage) {
            stages.push(waits.stage);
        }
    }
    if stages.is_empty() {
        return Ok(vec![of(None)]);
    }
    let stages = stages.into_iter();
    Ok(stages
        .map(|stage| {
            let title = stage_title(reader, case, &stage);
            of(Some((stage, title)))
        })
        .collect())
}

/// Who else holds the role that a stage waits for.
async fn others(reader: &Reader, meant: &Meant) -> Result<BTreeMap<String, String>, Stop> {
    let mut found = BTreeMap::new();
    let Some(held) = reader.viewer.see::<Case>(meant.case).await? else {
        return Ok(found);
    };
    let case = held.get()?;
    let stage = meant.stage.as_ref();
    let Some(stage) = stage.and_then(|(stage, _)| case.stages.get(stage)) else {
        return Ok(found);
    };
    let side = case.organization_of(stage.owner, stage);
    if let Some(side) = reader.viewer.load::<Organization>(side).await? {
        for account in side.get()?.holders_of(stage.owner) {
            if account != reader.account() {
                found.insert(account.to_string(), reader.name_of(account).await?);
            }
        }
    }
    Ok(found)
}

/// The command for one case, past the gate.
async fn prepared(
    reader: &Reader,
    deed: Deed,
    meant: &Meant,
    posted: &Posted,
) -> Preparing<(Case, CaseCommand)> {
    let named = ID(meant.case.to_string());
    let target = reader.viewer.target::<Case>(&named, deed.action()).await?;
    let case = target.get()?;
    let why = || text::<LongText>("reason", posted.one("handing"));
    let stage = || {
        let stage = meant.stage.as_ref().map(|(stage, _)| stage.clone());
        stage.ok_or(CommonRejection::NotAllowed)
    };
    let command = match deed {
        Deed::Claim => CaseCommand::ClaimStage { stage: stage()? },
        Deed::Reassign => reassign(reader, case, stage()?, posted).await?,
        Deed::Pause => CaseCommand::Pause { reason: why()? },
        Deed::Resume => CaseCommand::Resume,
    };
    Ok((case.clone(), command))
}

/// The form as if what is still to be said were said: whether a case lets it be done does not hang on it.
fn supposing(posted: &Posted, colleagues: &BTreeMap<String, String>) -> Posted {
    let mut posted = posted.clone();
    if posted.some("handing").is_none() {
        posted.set("handing".to_owned(), "…".to_owned());
    }
    if posted.some("to").is_none()
        && let Some(first) = colleagues.keys().next()
    {
        posted.set("to".to_owned(), first.clone());
    }
    posted
}

/// Why it would be refused; nothing if it would be done.
async fn tried(
    reader: &Reader,
    deed: Deed,
    meant: &Meant,
    posted: &Posted,
) -> Result<Option<String>, Stop> {
    let refused = match prepared(reader, deed, meant, posted).await {
        Ok((case, command)) => match reader.tried(&case, &command) {
            Ok(()) => return Ok(None),
            Err(rejection) => rejection,
        },
        Err(Refused::Rejected(rejection)) => *rejection,
        Err(Refused::Error(_)) => return Err(Stop::Fault),
    };
    Ok(Some(said(reader.viewer.refused(&refused).errors)))
}

/// Does it; why it was refused, or nothing.
async fn done(
    reader: &Reader,
    deed: Deed,
    meant: &Meant,
    posted: &Posted,
) -> Result<Option<String>, Stop> {
    let form = posted.command_id().ok_or(Stop::Foreign)?;
    let stage = meant.stage.as_ref();
    let stage = stage.map_or("", |(stage, _)| stage.as_str());
    let call = Call {
        command_id: command_of(form, &format!("{} {stage}", meant.case)),
        expected_version: None,
    };
    let prepared = prepared(reader, deed, meant, posted).await;
    let prepared = prepared.map(|(case, command)| Prepared {
        aggregate: case.id.into(),
        command: Command::Case(command),
    });
    let answer = reader.carry_out_as(call, prepared).await?;
    Ok((!answer.errors.is_empty()).then(|| said(answer.errors)))
}

fn said(errors: Vec<crate::graphql::errors::UserError>) -> String {
    let messages: Vec<String> = errors.into_iter().map(|error| error.message).collect();
    messages.join(" ")
}

fn item(reader: &Reader, meant: Meant, refused: Option<String>, sure: bool) -> Item {
    let words = reader.words;
    let stage = meant.stage.map(|(_, title)| title);
    let parts = [stage, Some(meant.reference)].into_iter().flatten();
    let (tone, result) = match refused {
        Some(why) => (Tone::Late, why),
        None if sure => (Tone::Done, words.say("bulk.is-done")),
        None => (Tone::Mine, words.say("bulk.would")),
    };
    Item {
        href: format!("/cases/{}", meant.case),
        title: meant.title,
        sub: parts.collect::<Vec<_>>().join(" · "),
        tone,
        result,
    }
}
