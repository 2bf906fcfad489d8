//! Relations of one person: entered and changed from either side, the other one found by name or made.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::forms::{NEW, Other, RelationForm};
use super::kind::Kind;
use super::model::NewRelation;
use super::queries;
use crate::contacts::documents;
use crate::contacts::model::Person;
use crate::contacts::pages::url;
use crate::contacts::queries::{Candidate, called, hold, insert_many, name_of, similar};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "contacts/relation_form.html")]
struct Form {
    layout: Layout,
    contact: Uuid,
    name: String,
    /// The relation that it edits, and the other one; none where it makes one.
    relation: Option<Standing>,
    form: RelationForm,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// Words of own kinds that were used before.
    words: Vec<String>,
    /// Who may be meant, where the name does not say it; then somebody new may be meant too.
    candidates: Option<Vec<Candidate>>,
}

struct Standing {
    id: Uuid,
    other: Uuid,
    name: String,
    version: i32,
}

impl Form {
    fn action(&self) -> String {
        match &self.relation {
            Some(relation) => format!("/contacts/{}/relations/{}", self.contact, relation.id),
            None => format!("/contacts/{}/relations", self.contact),
        }
    }

    fn removal(&self) -> String {
        format!("{}/removal", self.action())
    }

    fn back(&self) -> String {
        url(self.contact)
    }

    fn kind_label(&self) -> String {
        match &self.relation {
            Some(other) => format!("What {} is to {}", other.name, self.name),
            None => format!("What that one is to {}", self.name),
        }
    }

    fn kinds() -> [(&'static str, &'static str); 10] {
        Kind::ALL.map(|(_, word, label)| (word, label))
    }

    fn new_one() -> &'static str {
        NEW
    }

    fn is_new_one(&self) -> bool {
        self.form.other_contact_id.value == NEW
    }
}

/// The relations have one key, whichever side they were entered from.
const KEY: &str = "contact_relations_key";
const STANDS: &str = "They have this relation already.";
const ONESELF: &str = "That is the same person.";

/// The empty form.
#[get("/contacts/{id}/relations/new")]
pub(in crate::contacts) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let (name, words) = db.as_user(&user, async |tx| Ok((name_of(tx, *id).await?, queries::words(tx).await?))).await?;
    let form = RelationForm::default();
    let conflicts = Vec::new();
    html(&Form { layout, contact: *id, name, relation: None, form, conflicts, words, candidates: None })
}

/// Adds a relation; where the name leaves open who is meant, that is asked.
#[post("/contacts/{id}/relations")]
pub(in crate::contacts) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let contact = *id;
    let mut form = RelationForm::posted(&posted);
    let (new, other) = (form.validate(user.dates()), form.other());
    let mut candidates = None;
    if let Some((new, other)) = new.zip(other) {
        let outcome = match db.as_user(&user, async |tx| store(tx, contact, &other, &new).await).await {
            Err(AppError::Limit(says)) => Outcome::Refused(says),
            outcome => outcome?,
        };
        match outcome {
            Outcome::Saved(change_set) => {
                return Ok(see_other_with(&layout, &url(contact), "The relation is saved.", Some(change_set)));
            }
            Outcome::Refused(reason) => form.other.refuse(reason),
            Outcome::Asked(found) => {
                form.other_contact_id.refuse(match found.len() {
                    0 => "Nobody is called so yet.",
                    _ => "Say who is meant.",
                });
                candidates = Some(found);
            }
        }
    }
    let (name, words) =
        db.as_user(&user, async |tx| Ok((name_of(tx, contact).await?, queries::words(tx).await?))).await?;
    unprocessable(&Form { layout, contact, name, relation: None, form, conflicts: Vec::new(), words, candidates })
}

/// What became of a relation that was sent.
enum Outcome {
    /// It stands.
    Saved(Uuid),
    /// It can't be.
    Refused(String),
    /// Who of these is meant, or somebody new?
    Asked(Vec<Candidate>),
}

