drop function undo_change_set(uuid);
drop function undo_row(audit_logs);
drop function undo_import_rows(uuid, uuid);
drop function row_matches(jsonb);
