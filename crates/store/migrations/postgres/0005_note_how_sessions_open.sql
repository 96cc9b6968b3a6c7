-- How the person signed in: by password, by mail_link, by passkey, or by visit in a playground. A session by a link that is young enough may set a
-- password without the old one.
alter table console_session add column opened_by text collate "C" not null default 'password';
