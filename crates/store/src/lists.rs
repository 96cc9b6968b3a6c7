//! Lists: what a person may look for across many aggregates. Every page costs what it shows, however much lies behind it.

use crate::database::{engagements, lists as sql};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::pathway::{PathwayHash, PathwayId, StageId};
use naru_domain::{
    AccountId, AggregateId, CaseId, ConsultationId, DeviceId, DocumentId, EmailAddress, Locale,
    Membership, OrganizationId, OrganizationKind, PersonName, Role, Sha256Hex, TokenId, Words,
};
use std::collections::BTreeSet;

/// Something that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The case.
    pub case: CaseId,
    /// The stage.
    pub stage: StageId,
    /// The role that is waited for.
    pub role: Role,
    /// The organization that is waited for.
    pub organization: OrganizationId,
    /// The word of pathway files for the kind of stage.
    pub kind: String,
    /// The stage's title.
    pub title: Words,
    /// 1 the first time, one more after each send-back.
    pub round: u16,
    /// Since when it waits.
    pub opened_at: Timestamp,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// Who works on it.
    pub claimed_by: Option<AccountId>,
}

/// Where a page of the inbox begins: after this task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxCursor {
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// The case.
    pub case: CaseId,
    /// The stage.
    pub stage: StageId,
    /// The role.
    pub role: Role,
}

impl Task {
    /// The place of this task in the inbox.
    pub fn cursor(&self) -> InboxCursor {
        InboxCursor {
            due_at: self.due_at,
            case: self.case,
            stage: self.stage.clone(),
            role: self.role,
        }
    }

    /// The most urgent first, what is never due last.
    fn order(&self) -> (bool, Option<Timestamp>, CaseId, StageId, Role) {
        (
            self.due_at.is_none(),
            self.due_at,
            self.case,
            self.stage.clone(),
            self.role,
        )
    }
}

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSummary {
    /// Its id.
    pub case: CaseId,
    /// The short reference that people read aloud.
    pub reference: String,
    /// The startup.
    pub startup: OrganizationId,
    /// The hospital.
    pub hospital: OrganizationId,
    /// The device.
    pub device: DeviceId,
    /// The pathway's name.
    pub pathway: PathwayId,
    /// The pathway's content, pinned.
    pub pathway_hash: PathwayHash,
    /// What it is called.
    pub title: String,
    /// Where it stands: the word of `CaseStatus`.
    pub status: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The earliest due instant of an open stage.
    pub next_due_at: Option<Timestamp>,
}

/// Whose cases are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseScope {
    /// Every case of the installation.
    All,
    /// The cases that any of these organizations is a party to.
    Organizations(BTreeSet<OrganizationId>),
    /// The cases of one device.
    Device(DeviceId),
}

/// A device in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSummary {
    /// Its id.
    pub device: DeviceId,
    /// The startup that develops it.
    pub owner: OrganizationId,
    /// How it is called.
    pub name: Words,
    /// Its model name.
    pub model: String,
}

/// An organization in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationSummary {
    /// Its id.
    pub organization: OrganizationId,
    /// What it is to a case.
    pub kind: OrganizationKind,
    /// How it is called.
    pub name: Words,
}

/// A member of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberRow {
    /// The person.
    pub account: AccountId,
    /// The role.
    pub role: Role,
}

/// An account in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    /// Its id.
    pub account: AccountId,
    /// Where letters go.
    pub email: EmailAddress,
    /// How the person is called.
    pub name: PersonName,
    /// The language of screens and letters.
    pub locale: Locale,
    /// Whether it was closed.
    pub closed: bool,
}

/// A token that was not revoked; whether it has expired is for the caller to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub token: TokenId,
    /// Whose.
    pub account: AccountId,
    /// The words of its scopes.
    pub scopes: Vec<String>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A version of a document that holds a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPlace {
    /// The device.
    pub device: DeviceId,
    /// The document.
    pub document: DocumentId,
    /// The version.
    pub version: u32,
    /// The file's type, as HTTP names it.
    pub media_type: String,
    /// Its length.
    pub size_bytes: u64,
}

/// A consultation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultationSummary {
    /// Its id.
    pub consultation: ConsultationId,
    /// The case.
    pub case: CaseId,
    /// The stage.
    pub stage: StageId,
    /// `open`, `closed` or `withdrawn`.
    pub status: String,
}

/// The roles that someone with these memberships can be waited for in.
fn acts_as(memberships: &[Membership]) -> BTreeSet<(OrganizationId, &'static str)> {
    let pairs = memberships.iter().flat_map(|held| {
        let needed = Role::ALL.iter().filter(|needed| held.role.covers(**needed));
        needed.map(|needed| (held.organization, needed.as_str()))
    });
    pairs.collect()
}

impl Store {
    /// What waits for someone with these memberships, the most urgent first.
    pub async fn inbox(
        &self,
        memberships: &[Membership],
        after: Option<&InboxCursor>,
        limit: u32,
    ) -> Result<Vec<Task>, StoreError> {
        let mut tasks = Vec::new();
        for (organization, role) in acts_as(memberships) {
            tasks.extend(sql::inbox(self.readers(), organization, role, after, limit).await?);
        }
        tasks.sort_by_key(Task::order);
        tasks.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(tasks)
    }

    /// How many things wait for someone with these memberships; counted no further than `at_most`.
    pub async fn inbox_size(
        &self,
        memberships: &[Membership],
        at_most: u32,
    ) -> Result<u32, StoreError> {
        let mut size: u32 = 0;
        for (organization, role) in acts_as(memberships) {
            let more = sql::inbox_size(self.readers(), organization, role, at_most).await?;
            size = size.saturating_add(more);
        }
        Ok(size.min(at_most))
    }

