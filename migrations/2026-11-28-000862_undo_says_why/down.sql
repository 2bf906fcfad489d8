do $$
declare f text; was text; became text; body text;
begin
    for f, was, became in values
        ('undo_rows(uuid, uuid[])', $q$from jsonb_array_elements(refused) x
        where x ->> 'w' <> 'it was deleted since' or x in (select jsonb_array_elements(first_refused));$q$,
            $q$from jsonb_array_elements(refused) x;$q$),
        ('undo_rows(uuid, uuid[])', $q$exit when refused = '[]';
        first_refused := coalesce(first_refused, refused);$q$,
            $q$exit when refused = '[]';$q$),
        ('undo_rows(uuid, uuid[])', $q$refused jsonb; first_refused jsonb; name text;$q$,
            $q$refused jsonb; name text;$q$),
        ('undo_updates(uuid, text, uuid[])', $q$(found_rows ->> 'contact')::uuid,
                        case when name in ('organizations', 'tags', 'own_fields') then 'its name is taken' else 'the same is there again' end;$q$,
            $q$(found_rows ->> 'contact')::uuid, 'its name is taken';$q$),
        ('undo_deletes(uuid, text, uuid[])', $q$case when fate.whole and $2 in ('organizations', 'tags', 'own_fields') then 'its name is taken' when fate.whole then 'the same is there again' else$q$,
            $q$case when fate.whole then 'its name is taken' else$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for this', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
