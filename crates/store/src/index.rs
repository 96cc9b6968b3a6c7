//! Index rows: what lists need of a state. A pure function of the state, so that rebuilding gives the same rows.

use naru_domain::account::Account;
use naru_domain::case::{Case, CaseEvent, Work};
use naru_domain::consultation::{ConsultationEvent, ConsultationPhase};
use naru_domain::device::Device;
use naru_domain::feedback::{FeedbackEvent, RoundPhase};
use naru_domain::organization::Organization;
use naru_domain::{AggregateKind, Event, Locale, OrganizationId, State};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident $name:literal key [$($key:literal),*] values [$($value:literal),*];)*) => {
        /// The index tables.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Table { $($(#[$doc])* $table,)* }

        impl Table {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$table),*];
            /// Its name in SQL.
            pub(crate) fn name(self) -> &'static str { match self { $(Self::$table => $name,)* } }
            /// The columns of its primary key.
            pub(crate) fn keys(self) -> &'static [&'static str] { match self { $(Self::$table => &[$($key),*],)* } }
            /// The other columns.
            pub(crate) fn values(self) -> &'static [&'static str] { match self { $(Self::$table => &[$($value),*],)* } }
        }
    };
}

tables! {
    Account "account_row" key ["account_id"] values ["email", "name", "name_en", "locale", "closed"];
    Token "token_row" key ["secret_hash"] values ["token_id", "account_id", "scopes", "expires_at_us"];
    Organization "organization_row" key ["organization_id"] values ["kind", "name_ko", "name_en"];
    Member "member_row" key ["organization_id", "account_id", "role"] values [];
    Device "device_row" key ["device_id"] values ["organization_id", "name_ko", "name_en", "model"];
    Document "document_row" key ["device_id", "document_id", "version"] values ["sha256", "title", "media_type", "size_bytes", "retired"];
    Case "case_row" key ["case_id"] values ["reference", "startup_id", "hospital_id", "device_id", "pathway", "pathway_hash", "title",
        "status", "opened_at_us", "next_due_at_us"];
    CaseParty "case_party" key ["organization_id", "case_id"] values ["status", "device_id"];
    Task "task_row" key ["case_id", "stage", "role", "organization_id"] values ["kind", "title_ko", "title_en", "round", "opened_at_us",
        "due_at_us", "claimed_by"];
    Study "study_row" key ["study_id"] values ["case_id", "stage", "status"];
    Round "round_row" key ["round_id"] values ["case_id", "stage", "status"];
    Consultation "consultation_row" key ["consultation_id"] values ["case_id", "stage", "consultancy_id", "status"];
}

/// The rows of one aggregate: by table and key, each key and row a JSON array in the order of the table's columns.
pub(crate) type Rows = BTreeMap<(Table, String), String>;

/// The rows of a state.
pub(crate) fn rows(state: &State) -> Rows {
    let mut rows = RowSet::default();
    match state {
        State::Account(account) => account_rows(account, &mut rows),
        State::Organization(organization) => organization_rows(organization, &mut rows),
        State::Device(device) => device_rows(device, &mut rows),
        State::Case(case) => case_rows(case, &mut rows),
        State::Study(study) => {
            let values = (study.case, &study.stage, study.status().as_str());
            rows.add(Table::Study, &one(study.id), &values);
        }
        State::FeedbackRound(round) => {
            let values = (round.case, &round.stage, round_status(&round.phase));
            rows.add(Table::Round, &one(round.id), &values);
        }
        State::Consultation(consultation) => {
            let status = consultation_status(&consultation.phase);
            let values = (
                consultation.case,
                &consultation.stage,
                consultation.consultancy,
                status,
            );
            rows.add(Table::Consultation, &one(consultation.id), &values);
        }
    }
    rows.rows
}

/// Whether an event can change the rows. The commonest ones cannot: lists do not show what is inside a draft or a note.
pub(crate) fn may_change(event: &Event) -> bool {
    !matches!(
        event,
        Event::Case(CaseEvent::DraftSaved { .. })
            | Event::FeedbackRound(
                FeedbackEvent::Reminded { .. } | FeedbackEvent::RemindersSent { .. }
            )
            | Event::Consultation(
                ConsultationEvent::NoteAdded { .. }
                    | ConsultationEvent::QuestionAsked { .. }
                    | ConsultationEvent::QuestionAnswered { .. }
            )
    )
}

#[derive(Debug, Default)]
struct RowSet {
    rows: Rows,
}

impl RowSet {
    /// Adds a row. `key` and `values` are tuples or arrays in the order of the table's columns.
    fn add(&mut self, table: Table, key: &impl Serialize, values: &impl Serialize) {
        // Plain strings and numbers always become JSON.
        let key = serde_json::to_string(key).unwrap_or_default();
        let values = serde_json::to_string(values).unwrap_or_default();
        let row = match (key.strip_suffix(']'), values.strip_prefix('[')) {
            (Some(start), Some("]")) => format!("{start}]"),
            (Some(start), Some(end)) => format!("{start},{end}"),
            (None, _) | (_, None) => return,
        };
        self.rows.insert((table, key), row);
    }
}

