//! The first page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Days, TimeDelta};
use futures_util::future::try_join5;

use super::queries;
use super::views::{Come, Date, Head, Part, Touches, Waiting};
use crate::contacts::{occasions, touch};
use crate::dates::Here;
use crate::db::{CurrentUser, Db};
use crate::delivery::views::Notice;
use crate::error::AppError;
use crate::interactions::heat::Weeks;
use crate::interactions::queries::lately;
use crate::reminders::model::{Bounds, begins};
use crate::reminders::queries::due;
use crate::web::{Layout, html};
use crate::{delivery, interactions};

/// People to be in touch with whom the page names.
const PEOPLE: usize = 10;
/// Dates are told so many days ahead, and at most so many of them.
const AHEAD: (u32, usize) = (14, 8);
/// What came in is told so many days back.
const BACK: i64 = 7;

#[derive(Template)]
#[template(path = "day/index.html")]
struct Day {
    layout: Layout,
    head: Head,
    /// What is overdue, due today, due this week and coming with notice, without those in which nothing is.
    parts: Vec<Part>,
    touch: Option<Touches>,
    dates: Vec<Date>,
    came: Vec<Come>,
    waiting: Option<Waiting>,
    weeks: Option<Weeks>,
    /// What keeps messages from her, or from others where she administers.
    notices: Vec<Notice>,
    /// Whether anybody has a cadence.
    has_cadence: bool,
    /// Whether nothing was entered yet.
    is_new: bool,
}

impl Day {
    /// Whether there is nothing to do.
    fn is_calm(&self) -> bool {
        self.parts.is_empty() && self.touch.is_none()
    }

    fn has_around(&self) -> bool {
        self.weeks.is_some() || self.waiting.is_some() || !self.dates.is_empty() || !self.came.is_empty()
    }
}

/// What is due, whom to be in touch with, what comes and what came in.
#[get("/")]
pub(super) async fn first_page(user: CurrentUser, db: Data<Db>, layout: Layout) -> Result<HttpResponse, AppError> {
    let here = user.here();
    let Here { zone, now, today, style } = here;
    let days = Weeks::days(today, style);
    let ends = days.iter().copied().chain(today.checked_add_days(Days::new(1)));
    let moments: Vec<_> = ends.map(|day| begins(day, zone)).collect();
    let (parts, people, dates, came, around) = db
        .as_user(&user, async |tx| {
            let tx = &*tx;
            try_join5(
                due(tx, &Bounds::of(here)),
                touch::queries::due(tx, today, PEOPLE),
                occasions::queries::ahead(tx, today, AHEAD.0, AHEAD.1),
                lately(tx, now - TimeDelta::days(BACK), now),
                queries::around(tx, &moments),
            )
            .await
        })
        .await?;
    let parts = Part::all(parts, here);
    let touch = Touches::new(people, here);
    let came: Vec<Come> = interactions::views::by_day(came, &user, None, None).into_iter().flat_map(Come::of).collect();
    let waiting = Waiting::new(&around);
    let page = Day {
        head: Head::new(&user, here, &parts, touch.as_ref()),
        is_new: around.people == 0 && parts.is_empty() && came.is_empty() && waiting.is_none(),
        notices: delivery::views::notices(around.trouble, around.alarm, layout.site().mailer.is_some(), &user),
        layout,
        parts,
        touch,
        dates: dates.into_iter().map(|date| Date::new(date, here)).collect(),
        came,
        waiting,
        weeks: Weeks::new(&days, &around.counts, style),
        has_cadence: around.has_cadence,
    };
    html(&page)
}
