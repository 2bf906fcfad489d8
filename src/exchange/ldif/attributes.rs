//! What the attributes of an entry are: those of inetOrgPerson, and the ones that mail programs added.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::exchange::fields::{Meaning, What};

/// Meanings and the attributes that have them.
const NAMES: &[(&str, &str)] = &[
    ("display_name", "displayname cn commonname"),
    ("first_name", "givenname gn"),
    ("last_name", "sn surname"),
    ("name_prefix", "personaltitle"),
    ("name_suffix", "generationqualifier"),
    ("nickname", "nickname mozillanickname xmozillanickname"),
    ("email", "mail rfc822mailbox mozillasecondemail xmozillasecondemail"),
    ("phone:work", "telephonenumber"),
    ("phone:home", "homephone hometelephonenumber"),
    ("phone:mobile", "mobile mobiletelephonenumber cellphone"),
    ("phone:fax", "fax facsimiletelephonenumber"),
    ("phone:pager", "pager pagertelephonenumber pagerphone"),
    ("phone:isdn", "internationalisdnnumber"),
    ("address:work", "postaladdress"),
    ("address:home", "homepostaladdress"),
    ("street:work", "street streetaddress mozillaworkstreet2 workstreet2"),
    ("po_box:work", "postofficebox"),
    ("city:work", "l localityname locality"),
    ("region:work", "st stateorprovincename region"),
    ("postal_code:work", "postalcode zip"),
    ("country:work", "c co countryname friendlycountryname"),
    ("street:home", "mozillahomestreet mozillahomestreet2 homestreet"),
    ("city:home", "mozillahomelocalityname homelocality"),
    ("region:home", "mozillahomestate homestate"),
    ("postal_code:home", "mozillahomepostalcode homepostalcode"),
    ("country:home", "mozillahomecountryname homecountry"),
    ("url", "labeleduri url"),
    ("url:work", "mozillaworkurl workurl"),
    ("url:home", "mozillahomeurl homeurl"),
    ("other:aim", "nsaimid mozillaaimid aimscreenname"),
    ("other:icq", "nsicqid"),
    ("other:skype", "nsskypeid"),
    ("other:jabber", "nsjabberid"),
    ("organization", "o organizationname company"),
    ("department", "ou organizationalunitname department departmentnumber orgunit"),
    ("title", "title"),
    ("notes", "description notes comment info"),
    ("year:birthday", "birthyear"),
    ("month:birthday", "birthmonth"),
    ("day:birthday", "birthday"),
    ("year:anniversary", "anniversaryyear"),
    ("month:anniversary", "anniversarymonth"),
    ("day:anniversary", "anniversaryday"),
    ("kept", "initials uid mozillausehtmlmail preferredlanguage usercertificate usersmimecertificate"),
    (
        "skip",
        "objectclass modifytimestamp createtimestamp creatorsname modifiersname entrydn entryuuid entrycsn \
        structuralobjectclass subschemasubentry hassubordinates changetype userpassword",
    ),
];

static KNOWN: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| {
    let pairs = NAMES.iter().filter_map(|(meaning, names)| Some((meaning.parse::<Meaning>().ok()?, names)));
    pairs.flat_map(|(meaning, names)| names.split_whitespace().map(move |name| (name, meaning.clone()))).collect()
});

/// What an attribute is, by its name in small letters; what is not known becomes a note.
pub(super) fn meaning(name: &str) -> &'static Meaning {
    static NOTE: LazyLock<Meaning> = LazyLock::new(|| Meaning::of(What::Note));
    KNOWN.get(name).unwrap_or_else(|| &NOTE)
}