/// The one-element tuple of JSON: a list.
fn one(item: impl Serialize) -> [impl Serialize; 1] {
    [item]
}

const NOTHING: [(); 0] = [];

fn account_rows(account: &Account, rows: &mut RowSet) {
    rows.add(
        Table::Account,
        &one(account.id),
        &(
            &account.email,
            &account.name,
            &account.name_en,
            account.locale,
            u8::from(!account.is_open()),
        ),
    );
    for token in account.tokens.values().filter(|token| !token.revoked) {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        rows.add(
            Table::Token,
            &one(&token.secret_hash),
            &(
                token.id,
                account.id,
                scopes.join(" "),
                token.expires_at.as_microsecond(),
            ),
        );
    }
}

fn organization_rows(organization: &Organization, rows: &mut RowSet) {
    rows.add(
        Table::Organization,
        &one(organization.id),
        &(
            organization.kind,
            &organization.name.ko,
            &organization.name.en,
        ),
    );
    for member in &organization.members {
        rows.add(
            Table::Member,
            &(organization.id, member.account, member.role.as_str()),
            &NOTHING,
        );
    }
}

fn device_rows(device: &Device, rows: &mut RowSet) {
    let (ko, en) = (
        device.name.in_locale(Locale::Ko),
        device.name.in_locale(Locale::En),
    );
    rows.add(
        Table::Device,
        &one(device.id),
        &(device.owner, ko, en, &device.model),
    );
    for document in device.documents.values() {
        for version in document.versions() {
            rows.add(
                Table::Document,
                &(device.id, document.id, version.version),
                &(
                    &version.file.sha256,
                    &version.title,
                    version.file.media_type,
                    version.file.size_bytes,
                    u8::from(document.retired.is_some()),
                ),
            );
        }
    }
}

/// What stands for “never due” where lists sort by the due instant.
pub(crate) const NEVER_US: i64 = i64::MAX;

fn case_rows(case: &Case, rows: &mut RowSet) {
    let status = case.status.as_str();
    let next_due_us = case.next_due_at().map(jiff::Timestamp::as_microsecond);
    rows.add(
        Table::Case,
        &one(case.id),
        &(
            case.id.reference(),
            case.startup,
            case.hospital,
            case.device,
            &case.pathway,
            &case.pathway_hash,
            &case.title,
            status,
            case.opened_at.as_microsecond(),
            next_due_us,
        ),
    );
    for organization in parties_of(case) {
        rows.add(
            Table::CaseParty,
            &(organization, case.id),
            &(status, case.device),
        );
    }
    for task in case.moves() {
        let Some(stage) = case.stages.get(&task.stage) else {
            continue;
        };
        rows.add(
            Table::Task,
            &(case.id, &task.stage, task.role.as_str(), task.organization),
            &(
                kind_of(&stage.work),
                &stage.title.ko,
                &stage.title.en,
                stage.round,
                task.since.as_microsecond(),
                task.due_at
                    .map_or(NEVER_US, jiff::Timestamp::as_microsecond),
                stage.claimed_by,
            ),
        );
    }
}

/// The word of pathway files for the stage that has this work.
fn kind_of(work: &Work) -> &'static str {
    match work {
        Work::Form(_) => "form",
        Work::Approval(_) => "approval",
        Work::Matching(_) => "matching",
        Work::Child { child, .. } if child.kind() == AggregateKind::FeedbackRound => {
            "feedback_round"
        }
        Work::Child { .. } => "usability_study",
        Work::Consultation(_) => "consultation",
        Work::Award(_) => "award",
        Work::Agreement(_) => "agreement",
        Work::Nothing => "nothing",
    }
}

fn round_status(phase: &RoundPhase) -> &'static str {
    match phase {
        RoundPhase::Open => "open",
        RoundPhase::Ended => "ended",
        RoundPhase::Closed { .. } => "closed",
        RoundPhase::Withdrawn { .. } => "withdrawn",
    }
}

fn consultation_status(phase: &ConsultationPhase) -> &'static str {
    match phase {
        ConsultationPhase::Open => "open",
        ConsultationPhase::Closed { .. } => "closed",
        ConsultationPhase::Withdrawn { .. } => "withdrawn",
    }
}

fn parties_of(case: &Case) -> BTreeSet<OrganizationId> {
    case.consultancies
        .iter()
        .copied()
        .chain([case.startup, case.hospital])
        .collect()
}

/// The organizations that may know of the case; of anything else, none.
pub(crate) fn parties(state: &State) -> BTreeSet<OrganizationId> {
    match state {
        State::Case(case) => parties_of(case),
        State::Account(_)
        | State::Organization(_)
        | State::Device(_)
        | State::Study(_)
        | State::FeedbackRound(_)
        | State::Consultation(_) => BTreeSet::new(),
    }
}
