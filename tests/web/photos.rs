//! Photos of people: in by a form or a vCard, small and without what else the file said, out by their own address alone.

use std::io::Cursor;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, ImageFormat, Rgb, RgbImage};

use crate::harness::{App, Page, User};
use crate::merging::merge;

/// A picture of one colour, as a PNG.
pub fn png(color: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(8, 8, Rgb(color)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A camera's JPEG: turned by a quarter, and taken at 52° N 13° E, as its Exif part says.
fn of_a_camera() -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    exif.extend([&2u16.to_le_bytes()[..], &entry(0x112, 3, 1, 6), &entry(0x8825, 4, 1, 38), &[0; 4]].concat());
    let north = u32::from_le_bytes(*b"N\0\0\0");
    exif.extend([&2u16.to_le_bytes()[..], &entry(1, 2, 2, north), &entry(2, 5, 3, 68), &[0; 4]].concat());
    exif.extend([52u32, 1, 31, 1, 7, 1].iter().flat_map(|number| number.to_le_bytes()));
    let picture = RgbImage::from_fn(600, 300, |x, _| if x < 300 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&picture).unwrap();
    bytes
}

async fn add(user: &mut User, name: &str) -> String {
    user.post("/contacts", &[("first_name", name)]).await.expect(303).location()
}

/// The address of the photo on somebody's page, or nothing.
async fn shown(user: &mut User, person: &str) -> Option<String> {
    shown_on(&user.get(person).await.expect(200))
}

fn shown_on(page: &Page) -> Option<String> {
    page.all(".person img.avatar").first().map(|photo| photo.attr("src"))
}

/// The bytes of the photo at an address, as they are stored.
async fn stored(app: &App, address: &str) -> Vec<u8> {
    let id = address.rsplit('/').next().unwrap();
    app.sql(&format!("select bytes from photos where id = '{id}'")).await[0].get(0)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

async fn undo(user: &mut User, page: &Page) {
    let undo = page.one("#flash form").attr("action");
    user.post(&undo, &[]).await.expect(303);
}

#[actix_web::test]
async fn a_picture_becomes_a_small_upright_photo_without_what_else_it_said() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, "Grace").await;
    let page = ada.get(&person).await.expect(200);
    assert_eq!(page.one(".person .avatar").text(), "G");
    let form = page.one(&format!(".actions a[href='{person}/photo']"));
    assert_eq!(form.text(), "Add a photo i");
    let picture = of_a_camera();
    assert!(holds(&picture, "Exif"));
    let saved = ada.upload(&form.attr("href"), "IMG_1.JPG", &picture).await.expect(303);
    assert_eq!(saved.location(), person);
    let page = ada.get(&person).await.expect(200);
    assert_eq!(page.one("a.face").attr("href"), format!("{person}/photo"));
    let photo = page.one(".person img.avatar");
    assert_eq!(photo.attr("alt"), "Photo of Grace");
    let bytes = stored(&app, &photo.attr("src")).await;
    assert!(!holds(&bytes, "Exif") && !holds(&bytes, "II*"));
    let read = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap().to_rgb8();
    assert_eq!(read.dimensions(), (256, 512));
    assert!(read.get_pixel(128, 100).0[0] > 200, "what was left is on top");
}

#[actix_web::test]
async fn a_photo_is_sent_as_a_picture_and_nothing_else() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, "Grace").await;
    ada.upload(&format!("{person}/photo"), "x.png", &png([1, 2, 3])).await.expect(303);
    let address = shown(&mut ada, &person).await.unwrap();
    let sent = ada.get(&address).await.expect(200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("content-disposition", "inline; filename=\"photo.jpg\""),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "private, no-cache"),
    ] {
        assert_eq!(sent.header(name), value, "{name}");
    }
    assert_eq!(sent.header("content-length"), stored(&app, &address).await.len().to_string());
    let tag = sent.header("etag");
    let again = ada.get_with(&address, &[("if-none-match", &tag)]).await.expect(304);
    assert_eq!((again.header("etag"), again.body.len()), (tag.clone(), 0));
    // Whose it is decides, not who knows the address or has it in a cache.
    let mut bob = app.sign_in("bob").await;
    bob.get_with(&address, &[("if-none-match", &tag)]).await.expect(404);
    app.visitor().get(&address).await.expect(303);
    let other = add(&mut ada, "Zoe").await;
    ada.get(&address.replace(&person, &other)).await.expect(404);
    ada.post(&format!("{person}/photo/removal"), &[]).await.expect(303);
    ada.get(&address).await.expect(404);
}

