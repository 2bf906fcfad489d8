//! Important days that come. `ahead(tx, user.today(), days, 20)` is what a first page or a digest asks, where `days` is
//! what she chose (`days_ahead(tx)`).

use chrono::{Datelike, Days, NaiveDate};
use diesel::QueryableByName;
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{in_year, year_from};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::unpack;

/// A day of somebody that comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Which of her days.
    pub id: Uuid,
    /// Whose.
    pub contact_id: Uuid,
    /// Her name as it is shown.
    pub name: String,
    /// birthday, anniversary, or a label of her own.
    pub kind: String,
    /// When it comes.
    pub on: NaiveDate,
    /// The year in which it was first, if that is known.
    pub year: Option<i32>,
    month: i32,
    day: i32,
}

/// The place behind a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    year: i32,
    month: i32,
    day: i32,
    id: Uuid,
}

impl Cursor {
    /// Unpacks an `after` parameter.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        unpack(after)
    }
}

impl Occasion {
    /// Whether it is of the 29th of February, which other years have on the 28th.
    #[must_use]
    pub fn is_leap_day(&self) -> bool {
        (self.month, self.day) == (2, 29)
    }

    /// How many years it has been on that day: none on the day itself.
    #[must_use]
    pub fn years(&self) -> Option<i32> {
        self.year.map(|year| self.on.year() - year)
    }

    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { year: self.on.year(), month: self.month, day: self.day, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    contact_id: Uuid,
    #[diesel(sql_type = Varchar)]
    display_name: String,
    #[diesel(sql_type = Varchar)]
    kind: String,
    #[diesel(sql_type = Integer)]
    turn: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    year: Option<i32>,
    #[diesel(sql_type = Integer)]
    month: i32,
    #[diesel(sql_type = Integer)]
    day: i32,
}

/// Days of one year, as months and days: behind `above`, and up to `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    above: (i32, i32, Uuid),
    last: (i32, i32),
}

/// No day at all.
const NONE: Range = Range { above: (13, 0, Uuid::nil()), last: (0, 0) };

impl Range {
    fn of(first: NaiveDate, last: NaiveDate) -> Self {
        let number = |number: u32| i32::try_from(number).unwrap_or(0);
        // Where there is no 29th of February, its days come with those of the 28th.
        let kept = |day: NaiveDate| {
            if (day.month(), day.day()) == (2, 28) && !day.leap_year() { 29 } else { number(day.day()) }
        };
        Self {
            above: (number(first.month()), number(first.day()), Uuid::nil()),
            last: (number(last.month()), kept(last)),
        }
    }

    fn behind(self, after: Option<Cursor>) -> Self {
        match after {
            Some(Cursor { month, day, id, .. }) => Self { above: self.above.max((month, day, id)), ..self },
            None => self,
        }
    }
}

/// The days of the first year, and of the second where the year turns meanwhile.
fn ranges(from: NaiveDate, until: NaiveDate, after: Option<Cursor>) -> [Range; 2] {
    let turn = in_year(from.year(), 12, 31).zip(in_year(until.year(), 1, 1));
    let Some((last, first)) = turn.filter(|_| from.year() < until.year()) else {
        return [Range::of(from, until).behind(after), NONE];
    };
    match after {
        Some(cursor) if cursor.year >= until.year() => [NONE, Range::of(first, until).behind(after)],
        _ => [Range::of(from, last).behind(after), Range::of(first, until)],
    }
}

/// The days of people that come on `from` or in the `days` days after it, but no later than in a year ([`year_from`]),
/// in the order in which they come; at most `limit` of them. Whoever is in the trash has none, and a day whose year is
/// known none before that. One statement.
///
/// # Errors
/// When the database fails.
pub async fn ahead(tx: &TenantTx<'_>, from: NaiveDate, days: u32, limit: usize) -> Result<Vec<Occasion>, AppError> {
    list(tx, (from, days), None, limit).await
}