async fn store(tx: &mut TenantTx<'_>, contact: Uuid, other: &Other, new: &NewRelation) -> Result<Outcome, AppError> {
    hold(tx, contact).await?;
    let other = match other {
        Other::Chosen(id) if *id == contact => return Ok(Outcome::Refused(ONESELF.to_owned())),
        Other::Chosen(id) => *id,
        Other::New(name) => added(tx, name).await?,
        Other::Called(name) => match called(tx, contact, name).await?.as_slice() {
            [one] => one.id,
            [] if name_of(tx, contact).await?.to_lowercase() == name.to_lowercase() => {
                return Ok(Outcome::Refused(ONESELF.to_owned()));
            }
            [] => return Ok(Outcome::Asked(similar(tx, contact, name).await?)),
            several => return Ok(Outcome::Asked(several.to_vec())),
        },
    };
    hold(tx, other).await?;
    match queries::insert(tx, contact, other, new).await? {
        true => {
            documents::refresh(tx, &[contact]).await?;
            Ok(Outcome::Saved(tx.change_set()))
        }
        false => Ok(Outcome::Refused(STANDS.to_owned())),
    }
}

/// Adds somebody of this name.
async fn added(tx: &mut TenantTx<'_>, name: &str) -> Result<Uuid, AppError> {
    let id = Uuid::now_v7();
    insert_many(tx, &[(id, Person::called(name))]).await?;
    documents::refresh(tx, &[id]).await?;
    Ok(id)
}

async fn standing(
    tx: &mut TenantTx<'_>,
    contact: Uuid,
    id: Uuid,
) -> Result<(String, Standing, RelationForm, Vec<String>), AppError> {
    let name = name_of(tx, contact).await?;
    let relation = queries::find(tx, contact, id).await?;
    let form = RelationForm::of(&relation);
    let standing = Standing { id, other: relation.other_contact_id, name: relation.name, version: relation.version };
    Ok((name, standing, form, queries::words(tx).await?))
}

/// The form with what is stored, from her side.
#[get("/contacts/{id}/relations/{relation}")]
pub(in crate::contacts) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let (name, relation, form, words) = db.as_user(&user, async |tx| standing(tx, contact, id).await).await?;
    let conflicts = Vec::new();
    html(&Form { layout, contact, name, relation: Some(relation), form, conflicts, words, candidates: None })
}

/// Changes a relation, as she sees it, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/contacts/{id}/relations/{relation}")]
pub(in crate::contacts) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let mut form = RelationForm::posted(&posted);
    if let Some(new) = form.validate(user.dates()) {
        let saved = db
            .as_user(&user, async |tx| {
                hold(tx, contact).await?;
                let other = queries::find(tx, contact, id).await?.other_contact_id;
                hold(tx, other).await?;
                queries::update(tx, contact, (id, version), &new).await?;
                documents::refresh(tx, &[contact, other]).await?;
                tx.changes().await
            })
            .await;
        match saved {
            Ok(change_set) => return Ok(changed_by(&layout, &url(contact), "The relation is saved.", change_set)),
            Err(AppError::Conflict) => return both_versions(&user, &db, layout, (contact, id), (form, new)).await,
            Err(error) if error.violates(KEY) => form.kind.refuse(STANDS),
            Err(error) => return Err(error),
        }
    }
    let (name, stored, _, words) = db.as_user(&user, async |tx| standing(tx, contact, id).await).await?;
    let (relation, conflicts) = (Some(Standing { version, ..stored }), Vec::new());
    unprocessable(&Form { layout, contact, name, relation, form, conflicts, words, candidates: None })
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    user: &CurrentUser,
    db: &Db,
    layout: Layout,
    (contact, id): (Uuid, Uuid),
    (form, mine): (RelationForm, NewRelation),
) -> Result<HttpResponse, AppError> {
    let ((name, relation, _, words), stored) = db
        .as_user(user, async |tx| Ok((standing(tx, contact, id).await?, queries::find(tx, contact, id).await?)))
        .await?;
    let conflicts = mine.differences(&stored, user.dates());
    if conflicts.is_empty() {
        return Ok(changed_by(&layout, &url(contact), "", None));
    }
    let relation = Some(Standing { version: stored.version, ..relation });
    conflict(&Form { layout, contact, name, relation, form, conflicts, words, candidates: None })
}

/// Takes a relation off both; they stay.
#[post("/contacts/{id}/relations/{relation}/removal")]
pub(in crate::contacts) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let change_set = db
        .as_user(&user, async |tx| {
            hold(tx, contact).await?;
            let sides = queries::delete(tx, contact, id).await?;
            documents::refresh(tx, &sides).await?;
            Ok(tx.change_set())
        })
        .await?;
    Ok(see_other_with(&layout, &url(contact), "The relation is removed.", Some(change_set)))
}
