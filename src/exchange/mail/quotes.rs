//! How mail programs mark what the sender did not write: quotations, signatures, notices.

/// What begins at a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// What the sender wrote.
    Own,
    /// A quoted line.
    Quoted,
    /// So many lines that say who wrote what is quoted after them.
    Attribution(usize),
    /// So many lines over a quotation that is marked line by line.
    Original(usize),
    /// A quotation, or a list's notice, up to the end.
    Rest,
    /// A signature, up to the end.
    Signature,
    /// A line that a device adds.
    Device,
}

/// Behind "wrote" stands what is quoted; in English, German, French, Spanish, Portuguese, Italian, Dutch, the languages of
/// Scandinavia, Finnish, Polish, Czech, Hungarian, Turkish, Russian, Greek, Irish, Chinese, Japanese, Korean.
const WROTE: [&str; 27] = [
    "wrote",
    "writes",
    "said",
    "schrieb",
    "a écrit",
    "escribió",
    "escreveu",
    "ha scritto",
    "schreef",
    "skrev",
    "kirjoitti",
    "napisał",
    "napisał(a)",
    "napisała",
    "pisze",
    "napsal",
    "napsal(a)",
    "írta",
    "yazdı",
    "пишет",
    "написал",
    "написала",
    "έγραψε",
    "scríobh",
    "写道",
    "寫道",
    "작성",
];

/// What also says so where a quotation follows right away.
const SAID: [&str; 12] = [
    "mentioned",
    "stated",
    "stated the following",
    "thought",
    "suggested",
    "asked",
    "replied",
    "noted",
    "quoted",
    "added",
    "joked",
    "write",
];

/// How a line begins that says so over several lines.
const ON: [&str; 17] = [
    "on ",
    "at ",
    "in message ",
    "am ",
    "le ",
    "el ",
    "em ",
    "il ",
    "op ",
    "den ",
    "på ",
    "w dniu",
    "dne ",
    "στις ",
    "в ",
    "на ",
    "în ",
];

/// What stands before a prompt, and not before what somebody wrote.
const PROMPTS: [&str; 2] = ["SQL", "PS"];

/// What stands over a quotation that is not marked, in lower case and without its rules.
const ORIGINALS: [&str; 32] = [
    "original message",
    "original-nachricht",
    "originalnachricht",
    "ursprüngliche nachricht",
    "forwarded message",
    "weitergeleitete nachricht",
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "message d'origine",
    "message original",
    "message transféré",
    "début du message réexpédié :",
    "mensaje original",
    "mensaje reenviado",
    "mensagem original",
    "mensagem encaminhada",
    "messaggio originale",
    "messaggio inoltrato",
    "oorspronkelijk bericht",
    "doorgestuurd bericht",
    "ursprungligt meddelande",
    "original meddelelse",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "původní zpráva",
    "eredeti üzenet",
    "исходное сообщение",
    "原始邮件",
    "元のメッセージ",
    "원본 메시지",
];

/// The fields that mail programs write over a quotation: from, then sent, to, subject.
const FROM: [&str; 13] =
    ["from", "von", "de", "da", "van", "från", "fra", "od", "lähettäjä", "от", "发件人", "差出人", "kimden"];
const OTHERS: [&str; 42] = [
    "sent",
    "date",
    "to",
    "subject",
    "cc",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "à",
    "objet",
    "enviado",
    "enviado el",
    "para",
    "asunto",
    "assunto",
    "data",
    "inviato",
    "a",
    "oggetto",
    "verzonden",
    "aan",
    "onderwerp",
    "skickat",
    "till",
    "ämne",
    "sendt",
    "til",
    "emne",
    "wysłano",
    "do",
    "temat",
    "odesláno",
    "komu",
    "předmět",
    "отправлено",
    "кому",
    "тема",
    "发送时间",
    "收件人",
    "主题",
];

const DEVICES: [&str; 12] = [
    "sent from my ",
    "sent from mail for windows",
    "get outlook for ",
    "sent via ",
    "von meinem ",
    "gesendet von ",
    "envoyé de mon ",
    "envoyé depuis mon ",
    "enviado desde mi ",
    "enviado do meu ",
    "inviato da ",
    "verzonden vanaf mijn ",
];

/// What stands over a signature (RFC 3676 section 4.3). Many programs lose its blank.
pub(super) const SIGNATURE: &str = "-- ";

