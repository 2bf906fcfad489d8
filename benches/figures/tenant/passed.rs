//! What passed between a tenant and her people, and what she is reminded of.

use anyhow::Result;
use kith::db::CurrentUser;
use tokio_postgres::Client;

/// Writes so many interactions of eleven years up to now, spread evenly, a few people having most of them, and so many
/// reminders. No triggers, which would take hours: what they keep is counted afterwards by the database's own functions.
pub async fn fill(admin: &Client, user: &CurrentUser, interactions: usize, reminders: usize) -> Result<()> {
    let settings = format!("set app.current_user_id = '{}'; set session_replication_role = replica", user.id());
    admin.batch_execute(&settings).await?;
    for sql in [INTERACTIONS, PARTICIPANTS, DOCUMENTS, REMINDERS, OCCURRENCES] {
        let sql = sql.replace(":interactions", &interactions.to_string()).replace(":reminders", &reminders.to_string());
        admin.batch_execute(&sql).await?;
    }
    admin.batch_execute("analyze interactions, interaction_participants").await?;
    admin.batch_execute(LAST_CONTACTS).await?;
    // A transaction each, as the job does: the locks of all months at once are too many.
    for month in admin.query("select months_to_count()::text", &[]).await? {
        admin.execute("select count_month($1::text::date)", &[&month.get::<_, String>(0)]).await?;
    }
    Ok(admin.batch_execute("reset session_replication_role; reset app.current_user_id").await?)
}

const INTERACTIONS: &str = "insert into interactions (user_id, id, occurred_at, interaction_type, direction, subject, summary, sentiment_read) \
    select app_user_id(), ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, now() - interval '11 years' * (:interactions - n) / :interactions, \
        case when n % 20 < 17 then 'email' when n % 20 < 19 then 'meeting' else 'call' end, \
        case when n % 20 < 17 then (array['inbound', 'outbound'])[1 + n % 2] else 'mutual' end, \
        'About ' || left(md5(n::text), 7) || ' and ' || left(md5((n % 5000)::text), 5), \
        'We spoke of ' || md5((n * 7 % 3000)::text) || ' and ' || md5((n * 11 % 9000)::text) || repeat(', and of what comes next', 4) || '.', true \
    from generate_series(1, :interactions) n";

/// The richer somebody's page, the sooner she is among those who have most.
const PARTICIPANTS: &str = "insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) \
    select i.user_id, i.id, p.ids[1 + floor(cardinality(p.ids) * power((hashtextextended(i.id::text, 5) & 1048575) / 1048576.0, 2))::int], i.occurred_at \
    from interactions i, (select array_agg(id order by (coalesce(notes, '') <> '') desc, id) as ids from contacts where user_id = app_user_id()) p \
    where i.user_id = app_user_id()";

const DOCUMENTS: &str = "insert into interaction_search_documents (user_id, interaction_id, occurred_at, document) \
    select user_id, id, occurred_at, setweight(to_tsvector('simple', subject), 'A') || setweight(to_tsvector('simple', summary), 'D') \
    from interactions where user_id = app_user_id()";

/// From half a year ago to half a year ahead; what was due is done but for one in fifty.
const REMINDERS: &str = "insert into reminders (user_id, id, contact_id, title, due_at, starts_at, status, made_until) \
    select app_user_id(), ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, \
        p.ids[1 + (n * 37) % cardinality(p.ids)], 'Ask about ' || left(md5(n::text), 6), d.at, d.at at time zone 'Europe/Berlin', \
        case when d.at < now() and n % 50 > 0 then 'completed' else 'pending' end, now() + interval '400 days' \
    from generate_series(1, :reminders) n \
    cross join lateral (select date_trunc('minute', now() + interval '1 year' * (n - :reminders / 2) / greatest(:reminders, 1)) as at) d, \
    (select array_agg(id order by id) as ids from contacts where user_id = app_user_id()) p";

const OCCURRENCES: &str = "insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at, state, settled_at, rung_at) \
    select user_id, id, starts_at, due_at, case status when 'pending' then 'open' else 'completed' end, \
        case status when 'completed' then due_at end, case when due_at < now() then due_at end \
    from reminders where user_id = app_user_id()";

const LAST_CONTACTS: &str = "update contacts c set last_contact_date = p.day from (select contact_id, (max(occurred_at) at time zone 'Europe/Berlin')::date as day \
        from interaction_participants where user_id = app_user_id() group by contact_id) p \
    where c.user_id = app_user_id() and c.id = p.contact_id";
