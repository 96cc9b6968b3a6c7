-- What the world must still do, and what it has done: letters and messages to other aggregates, at least once, under an id that never changes.
-- A letter to a role becomes one row a person (`part` 1, 2, …) before anything is sent; the row it came from is `part` 0.
create table outbox (
    effect_id       text    not null,
    part            integer not null check (part >= 0),
    position        integer not null,
    payload         text    not null,
    created_at_us   integer not null,
    attempts        integer not null default 0,
    next_attempt_us integer not null,
    done_at_us      integer,
    failure         text,
    stopped_at_us   integer,
    primary key (effect_id, part)
) strict, without rowid;

-- Serves the effect runner: what may be tried now, oldest first.
create index outbox_by_next_attempt on outbox (next_attempt_us, position) where done_at_us is null and stopped_at_us is null;

-- Serves the mail log: newest first.
create index outbox_by_position on outbox (position);

-- What went wrong and needs a person: an effect that failed too often, or a history that does not fold.
create table incident (
    incident_id  integer primary key,
    subject      text    not null,
    effect_id    text,
    part         integer,
    aggregate_id text    not null,
    reason       text    not null,
    opened_at_us integer not null,
    closed_at_us integer
) strict;

-- Keeps one open incident a subject.
create unique index incident_open_once on incident (subject) where closed_at_us is null;
