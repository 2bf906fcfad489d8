do $$
declare edit text[]; body text;
begin
    foreach edit slice 1 in array array[
        ['count_correspondents(text[])', 'order by a.address, a.occurred_at desc, a.name)',
            'order by a.address, is_whole_name(a.name) desc, a.occurred_at desc, a.name)'],
        ['addresses_added()', 'order by address, occurred_at desc, name)',
            'order by address, is_whole_name(name) desc, occurred_at desc, name)'],
        ['addresses_added()', 'name = case when excluded.named_at > r.named_at or r.named_at is null or excluded.named_at = r.named_at and excluded.name < r.name
                then', 'name = case when is_better_name(excluded.name, excluded.named_at, r.name, r.named_at)
                then'],
        ['addresses_added()', 'named_at = greatest(r.named_at, excluded.named_at)',
            'named_at = case when is_better_name(excluded.name, excluded.named_at, r.name, r.named_at) then excluded.named_at else r.named_at end'],
        ['addresses_added()', 'person_key = case when (excluded.named_at > r.named_at or r.named_at is null or excluded.named_at = r.named_at and excluded.name < r.name)
',
            'person_key = case when is_better_name(excluded.name, excluded.named_at, r.name, r.named_at)
']]
    loop
        body := pg_get_functiondef(edit[1]::regprocedure);
        if strpos(body, edit[3]) = 0 then raise exception '% has no place for this', edit[1]; end if;
        execute replace(body, edit[3], edit[2]);
    end loop;
end $$;
drop function is_better_name(text, timestamptz, text, timestamptz);
drop function is_whole_name(text);
