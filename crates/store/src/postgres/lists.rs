//! Lists from the index tables, a page at a time; the next page starts after the last key of this one.

use super::log::unsigned;
use super::small;
use crate::StoreError;
use crate::index::NEVER_US;
use crate::lists::{
    AccountSummary, CaseSummary, ConsultationSummary, DeviceSummary, DocumentPlace, InboxCursor,
    MemberRow, OrganizationSummary, Task, TokenRow,
};
use crate::store::timestamp;
use jiff::Timestamp;
use naru_domain::{
    AccountId, AggregateId, CaseId, DeviceId, Membership, OrganizationId, Role, Sha256Hex, Words,
};
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};
use std::str::FromStr;

/// A text column that names something: an id, a slug, an address.
fn parsed<T: FromStr>(row: &PgRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse()
        .map_err(|_| StoreError::inconsistent(column, text))
}

/// A text column that holds a word of an enum.
fn word<T: DeserializeOwned>(row: &PgRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|_| StoreError::inconsistent(column, text))
}

fn instant(row: &PgRow, column: &'static str) -> Result<Timestamp, StoreError> {
    timestamp(row.try_get(column)?)
}

fn title(row: &PgRow, ko: &str, en: &str) -> Result<Words, StoreError> {
    Ok(Words {
        en: row.try_get(en)?,
        ko: row.try_get(ko)?,
    })
}

fn all<T>(rows: &[PgRow], read: fn(&PgRow) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    rows.iter().map(read).collect()
}

fn task(row: &PgRow) -> Result<Task, StoreError> {
    let due_at_us: i64 = row.try_get("due_at_us")?;
    let claimed_by: Option<&str> = row.try_get("claimed_by")?;
    Ok(Task {
        case: parsed(row, "case_id")?,
        stage: parsed(row, "stage")?,
        role: word(row, "role")?,
        organization: parsed(row, "organization_id")?,
        kind: row.try_get("kind")?,
        title: title(row, "title_ko", "title_en")?,
        round: small(row, "round")?,
        opened_at: instant(row, "opened_at_us")?,
        due_at: (due_at_us != NEVER_US)
            .then(|| timestamp(due_at_us))
            .transpose()?,
        claimed_by: claimed_by
            .map(|id| {
                id.parse()
                    .map_err(|problem| StoreError::inconsistent("task_row", problem))
            })
            .transpose()?,
    })
}

/// What waits for one role of one organization.
pub(crate) async fn inbox(
    executor: impl PgExecutor<'_>,
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
    let rows = sqlx::query(
        "select *
         from task_row
         where organization_id = $1 and role = $2
           and (due_at_us, case_id, stage) >= ($3, $4, $5)
           and ((due_at_us, case_id, stage) <> ($3, $4, $5) or $7)
         order by due_at_us, case_id, stage
         limit $6",
    )
    .bind(organization.to_string())
    .bind(role)
    .bind(due_us)
    .bind(case)
    .bind(stage)
    .bind(i64::from(limit))
    .bind(same_role)
    .fetch_all(executor)
    .await?;
    all(&rows, task)
}

/// The tasks of one case.
pub(crate) async fn tasks_of(
    executor: impl PgExecutor<'_>,
    case: CaseId,
) -> Result<Vec<Task>, StoreError> {
    let rows =
        sqlx::query("select * from task_row where case_id = $1 order by due_at_us, stage, role")
            .bind(case.to_string())
            .fetch_all(executor)
            .await?;
    all(&rows, task)
}

fn case_summary(row: &PgRow) -> Result<CaseSummary, StoreError> {
    let next_due_us: Option<i64> = row.try_get("next_due_at_us")?;
    Ok(CaseSummary {
        case: parsed(row, "case_id")?,
        reference: row.try_get("reference")?,
        startup: parsed(row, "startup_id")?,
        hospital: parsed(row, "hospital_id")?,
        device: parsed(row, "device_id")?,
        pathway: parsed(row, "pathway")?,
        pathway_hash: word(row, "pathway_hash")?,
        title: row.try_get("title")?,
        status: row.try_get("status")?,
        opened_at: instant(row, "opened_at_us")?,
        next_due_at: next_due_us.map(timestamp).transpose()?,
    })
}

