create or replace function method_key(kind text, value text) returns text language sql immutable parallel safe
    as $$ select left(coalesce(nullif(case when kind = 'phone' then regexp_replace(regexp_replace(value, '\D', '', 'g'), '^00', '') end, ''),
        lower(btrim(value))), 255) $$;
comment on column contact_methods.value_key is 'What two spellings of a value share: lower case of an e-mail, E.164 of a phone, made by the program.';
