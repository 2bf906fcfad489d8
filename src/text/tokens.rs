//! The one tokeniser: it writes the search documents and builds the queries.
