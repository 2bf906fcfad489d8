-- A relation is of two people: the history of the other one finds it by the row, or where it was deleted among these.
create index idx_audit_logs_relations on audit_logs (user_id, created_at) where table_name = 'contact_relations' and action = 'DELETE';