/// Likewise, behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    mut tx: &TenantTx<'_>,
    (from, days): (NaiveDate, u32),
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Occasion>, AppError> {
    let until = from.checked_add_days(Days::new(days.into())).map_or(from, |until| until.min(year_from(from)));
    let years = [from.year(), until.year()];
    let [one, other] = ranges(from, until, after);
    let part = |turn: u8, year: i32| {
        format!(
            "(select {turn} as turn, d.id, d.contact_id, c.display_name, d.kind, d.year, d.month, d.day from contact_dates d \
                 join contacts c on c.user_id = d.user_id and c.id = d.contact_id and c.deleted_at is null \
             where (d.month, d.day, d.id) > (?, ?, ?) and (d.month, d.day) <= (?, ?) and (d.year is null or d.year <= {year}) order by d.month, d.day, d.id limit {limit})"
        )
    };
    let query = prepared(
        format!("{} union all {} order by turn, month, day, id limit {limit}", part(0, years[0]), part(1, years[1])),
        (
            bind::<Integer, _>(one.above.0),
            bind::<Integer, _>(one.above.1),
            bind::<SqlUuid, _>(one.above.2),
            bind::<Integer, _>(one.last.0),
            bind::<Integer, _>(one.last.1),
            bind::<Integer, _>(other.above.0),
            bind::<Integer, _>(other.above.1),
            bind::<SqlUuid, _>(other.above.2),
            bind::<Integer, _>(other.last.0),
            bind::<Integer, _>(other.last.1),
        ),
    );
    let rows: Vec<Row> = query.load(&mut tx).await?;
    let occasion = |row: Row| {
        let year = years.get(usize::from(row.turn > 0)).copied()?;
        let on = in_year(year, u32::try_from(row.month).ok()?, u32::try_from(row.day).ok()?)?;
        let Row { id, contact_id, display_name: name, kind, year, month, day, .. } = row;
        Some(Occasion { id, contact_id, name, kind, on, year, month, day })
    };
    Ok(rows.into_iter().filter_map(occasion).collect())
}

/// How many days before one of them she wants to be told, where she never said so.
pub const DAYS_AHEAD: i32 = 7;
/// At most.
pub const MOST_DAYS_AHEAD: i32 = 60;

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Nullable<Text>)]
    days: Option<String>,
}

/// What the setting says as it is stored.
#[must_use]
pub fn read_days_ahead(stored: Option<&str>) -> i32 {
    let days = stored.and_then(|days| days.parse().ok());
    days.filter(|days| (0..=MOST_DAYS_AHEAD).contains(days)).unwrap_or(DAYS_AHEAD)
}

/// How many days before a date she wants to be told of it. One statement.
///
/// # Errors
/// When the database fails.
pub async fn days_ahead(tx: &mut TenantTx<'_>) -> Result<i32, AppError> {
    let query = prepared("select settings ->> 'dates_ahead_days' as days from users where id = app_user_id()", ());
    let stored: Setting = query.get_result(tx).await?;
    Ok(read_days_ahead(stored.days.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(from: &str, until: &str) -> [((i32, i32), (i32, i32)); 2] {
        ranges(from.parse().unwrap(), until.parse().unwrap(), None).map(|r| ((r.above.0, r.above.1), r.last))
    }

    #[test]
    fn a_window_goes_on_in_the_next_year() {
        assert_eq!(spans("2026-11-28", "2026-12-05")[0], ((11, 28), (12, 5)));
        assert_eq!(spans("2026-12-28", "2027-01-04"), [((12, 28), (12, 31)), ((1, 1), (1, 4))]);
    }

    #[test]
    fn the_28th_of_february_has_the_days_of_the_29th_where_there_is_none() {
        assert_eq!(spans("2027-02-20", "2027-02-28")[0].1, (2, 29));
        assert_eq!(spans("2028-02-20", "2028-02-28")[0].1, (2, 28));
        assert_eq!(spans("2027-03-01", "2027-03-02")[0].0, (3, 1));
    }
}
