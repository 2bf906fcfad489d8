drop table import_layouts;
alter table import_items drop column part;
drop table import_parts;
update imports set state = 'failed', error = 'Import it again.' where state = 'mapping';
alter table imports drop constraint imports_state_check;
alter table imports add constraint imports_state_check
    check (state in ('reading', 'preview', 'applying', 'done', 'cancelled', 'failed', 'undone'));
alter table imports drop column bytes_to_read;
comment on column imports.format is 'vcard, and what else is read.';
