-- Who is named in mail and meetings, whether or not a contact has the address: so that whoever is added, merged or restored
-- later is linked to all that passed before, and those who are nobody's contact yet can be counted.

create table interaction_addresses (
    user_id uuid not null references users on delete cascade,
    interaction_id uuid not null,
    occurred_at timestamptz not null,
    position smallint not null,
    role varchar(20) not null constraint interaction_addresses_role_check check (role in ('from', 'sender', 'reply_to', 'to', 'cc', 'bcc',
        'resent_from', 'resent_sender', 'resent_to', 'resent_cc', 'resent_bcc', 'organizer', 'attendee')),
    address varchar(255) not null,
    name varchar(255),
    is_own boolean not null default false,
    primary key (user_id, interaction_id, position),
    constraint interaction_addresses_interaction_fkey foreign key (user_id, interaction_id, occurred_at)
        references interactions on update cascade on delete cascade
);
select secure_tenant_table('interaction_addresses');
create index idx_interaction_addresses_address on interaction_addresses (user_id, address, occurred_at desc, interaction_id desc);
comment on table interaction_addresses is 'Every address that a message or an event names.';
comment on column interaction_addresses.user_id is 'The owner.';
comment on column interaction_addresses.interaction_id is 'Which interaction.';
comment on column interaction_addresses.occurred_at is 'A copy of the interaction''s, kept by the foreign key.';
comment on column interaction_addresses.position is 'Its place among those of the interaction, from 0.';
comment on column interaction_addresses.role is 'As what it is named: the field of RFC 5322, organizer or attendee.';
comment on column interaction_addresses.address is 'In the spelling of contact_methods.value_key of an e-mail.';
comment on column interaction_addresses.name is 'The name beside it; null where there is none.';
comment on column interaction_addresses.is_own is 'Whether it is the user''s own.';

create table ignored_addresses (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    address varchar(255) not null,
    created_at timestamptz not null default now(),
    primary key (user_id, id),
    constraint ignored_addresses_address_key unique (user_id, address)
);
select secure_tenant_table('ignored_addresses');
comment on table ignored_addresses is 'Whom the user does not want as a contact; it outlives the mail that named them.';
comment on column ignored_addresses.user_id is 'The owner.';
comment on column ignored_addresses.id is 'Made by the database.';
comment on column ignored_addresses.address is 'As interaction_addresses.address.';
comment on column ignored_addresses.created_at is 'Since when.';

create table correspondents (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    address varchar(255) not null,
    name varchar(255),
    named_at timestamptz,
    received_count int not null default 0,
    sent_count int not null default 0,
    first_at timestamptz not null,
    last_at timestamptz not null,
    state varchar(10) not null default 'waiting' constraint correspondents_state_check check (state in ('waiting', 'ignored', 'known')),
    person_id uuid not null default gen_random_uuid(),
    person_key varchar(255),
    person_state varchar(10),
    person_count int,
    person_last_at timestamptz,
    primary key (user_id, id),
    constraint correspondents_address_key unique (user_id, address)
);
select secure_tenant_table('correspondents');
create index idx_correspondents_person on correspondents (user_id, person_id);
create index idx_correspondents_key on correspondents (user_id, person_key);
create index idx_correspondents_most on correspondents (user_id, person_state, person_count desc, address) where person_state is not null;
create index idx_correspondents_last on correspondents (user_id, person_state, person_last_at desc, address) where person_state is not null;
comment on table correspondents is 'Each address that is named and not the user''s own, with what it comes to outside the trash; derived, kept by triggers.';
comment on column correspondents.user_id is 'The owner.';
comment on column correspondents.id is 'Made by the database.';
comment on column correspondents.address is 'As interaction_addresses.address.';
comment on column correspondents.name is 'The newest name beside it.';
comment on column correspondents.named_at is 'When it was called so last.';
comment on column correspondents.received_count is 'How many messages came from it.';
comment on column correspondents.sent_count is 'How many messages of the user''s went to it.';
comment on column correspondents.first_at is 'When it was named first.';
comment on column correspondents.last_at is 'When it was named last.';
comment on column correspondents.state is 'known: a contact outside the trash has it; ignored; else waiting.';
comment on column correspondents.person_id is 'What the addresses of one person share.';
comment on column correspondents.person_key is 'What rows of one person are sought by, made by the program of name and address; null until it has looked at this name.';
comment on column correspondents.person_state is 'Of the address that stands for its person: waiting or ignored; null of her others and of known ones.';
comment on column correspondents.person_count is 'Of that address: the messages, in and out, of all of hers in this state.';
comment on column correspondents.person_last_at is 'Of that address: when one of hers in this state was named last.';

