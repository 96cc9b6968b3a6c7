-- The record of everything that happened: append only, in the order of `position`, without gaps.
--
-- Each event's `hash` covers the hash of the event before it in the same aggregate and every stored field of its own, byte for byte; its
-- `log_hash` covers the log hash before it, its position and its hash. So neither an event, nor an order, nor an end can be changed unseen.
-- Text that is sorted or compared is in the order of its bytes, whatever the language of the server.
create table event (
    position          bigint primary key,
    aggregate_id      text collate "C" not null,
    version           bigint not null check (version > 0),
    previous_position bigint not null check (previous_position >= 0 and previous_position < position),
    at_us             bigint not null,
    actor             text   not null,
    command_id        text collate "C" not null,
    payload           text   not null,
    hash              bytea  not null check (length(hash) = 32),
    log_hash          bytea  not null check (length(log_hash) = 32)
);

-- Serves the history of one aggregate, and keeps two writers from writing the same version of it.
create unique index event_by_aggregate on event (aggregate_id, version);

create function event_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'events are append only';
end
$$;

create trigger event_is_never_updated before update on event for each row execute function event_is_append_only();
create trigger event_is_never_deleted before delete on event for each row execute function event_is_append_only();
create trigger event_is_never_emptied before truncate on event for each statement execute function event_is_append_only();

-- Where the log ends. One row, written in every transaction that appends.
create table log_head (
    "only"   bigint primary key check ("only" = 1),
    position bigint not null,
    log_hash bytea  not null check (length(log_hash) = 32)
) with (fillfactor = 10);

insert into log_head ("only", position, log_hash) values (1, 0, decode(repeat('00', 32), 'hex'));

-- Signed statements “at this position the log hash was this”: whoever holds the public key can tell a rewritten log from the true one.
create table checkpoint (
    position  bigint primary key,
    log_hash  bytea  not null,
    at_us     bigint not null,
    signature bytea  not null,
    key_id    text   not null
);

-- The first answer to each command id, accepted or refused. Asking again with the same content gives it again.
create table command (
    command_id   text collate "C" primary key,
    fingerprint  bytea  not null,
    aggregate_id text collate "C" not null,
    version      bigint not null,
    position     bigint not null,
    at_us        bigint not null,
    rejection    text
);

-- Where each aggregate's history ends and when time passing next matters to it. Rebuilt from events by `reindex`. Its rows change all the
-- time; the room left on each page lets them change in place.
create table aggregate (
    aggregate_id  text collate "C" primary key,
    version       bigint not null,
    head_position bigint not null,
    wake_at_us    bigint
) with (fillfactor = 50);

-- Serves the timer: what is due, and when something is due next.
create index aggregate_by_wake_up on aggregate (wake_at_us) where wake_at_us is not null;
