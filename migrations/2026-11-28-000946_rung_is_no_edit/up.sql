-- That she was told of an occurrence, which was made anew and stayed put off, is no edit that keeps it from being taken back.
do $$
declare body text := pg_get_functiondef('audit_occurrences()'::regprocedure); was text := $q$'n', to_jsonb(b) - '{user_id,rings_at,due_at}'::text[]$q$;
begin
    if strpos(body, was) = 0 then raise exception 'audit_occurrences has no place for this'; end if;
    set local role kith_audit;
    execute replace(body, was, $q$'n', to_jsonb(b) - '{user_id,rings_at,due_at,rung_at}'::text[]$q$);
    set local role kith_owner;
end $$;
