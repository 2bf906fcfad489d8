//! Whom a table means by a name, or by an id that another table of hers gave: exactly her, or nobody. With its SQL.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, prepared};
use crate::error::AppError;
use crate::text::clean;

/// Whom a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Nobody,
    /// The user.
    Herself,
    One(Uuid),
    /// More than one.
    Several,
}

/// Everybody by name, and by the ids of the tables that they came in.
#[derive(Debug, Default)]
pub(super) struct Directory {
    names: HashMap<String, Meant>,
    ids: HashMap<String, Meant>,
    /// Whom a row means that names nobody, once she says that.
    unnamed: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact: Option<Uuid>,
    #[diesel(sql_type = Text)]
    name: String,
}

impl Directory {
    /// All names that she has: a table asks for thousands of them. Three statements.
    pub async fn load(tx: &mut TenantTx<'_>) -> Result<Self, AppError> {
        let mut directory = Self::default();
        let hers = "select null::uuid as contact, full_name::text as name from users where full_name <> ''";
        let people = "select c.id as contact, n.name from contacts c cross join lateral (values (c.display_name::text), \
                (concat_ws(' ', c.first_name, c.last_name)), (concat_ws(', ', c.last_name, c.first_name))) n(name) \
            where c.deleted_at is null and n.name <> ''";
        let ids = "select s.contact_id as contact, s.source_key::text as name from contact_sources s \
            join contacts c on c.id = s.contact_id and c.deleted_at is null \
            where s.source like 'csv %' and s.source_key not like 'sha256:%'";
        for row in prepared(people, ()).load::<Row>(tx).await? {
            note(&mut directory.names, &row);
        }
        for row in prepared(ids, ()).load::<Row>(tx).await? {
            note(&mut directory.ids, &row);
        }
        for row in prepared(hers, ()).load::<Row>(tx).await? {
            directory.names.entry(key(&row.name)).or_insert(Meant::Herself);
        }
        directory.names.entry("me".to_owned()).or_insert(Meant::Herself);
        Ok(directory)
    }

    /// Says whom a name means from here on, or where it is empty, a row that names nobody.
    pub fn mean(&mut self, name: &str, contact: Uuid) {
        if name.is_empty() {
            self.unnamed = Some(contact);
        } else {
            self.names.insert(key(name), Meant::One(contact));
        }
    }

    /// Whom a row means that names nobody; none as long as she does not say that.
    pub fn unnamed(&self) -> Option<Uuid> {
        self.unnamed
    }

    /// Whom a text means: by her whole name, else by the id of a row that she was imported from.
    pub fn find(&self, text: &str) -> Meant {
        let of_name = self.names.get(&key(text));
        of_name.or_else(|| self.ids.get(&key(text))).copied().unwrap_or(Meant::Nobody)
    }

    #[cfg(test)]
    pub fn of(names: &[(&str, Meant)]) -> Self {
        Self { names: names.iter().map(|(name, meant)| (key(name), *meant)).collect(), ..Self::default() }
    }
}

fn note(map: &mut HashMap<String, Meant>, row: &Row) {
    let Some(contact) = row.contact else { return };
    let is_id = |meant: &mut Meant| {
        if *meant != Meant::One(contact) {
            *meant = Meant::Several;
        }
    };
    map.entry(key(&row.name)).and_modify(is_id).or_insert(Meant::One(contact));
}

/// A name without case and double blanks; accents tell people apart.
fn key(name: &str) -> String {
    clean::line(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