#[actix_web::test]
async fn what_is_no_photo_is_refused_at_the_field_and_the_old_one_stays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, "Grace").await;
    let form = format!("{person}/photo");
    ada.upload(&form, "x.png", &png([1, 2, 3])).await.expect(303);
    let before = shown(&mut ada, &person).await;
    let mut bomb = png([0, 0, 0]);
    bomb[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    for (name, content, words) in [
        ("x.svg", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "scripts"),
        ("x.png", b"<html><script>alert(1)</script></html>", "scripts"),
        ("x.gif", b"GIF89a/*\x01\0\x01\0\0\0*/=1;alert(1)//", "damaged"),
        ("x.heic", b"\0\0\0\x18ftypheic", "HEIC"),
        ("x.exe", b"MZ\0\0", "JPEG, PNG, GIF or WebP"),
        ("bomb.png", &bomb, "cannot be read"),
        ("x.jpg", b"", "empty"),
    ] {
        let refused = ada.upload(&form, name, content).await.expect(422);
        assert!(refused.one("#file-error").text().contains(words), "{name}: {}", refused.one("#file-error").text());
    }
    let large = ada.upload(&form, "x.jpg", &vec![0; (10 << 20) + 1]).await.expect(413);
    assert!(large.one("#file-error").text().contains("10 MB"));
    assert_eq!(shown(&mut ada, &person).await, before);
}

#[actix_web::test]
async fn a_photo_is_replaced_removed_and_brought_back_by_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, "Grace").await;
    let form = format!("{person}/photo");
    ada.upload(&form, "1.png", &png([255, 0, 0])).await.expect(303);
    let first = shown(&mut ada, &person).await;
    ada.upload(&form, "2.png", &png([0, 255, 0])).await.expect(303);
    let replaced = ada.get(&person).await.expect(200);
    assert_ne!(shown_on(&replaced), first);
    undo(&mut ada, &replaced).await;
    assert_eq!(shown(&mut ada, &person).await, first);
    ada.post(&format!("{form}/removal"), &[]).await.expect(303);
    let removed = ada.get(&person).await.expect(200);
    assert_eq!(shown_on(&removed), None);
    // Not even the daily sweep takes what an undo gives back.
    app.sql("update photos set created_at = now() - interval '2 days'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    undo(&mut ada, &removed).await;
    assert_eq!(shown(&mut ada, &person).await, first);
    let words = ada.get(&format!("/history?contact={}", person.trim_start_matches("/contacts/"))).await.expect(200);
    assert!(words.body.contains("photo changed"));
}

#[actix_web::test]
async fn what_nobody_has_and_no_undo_gives_back_is_swept_away() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, "Grace").await;
    for color in [[255, 0, 0], [0, 255, 0]] {
        ada.upload(&format!("{person}/photo"), "x.png", &png(color)).await.expect(303);
    }
    app.sql("update photos set created_at = now() - interval '2 days'").await;
    app.sql("delete from audit_logs where table_name = 'contact_photos'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    let left: Vec<String> = app.sql("select id::text from photos").await.iter().map(|row| row.get(0)).collect();
    assert_eq!(left, [shown(&mut ada, &person).await.unwrap().rsplit('/').next().unwrap()]);
}

fn card(photo: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:grace\r\nFN:Grace Hopper\r\nN:Hopper;Grace;;;\r\n{photo}END:VCARD\r\n")
}

fn embedded(picture: &[u8]) -> String {
    card(&format!("PHOTO;ENCODING=b;TYPE=JPEG:{}\r\n", BASE64_STANDARD.encode(picture)))
}

