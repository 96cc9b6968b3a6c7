-- The passkeys of an account: what their devices prove is checked with the public key in `credential`, which also counts how often the key
-- signed. Nothing here is secret. `passkey_id` is the device's own id of the key.
create table passkey (
    passkey_id  text collate "C" primary key,
    account_id  text collate "C" not null,
    label       text collate "C" not null,
    credential  text collate "C" not null,
    added_at_us bigint not null,
    used_at_us  bigint
);

-- Serves “my passkeys”, and signing in with one.
create index passkey_by_account on passkey (account_id, added_at_us);
