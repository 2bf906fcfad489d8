-- A profile at LinkedIn is one, whatever stands before and behind its path.
create or replace function method_key(kind text, value text) returns text language sql immutable parallel safe
    as $$ select left(coalesce(
        nullif(case kind when 'phone' then regexp_replace(regexp_replace(value, '\D', '', 'g'), '^00', '')
            when 'linkedin' then 'linkedin.com/' || rtrim(substring(lower(btrim(value)) from '^(?:https?://)?(?:[a-z0-9-]+\.)*linkedin\.com/([^?#]*)'), '/')
            end, ''),
        lower(btrim(value))), 255) $$;
comment on column contact_methods.value_key is 'What two spellings of a value share: lower case of an e-mail, E.164 of a phone, made by the program; the path of a profile.';

-- Whoever has profiles already: their keys are made anew.
set local role kith_jobs;
insert into jobs (user_id, kind) select id, 'phones' from users where deleted_at is null;
set local role kith_owner;
