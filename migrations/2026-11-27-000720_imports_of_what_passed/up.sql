-- A file of what passed between her and people, such as mail, goes straight from its files into interactions, batch by batch,
-- once she has said which addresses are hers. It can be paused, and goes on from the place of its last batch.
alter table imports drop constraint imports_state_check;
alter table imports add constraint imports_state_check check (state in
    ('reading', 'mapping', 'asking', 'preview', 'applying', 'paused', 'done', 'cancelled', 'failed', 'undone'));
alter table imports add column passing jsonb;
comment on column imports.format is 'vcard, csv, ldif, mbox, eml, maildir, zip or account; auto until the upload was looked at.';
comment on column imports.passing is 'Of a file of what passed between her and people: which addresses are offered as hers and which are, what is taken, and how many records were left out for which reason. Null of people.';
alter table import_parts drop constraint import_parts_format_check;
alter table import_parts add constraint import_parts_format_check
    check (format in ('vcard', 'table', 'ldif', 'mbox', 'message', 'messages', 'other'));
alter table import_items add column interaction_id uuid;
comment on column import_items.interaction_id is 'What it became, or is already.';

-- Undo finds what an import brought.
create index idx_interactions_import on interactions (user_id, import_id, id) where import_id is not null;

-- Taken back batch by batch: a mailbox is a hundred thousand interactions. Those with which somebody went on stay, and are said.
create function undo_import_kept(import uuid, change_set uuid) returns table (id uuid, occurred_at timestamptz)
language sql stable set search_path = pg_catalog, public as $$
    select n.id, n.occurred_at from interactions n where n.import_id = import and exists (select from audit_logs a
        left join change_sets s on s.user_id = a.user_id and s.id = a.change_set_id
        where a.user_id = n.user_id and a.record_id = n.id and a.contact_id is null and a.change_set_id is distinct from change_set
            and s.undone_at is null and s.undoes is null) $$;
comment on function undo_import_kept(uuid, uuid) is 'The interactions of an import that others have changed since.';
create function undo_import_interactions(import uuid, change_set uuid, most int) returns bigint
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare gone bigint;
begin
    with these as (select n.user_id, n.id, n.occurred_at from interactions n where n.import_id = import and not exists (select from audit_logs a
            left join change_sets s on s.user_id = a.user_id and s.id = a.change_set_id
            where a.user_id = n.user_id and a.record_id = n.id and a.contact_id is null and a.change_set_id is distinct from change_set
                and s.undone_at is null and s.undoes is null)
        order by n.id limit most)
    delete from interactions n using these t where n.user_id = t.user_id and n.id = t.id and n.occurred_at = t.occurred_at;
    get diagnostics gone = row_count;
    return gone;
end $$;
comment on function undo_import_interactions(uuid, uuid, int) is 'Deletes so many interactions that an import brought and nobody changed since; how many they were.';
do $$
declare f regprocedure;
begin
    foreach f in array array['undo_import_kept(uuid,uuid)'::regprocedure, 'undo_import_interactions(uuid,uuid,int)'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
    end loop;
end $$;

-- Ids from elsewhere come back with what they name.
select audit_table('interaction_external_refs', 'namespace,external_id', 'occurred_at');
do $$
declare body text; f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || '{interaction_external_refs}'::text[]);
    for f, was, became in values
        ('undo_keys(text)', $q$when 'contact_extras' then '{contact_id}'$q$,
            $q$when 'contact_extras' then '{contact_id}' when 'interaction_external_refs' then '{namespace,external_id}'$q$),
        ('undo_key(text[])', $q$case key when 'position' then 'smallint'$q$,
            $q$case key when 'namespace' then 'text' when 'external_id' then 'text' when 'position' then 'smallint'$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_participants' then$q$,
            $q$when 'interaction_external_refs' then 'false' when 'interaction_participants' then$q$),
        ('undo_rows(uuid, uuid[])', $q$    execute format('select array_agg(distinct a.action$q$,
            $q$    if import is not null and (people is null or cardinality(people) = 0) then
        return query select 'interactions', jsonb_build_object('id', n.id, 'occurred_at', n.occurred_at), null::uuid, 'it was changed since'
            from undo_import_kept(import, change_set) n;
    end if;
    execute format('select array_agg(distinct a.action$q$),
        ('undo_import_groups(uuid, uuid)', $q$delete from interactions n where n.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where a.record_id = n.id and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);$q$,
            'perform undo_import_interactions(import, change_set, null);')
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for mail', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
