//! What is said about a device: registering it, and changing it with a reason.

use super::Answer;
use super::devices::seen;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stage::form::{AskedField, Choice, Control};
use super::stage::{Problems, text};
use super::stop::Stop;
use crate::authz::{Action, Thing};
use crate::graphql::errors::UserError;
use crate::graphql::{Call, Prepared, Preparing};
use askama::Template;
use async_graphql::ID;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::device::{Device, DeviceClass, DeviceCommand, Market};
use naru_domain::organization::Organization;
use naru_domain::{
    Command, CommonRejection, DeviceId, EitherName, OrganizationId, Role, ShortText, TextProblem,
};
use std::collections::BTreeMap;
use std::str::FromStr;

/// What the field of a market's class begins with.
const CLASS: &str = "class-";

#[derive(Debug, Template)]
#[template(path = "console/dossier.html")]
struct DossierPage {
    frame: Frame,
    /// The device that is changed; none yet when one is registered.
    device: Option<(String, String)>,
    /// The version that was seen.
    version: u64,
    errors: Vec<(String, String)>,
    fields: Vec<AskedField>,
    action: String,
    send: String,
}

/// Answers `GET /devices/new`.
pub(super) async fn new(reader: Reader) -> Answer {
    if !reader.is_any(&[Role::StartupMember]) {
        return Err(Stop::NotFound);
    }
    dossier(&reader, None, 0, &Problems::default()).await
}

/// Answers `GET /devices/{device}/edit`.
pub(super) async fn edit(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen(&reader, &id).await?;
    let device = held.get()?;
    if !reader.may(Action::ReviseDevice, device).await? {
        return Err(Stop::NotFound);
    }
    let version = held.version();
    dossier(&reader, Some(device), version, &Problems::default()).await
}

async fn dossier(
    reader: &Reader,
    device: Option<&Device>,
    version: u64,
    problems: &Problems,
) -> Answer {
    let words = reader.words;
    let (title, send, action) = match device {
        None => ("dossier.new", "dossier.register", "/devices".to_owned()),
        Some(device) => (
            "dossier.edit",
            "dossier.revise",
            format!("/devices/{}/edit", device.id),
        ),
    };
    let title = if problems.errors.is_empty() {
        words.say(title)
    } else {
        words.with("error-title", [("title", words.say(title).into())])
    };
    let name = |device: &Device| {
        let name = device.name.in_locale(reader.viewer.locale).to_owned();
        (format!("/devices/{}", device.id), name)
    };
    let errors = problems.errors.iter().map(|error| {
        let anchor = error.field.clone().unwrap_or_else(|| "main".to_owned());
        (anchor, error.message.clone())
    });
    let page = DossierPage {
        frame: reader.frame(title, Some(Place::Devices)).await?,
        device: device.map(name),
        version,
        errors: errors.collect(),
        fields: fields(reader, device, problems).await?,
        action,
        send: words.say(send),
    };
    let mut answer = show(&page)?;
    if !problems.errors.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// A field of the dossier: what was typed, else what is said already.
struct Asking<'a> {
    reader: &'a Reader,
    problems: &'a Problems,
}