alter table interactions add column thread_id uuid;
create index idx_interactions_thread on interactions (user_id, thread_id, occurred_at desc, id desc) where thread_id is not null;
comment on column interactions.thread_id is 'What the messages of one thread share; null where it is of none.';

create table mail_threads (
    user_id uuid not null references users on delete cascade,
    message_id varchar(255) not null,
    thread_id uuid not null,
    conversation varchar(64),
    sent_at timestamptz,
    is_loose boolean not null default false,
    primary key (user_id, message_id)
);
select secure_tenant_table('mail_threads');
create index idx_mail_threads_thread on mail_threads (user_id, thread_id);
create index idx_mail_threads_conversation on mail_threads (user_id, conversation, sent_at desc) where conversation is not null;
comment on table mail_threads is 'Each Message-ID that was seen or referred to, and its thread.';
comment on column mail_threads.user_id is 'The owner.';
comment on column mail_threads.message_id is 'The id without its brackets; past 255 bytes sha256:...; of a message without one the id of its interaction.';
comment on column mail_threads.thread_id is 'As interactions.thread_id.';
comment on column mail_threads.conversation is 'Of a message that was seen: a hash of its subject and of those whom it names.';
comment on column mail_threads.sent_at is 'Of a message that was seen: when.';
comment on column mail_threads.is_loose is 'Whether it answers by its subject alone: it is of one thread with what was said before.';

-- Whom an import of people linked to earlier messages; who takes part in what an import of mail brings goes with that.
alter table interaction_participants add column import_id uuid;
create index idx_participants_import on interaction_participants (user_id, import_id) where import_id is not null;
comment on column interaction_participants.import_id is 'The import of people whose address linked them.';

