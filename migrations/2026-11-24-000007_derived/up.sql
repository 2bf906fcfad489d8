-- Columns that follow from others. Row triggers where a row follows from itself, statement triggers where it follows
-- from others: once for each contact and batch. The functions that take arrays plan anew at every call and
-- without nested loops: a plan made for one row, or without statistics, would be quadratic for ten thousand.

create function edited_columns(whole jsonb) returns jsonb language sql immutable parallel safe
    as $$ select whole - audit_derived_columns() - array['email', 'phone', 'linkedin_url'] $$;

create function contacts_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if TG_OP = 'INSERT' then
        NEW.effective_frequency_days := NEW.contact_frequency_days;
    else
        if NEW.version = OLD.version and edited_columns(to_jsonb(NEW)) <> edited_columns(to_jsonb(OLD)) then
            NEW.version := OLD.version + 1;
        end if;
        if NEW.version <> OLD.version then NEW.updated_at := now(); end if;
        if NEW.contact_frequency_days is distinct from OLD.contact_frequency_days then
            NEW.effective_frequency_days := coalesce(NEW.contact_frequency_days, (select min(t.contact_frequency_days)
                from contact_tags ct join tags t on t.user_id = ct.user_id and t.id = ct.tag_id
                where ct.user_id = NEW.user_id and ct.contact_id = NEW.id));
        end if;
    end if;
    if NEW.effective_frequency_days is null then
        NEW.next_contact_due := null;
    else
        if NEW.cadence_since is null then NEW.cadence_since := current_date; end if;
        NEW.next_contact_due := greatest(coalesce(NEW.last_contact_date, NEW.cadence_since) + NEW.effective_frequency_days, NEW.postponed_until);
    end if;
    if TG_OP = 'INSERT' or (NEW.first_name, NEW.last_name, NEW.email) is distinct from (OLD.first_name, OLD.last_name, OLD.email) then
        NEW.search_vector := setweight(to_tsvector('pg_catalog.simple', NEW.first_name || ' ' || coalesce(NEW.last_name, '')), 'A')
            || setweight(to_tsvector('pg_catalog.simple', coalesce(NEW.email, '')), 'B');
    end if;
    return NEW;
end $$;
create trigger derive before insert or update on contacts for each row execute function contacts_derive();

create function touch_version() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if NEW.version = OLD.version and to_jsonb(NEW) - audit_derived_columns() <> to_jsonb(OLD) - audit_derived_columns() then
        NEW.version := OLD.version + 1;
    end if;
    if NEW.version <> OLD.version then NEW.updated_at := now(); end if;
    return NEW;
end $$;
create trigger touch before update on organizations for each row execute function touch_version();
create trigger touch before update on interactions for each row execute function touch_version();
create trigger touch before update on reminders for each row execute function touch_version();

create function method_key(kind text, value text) returns text language sql immutable parallel safe
    as $$ select left(case when kind = 'phone' then regexp_replace(regexp_replace(value, '\D', '', 'g'), '^00', '') else lower(btrim(value)) end, 255) $$;
create function contact_methods_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.value_key := method_key(NEW.kind, NEW.value);
    return NEW;
end $$;
create trigger derive before insert or update on contact_methods for each row execute function contact_methods_derive();

