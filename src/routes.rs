//! The whole URL table, one line per feature.

use actix_web::web::ServiceConfig;

/// Registers every route. A request is held against one pattern after the other: the pages that are asked for most come
/// first.
pub fn configure(routes: &mut ServiceConfig) {
    routes
        .configure(crate::contacts::routes)
        .configure(crate::day::routes)
        .configure(crate::accounts::routes)
        .configure(crate::audit::routes)
        .configure(crate::correspondents::routes)
        .configure(crate::demo::routes)
        .configure(crate::exchange::routes)
        .configure(crate::feeds::routes)
        .configure(crate::interactions::routes)
        .configure(crate::leaving::routes)
        .configure(crate::operations::routes)
        .configure(crate::search::routes)
        .configure(crate::settings::routes)
        .configure(crate::organizations::routes)
        .configure(crate::reminders::routes)
        .configure(crate::delivery::routes)
        .configure(crate::tags::routes)
        .configure(crate::trash::routes)
        .configure(crate::web::assets::routes);
}