impl Asking<'_> {
    fn value(&self, field: &str, known: Option<&str>) -> String {
        match &self.problems.posted {
            Some(posted) => posted.one(field).to_owned(),
            None => known.unwrap_or_default().to_owned(),
        }
    }

    fn field(&self, field: &str, key: &str, optional: bool, control: Control) -> AskedField {
        let words = self.reader.words;
        let help = format!("dossier-hint.{key}");
        AskedField {
            id: field.to_owned(),
            label: words.say(&format!("dossier-field.{key}")),
            help: HINTS.contains(&key).then(|| words.say(&help)),
            note: optional.then(|| words.say("optional")),
            required: !optional,
            error: self.problems.of(field),
            requests: Vec::new(),
            before: None,
            control,
        }
    }

    fn line(&self, field: &str, key: &str, optional: bool, known: Option<&str>) -> AskedField {
        let control = Control::Line("text", self.value(field, known), None);
        self.field(field, key, optional, control)
    }

    fn class(&self, market: Market, known: Option<DeviceClass>) -> AskedField {
        let words = self.reader.words;
        let id = format!("{CLASS}{}", market.as_str());
        let chosen = self.value(&id, known.map(DeviceClass::as_str));
        let options = market.classes().iter().map(|class| Choice {
            value: class.as_str().to_owned(),
            label: words.with("device-class", [("class", class.as_str().into())]),
            chosen: class.as_str() == chosen,
        });
        AskedField {
            label: words.with(
                "dossier-class",
                [(
                    "market",
                    words.say(&format!("market.{}", market.as_str())).into(),
                )],
            ),
            note: Some(words.say("optional")),
            help: None,
            required: false,
            error: None,
            requests: Vec::new(),
            before: None,
            control: Control::Menu(options.collect()),
            id,
        }
    }
}

/// Fields with a hint.
const HINTS: &[&str] = &["name-en", "intended-use", "udi", "reason"];

async fn fields(
    reader: &Reader,
    device: Option<&Device>,
    problems: &Problems,
) -> Result<Vec<AskedField>, Stop> {
    let asking = Asking { reader, problems };
    let name = device.map(|device| &device.name);
    let ko = name.and_then(EitherName::ko).map(ShortText::as_str);
    let en = name.and_then(EitherName::en).map(ShortText::as_str);
    let mut fields = Vec::new();
    if device.is_none() {
        fields.extend(owner(reader, &asking).await?);
    }
    fields.extend([
        asking.line("nameKo", "name-ko", true, ko),
        asking.line("nameEn", "name-en", true, en),
        asking.line(
            "model",
            "model",
            false,
            device.map(|device| device.model.as_str()),
        ),
        asking.field(
            "intendedUse",
            "intended-use",
            false,
            Control::Lines(
                asking.value(
                    "intendedUse",
                    device.map(|device| device.intended_use.as_str()),
                ),
                8_000,
            ),
        ),
    ]);
    for market in Market::ALL {
        let known = device.and_then(|device| device.classes.get(market));
        fields.push(asking.class(*market, known.copied()));
    }
    let udi = device.and_then(|device| device.udi_di.as_ref());
    let udi = udi.map(ToString::to_string);
    fields.push(asking.line("udiDi", "udi", true, udi.as_deref()));
    if device.is_some() {
        let reason = Control::Lines(asking.value("reason", None), 2_000);
        fields.push(asking.field("reason", "reason", false, reason));
    }
    Ok(fields)
}

/// Which startup's device it is, where the reader works for several.
async fn owner(reader: &Reader, asking: &Asking<'_>) -> Result<Option<AskedField>, Stop> {
    let mut choices = Vec::new();
    let chosen = asking.value("startupId", None);
    for owner in startups(reader) {
        choices.push(Choice {
            value: owner.to_string(),
            label: reader.organization_name(owner).await?,
            chosen: owner.to_string() == chosen,
        });
    }
    let control = Control::Menu(choices);
    let several = 1 < startups(reader).len();
    Ok(several.then(|| asking.field("startupId", "owner", false, control)))
}

fn startups(reader: &Reader) -> Vec<OrganizationId> {
    let memberships = reader.viewer.actor().memberships.iter();
    let mut startups: Vec<OrganizationId> = memberships
        .filter(|held| held.role.covers(Role::StartupMember))
        .map(|held| held.organization)
        .collect();
    startups.dedup();
    startups
}

/// Answers `POST /devices`.
pub(super) async fn register(reader: Reader, posted: Posted) -> Answer {
    let call = Call {
        command_id: posted.command_id().ok_or(Stop::Foreign)?,
        expected_version: None,
    };
    let device: DeviceId = call.creates(reader.account());
    let prepared = registering(&reader, device, &posted).await;
    let done = reader.carry_out_as(call, prepared).await?;
    if done.errors.is_empty() {
        let next = format!("/devices/{device}?done=registered");
        return Ok(Redirect::to(&next).into_response());
    }
    refused(&reader, None, 0, done.errors, posted).await
}