/// What begins at the first of these lines.
pub(super) fn start(lines: &[&str]) -> Start {
    let Some(line) = lines.first().map(|line| line.trim()) else { return Start::Own };
    if is_marked(line) {
        return Start::Quoted;
    }
    if line == "--" && (lines[0] == SIGNATURE || is_short(&lines[1..])) {
        return Start::Signature;
    }
    if line.is_empty() || line.len() > 400 {
        return Start::Own;
    }
    if let Some(length) = attribution(lines) {
        return Start::Attribution(length);
    }
    if is_original(line) || is_field_block(lines) {
        return marked_original(lines).map_or(Start::Rest, Start::Original);
    }
    if is_list_notice(lines) {
        return Start::Rest;
    }
    let lower = line.to_lowercase();
    let is_device = line.len() < 80 && DEVICES.iter().any(|device| lower.starts_with(device));
    if is_device { Start::Device } else { Start::Own }
}

/// Whether lines are no more than a signature has, up to where something is quoted, and don't begin with a sentence.
fn is_short(lines: &[&str]) -> bool {
    let is_quoting = |at: usize| {
        let line = lines[at].trim();
        is_marked(line) || is_original(line) || attribution(&lines[at..]).is_some() || is_field_block(&lines[at..])
    };
    let mut own = (0..lines.len()).filter(|at| !lines[*at].trim().is_empty()).take_while(|at| !is_quoting(*at));
    own.next().is_none_or(|at| !super::prose::is_sentence(lines[at])) && own.take(7).count() < 7
}

/// Whether a line is quoted: `> text`, or `AL> text` by the initials of who wrote it.
pub(super) fn is_marked(line: &str) -> bool {
    let line = line.trim_start();
    let Some((initials, rest)) = line.split_once('>') else { return false };
    let is_of_initials = initials.len() <= 4 && initials.bytes().all(|byte| byte.is_ascii_uppercase());
    is_of_initials
        && (initials.is_empty() || rest.is_empty() || rest.starts_with([' ', '>']))
        && !PROMPTS.contains(&initials)
}

/// Whether a short line between two that are quoted is the rest of the first, which was too long for the program that quoted it.
pub(super) fn is_wrapped(before: &str, line: &str, after: &str) -> bool {
    const ANSWERS: [&str; 14] =
        ["yes", "yep", "yeah", "no", "nope", "ok", "sure", "true", "agreed", "ja", "nein", "oui", "non", "si"];
    let word = line.trim_matches(|c: char| !c.is_alphanumeric());
    is_marked(before)
        && is_marked(after)
        && line.starts_with(char::is_lowercase)
        && line.chars().count() <= 25
        && before.chars().count() >= 60
        && !ANSWERS.contains(&word)
}

/// How many lines say who wrote what follows: `On Monday Ann <ann@x.example>`, `wrote:`.
fn attribution(lines: &[&str]) -> Option<usize> {
    let first = lines[0].trim().to_lowercase();
    let starts = ON.iter().any(|start| first.starts_with(start));
    // `Ann Lee <ann@x.example>`, `wrote:`.
    let most = if starts { 3 } else { 1 + usize::from(first.ends_with(['<', '>'])) };
    let mut text = String::new();
    for (at, line) in lines.iter().take(most).enumerate() {
        if line.len() > 400 || line.trim().is_empty() || is_marked(line) {
            return None;
        }
        text.push(' ');
        text.push_str(&line.trim().to_lowercase());
        if text.ends_with([':', '：']) {
            let rest = lines.get(at + 1..).unwrap_or_default();
            return is_attribution(&text, starts, lines[0].trim(), rest).then_some(at + 1);
        }
    }
    None
}

/// Whether a text in lower case says who wrote the rest.
fn is_attribution(text: &str, starts: bool, line: &str, rest: &[&str]) -> bool {
    let text = text.trim_end_matches([':', '：', ' ', '\u{a0}', '*']);
    let has_year = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
    let is_dated = starts && (has_year || text.contains('@'));
    let is_quoted = rest.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| is_marked(line));
    let ends = WROTE.iter().any(|verb| text.ends_with(verb));
    let has = |verbs: &[&str]| verbs.iter().any(|verb| text.contains(&format!(" {verb} ")));
    // In many languages nothing says “wrote”: 2025年3月3日(月) 9:00 Ann Lee <ann@x.example>:
    let is_of_somebody = has_year && text.contains('@') && is_quoted;
    if is_of_somebody || (ends || starts && has(&WROTE)) && (is_dated || is_quoted) {
        return true;
    }
    // Where the quotation follows right away any of these tells whose it is.
    rest.first().is_some_and(|line| is_marked(line))
        && (is_dated
            || text.starts_with(" quoting ")
            || text.contains('@')
            || SAID.iter().any(|verb| text.ends_with(&format!(" {verb}")))
            || has(&WROTE)
            || has(&SAID)
            || is_name(line))
}

