alter table import_items add column file_name varchar(500);
comment on column import_items.file_name is 'Of a record that was a file of its own, as messages of an archive are: the path that it had there.';
