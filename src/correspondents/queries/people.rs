//! Which addresses are one person's.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Addresses that are looked at in one go.
pub const AT_ONCE: usize = 1000;

/// An address, and whose it is taken for.
#[derive(Debug, Clone, QueryableByName)]
pub struct Standing {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub person_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub person_key: Option<String>,
    /// Whose she said it is, apart from whoever has a like name.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub apart: Option<Uuid>,
}

impl Standing {
    /// The name, or nothing.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// Addresses that nobody has looked at under the name that they have now, [`AT_ONCE`] at most.
pub async fn unmarked(tx: &mut TenantTx<'_>) -> Result<Vec<Standing>, AppError> {
    let query = prepared(
        format!(
            "select m.id, m.person_id, m.name::text, m.address::text, m.person_key::text, p.person_id as apart from correspondents m \
             left join parted_addresses p on p.address = m.address where m.person_key is null order by m.id limit {AT_ONCE}"
        ),
        (),
    );
    Ok(query.load(tx).await?)
}

/// Every address of these people, and of those who have one of these marks.
pub async fn alike(tx: &mut TenantTx<'_>, marks: &[&String], people: &[Uuid]) -> Result<Vec<Standing>, AppError> {
    let query = prepared(
        "select m.id, m.person_id, m.name::text, m.address::text, m.person_key::text, p.person_id as apart from correspondents m \
         left join parted_addresses p on p.address = m.address \
         where m.person_id = any(array(select person_id from correspondents where person_key = any(?)) || ?)",
        (bind::<Array<Text>, _>(marks), bind::<Array<SqlUuid>, _>(people)),
    );
    Ok(query.load(tx).await?)
}

/// What was found out of addresses.
#[derive(Default)]
pub struct Marked {
    ids: Vec<Uuid>,
    people: Vec<Uuid>,
    marks: Vec<String>,
    /// Who got or lost an address.
    moved: Vec<Uuid>,
}

impl Marked {
    /// This address is that person's.
    pub fn push(&mut self, one: &Standing, person: Uuid, mark: String) {
        self.ids.push(one.id);
        self.people.push(person);
        self.marks.push(mark);
        if person != one.person_id {
            self.moved.extend([person, one.person_id]);
        }
    }
}

/// Keeps it.
pub async fn write_marks(tx: &mut TenantTx<'_>, rows: &Marked) -> Result<(), AppError> {
    let update = prepared(
        "update correspondents r set person_id = v.person, person_key = v.mark from unnest(?, ?, ?) v(id, person, mark) where r.id = v.id",
        (
            bind::<Array<SqlUuid>, _>(&rows.ids),
            bind::<Array<SqlUuid>, _>(&rows.people),
            bind::<Array<Text>, _>(&rows.marks),
        ),
    );
    update.execute(tx).await?;
    if !rows.moved.is_empty() {
        let refresh = prepared("select refresh_correspondent_states(?)", (bind::<Array<SqlUuid>, _>(&rows.moved),));
        refresh.execute(tx).await?;
    }
    Ok(())
}
