drop index idx_audit_logs_relations;
