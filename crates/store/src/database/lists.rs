//! Lists from the index tables, a page at a time; the next page starts after the last key of this one. Both databases understand the same
//! statements here, but for the few that are given for each.

use super::At;
use crate::StoreError;
use crate::index::NEVER_US;
use crate::lists::{
    AccountSummary, CaseSummary, DeviceSummary, DocumentPlace, InboxCursor, MemberRow,
    OrganizationSummary, Task, TokenRow,
};
use crate::postgres::limited;
use crate::store::timestamp;
use jiff::Timestamp;
use naru_domain::{
    AccountId, AggregateId, CaseId, DeviceId, Membership, OrganizationId, Sha256Hex, Words,
};
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use std::str::FromStr;

/// A row of either database, by the names of its columns.
pub(super) trait Fields {
    fn text(&self, column: &'static str) -> Result<&str, StoreError>;
    fn text_if_any(&self, column: &'static str) -> Result<Option<&str>, StoreError>;
    fn number(&self, column: &'static str) -> Result<i64, StoreError>;
    fn number_if_any(&self, column: &'static str) -> Result<Option<i64>, StoreError>;
}

macro_rules! fields {
    ($($row:ty),*) => {$(
        impl Fields for $row {
            fn text(&self, column: &'static str) -> Result<&str, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn text_if_any(&self, column: &'static str) -> Result<Option<&str>, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn number(&self, column: &'static str) -> Result<i64, StoreError> {
                Ok(self.try_get(column)?)
            }
            fn number_if_any(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
                Ok(self.try_get(column)?)
            }
        }
    )*};
}

fields!(SqliteRow, PgRow);

/// Asks whichever database it is: the statement, what is bound to its places, and how a row is read.
macro_rules! list {
    ($at:expr, sqlite: $sqlite:expr, postgres: $postgres:expr, [$($bound:expr),*], $read:path) => {
        match $at.into() {
            At::SqliteReaders(pool) => {
                let rows = sqlx::query($sqlite)$(.bind($bound))*.fetch_all(pool).await?;
                rows.iter().map($read).collect()
            }
            At::SqliteConnection(conn) => {
                let rows = sqlx::query($sqlite)$(.bind($bound))*.fetch_all(conn).await?;
                rows.iter().map($read).collect()
            }
            At::PostgresReaders(pool) => {
                limited(async {
                    let rows = sqlx::query($postgres)$(.bind($bound))*.fetch_all(pool).await?;
                    rows.iter().map($read).collect()
                })
                .await
            }
            At::PostgresConnection(link) => {
                let conn = link.conn();
                let result = limited(async {
                    let rows = sqlx::query($postgres)$(.bind($bound))*.fetch_all(conn).await?;
                    rows.iter().map($read).collect()
                })
                .await;
                link.note(result)
            }
        }
    };
    ($at:expr, $text:expr, [$($bound:expr),*], $read:path) => {
        list!($at, sqlite: $text, postgres: $text, [$($bound),*], $read)
    };
}

pub(super) use list;

/// A text column that names something: an id, a slug, an address.
pub(super) fn parsed<T: FromStr>(row: &impl Fields, column: &'static str) -> Result<T, StoreError> {
    let text = row.text(column)?;
    text.parse()
        .map_err(|_| StoreError::inconsistent(column, text))
}

/// A text column that holds a word of an enum.
fn word<T: DeserializeOwned>(row: &impl Fields, column: &'static str) -> Result<T, StoreError> {
    let text = row.text(column)?;
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|_| StoreError::inconsistent(column, text))
}

/// A whole number that is counted.
fn counted<T: TryFrom<i64>>(row: &impl Fields, column: &'static str) -> Result<T, StoreError> {
    let number = row.number(column)?;
    T::try_from(number).map_err(|_| StoreError::inconsistent(column, number))
}

pub(super) fn owned(row: &impl Fields, column: &'static str) -> Result<String, StoreError> {
    Ok(row.text(column)?.to_owned())
}

pub(super) fn instant(row: &impl Fields, column: &'static str) -> Result<Timestamp, StoreError> {
    timestamp(row.number(column)?)
}

fn title(row: &impl Fields, ko: &'static str, en: &'static str) -> Result<Words, StoreError> {
    Ok(Words {
        en: owned(row, en)?,
        ko: owned(row, ko)?,
    })
}

fn task(row: &impl Fields) -> Result<Task, StoreError> {
    let due_at_us = row.number("due_at_us")?;
    Ok(Task {
        case: parsed(row, "case_id")?,
        stage: parsed(row, "stage")?,
        role: word(row, "role")?,
        organization: parsed(row, "organization_id")?,
        kind: owned(row, "kind")?,
        title: title(row, "title_ko", "title_en")?,
        round: counted(row, "round")?,
        opened_at: instant(row, "opened_at_us")?,
        due_at: (due_at_us != NEVER_US)
            .then(|| timestamp(due_at_us))
            .transpose()?,
        claimed_by: row
            .text_if_any("claimed_by")?
            .map(|id| {
                id.parse()
                    .map_err(|problem| StoreError::inconsistent("task_row", problem))
            })
            .transpose()?,
    })
}

/// What waits for one role of one organization.
pub(crate) async fn inbox(
    at: impl Into<At<'_>>,
    organization: OrganizationId,
    role: &str,
    after: Option<&InboxCursor>,
    limit: u32,
) -> Result<Vec<Task>, StoreError> {
    let (due_us, case, stage, same_role) = match after {
        None => (i64::MIN, String::new(), "", false),
        Some(cursor) => (
            cursor.due_at.map_or(NEVER_US, Timestamp::as_microsecond),
            cursor.case.to_string(),
            cursor.stage.as_str(),
            cursor.role.as_str() < role,
        ),
    };
    list!(
        at,
        "select *
         from task_row
         where organization_id = $1 and role = $2
           and (due_at_us, case_id, stage) >= ($3, $4, $5)
           and ((due_at_us, case_id, stage) <> ($3, $4, $5) or $7)
         order by due_at_us, case_id, stage
         limit $6",
        [
            organization.to_string(),
            role,
            due_us,
            case,
            stage,
            i64::from(limit),
            same_role
        ],
        task
    )
}

fn count(row: &impl Fields) -> Result<u32, StoreError> {
    counted(row, "found")
}

/// How many things wait for one role of one organization; counted no further than `at_most`.
pub(crate) async fn inbox_size(
    at: impl Into<At<'_>>,
    organization: OrganizationId,
    role: &str,
    at_most: u32,
) -> Result<u32, StoreError> {
    let found: Result<Vec<u32>, StoreError> = list!(
        at,
        "select count(*) as found
         from (select 1 from task_row where organization_id = $1 and role = $2 limit $3) as waiting",
        [organization.to_string(), role, i64::from(at_most)],
        count
    );
    Ok(found?.into_iter().sum())
}

/// The tasks of one case.
pub(crate) async fn tasks_of(at: impl Into<At<'_>>, case: CaseId) -> Result<Vec<Task>, StoreError> {
    list!(
        at,
        "select * from task_row where case_id = $1 order by due_at_us, stage, role",
        [case.to_string()],
        task
    )
}

fn case_summary(row: &impl Fields) -> Result<CaseSummary, StoreError> {
    Ok(CaseSummary {
        case: parsed(row, "case_id")?,
        reference: owned(row, "reference")?,
        startup: parsed(row, "startup_id")?,
        hospital: parsed(row, "hospital_id")?,
        device: parsed(row, "device_id")?,
        pathway: parsed(row, "pathway")?,
        pathway_hash: word(row, "pathway_hash")?,
        title: owned(row, "title")?,
        status: owned(row, "status")?,
        opened_at: instant(row, "opened_at_us")?,
        next_due_at: row
            .number_if_any("next_due_at_us")?
            .map(timestamp)
            .transpose()?,
    })
}

/// Cases of the whole installation, newest first.
pub(crate) async fn cases(
    at: impl Into<At<'_>>,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<CaseSummary>, StoreError> {
    let text = match status {
        Some(_) => {
            "select * from case_row where status = $1 and case_id < $2 order by case_id desc limit $3"
        }
        None => {
            "select * from case_row where $1 is null and case_id < $2 order by case_id desc limit $3"
        }
    };
    list!(at, text, [status, before, i64::from(limit)], case_summary)
}

/// Cases that an organization is a party to, newest first.
pub(crate) async fn cases_of_organization(
    at: impl Into<At<'_>>,
    organization: OrganizationId,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<CaseSummary>, StoreError> {
    // SQLite walks the tables in the order of a cross join, and must begin with the parties.
    let (sqlite, postgres) = match status {
        Some(_) => (
            "select case_row.*
             from case_party
             cross join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and case_party.status = $1 and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3",
            "select case_row.*
             from case_party
             join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and case_party.status = $1 and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3",
        ),
        None => (
            "select case_row.*
             from case_party
             cross join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and $1 is null and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3",
            "select case_row.*
             from case_party
             join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and $1 is null and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3",
        ),
    };
    list!(
        at,
        sqlite: sqlite,
        postgres: postgres,
        [status, before, i64::from(limit), organization.to_string()],
        case_summary
    )
}

/// Cases of a device, newest first.
pub(crate) async fn cases_of_device(
    at: impl Into<At<'_>>,
    device: DeviceId,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<CaseSummary>, StoreError> {
    list!(
        at,
        "select *
         from case_row
         where device_id = $4 and ($1 is null or status = $1) and case_id < $2
         order by case_id desc
         limit $3",
        [status, before, i64::from(limit), device.to_string()],
        case_summary
    )
}

fn case_id(row: &impl Fields) -> Result<CaseId, StoreError> {
    parsed(row, "case_id")
}

/// A case of the device that the organization is a party to.
pub(crate) async fn case_of_device_with(
    at: impl Into<At<'_>>,
    device: DeviceId,
    organization: OrganizationId,
) -> Result<Option<CaseId>, StoreError> {
    let found: Result<Vec<CaseId>, StoreError> = list!(
        at,
        "select case_id from case_party where device_id = $1 and organization_id = $2 limit 1",
        [device.to_string(), organization.to_string()],
        case_id
    );
    Ok(found?.into_iter().next())
}

/// The cases with a short reference.
pub(crate) async fn cases_by_reference(
    at: impl Into<At<'_>>,
    reference: &str,
) -> Result<Vec<CaseId>, StoreError> {
    list!(
        at,
        "select case_id from case_row where reference = $1 order by case_id",
        [reference],
        case_id
    )
}

fn device_summary(row: &impl Fields) -> Result<DeviceSummary, StoreError> {
    Ok(DeviceSummary {
        device: parsed(row, "device_id")?,
        owner: parsed(row, "organization_id")?,
        name: title(row, "name_ko", "name_en")?,
        model: owned(row, "model")?,
    })
}

/// The devices of a startup.
pub(crate) async fn devices_of(
    at: impl Into<At<'_>>,
    owner: OrganizationId,
    after: &str,
    limit: u32,
) -> Result<Vec<DeviceSummary>, StoreError> {
    list!(
        at,
        "select *
         from device_row
         where organization_id = $1 and $2 < device_id
         order by device_id
         limit $3",
        [owner.to_string(), after, i64::from(limit)],
        device_summary
    )
}

fn organization_summary(row: &impl Fields) -> Result<OrganizationSummary, StoreError> {
    Ok(OrganizationSummary {
        organization: parsed(row, "organization_id")?,
        kind: word(row, "kind")?,
        name: title(row, "name_ko", "name_en")?,
    })
}

/// Every organization.
pub(crate) async fn organizations(
    at: impl Into<At<'_>>,
    after: &str,
    limit: u32,
) -> Result<Vec<OrganizationSummary>, StoreError> {
    list!(
        at,
        "select * from organization_row where $1 < organization_id order by organization_id limit $2",
        [after, i64::from(limit)],
        organization_summary
    )
}

fn member(row: &impl Fields) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        account: parsed(row, "account_id")?,
        role: word(row, "role")?,
    })
}

/// Who does what for an organization.
pub(crate) async fn members_of(
    at: impl Into<At<'_>>,
    organization: OrganizationId,
    after: Option<MemberRow>,
    limit: u32,
) -> Result<Vec<MemberRow>, StoreError> {
    let (account, role) = after.map_or_else(Default::default, |row| {
        (row.account.to_string(), row.role.as_str())
    });
    list!(
        at,
        "select account_id, role
         from member_row
         where organization_id = $1 and (account_id, role) > ($2, $3)
         order by account_id, role
         limit $4",
        [organization.to_string(), account, role, i64::from(limit)],
        member
    )
}

fn membership(row: &impl Fields) -> Result<Membership, StoreError> {
    Ok(Membership {
        organization: parsed(row, "organization_id")?,
        role: word(row, "role")?,
    })
}

/// In which organizations a person is, and as what.
pub(crate) async fn memberships_of(
    at: impl Into<At<'_>>,
    account: AccountId,
) -> Result<Vec<Membership>, StoreError> {
    list!(
        at,
        "select organization_id, role from member_row where account_id = $1 order by organization_id, role",
        [account.to_string()],
        membership
    )
}

fn account_summary(row: &impl Fields) -> Result<AccountSummary, StoreError> {
    Ok(AccountSummary {
        account: parsed(row, "account_id")?,
        email: parsed(row, "email")?,
        name: parsed(row, "name")?,
        locale: word(row, "locale")?,
        closed: row.number("closed")? != 0,
    })
}

/// Every account.
pub(crate) async fn accounts(
    at: impl Into<At<'_>>,
    after: &str,
    limit: u32,
) -> Result<Vec<AccountSummary>, StoreError> {
    list!(
        at,
        "select * from account_row where $1 < account_id order by account_id limit $2",
        [after, i64::from(limit)],
        account_summary
    )
}

fn account_id(row: &impl Fields) -> Result<String, StoreError> {
    owned(row, "account_id")
}

/// The open account with this address; the index admits one.
pub(crate) async fn account_by_email(
    at: impl Into<At<'_>>,
    email: &str,
) -> Result<Option<String>, StoreError> {
    let found: Result<Vec<_>, StoreError> = list!(
        at,
        "select account_id from account_row where email = $1 and closed = 0",
        [email],
        account_id
    );
    Ok(found?.pop())
}

fn token(row: &impl Fields) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        token: parsed(row, "token_id")?,
        account: parsed(row, "account_id")?,
        scopes: row
            .text("scopes")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        expires_at: instant(row, "expires_at_us")?,
    })
}

