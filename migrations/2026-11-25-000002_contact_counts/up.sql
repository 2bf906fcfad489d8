-- How many people each user has, so that a list of a hundred thousand tells its length without counting it.
create table contact_counts (
    user_id uuid primary key references users on delete cascade,
    live int not null default 0
);
select secure_tenant_table('contact_counts');
comment on table contact_counts is 'How many people each user has: kept by trigger, since a count would scan.';
comment on column contact_counts.user_id is 'The owner.';
comment on column contact_counts.live is 'People not in the trash.';

create function contacts_counted() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if TG_OP = 'INSERT' then
        insert into contact_counts as k (user_id, live)
            select user_id, count(*) from changed where deleted_at is null group by user_id order by user_id
            on conflict (user_id) do update set live = k.live + excluded.live;
    else
        -- Of a user who is deleted with everything the row is gone already, and nothing is to be counted.
        update contact_counts k set live = k.live - w.n
            from (select user_id, count(*) as n from was where deleted_at is null group by user_id order by user_id) w
            where k.user_id = w.user_id;
    end if;
    return null;
end $$;
create function contacts_recounted() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update contact_counts k set live = k.live + m.n
        from (select user_id, count(*) filter (where deleted_at is null and is_new) - count(*) filter (where deleted_at is null and not is_new) as n
            from (select user_id, deleted_at, true as is_new from changed union all select user_id, deleted_at, false from was) x
            group by user_id order by user_id) m
        where k.user_id = m.user_id and m.n <> 0;
    return null;
end $$;
create trigger tally_insert after insert on contacts referencing new table as changed for each statement execute function contacts_counted();
create trigger tally_delete after delete on contacts referencing old table as was for each statement execute function contacts_counted();
create trigger tally_update after update on contacts referencing new table as changed old table as was for each statement execute function contacts_recounted();
insert into contact_counts (user_id, live) select user_id, count(*) from contacts where deleted_at is null group by user_id;
