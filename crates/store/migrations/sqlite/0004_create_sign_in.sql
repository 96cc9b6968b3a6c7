-- Signing in to the console. These rows are not computed from events and are not the record: losing them means that people sign in anew or
-- set a new password, nothing else. `reindex` leaves them alone. Secrets are here only as hashes.

-- The password of an account, if it has one: an Argon2id hash in its usual text form.
create table credential (
    account_id    text    primary key,
    password      text    not null,
    changed_at_us integer not null
) strict, without rowid;

-- Who is signed in, and from where.
create table console_session (
    secret_hash   text    primary key,
    session_id    text    not null,
    account_id    text    not null,
    agent         text    not null,
    opened_at_us  integer not null,
    seen_at_us    integer not null,
    expires_at_us integer not null
) strict, without rowid;

-- Serves “where am I signed in”.
create index console_session_by_account on console_session (account_id, opened_at_us);