/// Cases of the whole installation, newest first.
pub(crate) async fn cases(
    executor: impl PgExecutor<'_>,
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
    let rows = sqlx::query(text)
        .bind(status)
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    all(&rows, case_summary)
}

/// Cases that an organization is a party to, newest first.
pub(crate) async fn cases_of_organization(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<CaseSummary>, StoreError> {
    let text = match status {
        Some(_) => {
            "select case_row.*
             from case_party
             join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and case_party.status = $1 and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3"
        }
        None => {
            "select case_row.*
             from case_party
             join case_row on case_row.case_id = case_party.case_id
             where case_party.organization_id = $4 and $1 is null and case_party.case_id < $2
             order by case_party.case_id desc
             limit $3"
        }
    };
    let rows = sqlx::query(text)
        .bind(status)
        .bind(before)
        .bind(i64::from(limit))
        .bind(organization.to_string())
        .fetch_all(executor)
        .await?;
    all(&rows, case_summary)
}

/// Cases of a device, newest first.
pub(crate) async fn cases_of_device(
    executor: impl PgExecutor<'_>,
    device: DeviceId,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<CaseSummary>, StoreError> {
    let rows = sqlx::query(
        "select *
         from case_row
         where device_id = $4 and ($1 is null or status = $1) and case_id < $2
         order by case_id desc
         limit $3",
    )
    .bind(status)
    .bind(before)
    .bind(i64::from(limit))
    .bind(device.to_string())
    .fetch_all(executor)
    .await?;
    all(&rows, case_summary)
}

/// The cases with a short reference.
pub(crate) async fn cases_by_reference(
    executor: impl PgExecutor<'_>,
    reference: &str,
) -> Result<Vec<CaseId>, StoreError> {
    let rows = sqlx::query("select case_id from case_row where reference = $1 order by case_id")
        .bind(reference)
        .fetch_all(executor)
        .await?;
    all(&rows, |row| parsed(row, "case_id"))
}

/// The devices of a startup.
pub(crate) async fn devices_of(
    executor: impl PgExecutor<'_>,
    owner: OrganizationId,
    after: &str,
    limit: u32,
) -> Result<Vec<DeviceSummary>, StoreError> {
    let rows = sqlx::query(
        "select *
         from device_row
         where organization_id = $1 and $2 < device_id
         order by device_id
         limit $3",
    )
    .bind(owner.to_string())
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    all(&rows, |row| {
        Ok(DeviceSummary {
            device: parsed(row, "device_id")?,
            owner: parsed(row, "organization_id")?,
            name: title(row, "name_ko", "name_en")?,
            model: row.try_get("model")?,
        })
    })
}

/// Every organization.
pub(crate) async fn organizations(
    executor: impl PgExecutor<'_>,
    after: &str,
    limit: u32,
) -> Result<Vec<OrganizationSummary>, StoreError> {
    let rows = sqlx::query("select * from organization_row where $1 < organization_id order by organization_id limit $2")
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(executor)
        .await?;
    all(&rows, |row| {
        Ok(OrganizationSummary {
            organization: parsed(row, "organization_id")?,
            kind: word(row, "kind")?,
            name: title(row, "name_ko", "name_en")?,
        })
    })
}

/// Who does what for an organization.
pub(crate) async fn members_of(
    executor: impl PgExecutor<'_>,
    organization: OrganizationId,
    after: Option<MemberRow>,
    limit: u32,
) -> Result<Vec<MemberRow>, StoreError> {
    let (account, role) = after.map_or_else(Default::default, |row| {
        (row.account.to_string(), row.role.as_str())
    });
    let rows = sqlx::query(
        "select account_id, role
         from member_row
         where organization_id = $1 and (account_id, role) > ($2, $3)
         order by account_id, role
         limit $4",
    )
    .bind(organization.to_string())
    .bind(account)
    .bind(role)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    all(&rows, |row| {
        Ok(MemberRow {
            account: parsed(row, "account_id")?,
            role: word(row, "role")?,
        })
    })
}

/// In which organizations a person is, and as what.
pub(crate) async fn memberships_of(
    executor: impl PgExecutor<'_>,
    account: AccountId,
) -> Result<Vec<Membership>, StoreError> {
    let rows = sqlx::query("select organization_id, role from member_row where account_id = $1 order by organization_id, role")
        .bind(account.to_string())
        .fetch_all(executor)
        .await?;
    all(&rows, |row| {
        Ok(Membership {
            organization: parsed(row, "organization_id")?,
            role: word::<Role>(row, "role")?,
        })
    })
}

/// Every account.
pub(crate) async fn accounts(
    executor: impl PgExecutor<'_>,
    after: &str,
    limit: u32,
) -> Result<Vec<AccountSummary>, StoreError> {
    let rows =
        sqlx::query("select * from account_row where $1 < account_id order by account_id limit $2")
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(executor)
            .await?;
    all(&rows, |row| {
        Ok(AccountSummary {
            account: parsed(row, "account_id")?,
            email: parsed(row, "email")?,
            name: parsed(row, "name")?,
            locale: word(row, "locale")?,
            closed: row.try_get::<i64, _>("closed")? != 0,
        })
    })
}

/// The open account with this address.
pub(crate) async fn account_by_email(
    executor: impl PgExecutor<'_>,
    email: &str,
) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar("select account_id from account_row where email = $1 and closed = 0")
            .bind(email)
            .fetch_optional(executor)
            .await?,
    )
}

