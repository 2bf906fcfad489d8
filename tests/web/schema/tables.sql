-- The tables of src/db/schema.rs, each as its macro reads.
select string_agg(format(E'diesel::table! {\n    /// %s\n    %s (%s) {\n%s\n    }\n}\n', t.said, t.relname, t.keys, t.columns), E'\n' order by t.relname)
    || E'\ndiesel::allow_tables_to_appear_in_same_query!(\n' || string_agg(format('    %s,', t.relname), E'\n' order by t.relname) || E'\n);\n'
from (select c.relname, obj_description(c.oid) as said,
        (select string_agg(a.attname, ', ' order by q.place) from pg_constraint k, unnest(k.conkey) with ordinality q(n, place), pg_attribute a
            where k.conrelid = c.oid and k.contype = 'p' and a.attrelid = c.oid and a.attnum = q.n) as keys,
        (select string_agg(format('        %s -> %s,', a.attname, case when a.attnotnull then n.name else 'Nullable<' || n.name || '>' end), E'\n' order by a.attnum)
            from pg_attribute a join pg_type y on y.oid = a.atttypid,
                lateral (select case when starts_with(y.typname, '_') then 'Array<' || initcap(substr(y.typname, 2)) || '>' else initcap(y.typname) end as name) n
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and y.typname not in ('tsvector', 'vector')) as columns
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> '__diesel_schema_migrations') t
