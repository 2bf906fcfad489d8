-- Somebody who signs with her first name one day is still called by the whole of it, by which she is known at her other addresses:
-- of the names of an address the newest counts of those that have two words, if any has.
create function is_whole_name(name text) returns boolean language sql immutable parallel safe
    as $$ select name ~ '[^[:space:],][[:space:],]+[^[:space:],]' $$;
comment on function is_whole_name(text) is 'Whether a name has two words or more.';

create function is_better_name(name text, named_at timestamptz, than text, than_at timestamptz) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, public as $$
    select case when than_at is null then true when named_at is null then false
        when is_whole_name(name) <> is_whole_name(than) then is_whole_name(name)
        else named_at > than_at or named_at = than_at and name < than end
$$;
comment on function is_better_name(text, timestamptz, text, timestamptz) is 'Whether of two names of an address the first is the one to show.';

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
        if strpos(body, edit[2]) = 0 then raise exception '% has no place for this', edit[1]; end if;
        execute replace(body, edit[2], edit[3]);
    end loop;
end $$;
