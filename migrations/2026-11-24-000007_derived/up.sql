-- Columns that follow from others. Row triggers where a row follows from itself, statement triggers where it follows
-- from others: once for each contact and batch.

create function contacts_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if TG_OP = 'UPDATE' then
        if NEW.version = OLD.version
            and to_jsonb(NEW) - audit_derived_columns() - array['email', 'phone', 'linkedin_url']
                <> to_jsonb(OLD) - audit_derived_columns() - array['email', 'phone', 'linkedin_url'] then
            NEW.version := OLD.version + 1;
        end if;
        if NEW.version <> OLD.version then NEW.updated_at := now(); end if;
        if NEW.contact_frequency_days is distinct from OLD.contact_frequency_days then
            NEW.effective_frequency_days := coalesce(NEW.contact_frequency_days, (select min(t.contact_frequency_days)
                from contact_tags ct join tags t on t.user_id = ct.user_id and t.id = ct.tag_id
                where ct.user_id = NEW.user_id and ct.contact_id = NEW.id));
        end if;
    else
        NEW.effective_frequency_days := NEW.contact_frequency_days;
    end if;
    if NEW.effective_frequency_days is null then
        NEW.next_contact_due := null;
    else
        if NEW.cadence_since is null then NEW.cadence_since := current_date; end if;
        NEW.next_contact_due := greatest(coalesce(NEW.last_contact_date, NEW.cadence_since) + NEW.effective_frequency_days, NEW.postponed_until);
    end if;
    NEW.search_vector := to_tsvector('pg_catalog.simple', NEW.first_name || ' ' || coalesce(NEW.last_name, '') || ' ' || coalesce(NEW.email, ''));
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

create function method_key(kind text, value text) returns text language sql immutable parallel safe set search_path = pg_catalog, public as $$
    select left(case when kind = 'phone' then regexp_replace(regexp_replace(value, '\D', '', 'g'), '^00', '') else lower(btrim(value)) end, 255) $$;
create function contact_methods_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.value_key := method_key(NEW.kind, NEW.value);
    return NEW;
end $$;
create trigger derive before insert or update on contact_methods for each row execute function contact_methods_derive();

create function copy_primary_methods(contacts_changed uuid[]) returns void language sql set search_path = pg_catalog, public as $$
    update contacts c set email = p.email, phone = p.phone, linkedin_url = p.linkedin
    from (select i.id,
            (select left(m.value, 255) from contact_methods m where m.contact_id = i.id and m.kind = 'email' order by m.position, m.id limit 1) as email,
            (select left(m.value, 50) from contact_methods m where m.contact_id = i.id and m.kind = 'phone' order by m.position, m.id limit 1) as phone,
            (select m.value from contact_methods m where m.contact_id = i.id and m.kind = 'linkedin' order by m.position, m.id limit 1) as linkedin
        from unnest(contacts_changed) i(id) order by i.id) p
    where c.id = p.id and (c.email, c.phone, c.linkedin_url) is distinct from (p.email, p.phone, p.linkedin) $$;
create function contact_methods_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform copy_primary_methods((select array_agg(distinct contact_id) from changed));
    return null;
end $$;
create trigger copy_insert after insert on contact_methods referencing new table as changed for each statement execute function contact_methods_changed();
create trigger copy_update after update on contact_methods referencing new table as changed for each statement execute function contact_methods_changed();
create trigger copy_delete after delete on contact_methods referencing old table as changed for each statement execute function contact_methods_changed();

-- Distinct living people of these organizations.
create function count_organization_people(organizations_changed uuid[]) returns void language sql set search_path = pg_catalog, public as $$
    update organizations o set people_count = p.n
    from (select i.id, (select count(distinct e.contact_id) from contact_employments e
            join contacts c on c.user_id = e.user_id and c.id = e.contact_id and c.deleted_at is null
            where e.organization_id = i.id) as n
        from unnest(organizations_changed) i(id) order by i.id) p
    where o.id = p.id and o.people_count <> p.n $$;
create function employments_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform count_organization_people((select array_agg(distinct organization_id) from changed));
    return null;
end $$;
create function employments_moved() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform count_organization_people((select array_agg(distinct organization_id)
        from (select organization_id from changed union select organization_id from was) x));
    return null;
end $$;
create trigger count_insert after insert on contact_employments referencing new table as changed for each statement execute function employments_changed();
create trigger count_update after update on contact_employments referencing new table as changed old table as was for each statement execute function employments_moved();
create trigger count_delete after delete on contact_employments referencing old table as changed for each statement execute function employments_changed();

-- Tags: the number of people, and the cadence that a tag lends them.
create function count_tag_people(tags_changed uuid[]) returns void language sql set search_path = pg_catalog, public as $$
    update tags t set people_count = p.n
    from (select i.id, (select count(*) from contact_tags ct
            join contacts c on c.user_id = ct.user_id and c.id = ct.contact_id and c.deleted_at is null where ct.tag_id = i.id) as n
        from unnest(tags_changed) i(id) order by i.id) p
    where t.id = p.id and t.people_count <> p.n $$;
create function lend_frequency(contacts_changed uuid[]) returns void language sql set search_path = pg_catalog, public as $$
    update contacts c set effective_frequency_days = p.days
    from (select i.id, (select min(t.contact_frequency_days) from contact_tags ct
            join tags t on t.user_id = ct.user_id and t.id = ct.tag_id where ct.contact_id = i.id) as days
        from unnest(contacts_changed) i(id) order by i.id) p
    where c.id = p.id and c.contact_frequency_days is null and c.effective_frequency_days is distinct from p.days $$;
create function contact_tags_added() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update tags t set people_count = people_count + p.n
    from (select a.tag_id, count(*) as n from changed a join contacts c on c.id = a.contact_id and c.deleted_at is null group by 1 order by 1) p
    where t.id = p.tag_id;
    if exists (select from changed a join tags t on t.id = a.tag_id where t.contact_frequency_days is not null) then
        perform lend_frequency((select array_agg(distinct contact_id) from changed));
    end if;
    return null;
end $$;
create function contact_tags_removed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform count_tag_people((select array_agg(distinct tag_id) from changed));
    perform lend_frequency((select array_agg(distinct contact_id) from changed));
    return null;
end $$;
create trigger count_insert after insert on contact_tags referencing new table as changed for each statement execute function contact_tags_added();
create trigger count_delete after delete on contact_tags referencing old table as changed for each statement execute function contact_tags_removed();
create function tags_frequency_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if exists (select from changed n join was o on o.id = n.id where n.contact_frequency_days is distinct from o.contact_frequency_days) then
        perform lend_frequency((select array_agg(distinct ct.contact_id) from changed n join was o on o.id = n.id
            join contact_tags ct on ct.tag_id = n.id where n.contact_frequency_days is distinct from o.contact_frequency_days));
    end if;
    return null;
end $$;
create trigger lend_update after update on tags referencing new table as changed old table as was for each statement execute function tags_frequency_changed();

-- Trash and restoration change who counts.
create function contacts_trashed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare moved uuid[];
begin
    select array_agg(n.id) into moved from changed n join was o on o.id = n.id where (n.deleted_at is null) <> (o.deleted_at is null);
    if moved is not null then
        perform count_tag_people((select array_agg(distinct tag_id) from contact_tags where contact_id = any(moved)));
        perform count_organization_people((select array_agg(distinct organization_id) from contact_employments where contact_id = any(moved)));
    end if;
    return null;
end $$;
create trigger count_trashed after update on contacts referencing new table as changed old table as was for each statement execute function contacts_trashed();
