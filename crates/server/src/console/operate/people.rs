//! Organizations and who does what for them; the operator opens accounts.

use super::super::Answer;
use super::super::ask::{ACT, Control, Input, ON, Sent, maybe_written, on, seen, written};
use super::super::frame::{Frame, Place};
use super::super::posted::Posted;
use super::super::reader::{Reader, face};
use super::super::show;
use super::super::stop::Stop;
use crate::authz::{Action, Thing};
use crate::graphql::{Call, Held, Noun, Prepared, Preparing};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::account::AccountCommand;
use naru_domain::organization::{Organization, OrganizationCommand};
use naru_domain::{
    AccountId, Command, CommonRejection, EmailAddress, Locale, OrganizationKind, Role,
};

/// Organizations and members that are shown.
const SHOWN: u32 = 500;

#[derive(Debug, Template)]
#[template(path = "console/work/organizations.html")]
struct OrganizationsPage {
    frame: Frame,
    rows: Vec<(String, String, String)>,
    errors: Vec<(String, String)>,
    open: Option<Vec<Input>>,
}

#[derive(Debug, Template)]
#[template(path = "console/work/organization.html")]
struct OrganizationPage {
    frame: Frame,
    address: String,
    kind: String,
    errors: Vec<(String, String)>,
    members: Vec<MemberView>,
    can_remove: bool,
    add: Option<Vec<Input>>,
}

/// A member with one role.
#[derive(Debug)]
struct MemberView {
    /// What the form for taking the role away names.
    on: String,
    name: String,
    face: String,
    role: String,
}

/// The word of translations for a kind of organization.
fn kind_word(kind: OrganizationKind) -> &'static str {
    match kind {
        OrganizationKind::Startup => "startup",
        OrganizationKind::Hospital => "hospital",
        OrganizationKind::Consultancy => "consultancy",
        OrganizationKind::Operator => "operator",
    }
}

/// Whether the reader has anything to do with the people of organizations.
pub(in crate::console) fn may_keep(reader: &Reader) -> bool {
    reader.is_any(&[
        Role::Operator,
        Role::Auditor,
        Role::Director,
        Role::StartupAdmin,
        Role::ConsultancyAdmin,
    ])
}

/// Answers `GET /organizations`.
pub(in crate::console) async fn list(reader: Reader) -> Answer {
    organizations(&reader, &Sent::default()).await
}

async fn organizations(reader: &Reader, sent: &Sent) -> Answer {
    let words = reader.words;
    let mut rows = Vec::new();
    for row in reader.app().store().organizations(None, SHOWN).await? {
        let thing = Thing::organization(row.organization, row.kind);
        if reader.viewer.allows(Action::ViewMembers, &thing) {
            rows.push((
                format!("/organizations/{}", row.organization),
                row.name.in_locale(words.0).to_owned(),
                words.say(&format!("organization-kind.{}", kind_word(row.kind))),
            ));
        }
    }
    let opens = reader
        .viewer
        .allows(Action::OpenAccount, &Thing::installation());
    let page = OrganizationsPage {
        frame: reader
            .frame(words.say("people.title"), Some(Place::People))
            .await?,
        rows,
        errors: sent.summary(|_| true),
        open: opens.then(|| open_form(reader, sent)),
    };
    show(&page)
}

fn locales() -> Control {
    Control::Menu(vec![
        ("ko".to_owned(), "한국어".to_owned()),
        ("en".to_owned(), "English".to_owned()),
    ])
}

fn open_form(reader: &Reader, sent: &Sent) -> Vec<Input> {
    let words = reader.words;
    let form = sent.form("open", "");
    vec![
        form.field("email", words.say("panel.email"), Control::Mail),
        form.field("name", words.say("panel.name"), Control::Line),
        form.field("nameEn", words.say("people.name-en"), Control::Line)
            .optional(),
        form.field("locale", words.say("people.language"), locales()),
    ]
}

