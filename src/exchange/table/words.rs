//! What programs call their columns, in a few languages, and what a column of that name is.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::exchange::fields::{Meaning, What};
use crate::text::fold::fold;

/// Meaning and its names, parted by commas. Case, accents, blanks and hyphens do not count.
const NAMES: &[(&str, &str)] = &[
    (
        "display_name",
        "name, full name, display name, formatted name, vollständiger name, anzeigename, nom complet, nombre completo, nome completo, 表示名, 氏名, 名前, 姓名",
    ),
    ("first_name", "first name, given name, first, forename, vorname, prénom, nombre, voornaam, 名, имя"),
    (
        "last_name",
        "last name, family name, last, surname, nachname, familienname, nom, nom de famille, apellido, apellidos, cognome, achternaam, 姓, фамилия",
    ),
    (
        "middle_name",
        "middle name, middle names, additional name, weitere vornamen, zweiter vorname, deuxième prénom, segundo nombre, отчество",
    ),
    ("name_prefix", "name prefix, prefix, honorific prefix, salutation, anrede, civilité"),
    ("name_suffix", "name suffix, suffix, honorific suffix, generation"),
    ("nickname", "nickname, nick, spitzname, surnom, apodo, soprannome, ニックネーム"),
    ("sort_name", "file as, sort name"),
    (
        "phonetic_first_name",
        "phonetic first name, given name yomi, given yomi, yomi first name, 名 ふりがな, 名 フリガナ",
    ),
    (
        "phonetic_last_name",
        "phonetic last name, family name yomi, surname yomi, yomi last name, 姓 ふりがな, 姓 フリガナ",
    ),
    (
        "email",
        "email, e mail, mail, email address, e mail address, primary email, mail address, emailadresse, e mail adresse, courriel, adresse e mail, adresse email, correo, correo electrónico, indirizzo e mail, メール, メールアドレス, eメール, 電子メール, электронная почта, 邮箱, 电子邮件",
    ),
    ("email:2", "secondary email, e mail 2 address, email 2 address, second email"),
    ("email:3", "e mail 3 address, email 3 address"),
    ("email:work", "work email, business email, company email, e mail geschäftlich"),
    ("email:home", "home email, personal email, private email, e mail privat"),
    (
        "kept:1",
        "e mail type, e mail 2 type, e mail 3 type, e mail display name, e mail 2 display name, e mail 3 display name, directory server, initials, internet free busy, mileage, priority, private, sensitivity, short name, photo, account",
    ),
    (
        "phone",
        "phone, telephone, phone number, telephone number, tel, primary phone, telefon, telefonnummer, téléphone, teléfono, telefono, telefoonnummer, 電話, 電話番号, телефон, 电话, other phone",
    ),
    (
        "phone:work",
        "work phone, business phone, business phone 2, office phone, work telephone, telefon geschäftlich, telefon (geschäftlich)",
    ),
    ("phone:home", "home phone, home phone 2, home telephone, private phone, telefon privat, telefon (privat)"),
    (
        "phone:mobile",
        "mobile, mobile phone, mobile number, cell, cell phone, cellphone, mobiltelefon, handy, mobil, portable, móvil, cellulare, 携帯電話, 携帯",
    ),
    ("phone:fax", "fax, fax number, other fax, telefax"),
    ("phone:work fax", "work fax, business fax"),
    ("phone:home fax", "home fax"),
    ("phone:pager", "pager, pager number"),
    ("phone:car", "car phone"),
    ("phone:main", "company main phone, main phone"),
    ("phone:assistant", "assistant's phone, assistants phone"),
    ("phone:callback", "callback"),
    ("phone:isdn", "isdn"),
    ("phone:radio", "radio phone"),
    ("phone:telex", "telex"),
    ("phone:textphone", "tty tdd phone"),
    ("address", "address, postal address, full address, adresse, anschrift, dirección, indirizzo, 住所, адрес, 地址"),
    ("address:work", "full work address"),
    ("street", "street, street address, address line 1, address 1, straße, rue, calle, via"),
    ("street:+", "street 2, address line 2, address 2, extended address"),
    ("city", "city, town, locality, ort, stadt, ville, ciudad, città, 市区町村"),
    ("region", "state, region, province, county, state province, bundesland, provincia, 都道府県"),
    (
        "postal_code",
        "zip, zip code, zipcode, postal code, postcode, plz, postleitzahl, code postal, código postal, cap, 郵便番号",
    ),
    ("country", "country, country region, land, pays, país, paese, 国"),
    ("po_box", "po box, post office box, postfach"),
    (
        "url",
        "url, website, web site, web page, webpage, homepage, home page, link, personal web page, profile url, linkedin, linkedin url, linkedin profile, webseite, internetseite, site web, sitio web, ホームページ",
    ),
    ("url:2", "web page 2"),
    ("other:aim", "screen name"),
    ("other:skype", "skype, skype name"),
    ("other:twitter", "twitter, x handle"),
    ("other:telegram", "telegram"),
    ("other:whatsapp", "whatsapp"),
    ("other:messenger", "im address, instant messenger, imaddress"),
    (
        "organization",
        "company, organization, organisation, company name, organization name, employer, business, firma, unternehmen, société, entreprise, empresa, azienda, bedrijf, 会社, 会社名, 勤務先, компания, 公司",
    ),
    (
        "title",
        "job title, position, title, role, organization title, occupation, stelle, funktion, jobtitel, poste, fonction, cargo, puesto, 役職, должность, 职位",
    ),
    ("department", "department, organization department, abteilung, departamento, 部署"),
    (
        "tags",
        "categories, category, tags, tag, groups, group, labels, group membership, kategorien, kategorie, catégories, categorías",
    ),
    ("notes", "notes, note, comments, comment, remarks, notizen, notiz, bemerkungen, remarques, notas, メモ, 備考"),
    (
        "date:birthday",
        "birthday, birth date, birthdate, date of birth, dob, bday, geburtstag, geburtsdatum, anniversaire, date de naissance, fecha de nacimiento, cumpleaños, data di nascita, 誕生日, 生年月日",
    ),
    ("date:anniversary", "anniversary, wedding anniversary, jahrestag"),
    ("date:connected on LinkedIn", "connected on"),
    ("year:birthday", "birth year"),
    ("month:birthday", "birth month"),
    ("year:anniversary", "anniversary year"),
    ("month:anniversary", "anniversary month"),
    ("day:anniversary", "anniversary day"),
    ("how_met", "how you met, how we met"),
    ("met_at", "where you met, where we met"),
    ("strength", "strength"),
    ("frequency_days", "days between contacts"),
    ("uid", "kith id, uid"),
    ("kith", "kith"),
];

