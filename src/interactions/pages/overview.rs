//! How much passed in which month or year, and with whom most in that: a page of its own, and in the list's reading
//! pane until something is chosen.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Datelike, Days, Months, NaiveDate};

use crate::dates::{DateStyle, Here};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::interactions::queries::{self, Busy, Month};
use crate::web::{Layout, Params, html};

#[derive(Template)]
#[template(path = "interactions/overview.html")]
struct Page {
    layout: Layout,
    overview: Overview,
}

/// Its page.
#[get("/interactions/overview")]
pub(in crate::interactions) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let asked = Period::of(params.text("period"));
    let overview = db.as_user(&user, async |tx| Overview::read(tx, asked, user.here()).await).await?;
    html(&Page { layout, overview })
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    /// By its first day.
    Month(NaiveDate),
    Year(i32),
    All,
}

impl Period {
    /// `2026-05`, `2026` or `all`; none where it says something else.
    fn of(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::All);
        }
        let (year, month) = text.split_once('-').map_or((text, None), |(year, month)| (year, Some(month)));
        let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.map_or(Ok(1), str::parse).ok()?, 1)?;
        (1..=9999).contains(&first.year()).then_some(match month {
            Some(_) => Self::Month(first),
            None => Self::Year(first.year()),
        })
    }

    /// As `of` reads it and `contact_periods` names it.
    fn key(self) -> String {
        match self {
            Self::Month(first) => first.format("%Y-%m").to_string(),
            Self::Year(year) => format!("{year:04}"),
            Self::All => "all".to_owned(),
        }
    }

    fn name(self, style: DateStyle) -> String {
        match self {
            Self::Month(first) => style.month_and_year(first),
            Self::Year(year) => year.to_string(),
            Self::All => "All years".to_owned(),
        }
    }

    fn url(self) -> String {
        format!("/interactions/overview?period={}", self.key())
    }

    /// The list of what passed in it.
    fn list(self) -> String {
        let (first, months) = match self {
            Self::Month(first) => (Some(first), 1),
            Self::Year(year) => (NaiveDate::from_ymd_opt(year, 1, 1), 12),
            Self::All => (None, 0),
        };
        let last = |first: NaiveDate| first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1));
        first
            .zip(first.and_then(last))
            .map_or_else(|| "/interactions".to_owned(), |(first, last)| format!("/interactions?from={first}&to={last}"))
    }

    fn year(self) -> Option<i32> {
        match self {
            Self::Month(first) => Some(first.year()),
            Self::Year(year) => Some(year),
            Self::All => None,
        }
    }

    fn holds(self, day: NaiveDate) -> bool {
        match self {
            Self::Month(first) => (first.year(), first.month()) == (day.year(), day.month()),
            Self::Year(year) => year == day.year(),
            Self::All => true,
        }
    }
}

/// A period with its bar.
#[derive(Debug)]
pub(super) struct Bar {
    pub name: String,
    pub url: String,
    pub interactions: i64,
    pub is_chosen: bool,
}

/// A period, what passed in it by months or years, and with whom most.
#[derive(Debug)]
pub(super) struct Overview {
    pub name: String,
    /// The list of what passed in the period.
    pub list: String,
    pub interactions: i64,
    pub bars: Vec<Bar>,
    /// The largest of them.
    pub most: i64,
    /// All years together, and each in which something passed.
    pub periods: Vec<Bar>,
    pub people: Vec<Busy>,
    /// How often with the first of them.
    pub most_with_one: i32,
    /// Whether nothing has passed at all.
    pub is_empty: bool,
}

impl Overview {
    /// Of the period that is asked for, else of the newest year with something in it that is not still to come. Two
    /// statements.
    pub async fn read(tx: &mut TenantTx<'_>, asked: Option<Period>, here: Here) -> Result<Self, AppError> {
        let months = queries::months(tx).await?;
        let newest = months.iter().map(|one| one.month.year()).find(|year| *year <= here.today.year());
        let period = asked.unwrap_or_else(|| Period::Year(newest.unwrap_or(here.today.year())));
        let people = queries::busiest(tx, &period.key()).await?;
        Ok(Self::of(period, &months, people, here.style))
    }

    fn of(period: Period, months: &[Month], people: Vec<Busy>, style: DateStyle) -> Self {
        let bar = |one: Period| Bar {
            name: if let Period::Month(first) = one { style.month(first.month()).to_owned() } else { one.name(style) },
            url: one.url(),
            interactions: passed(one, months),
            is_chosen: one == period || one.year() == period.year() && matches!(one, Period::Year(_)),
        };
        let mut years: Vec<i32> = months.iter().map(|one| one.month.year()).chain(period.year()).collect();
        years.sort_unstable_by(|one, other| other.cmp(one));
        years.dedup();
        let years = || years.iter().map(|year| Period::Year(*year));
        let bars: Vec<Bar> = match period.year() {
            Some(year) => {
                (1..=12).filter_map(|n| NaiveDate::from_ymd_opt(year, n, 1)).map(Period::Month).map(bar).collect()
            }
            None => years().map(bar).collect(),
        };
        Self {
            name: period.name(style),
            list: period.list(),
            interactions: passed(period, months),
            most: bars.iter().map(|bar| bar.interactions).max().unwrap_or(0).max(1),
            bars,
            periods: [Period::All].into_iter().chain(years()).map(bar).collect(),
            most_with_one: people.first().map_or(1, |one| one.interactions),
            people,
            is_empty: months.is_empty(),
        }
    }
}

/// How much passed in a period.
fn passed(period: Period, months: &[Month]) -> i64 {
    months.iter().filter(|one| period.holds(one.month)).map(|one| i64::from(one.interactions)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_as_it_is_written_and_nothing_else_is() {
        for text in ["2026-05", "2026", "0999", "all"] {
            assert_eq!(Period::of(text).unwrap().key(), text);
        }
        for text in ["", "2026-13", "2026-", "-2026", "0", "10000", "2026-05-01", "All", "2026-٠٥", "99999999999"] {
            assert_eq!(Period::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_leads_to_the_list_of_what_passed_in_it() {
        let list = |text| Period::of(text).unwrap().list();
        assert_eq!(list("2024-02"), "/interactions?from=2024-02-01&to=2024-02-29");
        assert_eq!(list("2025"), "/interactions?from=2025-01-01&to=2025-12-31");
        assert_eq!(list("all"), "/interactions");
    }

    #[test]
    fn a_year_has_twelve_bars_and_all_years_one_each() {
        let months = ["2026-02-01", "2024-12-01", "2024-11-01"];
        let months: Vec<Month> =
            months.iter().map(|day| Month { month: day.parse().unwrap(), interactions: 3 }).collect();
        let year = Overview::of(Period::Year(2024), &months, Vec::new(), DateStyle::default());
        assert_eq!((year.bars.len(), year.interactions, year.most), (12, 6, 3));
        let all = Overview::of(Period::All, &months, Vec::new(), DateStyle::default());
        let bars: Vec<_> = all.bars.iter().map(|bar| (bar.name.as_str(), bar.interactions)).collect();
        assert_eq!((bars, all.interactions), (vec![("2026", 3), ("2024", 6)], 9));
        let none = Overview::of(Period::Year(2020), &[], Vec::new(), DateStyle::default());
        assert!(none.is_empty && none.interactions == 0 && none.most == 1);
    }
}
