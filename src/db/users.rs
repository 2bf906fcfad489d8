//! Accounts as sign-up, jobs and the command line know them: more of the named functions of [`Anonymous`].

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::prepared::{bind, prepared};
use super::{Anonymous, CurrentUser, UserRow};
use crate::error::AppError;

/// What an account is made from.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// What she signs in with.
    pub email: &'a str,
    /// Her name.
    pub full_name: &'a str,
    /// An IANA time zone.
    pub time_zone: &'a str,
    /// A PHC string of argon2id.
    pub password_hash: &'a str,
}

/// An account, as `kith user list` tells of it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Account {
    /// Whose.
    #[diesel(embed)]
    pub user: UserRow,
    /// Since when there is one.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// The last request, to the minute.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What may be done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// End its sessions, and let it sign in no more.
    Disable,
    /// Take that back.
    Enable,
    /// Make it an administrator's.
    Promote,
    /// Take that back.
    Demote,
    /// `free`.
    Free,
    /// `pro`.
    Pro,
    /// `team`.
    Team,
}

impl Deed {
    /// Each with the word that the database knows it by.
    const WORDS: [(Self, &str); 7] = [
        (Self::Disable, "disable"),
        (Self::Enable, "enable"),
        (Self::Promote, "promote"),
        (Self::Demote, "demote"),
        (Self::Free, "free"),
        (Self::Pro, "pro"),
        (Self::Team, "team"),
    ];

    /// Those that set a tier, from the least.
    pub const TIERS: [Self; 3] = [Self::Free, Self::Pro, Self::Team];

    /// The deed with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(deed, _)| *deed)
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(deed, _)| *deed == self).map_or("", |(_, word)| word)
    }
}

/// What became of a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was done.
    Done,
    /// It was so already.
    Same,
    /// There is no such account.
    Missing,
    /// Nobody would be left to administer the instance.
    Last,
    /// It is her own account, which she can't shut herself out of.
    Own,
}

impl Done {
    /// What the database's word says.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "done" => Self::Done,
            "same" => Self::Same,
            "last" => Self::Last,
            "own" => Self::Own,
            _ => Self::Missing,
        }
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    answer: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    answer: i32,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    answer: String,
}

impl Anonymous<'_> {
    /// Makes an account; with `only_first` only while there is none. The first one is the
    /// administrator. `None`: the address is taken, or (with `only_first`) somebody was first.
    pub async fn create_user(&self, new: &NewUser<'_>, only_first: bool) -> Result<Option<Uuid>, AppError> {
        self.make_user(new, only_first, None).await
    }

    /// Makes an account and uses up the invitation whose token has this hash. `None`: the address is taken, or the
    /// invitation does not stand.
    pub async fn create_invited_user(&self, new: &NewUser<'_>, invitation: &[u8]) -> Result<Option<Uuid>, AppError> {
        self.make_user(new, false, Some(invitation)).await
    }

    async fn make_user(
        &self,
        new: &NewUser<'_>,
        only_first: bool,
        invitation: Option<&[u8]>,
    ) -> Result<Option<Uuid>, AppError> {
        let query = prepared(
            "select public.create_user(?, ?, ?, ?, ?, ?) as answer",
            (
                bind::<Text, _>(new.email),
                bind::<Text, _>(new.full_name),
                bind::<Text, _>(new.time_zone),
                bind::<Text, _>(new.password_hash),
                bind::<Bool, _>(only_first),
                bind::<Nullable<Binary>, _>(invitation),
            ),
        );
        Ok(query.get_result::<Id>(&mut self.conn().await?).await?.answer)
    }

    /// Whether the invitation whose token has this hash makes an account now.
    pub async fn invitation_stands(&self, token_hash: &[u8]) -> Result<bool, AppError> {
        let query = prepared("select public.invitation_stands(?) as answer", (bind::<Binary, _>(token_hash),));
        Ok(query.get_result::<Yes>(&mut self.conn().await?).await?.answer)
    }

    /// A user by her id, for a job of hers.
    pub async fn user(&self, id: Uuid) -> Result<CurrentUser, AppError> {
        self.user_where(|user| user.id == id).await
    }

    /// A user by her address, for the command line.
    pub async fn user_by_email(&self, email: &str) -> Result<CurrentUser, AppError> {
        self.user_where(|user| user.email.eq_ignore_ascii_case(email)).await
    }

    async fn user_where(&self, is_meant: impl Fn(&UserRow) -> bool) -> Result<CurrentUser, AppError> {
        let accounts = self.accounts().await?;
        let found = accounts.into_iter().find(|account| is_meant(&account.user)).ok_or(AppError::NotFound)?;
        Ok(CurrentUser::new(found.user, None, None))
    }

    /// All accounts of the instance, by age.
    pub async fn accounts(&self) -> Result<Vec<Account>, AppError> {
        let query = prepared(
            "select id, email, full_name, time_zone, is_admin, is_disabled, subscription_tier, country, dates, created_at, last_used_at \
             from public.list_users()",
            (),
        );
        Ok(query.load(&mut self.conn().await?).await?)
    }

    /// Does something to an account, for the command line; disabling ends her sessions.
    pub async fn change_account(&self, email: &str, deed: Deed) -> Result<Done, AppError> {
        let query = prepared(
            "select public.change_account(?, ?) as answer",
            (bind::<Text, _>(email), bind::<Text, _>(deed.word())),
        );
        Ok(Done::of(&query.get_result::<Word>(&mut self.conn().await?).await?.answer))
    }

    /// Erases up to `most` rows of a closed account. Answers with how many those were: none when nothing is left of it,
    /// or nobody has closed it.
    pub async fn erase_account(&self, account: Uuid, most: i32) -> Result<i32, AppError> {
        let query = prepared(
            "select public.erase_account(?, ?) as answer",
            (bind::<SqlUuid, _>(account), bind::<Integer, _>(most)),
        );
        Ok(query.get_result::<Count>(&mut self.conn().await?).await?.answer)
    }
}