    /// The tasks of one case.
    pub async fn tasks_of(&self, case: CaseId) -> Result<Vec<Task>, StoreError> {
        sql::tasks_of(self.readers(), case).await
    }

    /// Cases, newest first, of any of the statuses given, or of all when none is.
    pub async fn cases_of(
        &self,
        scope: &CaseScope,
        statuses: &[&str],
        before: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<CaseSummary>, StoreError> {
        let before = before.map_or_else(|| "~".to_owned(), |case| case.to_string());
        let statuses: Vec<Option<&str>> = if statuses.is_empty() {
            vec![None]
        } else {
            statuses.iter().copied().map(Some).collect()
        };
        let mut cases = Vec::new();
        for status in statuses {
            match scope {
                CaseScope::All => {
                    cases.extend(sql::cases(self.readers(), status, &before, limit).await?);
                }
                CaseScope::Organizations(organizations) => {
                    for organization in organizations {
                        cases.extend(
                            sql::cases_of_organization(
                                self.readers(),
                                *organization,
                                status,
                                &before,
                                limit,
                            )
                            .await?,
                        );
                    }
                }
                CaseScope::Device(device) => {
                    cases.extend(
                        sql::cases_of_device(self.readers(), *device, status, &before, limit)
                            .await?,
                    );
                }
            }
        }
        cases.sort_by_key(|case| std::cmp::Reverse(case.case));
        cases.dedup_by_key(|case| case.case);
        cases.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(cases)
    }

    /// The cases with this short reference; two may share one.
    pub async fn cases_by_reference(&self, reference: &str) -> Result<Vec<CaseId>, StoreError> {
        sql::cases_by_reference(self.readers(), reference).await
    }

    /// Whether the organization is a party to a case of the device.
    pub async fn is_party_to_device(
        &self,
        organization: OrganizationId,
        device: DeviceId,
    ) -> Result<bool, StoreError> {
        let case = sql::case_of_device_with(self.readers(), device, organization).await?;
        Ok(case.is_some())
    }

    /// The organizations that may know of a case.
    pub async fn parties_of(&self, case: CaseId) -> Result<BTreeSet<OrganizationId>, StoreError> {
        match self.load(case.into()).await {
            Ok(Some(loaded)) => Ok(crate::index::parties(&loaded.state)),
            Ok(None) | Err(crate::LoadError::Broken(_)) => Ok(BTreeSet::new()),
            Err(crate::LoadError::Store(error)) => Err(error),
        }
    }

    /// The devices of a startup, by id.
    pub async fn devices_of(
        &self,
        owner: OrganizationId,
        after: Option<DeviceId>,
        limit: u32,
    ) -> Result<Vec<DeviceSummary>, StoreError> {
        let after = after.map_or_else(String::new, |id| id.to_string());
        sql::devices_of(self.readers(), owner, &after, limit).await
    }

    /// Every organization, by id.
    pub async fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: u32,
    ) -> Result<Vec<OrganizationSummary>, StoreError> {
        let after = after.map_or_else(String::new, |id| id.to_string());
        sql::organizations(self.readers(), &after, limit).await
    }

    /// Who does what for an organization, by account.
    pub async fn members_of(
        &self,
        organization: OrganizationId,
        after: Option<MemberRow>,
        limit: u32,
    ) -> Result<Vec<MemberRow>, StoreError> {
        sql::members_of(self.readers(), organization, after, limit).await
    }

    /// In which organizations a person is, and as what.
    pub async fn memberships_of(&self, account: AccountId) -> Result<Vec<Membership>, StoreError> {
        sql::memberships_of(self.readers(), account).await
    }

    /// Every account, by id.
    pub async fn accounts(
        &self,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<AccountSummary>, StoreError> {
        let after = after.map_or_else(String::new, |id| id.to_string());
        sql::accounts(self.readers(), &after, limit).await
    }

    /// The open account with this address.
    pub async fn account_by_email(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<AccountId>, StoreError> {
        let found = sql::account_by_email(self.readers(), email.as_str()).await?;
        found
            .map(|id| {
                id.parse()
                    .map_err(|problem| StoreError::inconsistent("account_row", problem))
            })
            .transpose()
    }

    /// The token whose secret has this hash, unless it was revoked.
    pub async fn token_by_hash(
        &self,
        secret_hash: &Sha256Hex,
    ) -> Result<Option<TokenRow>, StoreError> {
        sql::token_by_hash(self.readers(), secret_hash).await
    }

    /// Where a file is used: who may read it follows from the devices.
    pub async fn document_places(
        &self,
        sha256: &Sha256Hex,
    ) -> Result<Vec<DocumentPlace>, StoreError> {
        sql::document_places(self.readers(), sha256).await
    }

    /// The studies, feedback rounds and consultations that a case ever had, superseded ones too.
    pub async fn children_of(&self, case: CaseId) -> Result<Vec<AggregateId>, StoreError> {
        sql::children_of(self.readers(), case).await
    }

    /// The consultations of a consultancy, newest first, of any of the statuses given, or all when none is.
    pub async fn consultations_of(
        &self,
        consultancy: OrganizationId,
        statuses: &[&str],
        before: Option<ConsultationId>,
        limit: u32,
    ) -> Result<Vec<ConsultationSummary>, StoreError> {
        let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
        if statuses.is_empty() {
            return engagements::consultations_of(
                self.readers(),
                consultancy,
                None,
                &before,
                limit,
            )
            .await;
        }
        let mut found = Vec::new();
        for status in statuses {
            let some = engagements::consultations_of(
                self.readers(),
                consultancy,
                Some(status),
                &before,
                limit,
            );
            found.extend(some.await?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.consultation));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}
