set local role kith_jobs;
delete from jobs where kind = 'interactions.sentiment';
set local role kith_owner;
drop trigger sentiment_due_changed on interactions;
drop trigger sentiment_due_added on interactions;
drop trigger sentiment_update on interactions;
drop trigger sentiment_insert on interactions;
drop function sentiment_is_due();
drop function enqueue_once(text);
drop function interactions_sentiment();
do $$
begin
    execute replace(pg_get_functiondef('audit_derived_columns()'::regprocedure), ', ''sentiment_score'', ''sentiment_read''', '');
end $$;
drop index idx_interactions_sentiment;
alter table interactions drop column sentiment_own, drop column sentiment_read;
comment on column interactions.sentiment_score is '-1.00 to 1.00.';
