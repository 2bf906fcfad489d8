-- The part of docs/SCHEMA.md that follows from the database.
select string_agg(format(E'## %s\n\n%s\n\n| column | type | null | default | |\n|---|---|---|---|---|\n%s\n%s%s', t.relname, t.said, t.columns, t.checks, t.indexes), E'\n' order by t.relname)
from (select c.relname, obj_description(c.oid) as said,
        (select string_agg(format('| %s | %s | %s | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then '' else 'yes' end,
                coalesce('`' || pg_get_expr(d.adbin, d.adrelid) || '`', ''), replace(coalesce(col_description(c.oid, a.attnum), ''), '|', '\|')), E'\n' order by a.attnum)
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
        coalesce((select E'\n' || string_agg(format('- `%s`: %s', k.conname, replace(pg_get_constraintdef(k.oid), '|', '\|')), E'\n' order by k.contype, k.conname) || E'\n'
            from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'), '') as checks,
        coalesce((select E'\n' || string_agg(format('- `%s`', replace(pg_get_indexdef(i.indexrelid), 'public.', '')), E'\n' order by i.indexrelid::regclass::text) || E'\n'
            from pg_index i where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)), '') as indexes
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> '__diesel_schema_migrations') t