create function copy_primary_methods(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
begin
    if ids is null then return; end if;
    update contacts c set email = p.email, phone = p.phone, linkedin_url = p.linkedin
    from (select i.id,
            max(left(m.value, 255)) filter (where m.kind = 'email') as email,
            max(left(m.value, 50)) filter (where m.kind = 'phone') as phone,
            max(m.value) filter (where m.kind = 'linkedin') as linkedin
        from unnest(ids) i(id)
        left join (select distinct on (contact_id, kind) contact_id, kind, value from contact_methods
            where contact_id = any (ids) and kind in ('email', 'phone', 'linkedin') order by contact_id, kind, position, id) m on m.contact_id = i.id
        group by i.id order by i.id) p
    where c.id = p.id and c.id = any (ids) and (c.email, c.phone, c.linkedin_url) is distinct from (p.email, p.phone, p.linkedin);
end $$;
create function contact_methods_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform copy_primary_methods((select array_agg(distinct contact_id) from changed));
    return null;
end $$;
create trigger copy_insert after insert on contact_methods referencing new table as changed for each statement execute function contact_methods_changed();
create trigger copy_update after update on contact_methods referencing new table as changed for each statement execute function contact_methods_changed();
create trigger copy_delete after delete on contact_methods referencing old table as changed for each statement execute function contact_methods_changed();

-- Distinct people of these organizations who are not in the trash.
create function count_organization_people(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
begin
    if ids is null then return; end if;
    update organizations o set people_count = p.n
    from (select i.id, count(distinct c.id) as n from unnest(ids) i(id)
        left join contact_employments e on e.organization_id = i.id and e.organization_id = any (ids)
        left join contacts c on c.id = e.contact_id and c.deleted_at is null
        group by i.id order by i.id) p
    where o.id = p.id and o.id = any (ids) and o.people_count <> p.n;
end $$;
create function employments_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform count_organization_people((select array_agg(distinct organization_id) from changed));
    return null;
end $$;
create function employments_moved() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform count_organization_people((select array_agg(distinct organization_id)
        from (select organization_id from changed union all select organization_id from was) x));
    return null;
end $$;
create trigger count_insert after insert on contact_employments referencing new table as changed for each statement execute function employments_changed();
create trigger count_update after update on contact_employments referencing new table as changed old table as was for each statement execute function employments_moved();
create trigger count_delete after delete on contact_employments referencing old table as changed for each statement execute function employments_changed();

-- Tags: the number of people, moved by what was added or removed, since a tag may have a hundred thousand; and the
-- cadence that a tag lends.
create function move_tag_people(tag_ids uuid[], contact_ids uuid[], step int) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
begin
    update tags t set people_count = t.people_count + step * p.n
    from (select l.tag_id, count(*) as n from unnest(tag_ids, contact_ids) l(tag_id, contact_id)
        join contacts c on c.id = l.contact_id and c.deleted_at is null group by l.tag_id order by l.tag_id) p
    where t.id = p.tag_id;
end $$;
create function count_tag_people(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
begin
    if ids is null then return; end if;
    update tags t set people_count = p.n
    from (select i.id, count(c.id) as n from unnest(ids) i(id)
        left join contact_tags ct on ct.tag_id = i.id and ct.tag_id = any (ids)
        left join contacts c on c.id = ct.contact_id and c.deleted_at is null
        group by i.id order by i.id) p
    where t.id = p.id and t.id = any (ids) and t.people_count <> p.n;
end $$;
create function lend_frequency(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
begin
    if ids is null then return; end if;
    update contacts c set effective_frequency_days = p.days
    from (select i.id, min(t.contact_frequency_days) as days from unnest(ids) i(id)
        left join contact_tags ct on ct.contact_id = i.id and ct.contact_id = any (ids)
        left join tags t on t.id = ct.tag_id
        group by i.id order by i.id) p
    where c.id = p.id and c.id = any (ids) and c.contact_frequency_days is null and c.effective_frequency_days is distinct from p.days;
end $$;
create function contact_tags_added() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare tag_ids uuid[]; contact_ids uuid[];
begin
    select array_agg(tag_id), array_agg(contact_id) into tag_ids, contact_ids from changed;
    if tag_ids is null then return null; end if;
    perform move_tag_people(tag_ids, contact_ids, 1);
    if exists (select from tags where id = any (tag_ids) and contact_frequency_days is not null) then
        perform lend_frequency(array(select distinct unnest(contact_ids)));
    end if;
    return null;
end $$;
create function contact_tags_removed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare tag_ids uuid[]; contact_ids uuid[]; gone uuid[];
begin
    select array_agg(tag_id), array_agg(contact_id) into tag_ids, contact_ids from changed;
    if tag_ids is null then return null; end if;
    -- A contact that went with its links can't be asked whether it counted.
    select array_agg(i) into gone from unnest(contact_ids) i where not exists (select from contacts c where c.id = i);
    if gone is null then
        perform move_tag_people(tag_ids, contact_ids, -1);
    else
        perform count_tag_people(array(select distinct unnest(tag_ids)));
    end if;
    if exists (select from unnest(tag_ids) i left join tags t on t.id = i where t.id is null or t.contact_frequency_days is not null) then
        perform lend_frequency(array(select distinct unnest(contact_ids)));
    end if;
    return null;
end $$;
create trigger count_insert after insert on contact_tags referencing new table as changed for each statement execute function contact_tags_added();
create trigger count_delete after delete on contact_tags referencing old table as changed for each statement execute function contact_tags_removed();
create function tags_frequency_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare moved uuid[];
begin
    select array_agg(id) into moved from (select id from (select id, contact_frequency_days from changed
        union all select id, contact_frequency_days from was) x
        group by id having count(distinct coalesce(contact_frequency_days, 0)) > 1) y;
    if moved is not null then
        perform lend_frequency((select array_agg(distinct contact_id) from contact_tags where tag_id = any (moved)));
    end if;
    return null;
end $$;
create trigger lend_update after update on tags referencing new table as changed old table as was for each statement execute function tags_frequency_changed();

-- Trash and restoration change who counts.
create function contacts_trashed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare trashed uuid[]; restored uuid[];
begin
    select array_agg(id) filter (where not lives), array_agg(id) filter (where lives) into trashed, restored
    from (select id, bool_or(is_new and deleted_at is null) as lives
        from (select id, deleted_at, true as is_new from changed union all select id, deleted_at, false from was) x
        group by id having count(*) filter (where deleted_at is null) = 1) y;
    if trashed is not null then
        update tags t set people_count = t.people_count - p.n
            from (select tag_id, count(*) as n from contact_tags where contact_id = any (trashed) group by tag_id order by tag_id) p where t.id = p.tag_id;
    end if;
    if restored is not null then
        update tags t set people_count = t.people_count + p.n
            from (select tag_id, count(*) as n from contact_tags where contact_id = any (restored) group by tag_id order by tag_id) p where t.id = p.tag_id;
    end if;
    if trashed is not null or restored is not null then
        perform count_organization_people((select array_agg(distinct organization_id) from contact_employments
            where contact_id = any (trashed || restored)));
    end if;
    return null;
end $$;
create trigger count_trashed after update on contacts referencing new table as changed old table as was for each statement execute function contacts_trashed();
