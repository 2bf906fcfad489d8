-- How warm an interaction is follows from its text, unless she says so herself: what she says is a column of its own, which is
-- logged, versioned and taken back as any other, and the score that of it or the program's.
alter table interactions
    add column sentiment_own numeric(3,2) constraint interactions_sentiment_own_check check (sentiment_own between -1.0 and 1.0),
    add column sentiment_read boolean not null default false;
comment on column interactions.sentiment_score is 'How warm it is, -1.00 to 1.00: what she says of it, else what the program reads in an English text; null where that tells nothing.';
comment on column interactions.sentiment_own is 'What she says herself of how warm it is.';
comment on column interactions.sentiment_read is 'Whether the text was read for its score, or she gave one: what is left is for the job.';
create index idx_interactions_sentiment on interactions (user_id, id) where not sentiment_read;

do $$
declare body text := pg_get_functiondef('audit_derived_columns()'::regprocedure);
begin
    if strpos(body, '''last_seen_at''') = 0 then raise exception 'audit_derived_columns is not as expected'; end if;
    execute replace(body, '''last_seen_at''', '''last_seen_at'', ''sentiment_score'', ''sentiment_read''');
end $$;

create function interactions_sentiment() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if NEW.sentiment_own is not null then
        NEW.sentiment_score := NEW.sentiment_own;
        NEW.sentiment_read := true;
    elsif OLD.sentiment_own is not null
        or (NEW.interaction_type, NEW.subject, NEW.summary) is distinct from (OLD.interaction_type, OLD.subject, OLD.summary) then
        NEW.sentiment_score := null;
        NEW.sentiment_read := false;
    end if;
    return NEW;
end $$;
create trigger sentiment_insert before insert on interactions for each row when (NEW.sentiment_own is not null)
    execute function interactions_sentiment();
create trigger sentiment_update before update of interaction_type, subject, summary, sentiment_own on interactions for each row
    execute function interactions_sentiment();

-- Work that follows from what a transaction wrote, whoever wrote it: one job of a kind waits for a user. The lock is the job's, which
-- takes it alone before it looks for what is left: whoever relies here on a job that waits has ended by then.
create function enqueue_once(kind text) returns void language plpgsql set search_path = pg_catalog, public as $$
declare me uuid := app_user_id();
begin
    if me is null then return; end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('enqueue ' || me::text, 0));
    if not exists (select from jobs j where j.user_id = me and j.kind = enqueue_once.kind and j.state = 'ready') then
        insert into jobs (kind) values (enqueue_once.kind);
    end if;
end $$;
comment on function enqueue_once(text) is 'Puts a job of this kind into the queue, unless one waits there.';
create function sentiment_is_due() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform enqueue_once('interactions.sentiment');
    return null;
end $$;
create trigger sentiment_due_added after insert on interactions for each statement execute function sentiment_is_due();
create trigger sentiment_due_changed after update of interaction_type, subject, summary, sentiment_own on interactions for each statement
    execute function sentiment_is_due();

-- What stands already.
set local role kith_jobs;
insert into jobs (user_id, kind) select id, 'interactions.sentiment' from users where deleted_at is null;
set local role kith_owner;
