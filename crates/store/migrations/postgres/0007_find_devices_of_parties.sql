-- Which device a case of an organization is about, to answer at once whether the organization may know of a device.
alter table case_party add column device_id text collate "C" not null default '';
update case_party set device_id = (select device_id from case_row where case_row.case_id = case_party.case_id);
create index case_party_by_device on case_party (organization_id, device_id);