-- The address that stands for a person is the one with the most messages of those that wait, else of those that are ignored.
create function refresh_correspondent_people(people uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    update correspondents r set person_state = x.person_state, person_count = x.person_count, person_last_at = x.person_last_at
    from (select s.user_id, s.id, case when s.place = 1 then s.state end as person_state, case when s.place = 1 then s.n end as person_count,
            case when s.place = 1 then s.last_at end as person_last_at
        from (select m.user_id, m.id, m.state, sum(m.received_count + m.sent_count) over (partition by m.person_id, m.state) as n,
                max(m.last_at) over (partition by m.person_id, m.state) as last_at,
                case when m.state <> 'known' then row_number() over (partition by m.person_id
                    order by m.state = 'known', m.state = 'ignored', m.received_count + m.sent_count desc, m.address) end as place
            from correspondents m where m.person_id = any (people)) s) x
    where r.user_id = x.user_id and r.id = x.id
        and (r.person_state, r.person_count, r.person_last_at) is distinct from (x.person_state, x.person_count::int, x.person_last_at);
end $$;
comment on function refresh_correspondent_people(uuid[]) is 'What the addresses of these people come to.';

-- Whoever has one ignored address is ignored with all of hers, also with one that turns up later.
create function refresh_correspondent_states(people uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if people is null then return; end if;
    update correspondents r set state = x.state
    from (select m.user_id, m.id, case
            when exists (select from contact_methods k join contacts c on c.user_id = k.user_id and c.id = k.contact_id and c.deleted_at is null
                where k.user_id = m.user_id and k.kind = 'email' and k.value_key = m.address) then 'known'
            when exists (select from correspondents o join ignored_addresses i on i.user_id = o.user_id and i.address = o.address
                where o.user_id = m.user_id and o.person_id = m.person_id) then 'ignored'
            else 'waiting' end as state
        from correspondents m where m.person_id = any (people)) x
    where r.user_id = x.user_id and r.id = x.id and r.state <> x.state;
    perform refresh_correspondent_people(people);
end $$;
comment on function refresh_correspondent_states(uuid[]) is 'Whether the addresses of these people are known, ignored or waiting, and what that comes to.';

create function correspondent_people(addresses text[]) returns uuid[]
language sql stable set search_path = pg_catalog, public
    as $$ select array_agg(distinct person_id) from correspondents where user_id = app_user_id() and address = any (addresses) $$;
comment on function correspondent_people(text[]) is 'Whose addresses these are.';

-- From all that there is. A message counts once for an address, however often it names it.
create function count_correspondents(addresses text[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); people uuid[];
begin
    if addresses is null then return; end if;
    with counted as (select x.address, count(*) filter (where x.came) as received, count(*) filter (where x.is_named and x.is_mine) as sent,
                min(x.occurred_at) as first_at, max(x.occurred_at) as last_at
            from (select a.address, a.interaction_id, a.occurred_at, bool_or(a.role in ('from', 'organizer')) as came,
                    bool_or(a.role in ('to', 'cc', 'bcc', 'attendee')) as is_named,
                    exists (select from interaction_addresses o where o.user_id = me and o.interaction_id = a.interaction_id
                        and o.is_own and o.role in ('from', 'organizer')) as is_mine
                from interaction_addresses a
                join interactions n on n.user_id = me and n.id = a.interaction_id and n.occurred_at = a.occurred_at and n.deleted_at is null
                where a.user_id = me and a.address = any (addresses) and not a.is_own
                group by a.address, a.interaction_id, a.occurred_at) x group by x.address),
        named as (select distinct on (a.address) a.address, a.name, a.occurred_at from interaction_addresses a
            join interactions n on n.user_id = me and n.id = a.interaction_id and n.occurred_at = a.occurred_at and n.deleted_at is null
            where a.user_id = me and a.address = any (addresses) and not a.is_own and a.name is not null
            order by a.address, a.occurred_at desc, a.name)
    insert into correspondents as r (user_id, address, name, named_at, received_count, sent_count, first_at, last_at)
        select me, c.address, d.name, d.occurred_at, c.received, c.sent, c.first_at, c.last_at
        from counted c left join named d on d.address = c.address order by c.address
        on conflict (user_id, address) do update set name = excluded.name, named_at = excluded.named_at,
            received_count = excluded.received_count, sent_count = excluded.sent_count, first_at = excluded.first_at, last_at = excluded.last_at,
            person_key = case when r.name is not distinct from excluded.name then r.person_key end;
    people := correspondent_people(addresses);
    delete from correspondents r where r.user_id = me and r.address = any (addresses) and not exists (select from interaction_addresses a
        join interactions n on n.user_id = me and n.id = a.interaction_id and n.occurred_at = a.occurred_at and n.deleted_at is null
        where a.user_id = me and a.address = r.address and not a.is_own);
    perform refresh_correspondent_states(people);
end $$;
comment on function count_correspondents(text[]) is 'What these addresses come to.';

-- Who sent a message for another, resent it, or is to be answered instead, is named and takes no part.
create function takes_part(role text) returns boolean language sql immutable parallel safe
    as $$ select role in ('from', 'to', 'cc', 'bcc', 'organizer', 'attendee') $$;
comment on function takes_part(text) is 'Whether whoever is named so took part.';

-- Each live contact with one of these addresses takes part in all that names it. Each address is sought by itself, whatever
-- the planner believes of tables that an import has just begun to fill.
create function link_addresses(people uuid[], addresses text[]) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare me uuid := app_user_id();
begin
    insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at, import_id)
        select distinct me, a.interaction_id, c.id, a.occurred_at, app_import_id() from unnest(people, addresses) p(contact, address)
        cross join lateral (select id from contacts where user_id = me and id = p.contact and deleted_at is null offset 0) c
        cross join lateral (select interaction_id, occurred_at from interaction_addresses
            where user_id = me and address = p.address and not is_own and takes_part(role) offset 0) a
        on conflict do nothing;
end $$;
comment on function link_addresses(uuid[], text[]) is 'Lets each of these people take part in what names the address beside her.';

-- What an import brings is only added to what stands: a batch reads none of what came before it, unless it says more of a
-- message that was there.
create function addresses_added() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); named text[];
begin
    if me is null or not exists (select from changed) then return null; end if;
    insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at)
        select distinct me, a.interaction_id, m.contact_id, a.occurred_at from (select distinct address from changed where not is_own) w
        cross join lateral (select k.contact_id from contact_methods k join contacts c on c.user_id = me and c.id = k.contact_id and c.deleted_at is null
            where k.user_id = me and k.kind = 'email' and k.value_key = w.address offset 0) m
        join changed a on a.address = w.address and not a.is_own and takes_part(a.role)
        on conflict do nothing;
    select array_agg(distinct a.address) into named from (select distinct interaction_id from changed) i
        cross join lateral (select * from interaction_addresses o where o.user_id = me and o.interaction_id = i.interaction_id offset 0) a
        where not a.is_own having bool_or(not exists (select from changed c where c.interaction_id = a.interaction_id and c.position = a.position));
    if named is not null then
        perform count_correspondents(named);
        return null;
    end if;
    with live as (select a.* from changed a cross join lateral (select from interactions n
                where n.user_id = me and n.id = a.interaction_id and n.occurred_at = a.occurred_at and n.deleted_at is null offset 0) n),
        mine as (select distinct interaction_id from live where is_own and role in ('from', 'organizer')),
        counted as (select x.address, count(*) filter (where x.came) as received, count(*) filter (where x.is_named and m.interaction_id is not null) as sent,
                min(x.occurred_at) as first_at, max(x.occurred_at) as last_at
            from (select address, interaction_id, occurred_at, bool_or(role in ('from', 'organizer')) as came,
                    bool_or(role in ('to', 'cc', 'bcc', 'attendee')) as is_named
                from live where not is_own group by address, interaction_id, occurred_at) x
            left join mine m on m.interaction_id = x.interaction_id group by x.address),
        named as (select distinct on (address) address, name, occurred_at from live where not is_own and name is not null
            order by address, occurred_at desc, name)
    insert into correspondents as r (user_id, address, name, named_at, received_count, sent_count, first_at, last_at)
        select me, c.address, d.name, d.occurred_at, c.received, c.sent, c.first_at, c.last_at
        from counted c left join named d on d.address = c.address order by c.address
        on conflict (user_id, address) do update set
            received_count = r.received_count + excluded.received_count, sent_count = r.sent_count + excluded.sent_count,
            first_at = least(r.first_at, excluded.first_at), last_at = greatest(r.last_at, excluded.last_at),
            name = case when excluded.named_at > r.named_at or r.named_at is null or excluded.named_at = r.named_at and excluded.name < r.name
                then excluded.name else r.name end,
            named_at = greatest(r.named_at, excluded.named_at),
            person_key = case when (excluded.named_at > r.named_at or r.named_at is null or excluded.named_at = r.named_at and excluded.name < r.name)
                and excluded.name is distinct from r.name then null else r.person_key end;
    perform refresh_correspondent_states(correspondent_people((select array_agg(distinct address) from changed where not is_own)));
    return null;
