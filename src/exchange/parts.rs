//! The SQL of the files of an upload, and of the layouts of tables that she was asked about.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::table::Layout;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A file of an upload.
#[derive(Debug, Clone, Serialize, QueryableByName)]
pub struct Part {
    /// Which, from 1.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// As it is shown.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// In bytes.
    #[diesel(sql_type = BigInt)]
    pub file_size: i64,
    /// Where it waits, below the data folder.
    #[diesel(sql_type = Text)]
    pub path: String,
    /// vcard, table, ldif, mbox, message, messages or calendar, or other where no reader reads it.
    #[diesel(sql_type = Text)]
    pub format: String,
    /// Under what its records are kept as last seen.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// How a table is laid out.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub layout: Option<Value>,
    /// Whether that is certain.
    #[diesel(sql_type = Bool)]
    pub is_settled: bool,
    /// Why it is left out.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
}

impl Part {
    /// How a table is laid out.
    ///
    /// # Errors
    /// When it is no table, or the stored layout is none.
    pub fn layout(&self) -> Result<Layout, AppError> {
        let layout = self.layout.clone().ok_or_else(|| anyhow::anyhow!("this part is no table"))?;
        Ok(serde_json::from_value(layout).map_err(anyhow::Error::from)?)
    }

    /// Whether it is a table that she is, or was, asked about.
    #[must_use]
    pub fn is_asked_about(&self) -> bool {
        self.is_read() && self.format == "table" && self.source.starts_with("csv ")
    }

    /// Whether it is mail.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        matches!(self.format.as_str(), "mbox" | "message" | "messages")
    }

    /// Whether it is a calendar.
    #[must_use]
    pub fn is_calendar(&self) -> bool {
        self.format == "calendar"
    }

    /// Whether it is a table of what passed.
    #[must_use]
    pub fn is_table_of_what_passed(&self) -> bool {
        let says = |layout: &Value| layout["is_of_what_passed"] == Value::Bool(true);
        self.format == "table" && self.layout.as_ref().is_some_and(says)
    }

    /// Whether it says what passed between her and people, and not who they are.
    #[must_use]
    pub fn is_of_what_passed(&self) -> bool {
        self.is_mail() || self.is_calendar() || self.is_table_of_what_passed()
    }

    /// Whether it is read.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.reason.is_none()
    }
}

/// The files of an upload, in their order.
pub async fn of(tx: &mut TenantTx<'_>, import: Uuid) -> Result<Vec<Part>, AppError> {
    let query = prepared(
        "select position, file_name, file_size, path, format, source, layout, is_settled, reason from import_parts \
         where import_id = ? order by position limit 1000",
        (bind::<SqlUuid, _>(import),),
    );
    Ok(query.load(tx).await?)
}

/// Puts the files of an upload on record, and what it is.
pub async fn add(tx: &mut TenantTx<'_>, import: Uuid, format: &str, parts: &[Part]) -> Result<(), AppError> {
    let rows = serde_json::to_value(parts).map_err(anyhow::Error::from)?;
    let insert = prepared(
        "insert into import_parts (import_id, position, file_name, file_size, path, format, source, layout, is_settled, reason) \
         select ?, r.position, r.file_name, r.file_size, r.path, r.format, r.source, r.layout, r.is_settled, r.reason \
         from jsonb_to_recordset(?) as r(position int, file_name text, file_size bigint, path text, format text, source text, \
             layout jsonb, is_settled boolean, reason text)",
        (bind::<SqlUuid, _>(import), bind::<Jsonb, _>(rows)),
    );
    insert.execute(tx).await?;
    let size: i64 = parts.iter().filter(|part| part.is_read()).map(|part| part.file_size).sum();
    let name = prepared(
        "update imports set format = ?, bytes_to_read = ? where id = ?",
        (bind::<Text, _>(format), bind::<BigInt, _>(size), bind::<SqlUuid, _>(import)),
    );
    name.execute(tx).await?;
    Ok(())
}

/// Settles how a table is laid out.
pub async fn settle(tx: &mut TenantTx<'_>, import: Uuid, position: i32, layout: &Layout) -> Result<(), AppError> {
    let value = serde_json::to_value(layout).map_err(anyhow::Error::from)?;
    let query = prepared(
        "update import_parts set layout = ?, source = ?, is_settled = true where import_id = ? and position = ?",
        (
            bind::<Jsonb, _>(value),
            bind::<Text, _>(layout.source()),
            bind::<SqlUuid, _>(import),
            bind::<Integer, _>(position),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Leaves a file out.
pub async fn leave_out(tx: &mut TenantTx<'_>, import: Uuid, position: i32, reason: &str) -> Result<(), AppError> {
    let query = prepared(
        "with gone as (update import_parts set reason = ?, is_settled = true where import_id = ? and position = ? returning file_size) \
         update imports set bytes_to_read = bytes_to_read - gone.file_size from gone where id = ?",
        (bind::<Text, _>(reason), bind::<SqlUuid, _>(import), bind::<Integer, _>(position), bind::<SqlUuid, _>(import)),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Remembered {
    #[diesel(sql_type = Text)]
    signature: String,
    #[diesel(sql_type = Jsonb)]
    layout: Value,
}

/// What she said of tables with these signatures, by signature.
pub async fn remembered(tx: &mut TenantTx<'_>, signatures: &[String]) -> Result<HashMap<String, Layout>, AppError> {
    let query = prepared(
        "select signature, layout from import_layouts where signature = any(?) limit 1000",
        (bind::<Array<Text>, _>(signatures),),
    );
    let rows: Vec<Remembered> = query.load(tx).await?;
    // One of an older Kith is asked for anew.
    Ok(rows.into_iter().filter_map(|row| Some((row.signature, serde_json::from_value(row.layout).ok()?))).collect())
}

/// Remembers what she said of a table, under what the next one will be known by.
pub async fn remember(tx: &mut TenantTx<'_>, signature: &str, layout: &Layout) -> Result<(), AppError> {
    let value = serde_json::to_value(layout).map_err(anyhow::Error::from)?;
    let query = prepared(
        "insert into import_layouts (signature, layout) values (?, ?) \
         on conflict (user_id, signature) do update set layout = excluded.layout, updated_at = now()",
        (bind::<Text, _>(signature), bind::<Jsonb, _>(value)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Forgets it.
pub async fn forget(tx: &mut TenantTx<'_>, signatures: &[String]) -> Result<(), AppError> {
    let query = prepared("delete from import_layouts where signature = any(?)", (bind::<Array<Text>, _>(signatures),));
    query.execute(tx).await?;
    Ok(())
}

/// Asks again about the tables of an upload that are not known by their header.
pub async fn unsettle(tx: &mut TenantTx<'_>, import: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update import_parts set is_settled = false where import_id = ? and reason is null and source like 'csv %'",
        (bind::<SqlUuid, _>(import),),
    );
    query.execute(tx).await?;
    Ok(())
}