/// Addresses whose columns begin with a word of their own, as Outlook and Thunderbird have them.
const PLACES: [(&str, &str); 3] = [("business", "work"), ("work", "work"), ("home", "home")];

/// Parts of such an address.
const PLACE_PARTS: &[(&str, &str)] = &[
    ("street", "street, address, street 2, street 3, address 2"),
    ("po_box", "address po box, po box"),
    ("city", "city"),
    ("region", "state, state province"),
    ("postal_code", "postal code, zipcode, zip code, zip"),
    ("country", "country, country region"),
];

/// What Google calls the attributes of its numbered fields.
const NUMBERED: &[(&str, &str, &str)] = &[
    ("email", "value", "email"),
    ("email", "label", "email_label"),
    ("email", "type", "email_label"),
    ("phone", "value", "phone"),
    ("phone", "label", "phone_label"),
    ("phone", "type", "phone_label"),
    ("address", "formatted", "address"),
    ("address", "label", "address_label"),
    ("address", "type", "address_label"),
    ("address", "street", "street"),
    ("address", "extendedaddress", "street"),
    ("address", "pobox", "po_box"),
    ("address", "city", "city"),
    ("address", "region", "region"),
    ("address", "postalcode", "postal_code"),
    ("address", "country", "country"),
    ("website", "value", "url"),
    ("website", "label", "url_label"),
    ("website", "type", "url_label"),
    ("im", "value", "other"),
    ("im", "service", "other_label"),
    ("im", "type", "kept"),
    ("event", "value", "date"),
    ("event", "label", "date_label"),
    ("event", "type", "date_label"),
    ("organization", "name", "organization"),
    ("organization", "title", "title"),
    ("organization", "department", "department"),
    ("organization", "type", "kept"),
];

