//! Who took part, as far as a form that was sent says it.

use uuid::Uuid;

use crate::contacts::documents;
use crate::contacts::model::Person;
use crate::contacts::queries::{Candidate, insert_many, named};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::interactions::forms::InteractionForm;
use crate::interactions::model::Interaction;
use crate::interactions::people::meant;
use crate::interactions::queries::Companion;

/// What came of it.
pub(super) enum Settled {
    /// Everybody is known: the interaction, and their names.
    Whole(Interaction, Vec<String>),
    /// Something is wrong or has to be asked.
    Open(Box<InteractionForm>),
}

/// The form with whom its names mean, and everybody who is known. It changes nothing.
pub(super) async fn identify(
    tx: &mut TenantTx<'_>,
    mut form: InteractionForm,
) -> Result<(InteractionForm, Vec<Candidate>), AppError> {
    let meant = meant(tx, &form.open_names()).await?;
    form.answer(meant);
    let found = named(tx, &form.chosen()).await?;
    let companion = |one: &Candidate| Companion { id: one.id, name: one.name.clone() };
    form.people = found.iter().filter(|one| form.contact_ids.contains(&one.id)).map(companion).collect();
    Ok((form, found))
}

/// Finds everybody whom the form names, and adds whom it wants added. `checked` is what else it says, if nothing of
/// that is wrong.
pub(super) async fn settle(
    tx: &mut TenantTx<'_>,
    form: InteractionForm,
    checked: Option<Interaction>,
) -> Result<Settled, AppError> {
    let (mut form, found) = identify(tx, form).await?;
    let new_names = form.new_names();
    if found.len() < form.chosen().len() {
        form.participant.refuse("Somebody whom you chose is no longer here.");
    } else if found.is_empty() && new_names.is_empty() && !form.may_name_nobody {
        form.participant.refuse("Name somebody.");
    }
    let Some(mut interaction) = checked.filter(|_| !form.is_refused()) else {
        return Ok(Settled::Open(Box::new(form)));
    };
    let added: Vec<(Uuid, Person)> = new_names.iter().map(|name| (Uuid::now_v7(), Person::called(name))).collect();
    if !added.is_empty() {
        insert_many(tx, &added).await?;
        documents::refresh(tx, &added.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    }
    interaction.people = found.iter().map(|one| one.id).chain(added.iter().map(|(id, _)| *id)).collect();
    let names = found.into_iter().map(|one| one.name).chain(new_names).collect();
    Ok(Settled::Whole(interaction, names))
}
