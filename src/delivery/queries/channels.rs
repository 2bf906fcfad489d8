//! By which ways she is told. Whether each reminder is mailed stands in her settings; what has a secret has a row of
//! its own, which no export holds.

use chrono::NaiveTime;
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Time, Varchar};
use diesel_async::RunQueryDsl;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// What is called by HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) enum Kind {
    Webhook,
    Ntfy,
}

impl Kind {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Ntfy => "ntfy",
        }
    }
}

/// One way to tell her.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::delivery) struct Channel {
    #[diesel(sql_type = Varchar)]
    pub kind: String,
    #[diesel(sql_type = Bool)]
    pub is_on: bool,
    #[diesel(sql_type = Nullable<Varchar>)]
    pub url: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    pub secret: Option<String>,
    #[diesel(sql_type = Nullable<Time>)]
    pub time_of_day: Option<NaiveTime>,
}

#[derive(QueryableByName)]
struct Mailed {
    #[diesel(sql_type = Bool)]
    mail_reminders: bool,
}

/// All that she chose.
pub(in crate::delivery) struct Chosen {
    pub mail_reminders: bool,
    channels: Vec<Channel>,
}

impl Chosen {
    /// The way called so, where she ever saved it.
    pub fn channel(&self, kind: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.kind == kind)
    }
}

/// All that she chose. Two statements.
pub(in crate::delivery) async fn chosen(tx: &mut TenantTx<'_>) -> Result<Chosen, AppError> {
    let mailed = "select settings ->> 'mail_reminders' is distinct from 'false' as mail_reminders from users where id = app_user_id()";
    let Mailed { mail_reminders } = prepared(mailed, ()).get_result(tx).await?;
    let channels = prepared("select kind, is_on, url, secret, time_of_day from channels", ()).load(tx).await?;
    Ok(Chosen { mail_reminders, channels })
}

/// One way to tell her.
pub(in crate::delivery) async fn channel(tx: &mut TenantTx<'_>, kind: &str) -> Result<Option<Channel>, AppError> {
    let sql = "select kind, is_on, url, secret, time_of_day from channels where kind = ?";
    Ok(prepared(sql, (bind::<Text, _>(kind),)).load(tx).await?.pop())
}

/// Whether each reminder is mailed when it is due.
pub(in crate::delivery) async fn set_mail_reminders(tx: &mut TenantTx<'_>, is_mailed: bool) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('mail_reminders', ?) where id = app_user_id()",
        (bind::<Bool, _>(is_mailed),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Whether there is a digest, and when.
pub(in crate::delivery) async fn set_digest(tx: &mut TenantTx<'_>, is_on: bool, at: NaiveTime) -> Result<(), AppError> {
    let query = prepared(
        "insert into channels (kind, is_on, time_of_day) values ('digest', ?, ?) \
         on conflict (user_id, kind) do update set is_on = excluded.is_on, time_of_day = excluded.time_of_day",
        (bind::<Bool, _>(is_on), bind::<Time, _>(at)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// What the link to stop her digest ends with: `fresh`, where there was none before.
pub(in crate::delivery) async fn digest_token(tx: &mut TenantTx<'_>, fresh: &str) -> Result<String, AppError> {
    let query = prepared(
        "insert into channels as c (kind, secret) values ('digest', ?) \
         on conflict (user_id, kind) do update set secret = coalesce(c.secret, excluded.secret) \
         returning kind, is_on, url, secret, time_of_day",
        (bind::<Text, _>(fresh),),
    );
    let channel: Channel = query.get_result(tx).await?;
    Ok(channel.secret.unwrap_or_default())
}

/// Where she is told by HTTP, and with which secret.
pub(in crate::delivery) async fn set_receiver(
    tx: &mut TenantTx<'_>,
    kind: Kind,
    is_on: bool,
    url: &str,
    secret: Option<&str>,
) -> Result<(), AppError> {
    let query = prepared(
        "insert into channels (kind, is_on, url, secret) values (?, ?, ?, ?) \
         on conflict (user_id, kind) do update set is_on = excluded.is_on, url = excluded.url, secret = excluded.secret",
        (bind::<Text, _>(kind.name()), bind::<Bool, _>(is_on), bind::<Text, _>(url), bind::<Nullable<Text>, _>(secret)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// A new key to sign with, where there is a webhook.
pub(in crate::delivery) async fn set_secret(tx: &mut TenantTx<'_>, secret: &str) -> Result<(), AppError> {
    let query = prepared("update channels set secret = ? where kind = 'webhook'", (bind::<Text, _>(secret),));
    query.execute(tx).await?;
    Ok(())
}
