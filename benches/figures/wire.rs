//! What the first load of each page costs on the wire, compressed: the page and every file that it names.

use std::collections::BTreeSet;
use std::io::Read;

use anyhow::{Result, bail};
use scraper::{Html, Selector};

use crate::client::{Connection, request};
use crate::pages::all;
use crate::place::{How, Kith, Place, block_on};
use crate::report::Figure;

const BUDGET: usize = 60 * 1024;

/// The heaviest page, and what it is made of.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let kith = Kith::start(place, &How::default())?;
    let mut sizes = Vec::new();
    let mut missing = Vec::new();
    for path in all(place)?.into_iter().map(|page| page.path) {
        match block_on(first_load(&kith, place, &path)) {
            Ok((page, all)) => sizes.push((all, page, path)),
            Err(_) => missing.push(path),
        }
    }
    kith.stop()?;
    sizes.sort_unstable();
    let Some((all, page, path)) = sizes.last() else { bail!("no page answers") };
    let without = if missing.is_empty() { String::new() } else { format!("; not answered: {}", missing.join(", ")) };
    let kind = path.split('/').nth(1).unwrap_or_default();
    Ok(vec![Figure::bounded(
        format!("first load over the wire, heaviest of {} pages", sizes.len()),
        format!("{:.1} KB (a page of /{kind}: {:.1} KB and its files){without}", kilobytes(*all), kilobytes(*page)),
        "60 KB",
        *all <= BUDGET,
    )])
}

fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

/// Bytes of the page, and of it with its files.
async fn first_load(kith: &Kith, place: &Place, path: &str) -> Result<(usize, usize)> {
    let mut connection = Connection::open(kith.port).await?;
    let mut fetch = async |path: &str, encoding: &str| {
        let reply = connection.get(&request(path, &place.token, &[("accept-encoding", encoding)])).await?;
        if reply.status != 200 {
            bail!("{path} answered {}", reply.status);
        }
        Ok(reply)
    };
    // As a browser asks; a page comes as gzip, which is what is unpacked here.
    let page = fetch(path, "gzip, deflate, br").await?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&page.body[..]).read_to_string(&mut text)?;
    let mut all = page.wire;
    for file in files(&text) {
        all += fetch(&file, "gzip, deflate, br").await?.wire;
    }
    Ok((page.wire, all))
}

fn files(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let html = Html::parse_document(page);
    for (selector, attribute) in
        [("link[href]", "href"), ("script[src]", "src"), ("img[src]", "src"), ("use[href]", "href")]
    {
        let Ok(selector) = Selector::parse(selector) else { continue };
        for element in html.select(&selector) {
            let address = element.value().attr(attribute).unwrap_or_default();
            let address = address.split('#').next().unwrap_or_default();
            if address.starts_with('/') {
                found.insert(address.to_owned());
            }
        }
    }
    found
}
