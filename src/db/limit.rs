//! `LIMIT` as a literal. Diesel's own `.limit(n)` binds it, and PostgreSQL then plans the statement
//! anew at every execution (measured: 20 of 20 custom plans; planning doubled the cost of a list).

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A query with ` LIMIT N` behind it.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct LiteralLimit<Q, const N: i64> {
    query: Q,
}

/// At most `N` rows of `query`.
pub fn literal_limit<const N: i64, Q>(query: Q) -> LiteralLimit<Q, N> {
    LiteralLimit { query }
}

impl<Q: Query, const N: i64> Query for LiteralLimit<Q, N> {
    type SqlType = Q::SqlType;
}

impl<Q, const N: i64, C> diesel::RunQueryDsl<C> for LiteralLimit<Q, N> {}

impl<Q: QueryFragment<Pg>, const N: i64> QueryFragment<Pg> for LiteralLimit<Q, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&N.to_string());
        Ok(())
    }
}
