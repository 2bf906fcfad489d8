//! The days of people that come: of the next two months, then month by month until they come round.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Days, Months, NaiveDate};

use super::queries::{self, Cursor, Occasion};
use super::views::{MonthView, by_month};
use super::year_from;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::{Layout, Params, html, paging};

const LIST: &str = "/dates";
/// As many days as there are in one.
const A_YEAR: u32 = 366;
/// Days behind today that the first page shows.
const FIRST: u64 = 60;

/// The days of a page: from one to another, and the one that the next page begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    from: NaiveDate,
    until: NaiveDate,
    next: Option<NaiveDate>,
}

impl Window {
    /// What the address asks for: another day than one of the year that begins today is no beginning.
    fn of(asked: &str, today: NaiveDate) -> Self {
        let last = year_from(today);
        let from = asked.parse().ok().filter(|day| (today..=last).contains(day)).unwrap_or(today);
        let until = if from == today {
            today.checked_add_days(Days::new(FIRST))
        } else {
            from.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt())
        };
        let until = until.map_or(last, |until| until.min(last));
        Self { from, until, next: until.succ_opt().filter(|_| until < last) }
    }

    fn days(self) -> u32 {
        u32::try_from((self.until - self.from).num_days()).unwrap_or(0)
    }
}

#[derive(Template)]
#[template(path = "occasions/index.html")]
struct Index {
    layout: Layout,
    /// `28 November 2026 to 27 January 2027`.
    span: String,
    months: Vec<MonthView>,
    /// Whether nobody has a day at all.
    is_bare: bool,
    first: Option<String>,
    next: Option<String>,
}

/// The list.
#[get("/dates")]
pub(in crate::contacts) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let here = user.here();
    let today = here.today;
    let (window, after) = (Window::of(params.text("from"), today), Cursor::of(params.text("after")));
    let work = async |tx: &mut TenantTx<'_>| {
        let days = queries::days_ahead(tx).await?;
        let rows = queries::list(tx, (window.from, window.days()), after, paging::PAGE + 1).await?;
        let is_bare = rows.is_empty() && queries::ahead(tx, today, A_YEAR, 1).await?.is_empty();
        Ok((days, rows, is_bare))
    };
    let (days_ahead, rows, is_bare) = db.as_user(&user, work).await?;
    let cursor = rows.get(paging::PAGE - 1).map(Occasion::cursor);
    let (rows, has_more) = paging::split(rows);
    let next = match cursor.filter(|_| has_more) {
        Some(cursor) => Some(url(window.from, Some(cursor))),
        None => window.next.filter(|_| !is_bare).map(|day| url(day, None)),
    };
    html(&Index {
        layout,
        span: format!("{} to {}", here.style.exact(window.from), here.style.exact(window.until)),
        months: by_month(rows, here, days_ahead),
        is_bare,
        first: (window.from != today || after.is_some()).then(|| LIST.to_owned()),
        next,
    })
}

/// The address of the page that begins with a day, or goes on behind a row of it.
fn url(from: NaiveDate, after: Option<Cursor>) -> String {
    let after = after.map(|cursor| format!("&after={}", paging::pack(&cursor))).unwrap_or_default();
    format!("{LIST}?from={from}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_of_a_year_meet_each_day_once() {
        for today in ["2026-11-28", "2027-12-31", "2028-01-31", "2028-02-29"] {
            let today: NaiveDate = today.parse().unwrap();
            let mut window = Window::of("", today);
            let mut days = u64::from(window.days()) + 1;
            while let Some(next) = window.next {
                assert_eq!(next, window.until + Days::new(1));
                window = Window::of(&next.to_string(), today);
                days += u64::from(window.days()) + 1;
            }
            let last = year_from(today);
            assert_eq!((days, window.until), (u64::try_from((last - today).num_days()).unwrap() + 1, last));
        }
    }

    #[test]
    fn an_address_that_asks_for_no_day_of_the_year_begins_today() {
        let today: NaiveDate = "2026-11-28".parse().unwrap();
        for asked in ["", "x", "2026-11-27", "2027-11-28", "-infinity", "294277-01-01"] {
            assert_eq!(Window::of(asked, today), Window::of("", today), "{asked}");
        }
        assert_eq!(Window::of("", today).until.to_string(), "2027-01-27");
    }
}
