do $$
declare body text := pg_get_functiondef('undo_end(uuid)'::regprocedure);
    was text := $q$    update change_sets r set undone_at = undone.undone_at, undone_by = undone.undone_by
        where r.undone_by is null and r.undoes = any (array(select u.id from change_sets u where u.undoes = undone.id and u.id <> undone.undone_by));
$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_end is not as expected'; end if;
    execute replace(body, was, '');
end $$;
drop index idx_change_sets_undoes;