impl User {
    /// Has a vCard file read; the words for its records and what is said of them.
    async fn brings(&mut self, app: &App, file: &str, applied: bool) -> (String, String) {
        let page = self.upload("/imports", "x.vcf", file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        let read = self.get(&page).await.expect(200);
        let words = read.all("nav.words a").into_iter().zip(read.all("nav.words data"));
        let words = words.filter(|(_, count)| count.attr("value") != "0").map(|(word, _)| word.attr("data-word"));
        let words = words.collect::<Vec<_>>().join(" ");
        if applied {
            self.post(&format!("{page}/application"), &[]).await.expect(303);
            app.run_jobs().await;
        }
        (words, read.all(".record").iter().map(|record| record.text().to_owned()).collect())
    }
}

async fn grace(app: &App) -> String {
    let id: String = app.sql("select id::text from contacts where first_name = 'Grace'").await[0].get(0);
    format!("/contacts/{id}")
}

#[actix_web::test]
async fn a_vcard_brings_a_photo_once_and_takes_it_along() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.brings(&app, &embedded(&of_a_camera()), true).await.0, "new");
    let person = grace(&app).await;
    let photo = shown(&mut ada, &person).await.unwrap();
    assert!(!holds(&stored(&app, &photo).await, "Exif"));
    assert_eq!(ada.brings(&app, &embedded(&of_a_camera()), false).await.0, "unchanged");
    let four = ada.get("/exports/contacts.vcf").await.expect(200).body;
    let three = ada.get("/exports/contacts.vcf?version=3.0").await.expect(200).body;
    let table = ada.get("/exports/contacts.csv").await.expect(200).body;
    assert!(four.contains("PHOTO:data:image/jpeg;base64,") && three.contains("PHOTO;ENCODING=b;TYPE=JPEG:"));
    assert!(table.contains("PHOTO:data:image/jpeg"));
    for file in [&four, &three] {
        assert_eq!(ada.brings(&app, file, true).await.0, "unchanged");
    }
    assert_eq!(shown(&mut ada, &person).await.as_ref(), Some(&photo));
    // Into another account, too, without a loss.
    let mut bob = app.sign_in("bob").await;
    assert_eq!(bob.brings(&app, &three, true).await.0, "new");
    let taken: i64 = app.sql("select count(distinct photo_id) from contact_photos").await[0].get(0);
    assert_eq!((taken, bob.get("/exports/contacts.vcf").await.body.contains("PHOTO:data:")), (1, true));
}

#[actix_web::test]
async fn a_card_changes_a_photo_that_she_left_and_asks_about_one_that_she_changed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.brings(&app, &embedded(&png([255, 0, 0])), true).await;
    let person = grace(&app).await;
    let first = shown(&mut ada, &person).await;
    assert_eq!(ada.brings(&app, &embedded(&png([0, 255, 0])), true).await.0, "changed");
    let second = shown(&mut ada, &person).await;
    assert_ne!(second, first);
    ada.upload(&format!("{person}/photo"), "x.png", &png([9, 9, 9])).await.expect(303);
    let own = shown(&mut ada, &person).await;
    let (word, says) = ada.brings(&app, &embedded(&png([0, 0, 255])), true).await;
    assert_eq!((word.as_str(), says.contains("another photo")), ("doubtful", true), "{says}");
    assert_eq!(ada.brings(&app, &embedded(&png([0, 255, 0])), true).await.0, "unchanged");
    assert_eq!(shown(&mut ada, &person).await, own);
}

#[actix_web::test]
async fn an_import_that_is_taken_back_takes_its_photos_along_and_gives_the_old_ones_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.brings(&app, &card(""), true).await;
    let person = grace(&app).await;
    ada.upload(&format!("{person}/photo"), "x.png", &png([1, 1, 1])).await.expect(303);
    let own = shown(&mut ada, &person).await;
    ada.post(&format!("{person}/photo/removal"), &[]).await.expect(303);
    ada.brings(&app, &embedded(&png([255, 0, 0])), true).await;
    let first = shown(&mut ada, &person).await;
    ada.brings(&app, &embedded(&png([0, 255, 0])), true).await;
    for (is_then, what) in [(first, "the first import's"), (None, "none")] {
        let last = "select '/change-sets/' || change_set_id || '/undo' from imports where state = 'done' \
            order by created_at desc limit 1";
        let undo: String = app.sql(last).await[0].get(0);
        ada.post(&undo, &[]).await.expect(303);
        assert_eq!(shown(&mut ada, &person).await, is_then, "{what}");
    }
    assert!(own.is_some());
}

