do $$
declare body text := pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure);
    was text := $q$exists (select from audit_logs m where m.change_set_id = $1
            and m.table_name = ''interactions'' and m.action = ''INSERT'' and m.record_id = t.interaction_id) and exists (select from interaction_participants e$q$;
begin
    execute replace(body, was, 'exists (select from interaction_participants e');
end $$;
drop index idx_interaction_external_refs_series;
alter table interaction_external_refs drop column series, drop column said;
