-- The record of everything that happened: append only, in the order of `position`, without gaps.
--
-- Each event's `hash` covers the hash of the event before it in the same aggregate and every stored field of its own, byte for byte; its
-- `log_hash` covers the log hash before it, its position and its hash. So neither an event, nor an order, nor an end can be changed unseen.
-- `previous_position` leads back through one aggregate's events. It stands in for an index over (aggregate_id, version): at full load that
-- index would be the only table in which every command dirties a page of its own. Versions are unique because there is one writer.
create table event (
    position          integer primary key,
    aggregate_id      text    not null,
    version           integer not null check (version > 0),
    previous_position integer not null check (previous_position >= 0 and previous_position < position),
    at_us             integer not null,
    actor             text    not null,
    command_id        text    not null,
    payload           text    not null,
    hash              blob    not null check (length(hash) = 32),
    log_hash          blob    not null check (length(log_hash) = 32)
) strict;

create trigger event_is_never_updated before update on event
begin
    select raise(abort, 'events are append only');
end;

create trigger event_is_never_deleted before delete on event
begin
    select raise(abort, 'events are append only');
end;

-- Where the log ends. One row, written in every transaction that appends.
create table log_head (
    only     integer primary key check (only = 1),
    position integer not null,
    log_hash blob    not null check (length(log_hash) = 32)
) strict;

insert into log_head (only, position, log_hash) values (1, 0, zeroblob(32));

-- Signed statements “at this position the log hash was this”: whoever holds the public key can tell a rewritten log from the true one.
create table checkpoint (
    position  integer primary key,
    log_hash  blob    not null,
    at_us     integer not null,
    signature blob    not null,
    key_id    text    not null
) strict;

-- The first answer to each command id, accepted or refused. Asking again with the same content gives it again.
create table command (
    command_id   text    primary key,
    fingerprint  blob    not null,
    aggregate_id text    not null,
    version      integer not null,
    position     integer not null,
    at_us        integer not null,
    rejection    text
) strict, without rowid;

-- Where each aggregate's history ends and when time passing next matters to it. Rebuilt from events by `reindex`.
create table aggregate (
    aggregate_id  text    primary key,
    version       integer not null,
    head_position integer not null,
    wake_at_us    integer
) strict, without rowid;

-- Serves the timer: what is due, and when something is due next.
create index aggregate_by_wake_up on aggregate (wake_at_us) where wake_at_us is not null;
