-- What the world must still do, and what it has done: letters and messages to other aggregates, at least once, under an id that never changes.
-- A letter to a role becomes one row a person (`part` 1, 2, …) before anything is sent; the row it came from is `part` 0.
-- `sender` and `receiver` are the two aggregates of a message; a letter has no `receiver`.
create table outbox (
    effect_id       text collate "C" not null,
    part            bigint not null check (part >= 0),
    position        bigint not null,
    payload         text   not null,
    created_at_us   bigint not null,
    attempts        bigint not null default 0,
    next_attempt_us bigint not null,
    done_at_us      bigint,
    failure         text,
    stopped_at_us   bigint,
    sender          text collate "C" not null generated always as (split_part(effect_id, '.', 1)) stored,
    receiver        text collate "C" generated always as (
        case when payload::json ->> 'kind' = 'deliver' then payload::json ->> 'to' end
    ) stored,
    primary key (effect_id, part)
);

-- Serves the effect runner: what may be tried now, oldest first.
create index outbox_by_next_attempt on outbox (next_attempt_us, position) where done_at_us is null and stopped_at_us is null;

-- Serves the mail log: newest first.
create index outbox_by_position on outbox (position);

-- Serves “is an earlier message between these two still on its way”.
create index outbox_by_message on outbox (sender, receiver, position) where done_at_us is null and receiver is not null;

-- What went wrong and needs a person: an effect that failed too often, or a history that does not fold.
create table incident (
    incident_id  bigint generated always as identity primary key,
    subject      text collate "C" not null,
    effect_id    text collate "C",
    part         bigint,
    aggregate_id text collate "C" not null,
    reason       text   not null,
    opened_at_us bigint not null,
    closed_at_us bigint
);

-- Keeps one open incident a subject.
create unique index incident_open_once on incident (subject) where closed_at_us is null;
