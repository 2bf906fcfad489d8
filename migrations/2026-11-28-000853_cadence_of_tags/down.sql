create or replace function contacts_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
    edited contacts; is_anew boolean := false;
begin
    if TG_OP = 'INSERT' then
        NEW.effective_frequency_days := NEW.contact_frequency_days;
    else
        if NEW.version = OLD.version then
            edited := NEW;
            edited.search_vector := OLD.search_vector; edited.last_contact_date := OLD.last_contact_date;
            edited.next_contact_due := OLD.next_contact_due; edited.effective_frequency_days := OLD.effective_frequency_days;
            edited.cadence_since := OLD.cadence_since; edited.postponed_until := OLD.postponed_until; edited.sort_key := OLD.sort_key; edited.updated_at := OLD.updated_at;
            edited.email := OLD.email; edited.phone := OLD.phone; edited.linkedin_url := OLD.linkedin_url;
            if edited is distinct from OLD then NEW.version := OLD.version + 1; end if;
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
        if TG_OP = 'UPDATE' and OLD.effective_frequency_days is null and app_import_id() is null then
            is_anew := not exists (select from change_sets s where s.id = app_change_set_id() and s.undoes is not null);
        end if;
        if NEW.cadence_since is null or is_anew then
            NEW.cadence_since := coalesce((select (now() at time zone u.time_zone)::date from users u where u.id = NEW.user_id), current_date);
        end if;
        NEW.next_contact_due := greatest(coalesce(NEW.last_contact_date, NEW.cadence_since) + NEW.effective_frequency_days, NEW.postponed_until);
    end if;
    if TG_OP = 'INSERT' or (NEW.first_name, NEW.last_name, NEW.email) is distinct from (OLD.first_name, OLD.last_name, OLD.email) then
        NEW.search_vector := setweight(to_tsvector('pg_catalog.simple', NEW.first_name || ' ' || coalesce(NEW.last_name, '')), 'A')
            || setweight(to_tsvector('pg_catalog.simple', coalesce(NEW.email, '')), 'B');
    end if;
    return NEW;
end $$;
