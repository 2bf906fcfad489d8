-- Two people of one name are gathered as one. What she parts stays parted, whatever later mail calls them.
create table parted_addresses (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    address varchar(255) not null,
    person_id uuid not null,
    beside varchar(255) not null,
    created_at timestamptz not null default now(),
    primary key (user_id, id),
    constraint parted_addresses_address_key unique (user_id, address)
);
select secure_tenant_table('parted_addresses');
comment on table parted_addresses is 'Addresses that the user said are somebody else''s than those they were gathered with; it outlives the mail that named them.';
comment on column parted_addresses.user_id is 'The owner.';
comment on column parted_addresses.id is 'Made by the database.';
comment on column parted_addresses.address is 'As interaction_addresses.address.';
comment on column parted_addresses.person_id is 'As correspondents.person_id: those with the same one are one person, who gets no further address by her name.';
comment on column parted_addresses.beside is 'An address of whom it was gathered with, to whom it goes back where this is taken back.';
comment on column parted_addresses.created_at is 'Since when.';

create function addresses_parted() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); people uuid[];
begin
    if me is null then return null; end if;
    people := correspondent_people(array(select address from changed));
    update correspondents r set person_id = c.person_id from changed c where r.user_id = me and r.address = c.address and r.person_id <> c.person_id;
    perform refresh_correspondent_states(people || array(select person_id from changed));
    return null;
end $$;
create trigger addresses_parted after insert on parted_addresses referencing new table as changed
    for each statement execute function addresses_parted();
create trigger addresses_parted_anew after update on parted_addresses referencing new table as changed
    for each statement execute function addresses_parted();

create function addresses_rejoined() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id(); people uuid[];
begin
    if me is null then return null; end if;
    people := correspondent_people(array(select address from changed union select beside from changed));
    update correspondents r set person_id = b.person_id from changed c join correspondents b on b.user_id = me and b.address = c.beside
        where r.user_id = me and r.address = c.address;
    perform refresh_correspondent_states(people);
    return null;
end $$;
create trigger addresses_rejoined after delete on parted_addresses referencing old table as changed
    for each statement execute function addresses_rejoined();

select audit_table('parted_addresses', 'id', '');
do $$
declare body text; was text := $q$when 'ignored_addresses' then 'false'$q$;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || '{parted_addresses}'::text[]);
    body := pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure);
    if strpos(body, was) = 0 then raise exception 'undo_inserts has no place for parted addresses'; end if;
    execute replace(body, was, was || $q$ when 'parted_addresses' then 'false'$q$);
end $$;
