-- A calendar that her other programs subscribe to. They have no session, so its address is the secret: the table keeps a hash
-- of it, and one function finds whose it is.
create table feeds (
    user_id uuid primary key references users on delete cascade,
    token_hash bytea not null,
    created_at timestamptz not null default now()
);
select secure_tenant_table('feeds');
create index idx_feeds_token on feeds (token_hash);
comment on table feeds is 'The secret link of a user''s calendar feed, one at most. It is no edit: undo revives none.';
comment on column feeds.user_id is 'Whose calendar it is.';
comment on column feeds.token_hash is 'SHA-256 of the link''s token.';
comment on column feeds.created_at is 'When the link was made.';

create policy auth_feeds on feeds for select to kith_auth using (true);
grant select on feeds to kith_auth;
create function find_feed(hash bytea) returns table (id uuid, email text, full_name text, time_zone text, is_admin boolean, subscription_tier text, settings jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, u.email::text, u.full_name::text, u.time_zone::text, u.is_admin, coalesce(u.subscription_tier, 'free')::text, u.settings
    from public.feeds f join public.users u on u.id = f.user_id
    where f.token_hash = hash and not u.is_disabled and u.deleted_at is null $$;
comment on function find_feed(bytea) is 'Whose calendar feed has a token of this hash; nobody''s where she may not sign in.';
revoke all on function find_feed(bytea) from public;
grant execute on function find_feed(bytea) to kith_app;
alter function find_feed(bytea) owner to kith_auth;

-- To other programs an occurrence that was edited alone is still one of its series.
alter table reminders add column apart_from uuid, add column apart_at timestamp,
    add constraint reminders_apart_check check ((apart_from is null) = (apart_at is null));
comment on column reminders.apart_from is 'Of which reminder it was one occurrence until it was edited alone.';
comment on column reminders.apart_at is 'Which one (RECURRENCE-ID).';

-- Of the thousands of occurrences of a reminder those that its rule does not tell.
create index idx_reminder_occurrences_apart on reminder_occurrences (user_id, reminder_id, occurs_at_local)
    where state <> 'open' or snoozed_until is not null;
