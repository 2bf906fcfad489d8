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
    /// A quotation, or a list's notice, up to the end.
    Rest,
    /// A signature, up to the end.
    Signature,
    /// A line that a device adds.
    Device,
}

/// Behind "wrote" stands what is quoted; in English, German, French, Spanish, Portuguese, Italian, Dutch, the languages of
/// Scandinavia, Finnish, Polish, Czech, Hungarian, Turkish, Russian, Greek, Chinese, Japanese, Korean.
const WROTE: [&str; 26] = [
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
    "写道",
    "寫道",
    "작성",
];

/// How a line begins that says so over several lines.
const ON: [&str; 15] =
    ["on ", "am ", "le ", "el ", "em ", "il ", "op ", "den ", "på ", "w dniu", "dne ", "στις ", "в ", "на ", "în "];

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

/// What begins at the first of these lines.
pub(super) fn start(lines: &[&str]) -> Start {
    let Some(line) = lines.first().map(|line| line.trim()) else { return Start::Own };
    if line.starts_with('>') {
        return Start::Quoted;
    }
    if line == "--" {
        return Start::Signature;
    }
    if line.is_empty() || line.len() > 400 {
        return Start::Own;
    }
    if let Some(length) = attribution(lines) {
        return Start::Attribution(length);
    }
    if is_original(line) || is_field_block(lines) || is_list_notice(lines) {
        return Start::Rest;
    }
    let lower = line.to_lowercase();
    let is_device = line.len() < 80 && DEVICES.iter().any(|device| lower.starts_with(device));
    if is_device { Start::Device } else { Start::Own }
}

/// How many lines say who wrote what follows: `On Monday Ann <ann@x.example>`, `wrote:`.
fn attribution(lines: &[&str]) -> Option<usize> {
    let first = lines[0].trim().to_lowercase();
    let starts = ON.iter().any(|start| first.starts_with(start));
    let mut text = String::new();
    for (at, line) in lines.iter().take(3).enumerate() {
        if line.len() > 400 || line.trim().is_empty() || line.starts_with('>') {
            return None;
        }
        text.push(' ');
        text.push_str(&line.trim().to_lowercase());
        if !text.ends_with([':', '：']) {
            if starts {
                continue;
            }
            return None;
        }
        let text = text.trim_end_matches([':', '：', ' ', '\u{a0}']);
        let has_year = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
        let is_followed = lines.get(at + 1..).unwrap_or_default().iter().find(|line| !line.trim().is_empty());
        let is_quoted = is_followed.is_some_and(|line| line.starts_with('>'));
        let ends = WROTE.iter().any(|verb| text.ends_with(verb));
        let holds = starts && WROTE.iter().any(|verb| text.contains(&format!(" {verb} ")));
        return ((ends || holds) && (starts && (has_year || text.contains('@')) || is_quoted)).then_some(at + 1);
    }
    None
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