/// The token with this hash.
pub(crate) async fn token_by_hash(
    executor: impl PgExecutor<'_>,
    secret_hash: &Sha256Hex,
) -> Result<Option<TokenRow>, StoreError> {
    let row = sqlx::query(
        "select token_id, account_id, scopes, expires_at_us from token_row where secret_hash = $1",
    )
    .bind(secret_hash.as_str())
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        let scopes: &str = row.try_get("scopes")?;
        Ok(TokenRow {
            token: parsed(&row, "token_id")?,
            account: parsed(&row, "account_id")?,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            expires_at: instant(&row, "expires_at_us")?,
        })
    })
    .transpose()
}

/// The versions of documents that hold a file.
pub(crate) async fn document_places(
    executor: impl PgExecutor<'_>,
    sha256: &Sha256Hex,
) -> Result<Vec<DocumentPlace>, StoreError> {
    let rows = sqlx::query(
        "select device_id, document_id, version, media_type, size_bytes
         from document_row
         where sha256 = $1
         order by device_id, document_id, version",
    )
    .bind(sha256.as_str())
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(DocumentPlace {
                device: parsed(row, "device_id")?,
                document: parsed(row, "document_id")?,
                version: small(row, "version")?,
                media_type: row.try_get("media_type")?,
                size_bytes: unsigned(row, 4)?,
            })
        })
        .collect()
}

/// The studies, rounds and consultations of a case.
pub(crate) async fn children_of(
    executor: impl PgExecutor<'_>,
    case: CaseId,
) -> Result<Vec<AggregateId>, StoreError> {
    let rows = sqlx::query(
        "select study_id as child, 1 as kind from study_row where case_id = $1
         union all
         select round_id, 2 from round_row where case_id = $1
         union all
         select consultation_id, 3 from consultation_row where case_id = $1
         order by kind, child",
    )
    .bind(case.to_string())
    .fetch_all(executor)
    .await?;
    all(&rows, |row| parsed(row, "child"))
}

/// The consultations of a consultancy, newest first.
pub(crate) async fn consultations_of(
    executor: impl PgExecutor<'_>,
    consultancy: OrganizationId,
    before: &str,
    limit: u32,
) -> Result<Vec<ConsultationSummary>, StoreError> {
    let rows = sqlx::query(
        "select *
         from consultation_row
         where consultancy_id = $1 and consultation_id < $2
         order by consultation_id desc
         limit $3",
    )
    .bind(consultancy.to_string())
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    all(&rows, |row| {
        Ok(ConsultationSummary {
            consultation: parsed(row, "consultation_id")?,
            case: parsed(row, "case_id")?,
            stage: parsed(row, "stage")?,
            status: row.try_get("status")?,
        })
    })
}