end $$;
create trigger correspondents_added after insert on interaction_addresses referencing new table as changed
    for each statement execute function addresses_added();

-- Erasing an account has no user, and erases the counts themselves.
create function addresses_changed() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if app_user_id() is null then return null; end if;
    perform count_correspondents((select array_agg(distinct x.address) from (select address from was
        union select a.address from interaction_addresses a where a.user_id = app_user_id() and a.interaction_id in (select interaction_id from was)) x));
    return null;
end $$;
create trigger correspondents_changed after update on interaction_addresses referencing old table as was
    for each statement execute function addresses_changed();
create trigger correspondents_removed after delete on interaction_addresses referencing old table as was
    for each statement execute function addresses_changed();

-- Addresses of people. Whoever has no mail pays one look at an index.
create function method_addresses_added() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); people uuid[]; addresses text[];
begin
    if me is null or not exists (select from interaction_addresses where user_id = me) then return null; end if;
    select array_agg(m.contact_id order by m.contact_id, m.value_key), array_agg(m.value_key order by m.contact_id, m.value_key) into people, addresses
        from (select distinct contact_id, value_key from changed where kind = 'email') m
        where exists (select from interaction_addresses a where a.user_id = me and a.address = m.value_key);
    if people is null then return null; end if;
    perform link_addresses(people, addresses);
    perform refresh_correspondent_states(correspondent_people(addresses));
    return null;
end $$;
create trigger addresses_added after insert on contact_methods referencing new table as changed
    for each statement execute function method_addresses_added();

create function method_addresses_changed() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); people uuid[]; addresses text[];
begin
    if me is null or not exists (select from interaction_addresses where user_id = me) then return null; end if;
    select array_agg(b.contact_id), array_agg(b.value_key) into people, addresses
        from became b join was w on w.user_id = b.user_id and w.id = b.id
        where b.kind = 'email' and (b.contact_id, b.kind, b.value_key) is distinct from (w.contact_id, w.kind, w.value_key);
    if people is not null then perform link_addresses(people, addresses); end if;
    perform refresh_correspondent_states(correspondent_people(array(select value_key from was where kind = 'email') || addresses));
    return null;
end $$;
create trigger addresses_changed after update on contact_methods referencing old table as was new table as became
    for each statement execute function method_addresses_changed();

create function method_addresses_removed() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if app_user_id() is null or not exists (select from interaction_addresses where user_id = app_user_id()) then return null; end if;
    perform refresh_correspondent_states(correspondent_people(array(select value_key from was where kind = 'email')));
    return null;