async fn refused(
    reader: &Reader,
    device: Option<&Device>,
    version: u64,
    errors: Vec<UserError>,
    posted: Posted,
) -> Answer {
    let problems = Problems {
        errors,
        posted: Some(posted),
    };
    dossier(reader, device, version, &problems).await
}

async fn registering(reader: &Reader, device: DeviceId, posted: &Posted) -> Preparing {
    let viewer = &reader.viewer;
    let missing = || CommonRejection::NotFound;
    let owner = match (posted.some("startupId"), startups(reader).first()) {
        (Some(chosen), _) => chosen.parse().map_err(|_| missing())?,
        (None, Some(only)) => *only,
        (None, None) => return Err(missing().into()),
    };
    let organization = viewer.load::<Organization>(owner).await?;
    let organization = organization.ok_or_else(missing)?;
    let thing = Thing::organization(owner, organization.get()?.kind);
    viewer.require(Action::RegisterDevice, Action::ViewOrganization, &thing)?;
    Ok(Prepared {
        aggregate: device.into(),
        command: Command::Device(DeviceCommand::Register {
            owner,
            name: name(posted)?,
            model: text("model", posted.one("model"))?,
            intended_use: text("intendedUse", posted.one("intendedUse"))?,
            classes: classes(posted),
            udi_di: maybe("udiDi", posted)?,
        }),
    })
}

/// Answers `POST /devices/{device}/edit`.
pub(super) async fn revise(reader: Reader, Path(id): Path<String>, posted: Posted) -> Answer {
    let held = seen(&reader, &id).await?;
    let call = Call {
        command_id: posted.command_id().ok_or(Stop::Foreign)?,
        expected_version: posted.one("version").parse().ok(),
    };
    let prepared = revising(&reader, &id, &posted).await;
    let done = reader.carry_out_as(call, prepared).await?;
    if done.errors.is_empty() {
        let next = format!("/devices/{id}?done=revised");
        return Ok(Redirect::to(&next).into_response());
    }
    let version = held.version();
    refused(&reader, Some(held.get()?), version, done.errors, posted).await
}

async fn revising(reader: &Reader, id: &str, posted: &Posted) -> Preparing {
    let named = ID(id.to_owned());
    let target = reader
        .viewer
        .target::<Device>(&named, Action::ReviseDevice)
        .await?;
    Ok(Prepared {
        aggregate: target.get()?.id.into(),
        command: Command::Device(DeviceCommand::Revise {
            name: Some(name(posted)?),
            model: Some(text("model", posted.one("model"))?),
            intended_use: Some(text("intendedUse", posted.one("intendedUse"))?),
            classes: Some(classes(posted)),
            udi_di: maybe("udiDi", posted)?,
            reason: text("reason", posted.one("reason"))?,
        }),
    })
}

fn name(posted: &Posted) -> Preparing<EitherName> {
    let both = EitherName::new(maybe("nameKo", posted)?, maybe("nameEn", posted)?);
    both.map_err(|problem| {
        CommonRejection::BadText {
            field: "nameKo".to_owned(),
            problem,
        }
        .into()
    })
}

fn maybe<T: FromStr<Err = TextProblem>>(field: &str, posted: &Posted) -> Preparing<Option<T>> {
    posted
        .some(field)
        .map(|value| text(field, value))
        .transpose()
}

/// The classes that were chosen; a class that is none is not taken.
fn classes(posted: &Posted) -> BTreeMap<Market, DeviceClass> {
    let chosen = Market::ALL.iter().filter_map(|market| {
        let name = posted.one(&format!("{CLASS}{}", market.as_str()));
        let mut known = market.classes().iter();
        let class = known.find(|class| class.as_str() == name)?;
        Some((*market, *class))
    });
    chosen.collect()
}
