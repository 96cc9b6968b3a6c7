-- Signing in to the console. These rows are not computed from events and are not the record: losing them means that people sign in anew or
-- set a new password, nothing else. `reindex` leaves them alone. Secrets are here only as hashes.

-- The password of an account, if it has one: an Argon2id hash in its usual text form.
create table credential (
    account_id    text collate "C" primary key,
    password      text collate "C" not null,
    changed_at_us bigint  not null
);

-- Who is signed in, and from where.
create table console_session (
    secret_hash   text collate "C" primary key,
    session_id    text collate "C" not null,
    account_id    text collate "C" not null,
    agent         text collate "C" not null,
    opened_at_us  bigint  not null,
    seen_at_us    bigint  not null,
    expires_at_us bigint  not null
);

-- Serves “where am I signed in”.
create index console_session_by_account on console_session (account_id, opened_at_us);