end $$;
create trigger addresses_removed after delete on contact_methods referencing old table as was
    for each statement execute function method_addresses_removed();

-- Whoever leaves the trash is linked to what came meanwhile.
create function people_addresses_moved(moved uuid[], lives boolean) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = on as $$
declare me uuid := app_user_id(); people uuid[]; addresses text[];
begin
    if me is null or not exists (select from interaction_addresses where user_id = me) then return; end if;
    select array_agg(m.contact_id), array_agg(m.value_key) into people, addresses from contact_methods m
        where m.user_id = me and m.contact_id = any (moved) and m.kind = 'email'
            and exists (select from interaction_addresses a where a.user_id = me and a.address = m.value_key);
    if people is null then return; end if;
    if lives then perform link_addresses(people, addresses); end if;
    perform refresh_correspondent_states(correspondent_people(addresses));
end $$;

create function ignored_addresses_changed() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
begin
    if app_user_id() is not null then
        perform refresh_correspondent_states(correspondent_people(array(select address from changed)));
    end if;
    return null;
end $$;
create trigger states_added after insert on ignored_addresses referencing new table as changed
    for each statement execute function ignored_addresses_changed();
create trigger states_removed after delete on ignored_addresses referencing old table as changed
    for each statement execute function ignored_addresses_changed();

create function refresh_mail_statistics() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    analyze public.interactions, public.interaction_participants, public.interaction_addresses, public.interaction_external_refs,
        public.correspondents, public.mail_threads;
end $$;
comment on function refresh_mail_statistics() is 'Counts what an import of mail fills, for the planner.';
revoke all on function refresh_mail_statistics() from public;
grant execute on function refresh_mail_statistics() to kith_app;

-- What undo knows. An import's rows are not logged one by one and go with it; what it deletes is logged whole and comes back.
set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
create or replace function audit_derived_columns() returns text[] language sql immutable parallel safe
    as $$ select array['user_id', 'search_vector', 'last_contact_date', 'next_contact_due', 'effective_frequency_days', 'cadence_since',
        'sort_key', 'people_count', 'value_key', 'updated_at', 'version', 'last_seen_at', 'thread_id'] $$;
select audit_table('interaction_addresses', 'interaction_id,position', 'occurred_at');
select audit_table('ignored_addresses', 'id', '');

-- The trash of interactions, and of people.
do $$
declare body text; f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || '{interaction_addresses,ignored_addresses}'::text[]);
    for f, was, became in values
        ('undo_keys(text)', $q$when 'contact_extras' then '{contact_id}'$q$,
            $q$when 'contact_extras' then '{contact_id}' when 'interaction_addresses' then '{interaction_id,position}'$q$),
        ('undo_key(text[])', $q$format('t.%1$I = (k ->> %1$L)::uuid', key)$q$,
            $q$format('t.%1$I = (k ->> %1$L)::%2$s', key, case key when 'position' then 'smallint' else 'uuid' end)$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_participants' then$q$,
            $q$when 'interaction_addresses' then 'exists (select from interaction_participants e where e.interaction_id = t.interaction_id)'
        when 'ignored_addresses' then 'false' when 'interaction_participants' then$q$),
        -- Whoever the set made and who stays, since somebody went on with her, stays linked.
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_participants' then 'exists$q$, $q$when 'interaction_participants' then 't.contact_id in (select p.contact_id from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'')
            and exists (select from audit_logs l where l.contact_id = t.contact_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id)) or exists$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$array['contact_tags',$q$, $q$array['interaction_participants', 'contact_tags',$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$in ('contact_tags',$q$, $q$in ('interaction_participants', 'contact_tags',$q$),
        ('undo_list_people(uuid)', $q$union select r.contact_id from contact_extras r$q$,
            $q$union select r.contact_id from interaction_participants r where r.import_id = import
            union select r.contact_id from contact_extras r$q$),
        ('contacts_document_follows()', 'where d.contact_id = any (moved);', 'where d.contact_id = any (moved);
        perform people_addresses_moved(moved, lives);'),
        ('interactions_changed()', '    return null;', $q$    if app_user_id() is not null then
        perform count_correspondents((select array_agg(distinct a.address) from became b
            join was w on w.user_id = b.user_id and w.id = b.id
            join interaction_addresses a on a.user_id = b.user_id and a.interaction_id = b.id
            where (b.deleted_at is null) <> (w.deleted_at is null)));
    end if;
    return null;$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for addresses', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