/// Answers `POST /organizations`: the operator opens an account.
pub(in crate::console) async fn open(reader: Reader, posted: Posted) -> Answer {
    let command_id = posted.command_id().ok_or(Stop::Foreign)?;
    let call = Call {
        command_id,
        expected_version: None,
    };
    let prepared = opened(&reader, call, &posted);
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        return Ok(Redirect::to("/organizations?done=account-opened").into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = organizations(&reader, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

fn opened(reader: &Reader, call: Call, posted: &Posted) -> Preparing {
    reader.viewer.require_of_installation(Action::OpenAccount)?;
    let account: AccountId = call.creates(reader.account());
    Ok(Prepared {
        aggregate: account.into(),
        command: Command::Account(AccountCommand::Open {
            email: written(posted, "email")?,
            name: written(posted, "name")?,
            name_en: maybe_written(posted, "nameEn")?,
            locale: match posted.one("locale") {
                "en" => Locale::En,
                _ => Locale::Ko,
            },
        }),
    })
}

/// Answers `GET /organizations/{id}`.
pub(in crate::console) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen::<Organization>(&reader, &id).await?;
    organization_page(&reader, &held, &Sent::default()).await
}

/// Answers `POST /organizations/{id}`: gives a role or takes one away.
pub(in crate::console) async fn act(
    reader: Reader,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let held = seen::<Organization>(&reader, &id).await?;
    let (done, action, command) = match posted.one(ACT) {
        "add" => (
            "member-added",
            Action::AddMember,
            add(&reader, &posted).await,
        ),
        "remove" => ("member-removed", Action::RemoveMember, remove(&posted)),
        _ => return Err(Stop::NotFound),
    };
    let command = command.map(Command::Organization);
    let prepared = on::<Organization>(&reader, &id, action, command).await;
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        return Ok(Redirect::to(&format!("/organizations/{id}?done={done}")).into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = organization_page(&reader, &held, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

fn role_of(word: &str) -> Preparing<Role> {
    let role = Role::ALL.iter().find(|role| role.as_str() == word);
    role.copied()
        .ok_or_else(|| CommonRejection::NotFound.into())
}

/// Who is meant is known by the address; one that nobody has is answered like an account that is not there.
async fn add(reader: &Reader, posted: &Posted) -> Preparing<OrganizationCommand> {
    let email: EmailAddress = written(posted, "email")?;
    let found = reader.app().store().account_by_email(&email).await;
    let account = found.map_err(crate::fault::Fault::from)?;
    Ok(OrganizationCommand::AddMember {
        account: account.ok_or(CommonRejection::NotFound)?,
        role: role_of(posted.one("role"))?,
    })
}

fn remove(posted: &Posted) -> Preparing<OrganizationCommand> {
    let (account, role) = posted
        .one(ON)
        .split_once(' ')
        .ok_or(CommonRejection::NotFound)?;
    Ok(OrganizationCommand::RemoveMember {
        account: account.parse().map_err(|_| CommonRejection::NotFound)?,
        role: role_of(role)?,
    })
}

async fn organization_page(reader: &Reader, held: &Held<Organization>, sent: &Sent) -> Answer {
    let organization = held.get()?;
    let words = reader.words;
    let thing = organization.thing(&reader.viewer).await?;
    if !reader.viewer.allows(Action::ViewMembers, &thing) {
        return Err(Stop::NotFound);
    }
    let store = reader.app().store();
    let mut members = Vec::new();
    for row in store.members_of(organization.id, None, SHOWN).await? {
        let name = reader.name_of(row.account).await?;
        members.push(MemberView {
            on: format!("{} {}", row.account, row.role.as_str()),
            face: face(&name),
            name,
            role: reader.role_name(row.role),
        });
    }
    members.sort_by(|one, other| one.name.cmp(&other.name));
    let adds = reader.viewer.allows(Action::AddMember, &thing);
    let title = organization.name.in_locale(words.0).as_str().to_owned();
    let page = OrganizationPage {
        frame: reader.frame(title, Some(Place::People)).await?,
        address: format!("/organizations/{}", organization.id),
        kind: words.say(&format!(
            "organization-kind.{}",
            kind_word(organization.kind)
        )),
        errors: sent.summary(|field| matches!(field, "email" | "role") && sent.was("add", "")),
        members,
        can_remove: reader.viewer.allows(Action::RemoveMember, &thing),
        add: adds.then(|| add_form(reader, organization, sent)),
    };
    show(&page)
}

fn add_form(reader: &Reader, organization: &Organization, sent: &Sent) -> Vec<Input> {
    let words = reader.words;
    let form = sent.form("add", "");
    let about_person = form.error("email").or(form.error("account"));
    let roles = Role::ALL
        .iter()
        .filter(|role| role.organization_kind() == organization.kind)
        .map(|role| (role.as_str().to_owned(), reader.role_name(*role)));
    vec![
        form.field("email", words.say("panel.email"), Control::Mail)
            .hint(words.say("people.add-hint"))
            .wrong(about_person),
        form.field(
            "role",
            words.say("people.role"),
            Control::Menu(roles.collect()),
        ),
    ]
}
