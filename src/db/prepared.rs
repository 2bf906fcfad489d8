//! SQL text that stays prepared. `diesel::sql_query` is parsed and planned at every call; this is
//! the same with the statement cache, for what the query builder cannot say.

use std::borrow::Cow;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// One value with its SQL type.
#[derive(Debug, Clone, Copy)]
pub struct Bind<ST, V> {
    value: V,
    sql_type: std::marker::PhantomData<ST>,
}

/// `value`, to be sent as `ST`: `bind::<diesel::sql_types::Uuid, _>(id)`.
pub fn bind<ST, V>(value: V) -> Bind<ST, V> {
    Bind { value, sql_type: std::marker::PhantomData }
}

/// A statement whose `?` are filled by `binds` in their order.
#[derive(Debug, Clone)]
pub struct Prepared<B> {
    sql: Cow<'static, str>,
    binds: B,
    is_planned_each_time: bool,
}

/// The statement `sql` with each `?` standing for the next of `binds`, a tuple of [`bind`]s.
/// (So the text itself holds no other question mark.) A text that is put together is made of fixed
/// pieces only, few enough that all of its forms stay in the statement cache.
pub fn prepared<B>(sql: impl Into<Cow<'static, str>>, binds: B) -> Prepared<B> {
    Prepared { sql: sql.into(), binds, is_planned_each_time: false }
}

/// A [`Prepared`] whose columns have the SQL types `ST`, in their order.
pub struct Typed<ST, B> {
    query: Prepared<B>,
    sql_type: std::marker::PhantomData<ST>,
}

impl<B> Prepared<B> {
    /// The same, planned at each call. A kept plan was made for whichever account asked first on this connection, for row
    /// security's user is estimated then: where that had ten people, a statement of many joins may be no good for a
    /// hundred thousand. It costs a millisecond or two, so it is for pages that are seldom asked for.
    #[must_use]
    pub fn planned_each_time(self) -> Self {
        Self { is_planned_each_time: true, ..self }
    }

    /// The same, read by the order of its columns into a `Queryable`. A `QueryableByName` looks each column of each
    /// row up by its name, which a list of fifty rows feels.
    pub fn typed<ST>(self) -> Typed<ST, B> {
        Typed { query: self, sql_type: std::marker::PhantomData }
    }
}

impl<ST, B> QueryId for Typed<ST, B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, B> Query for Typed<ST, B> {
    type SqlType = ST;
}

impl<ST, B, C> diesel::RunQueryDsl<C> for Typed<ST, B> {}

impl<ST, B: Binds> QueryFragment<Pg> for Typed<ST, B> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }
}

/// A tuple of binds.
pub trait Binds {
    /// Writes the bind at `index`.
    ///
    /// # Errors
    /// When the value cannot be serialised.
    fn push<'b>(&'b self, index: usize, out: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

impl<B> QueryId for Prepared<B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<B> Query for Prepared<B> {
    type SqlType = Untyped;
}

impl<B, C> diesel::RunQueryDsl<C> for Prepared<B> {}

impl<B: Binds> QueryFragment<Pg> for Prepared<B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.is_planned_each_time {
            out.unsafe_to_cache_prepared();
        }
        for (index, piece) in self.sql.split('?').enumerate() {
            if index > 0 {
                self.binds.push(index - 1, out.reborrow())?;
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}

impl Binds for () {
    fn push<'b>(&'b self, _: usize, _: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        Ok(())
    }
}

macro_rules! binds {
    ($($st:ident $v:ident $n:tt),+) => {
        impl<$($st, $v),+> Binds for ($(Bind<$st, $v>,)+)
        where $(Pg: HasSqlType<$st>, $v: ToSql<$st, Pg>),+ {
            fn push<'b>(&'b self, index: usize, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                match index {
                    $($n => out.push_bind_param::<$st, $v>(&self.$n.value),)+
                    _ => Err(diesel::result::Error::QueryBuilderError("more ? than binds".into())),
                }
            }
        }
    };
}
binds!(S0 V0 0);
binds!(S0 V0 0, S1 V1 1);
binds!(S0 V0 0, S1 V1 1, S2 V2 2);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6, S7 V7 7);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6, S7 V7 7, S8 V8 8);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6, S7 V7 7, S8 V8 8, S9 V9 9);
binds!(S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6, S7 V7 7, S8 V8 8, S9 V9 9, S10 V10 10);