#[actix_web::test]
async fn a_photo_that_cannot_be_read_or_stands_elsewhere_stays_in_the_card() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let link = format!("PHOTO;VALUE=uri:http://{}/a.jpg\r\n", listener.local_addr().unwrap());
    let broken = "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg==\r\n";
    let (word, says) = ada.brings(&app, &card(&format!("{link}{broken}")), true).await;
    assert_eq!((word.as_str(), says.contains("Its photo could not be read")), ("new", true), "{says}");
    assert_eq!(shown(&mut ada, &grace(&app).await).await, None);
    let out = ada.get("/exports/contacts.vcf?version=3.0").await.body.replace("\r\n ", "");
    assert!(out.contains("/a.jpg") && out.contains("/9j/4AAQSkZJRg=="), "{out}");
    assert!(listener.accept().is_err(), "nobody asked for it");
}

#[actix_web::test]
async fn a_photo_goes_with_its_person_into_the_trash_out_of_it_and_into_a_merge() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, amazing) = (add(&mut ada, "Grace").await, add(&mut ada, "Amazing Grace").await);
    ada.upload(&format!("{amazing}/photo"), "x.png", &png([1, 2, 3])).await.expect(303);
    let photo = shown(&mut ada, &amazing).await.unwrap();
    ada.post(&format!("{amazing}/trash"), &[]).await.expect(303);
    ada.upload(&format!("{amazing}/photo"), "x.png", &png([3, 2, 1])).await.expect(404);
    ada.post(&format!("{amazing}/restoration"), &[]).await.expect(303);
    assert_eq!(shown(&mut ada, &amazing).await, Some(photo.clone()));
    let id = |path: &str| path.trim_start_matches("/contacts/").to_owned();
    let ids = [id(&grace), id(&amazing)];
    merge(&mut ada, &[&ids[0], &ids[1]], &[]).await.expect(303);
    assert_eq!(shown(&mut ada, &grace).await, Some(photo.replace(&id(&amazing), &id(&grace))));
}

#[actix_web::test]
async fn a_merge_asks_whose_photo_she_has_then_and_undo_gives_hers_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut people = Vec::new();
    for (name, color) in [("Grace", Some([9, 9, 9])), ("Amazing Grace", Some([1, 2, 3])), ("G. Hopper", None)] {
        let person = add(&mut ada, name).await;
        if let Some(color) = color {
            ada.upload(&format!("{person}/photo"), "x.png", &png(color)).await.expect(303);
        }
        people.push(person);
    }
    let ids: Vec<&str> = people.iter().map(|person| person.trim_start_matches("/contacts/")).collect();
    let all: Vec<(&str, &str)> = ids.iter().map(|id| ("id", *id)).collect();
    let page = ada.post("/comparisons", &all).await.expect(200);
    let offered: Vec<String> = page.all("input[name=photo]").iter().map(|offer| offer.attr("value")).collect();
    assert_eq!(offered, ids);
    assert_eq!(page.one("input[name=photo][checked]").attr("value"), ids[0]);
    let (first, second) = (shown(&mut ada, &people[0]).await, shown(&mut ada, &people[1]).await.unwrap());

    let page = merge(&mut ada, &ids[..2], &[("photo", ids[1])]).await.expect(303);
    let page = ada.get(&page.location()).await;
    assert_eq!(shown_on(&page), Some(second.replace(ids[1], ids[0])));
    undo(&mut ada, &page).await;
    assert_eq!(shown(&mut ada, &people[0]).await, first);
    assert_eq!(shown(&mut ada, &people[1]).await, Some(second));

    merge(&mut ada, &ids, &[("photo", ids[2])]).await.expect(303);
    assert_eq!(shown(&mut ada, &people[0]).await, None);
}
