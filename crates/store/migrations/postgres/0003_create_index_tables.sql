-- Lists: what a person may look for across many aggregates. Every row is computed from one aggregate's state and written in the transaction
-- that changes it; `reindex` makes the same rows from events. Nothing here is the record.
--
-- A row is written only when it differs from the one before, so columns hold what lists sort, filter and show, not what changes all the time.

-- Everyone with an account.
create table account_row (
    account_id text collate "C" primary key,
    email      text collate "C" not null,
    name       text collate "C" not null,
    name_en    text collate "C",
    locale     text collate "C" not null check (locale in ('ko', 'en')),
    closed     bigint not null check (closed in (0, 1))
);

-- An address belongs to one open account; also serves sign-in by address.
create unique index account_row_by_email on account_row (email) where closed = 0;

-- API tokens that were not revoked; the expiry is compared when one is used.
create table token_row (
    secret_hash   text collate "C" primary key,
    token_id      text collate "C" not null,
    account_id    text collate "C" not null,
    scopes        text collate "C" not null,
    expires_at_us bigint not null
);

-- Every organization.
create table organization_row (
    organization_id text collate "C" primary key,
    kind            text collate "C" not null check (kind in ('startup', 'hospital', 'consultancy', 'operator')),
    name_ko         text collate "C" not null,
    name_en         text collate "C" not null
);

-- Who does what for which organization.
create table member_row (
    organization_id text collate "C" not null,
    account_id      text collate "C" not null,
    role            text collate "C" not null,
    primary key (organization_id, account_id, role)
);

-- Serves “in which organizations is this person, and as what”: every request asks it.
create index member_row_by_account on member_row (account_id);

-- Every device.
create table device_row (
    device_id       text collate "C" primary key,
    organization_id text collate "C" not null,
    name_ko         text collate "C" not null,
    name_en         text collate "C" not null,
    model           text collate "C" not null
);

-- Serves the device list of a startup.
create index device_row_by_organization on device_row (organization_id, device_id);

-- Every version of every document, by the file it holds: who may read a file follows from the devices it belongs to.
create table document_row (
    device_id   text collate "C" not null,
    document_id text collate "C" not null,
    version     bigint not null,
    sha256      text collate "C" not null,
    title       text collate "C" not null,
    media_type  text collate "C" not null,
    size_bytes  bigint not null,
    retired     bigint not null check (retired in (0, 1)),
    primary key (device_id, document_id, version)
);

-- Serves “which devices hold this file”.
create index document_row_by_content on document_row (sha256);

-- Every case, newest ids last.
create table case_row (
    case_id        text collate "C" primary key,
    reference      text collate "C" not null,
    startup_id     text collate "C" not null,
    hospital_id    text collate "C" not null,
    device_id      text collate "C" not null,
    pathway        text collate "C" not null,
    pathway_hash   text collate "C" not null,
    title          text collate "C" not null,
    status         text collate "C" not null,
    opened_at_us   bigint not null,
    next_due_at_us bigint
);

-- Serves “find the case by the reference read out on the telephone”.
create index case_row_by_reference on case_row (reference);

-- Serves the cases of one device.
create index case_row_by_device on case_row (device_id, case_id);

-- Which organizations may know of which case, with what the case list filters by.
create table case_party (
    organization_id text collate "C" not null,
    case_id         text collate "C" not null,
    status          text collate "C" not null,
    primary key (organization_id, case_id)
);

-- Serves the case list of an organization by status.
create index case_party_by_status on case_party (organization_id, status, case_id);

-- Serves the case list of the whole installation by status.
create index case_row_by_status on case_row (status, case_id);

-- What waits for somebody: one row for each open stage and each role it waits for.
create table task_row (
    case_id         text collate "C" not null,
    stage           text collate "C" not null,
    role            text collate "C" not null,
    organization_id text collate "C" not null,
    kind            text collate "C" not null,
    title_ko        text collate "C" not null,
    title_en        text collate "C" not null,
    round           bigint not null,
    opened_at_us    bigint not null,
    due_at_us       bigint not null, -- the largest number when it is never due, so that such rows come last
    claimed_by      text collate "C",
    primary key (case_id, stage, role, organization_id)
);

-- Serves the inbox: what waits for this role of this organization, the most urgent first.
create index task_row_by_inbox on task_row (organization_id, role, due_at_us, case_id, stage);

-- The studies, rounds and consultations of a case.
create table study_row (
    study_id text collate "C" primary key,
    case_id  text collate "C" not null,
    stage    text collate "C" not null,
    status   text collate "C" not null
);
create index study_row_by_case on study_row (case_id);

create table round_row (
    round_id text collate "C" primary key,
    case_id  text collate "C" not null,
    stage    text collate "C" not null,
    status   text collate "C" not null
);
create index round_row_by_case on round_row (case_id);

create table consultation_row (
    consultation_id text collate "C" primary key,
    case_id         text collate "C" not null,
    stage           text collate "C" not null,
    consultancy_id  text collate "C" not null,
    status          text collate "C" not null
);
create index consultation_row_by_case on consultation_row (case_id);
create index consultation_row_by_consultancy on consultation_row (consultancy_id, consultation_id);
