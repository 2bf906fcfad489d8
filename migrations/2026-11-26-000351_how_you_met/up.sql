-- How and where she met somebody; the day is one of the dates. Columns of a person's own row are in the log, in undo and
-- in the count of versions already.
alter table contacts add column how_met text not null default '' constraint contacts_how_met_check check (length(how_met) <= 2000);
alter table contacts add column met_at varchar(255);
comment on column contacts.how_met is 'How they met: by whom, on what occasion.';
comment on column contacts.met_at is 'Where they met.';
