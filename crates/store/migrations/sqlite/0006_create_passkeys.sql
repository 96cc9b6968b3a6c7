-- The passkeys of an account: what their devices prove is checked with the public key in `credential`, which also counts how often the key
-- signed. Nothing here is secret. `passkey_id` is the device's own id of the key.
create table passkey (
    passkey_id  text    primary key,
    account_id  text    not null,
    label       text    not null,
    credential  text    not null,
    added_at_us integer not null,
    used_at_us  integer
) strict, without rowid;

-- Serves “my passkeys”, and signing in with one.
create index passkey_by_account on passkey (account_id, added_at_us);
