//! How she writes days and hours: where her week begins, the order of a day, the clock, the language of months.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::queries;
use super::settings::page;
use crate::dates::{Chosen, DateStyle, HourClock, Language, Order, WEEK_STARTS};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Field, FormData, Layout, see_other_with, unprocessable};

/// What is chosen, by the words that are stored.
#[derive(Debug, Clone, Default)]
pub(super) struct DateStyleForm {
    pub week_start: Field,
    pub date_format: Field,
    pub clock: Field,
    pub date_language: Field,
}

/// What a list offers: what is stored, and what it is called.
type Offered<const N: usize> = [(&'static str, &'static str); N];

impl DateStyleForm {
    /// Of what she chose before.
    pub fn of(style: DateStyle) -> Self {
        Self {
            week_start: style.week_start_word().into(),
            date_format: style.order_word().into(),
            clock: style.clock_word().into(),
            date_language: style.language_word().into(),
        }
    }

    /// As a browser sent it; what a script does not say stays as it is.
    fn posted(form: &FormData, style: DateStyle) -> Self {
        let present = Self::of(style);
        let field = |name, present| if form.has(name) { Field::of(form, name) } else { present };
        Self {
            week_start: field("week_start", present.week_start),
            date_format: field("date_format", present.date_format),
            clock: field("clock", present.clock),
            date_language: field("date_language", present.date_language),
        }
    }

    fn validate(&mut self) -> Option<DateStyle> {
        let is_among = |field: &mut Field, words: &[&str]| {
            if !words.contains(&field.value.as_str()) {
                field.refuse("Choose one from the list.");
            }
        };
        is_among(&mut self.week_start, &Self::week_starts().map(|(word, _)| word));
        is_among(&mut self.date_format, &Self::date_formats().map(|(word, _)| word));
        is_among(&mut self.clock, &Self::clocks().map(|(word, _)| word));
        is_among(&mut self.date_language, &Self::languages().map(|(word, _)| word));
        let fields = [&self.week_start, &self.date_format, &self.clock, &self.date_language];
        let chosen = Chosen {
            week_start: Some(&self.week_start.value),
            order: Some(&self.date_format.value),
            clock: Some(&self.clock.value),
            language: Some(&self.date_language.value),
        };
        (!fields.into_iter().any(Field::is_invalid)).then(|| chosen.style())
    }

    pub fn week_starts() -> Offered<3> {
        WEEK_STARTS.map(|(_, word, label)| (word, label))
    }
    pub fn date_formats() -> Offered<6> {
        Order::ALL.map(|(_, word, label)| (word, label))
    }
    pub fn clocks() -> Offered<2> {
        HourClock::ALL.map(|(_, word, label)| (word, label))
    }
    pub fn languages() -> Offered<8> {
        Language::ALL.map(|(_, word, label)| (word, label))
    }
}

/// Keeps how she writes days and hours.
#[post("/settings/date-style")]
pub(super) async fn change_date_style(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = DateStyleForm::posted(&posted, user.dates());
    let Some(style) = form.validate() else {
        return unprocessable(&page(&db, &user, layout).await?.with_date_style(form));
    };
    db.as_user(&user, async |tx| queries::set_date_style(tx, style).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}
