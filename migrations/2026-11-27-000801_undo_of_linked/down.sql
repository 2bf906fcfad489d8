do $$
declare body text := pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure);
    is_now text := $q$and (exists (select from audit_logs l where l.record_id = t.interaction_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))
            or exists (select from interaction_participants o where o.interaction_id = t.interaction_id and (o.interaction_id, o.contact_id) not in
                (select (q.row_key ->> ''interaction_id'')::uuid, (q.row_key ->> ''contact_id'')::uuid from audit_logs q
                where q.change_set_id = $1 and q.table_name = ''interaction_participants'' and q.action = ''INSERT'')))$q$;
begin
    execute replace(body, is_now, $q$and exists (select from audit_logs l where l.record_id = t.interaction_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))$q$);
end $$;
