do $$
declare f text; was text; became text; body text;
begin
    for f, was, became in values
        ('contacts_derive()', $q$        if TG_OP = 'UPDATE' and NEW.cadence_since is null then NEW.cadence_since := OLD.cadence_since; end if;
        if NEW.cadence_since is null or is_anew then$q$,
            $q$        if NEW.cadence_since is null or is_anew then$q$),
        ('undo_updates(uuid, text, uuid[])', $q$present -> b.key <> was -> b.key and b.key <> 'cadence_since') as changed$q$,
            $q$present -> b.key <> was -> b.key) as changed$q$),
        ('undo_updates(uuid, text, uuid[])', $q$not (edited and w.key = 'deleted_at')
                    and (w.key <> 'cadence_since' or present -> 'contact_frequency_days' = became -> 'contact_frequency_days')) as restore$q$,
            $q$not (edited and w.key = 'deleted_at')) as restore$q$),
        ('audit_changed_rows()', $q$end, before || replace(asked, '%s', 'w'), after || replace(asked, '%s', 'b'), pairs, differs)$q$,
            $q$end, before, after, pairs, differs)$q$),
        ('audit_changed_rows()', $q$    if changed = '{}' then return null; end if;
    asked := case when TG_ARGV[0] = 'contacts' and 'contact_frequency_days' = any (changed)
        then ' || case when b.cadence_since is distinct from w.cadence_since then jsonb_build_object(''cadence_since'', %s.cadence_since) else ''{}'' end' else '' end;
    select string_agg$q$, $q$    if changed = '{}' then return null; end if;
    select string_agg$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for this', f; end if;
        if f = 'audit_changed_rows()' then set local role kith_audit; end if;
        execute replace(body, was, became);
        set local role kith_owner;
    end loop;
end $$;