/// The token with this hash; the index admits one.
pub(crate) async fn token_by_hash(
    at: impl Into<At<'_>>,
    secret_hash: &Sha256Hex,
) -> Result<Option<TokenRow>, StoreError> {
    let found: Result<Vec<_>, StoreError> = list!(
        at,
        "select token_id, account_id, scopes, expires_at_us from token_row where secret_hash = $1",
        [secret_hash.as_str()],
        token
    );
    Ok(found?.pop())
}

fn document_place(row: &impl Fields) -> Result<DocumentPlace, StoreError> {
    Ok(DocumentPlace {
        device: parsed(row, "device_id")?,
        document: parsed(row, "document_id")?,
        version: counted(row, "version")?,
        media_type: owned(row, "media_type")?,
        size_bytes: counted(row, "size_bytes")?,
    })
}

/// The versions of documents that hold a file.
pub(crate) async fn document_places(
    at: impl Into<At<'_>>,
    sha256: &Sha256Hex,
) -> Result<Vec<DocumentPlace>, StoreError> {
    list!(
        at,
        "select device_id, document_id, version, media_type, size_bytes
         from document_row
         where sha256 = $1
         order by device_id, document_id, version",
        [sha256.as_str()],
        document_place
    )
}

fn child(row: &impl Fields) -> Result<AggregateId, StoreError> {
    parsed(row, "child")
}

/// The studies, rounds and consultations of a case.
pub(crate) async fn children_of(
    at: impl Into<At<'_>>,
    case: CaseId,
) -> Result<Vec<AggregateId>, StoreError> {
    list!(
        at,
        sqlite: "select study_id as child from study_row where case_id = $1
         union all
         select round_id from round_row where case_id = $1
         union all
         select consultation_id from consultation_row where case_id = $1",
        postgres: "select study_id as child, 1 as kind from study_row where case_id = $1
         union all
         select round_id, 2 from round_row where case_id = $1
         union all
         select consultation_id, 3 from consultation_row where case_id = $1
         order by kind, child",
        [case.to_string()],
        child
    )
}
