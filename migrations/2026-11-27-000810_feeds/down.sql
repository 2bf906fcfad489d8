drop index idx_reminder_occurrences_apart;
alter table reminders drop column apart_from, drop column apart_at;
set local role kith_auth;
drop function find_feed(bytea);
set local role kith_owner;
drop table feeds;
