drop trigger taken_rows_follow on change_sets;
drop function taken_rows_follow();
drop function count_import_items(uuid);
drop index idx_import_items_taken;
alter table import_items drop column cells, drop column doubted, drop column taken_by;
