//! The settings: what a user changes of her own account, on one page. It shows what many features have to say of
//! themselves (whether messages get through, whether the example people are here); nothing reads it.

mod forms;
mod pages;
mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::show::show)
        .service(pages::account::change_profile)
        .service(pages::account::change_password)
        .service(pages::account::end_session)
        .service(pages::habits::change_date_style)
        .service(pages::habits::change_reminders)
        .service(pages::habits::change_dates)
        .service(pages::habits::change_keyboard)
        .service(pages::habits::change_correspondents);
}
