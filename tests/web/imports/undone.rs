//! Taking back imports that something went on from.

use super::{GRACE, count};
use crate::harness::App;

#[actix_web::test]
async fn an_import_that_a_newer_one_went_on_from_stands_until_that_one_is_taken_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = ada.imports(&app, GRACE).await;
    let second = ada.imports(&app, &GRACE.replace("Commander", "Rear Admiral")).await;
    ada.undoes(&first).await;
    assert!(ada.get(&first).await.one("#flash span").text().starts_with("Nothing was taken back (Grace Hopper: "));
    assert_eq!((ada.state(&first).await.as_str(), count(&app, "contacts").await), ("done", 1));
    ada.undoes(&second).await;
    ada.undoes(&first).await;
    assert_eq!((ada.state(&first).await.as_str(), count(&app, "contacts").await), ("undone", 0));
}