/// A name as it is compared: letters and digits.
pub(super) fn plain(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

static KNOWN: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    let mut add = |column: &str, name: String| {
        if let Ok(column) = column.parse::<Meaning>() {
            known.entry(plain(&name)).or_insert(column);
        }
    };
    for (column, names) in NAMES {
        names.split(',').for_each(|name| add(column, name.to_owned()));
    }
    for (place, label) in PLACES.iter().chain(&[("other", "other")]) {
        for (part, names) in PLACE_PARTS {
            names.split(',').for_each(|name| add(&format!("{part}:{label}"), format!("{place} {name}")));
        }
    }
    known
});

/// What stands in front of the name of an own field.
const OWN_FIELD: &str = "Own field: ";

/// The name of an own field's column.
pub(super) fn of_field(name: &str) -> String {
    format!("{OWN_FIELD}{name}")
}

/// The column that a header names, if it is known.
pub(super) fn column_of(header: &str) -> Option<Meaning> {
    if let Some(name) = header.trim().strip_prefix(OWN_FIELD) {
        return Some(Meaning { what: What::OwnField, group: name.trim().to_owned() });
    }
    if let Some(column) = numbered(header) {
        return Some(column);
    }
    let name = plain(header);
    if let Some(column) = KNOWN.get(&name) {
        return Some(tied(column));
    }
    // "Phone 2", "Web Page 1": one of several.
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[base.len()..];
    let column = KNOWN.get(base).filter(|column| !number.is_empty() && is_repeatable(column.what))?;
    Some(if column.group.is_empty() { Meaning { group: number.to_owned(), ..column.clone() } } else { column.clone() })
}

/// Groups of the list above that mean no group.
fn tied(column: &Meaning) -> Meaning {
    if column.what == What::Extra || column.group == "+" { Meaning::of(column.what) } else { column.clone() }
}

fn is_repeatable(what: What) -> bool {
    matches!(what, What::Email | What::Phone | What::Url | What::Other | What::Organization | What::Title | What::Tags)
}

/// Google's `E-mail 1 - Value`.
fn numbered(header: &str) -> Option<Meaning> {
    let (base, attribute) = header.split_once(" - ")?;
    let (base, attribute) = (plain(base), plain(attribute));
    let name = base.trim_end_matches(|c: char| c.is_ascii_digit());
    let group = &base[name.len()..];
    let (_, _, word) = NUMBERED.iter().find(|(known, of, _)| *known == name && *of == attribute)?;
    (!group.is_empty()).then(|| Some(Meaning { what: What::of(word)?, group: group.to_owned() }))?
}

/// How many of the cells are names of columns that are known.
pub(super) fn known(cells: &[String]) -> usize {
    cells.iter().filter(|cell| column_of(cell).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_known_in_every_spelling() {
        for (header, column) in [
            ("First Name", "first_name"),
            ("FIRST_NAME", "first_name"),
            ("Prénom", "first_name"),
            ("E-mail Address", "email"),
            ("E-Mail-Adresse", "email"),
            ("E-mail 2 Address", "email:2"),
            ("E-mail 12 - Value", "email:12"),
            ("Phone 1 - Type", "phone_label:1"),
            ("Organization 2 - Name", "organization:2"),
            ("Organization 1 - Job Description", ""),
            ("Business Street 2", "street:work"),
            ("Home ZipCode", "postal_code:home"),
            ("Work Address 2", "street:work"),
            ("Home Address PO Box", "po_box:home"),
            ("Web Page 1", "url:1"),
            ("Phone 3", "phone:3"),
            ("TTY/TDD Phone", "phone:textphone"),
            ("Sensitivity", "kept"),
            ("携帯電話", "phone:mobile"),
            ("Straße", "street"),
            ("Custom 1", ""),
            ("", ""),
        ] {
            let found = column_of(header).map(|column| column.to_string()).unwrap_or_default();
            assert_eq!(found, column, "{header}");
        }
    }
}