/// `Ann B. Lee:`
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.trim_end_matches([':', '：', ' ']).split_whitespace().collect();
    let is_capital = |word: &&str| word.trim_start_matches(['"', '\'']).starts_with(char::is_uppercase);
    (1..=4).contains(&words.len()) && line.len() <= 50 && words.iter().all(is_capital)
}

/// How many lines stand over a quotation, with the fields of what is quoted, if it is marked line by line; where it is not, what is
/// below it and what the sender wrote look the same.
fn marked_original(lines: &[&str]) -> Option<usize> {
    let is_blank = |line: &&str| line.trim().is_empty();
    let is_field = |line: &&str| line.split_once([':', '：']).is_some_and(|(name, _)| name.trim().len() < 30);
    let mut at = 1;
    at += lines[at..].iter().take_while(|line| is_blank(line)).count();
    // A long field goes on below.
    at += lines[at..].iter().take(12).take_while(|line| !is_blank(line) && !is_marked(line)).count();
    let has_fields = lines[..at].iter().any(is_field);
    at += lines[at..].iter().take_while(|line| is_blank(line)).count();
    (has_fields && lines.get(at).is_some_and(|line| is_marked(line))).then_some(at)
}

/// `-----Original Message-----` in any language.
fn is_original(line: &str) -> bool {
    let inner = line.trim_matches(['-', '_', '=', ' ']).to_lowercase();
    let inner = inner.replace('’', "'");
    (inner.len() + 2 < line.len() || inner.ends_with(':')) && ORIGINALS.contains(&inner.as_str())
}

/// A block of fields as Outlook writes it: From, and two others within the next lines.
fn is_field_block(lines: &[&str]) -> bool {
    let is_rule = |line: &str| line.len() >= 10 && line.bytes().all(|byte| byte == b'_');
    let lines = if is_rule(lines[0].trim()) { &lines[1..] } else { lines };
    let lines = &lines[..lines.len().min(8)];
    let mut fields = lines.iter().filter(|line| !line.trim().is_empty()).take(6).filter_map(|line| {
        let (name, _) = line.split_once([':', '：'])?;
        Some(name.trim_matches(['*', ' ', '\u{a0}', '\t']).to_lowercase()).filter(|name| name.len() < 30)
    });
    let begins = lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.contains([':', '：']));
    begins
        && fields.next().is_some_and(|name| FROM.contains(&name.as_str()))
        && fields.filter(|name| OTHERS.contains(&name.as_str())).count() >= 2
}

/// A rule and under it what a list says of itself.
fn is_list_notice(lines: &[&str]) -> bool {
    let rule = lines[0].trim();
    let is_rule = rule.len() >= 10 && rule.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*' | b'~'));
    is_rule && lines.iter().skip(1).take(5).any(|line| is_unsubscribing(&line.to_lowercase()))
}

fn is_unsubscribing(text: &str) -> bool {
    [
        "mailing list",
        "unsubscribe",
        "listinfo",
        "mailman",
        "google groups",
        "yahoo! groups",
        "abmelden",
        "désabonner",
        "desinscribirse",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether a paragraph is none of the sender's words: a legal notice, or how to leave a list.
pub(super) fn is_footer(paragraph: &str) -> bool {
    const SECRETS: [&str; 9] = [
        "confidential",
        "privileged",
        "vertraulich",
        "confidentiel",
        "confidencial",
        "riservat",
        "vertrouwelijk",
        "poufn",
        "конфиденциал",
    ];
    const READERS: [&str; 14] = [
        "intended",
        "recipient",
        "addressee",
        "empfänger",
        "adressat",
        "bestimmt",
        "destinataire",
        "destinatario",
        "destinatário",
        "destinatari",
        "geadresseerde",
        "bestemd",
        "adresat",
        "получател",
    ];
    let text = paragraph.get(..4_000).unwrap_or(paragraph).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&SECRETS) && has(&READERS)
        || text.starts_with("to unsubscribe")
        || text.starts_with("you received this message because")
}
