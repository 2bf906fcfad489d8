do $$
declare body text := pg_get_functiondef('undo_deletes(uuid, text, uuid[])'::regprocedure);
    was text := $q$where $2 in ('interaction_participants', 'interaction_addresses') and i.id$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_deletes has no place for addresses'; end if;
    execute replace(body, was, $q$where $2 = 'interaction_participants' and i.id$q$);
end $$;
