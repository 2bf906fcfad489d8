//! What a folder or a label of mail is for, by its name in the languages of the large mail programs.

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// What she sent.
    Sent,
    /// What she has not sent.
    Drafts,
    /// What a filter took for spam.
    Spam,
    /// What she threw away.
    Trash,
}

const SENT: [&str; 32] = [
    "sent",
    "sent items",
    "sent mail",
    "sent messages",
    "sent-mail",
    "sentmail",
    "gesendet",
    "gesendete objekte",
    "gesendete elemente",
    "envoyés",
    "éléments envoyés",
    "messages envoyés",
    "enviados",
    "elementos enviados",
    "itens enviados",
    "e-mails enviados",
    "posta inviata",
    "inviati",
    "inviata",
    "verzonden",
    "verzonden items",
    "verzonden berichten",
    "skickat",
    "skickade objekt",
    "sendt",
    "sendte elementer",
    "lähetetyt",
    "wysłane",
    "odeslané",
    "отправленные",
    "已发送邮件",
    "送信済み",
];
const DRAFTS: [&str; 22] = [
    "drafts",
    "draft",
    "templates",
    "outbox",
    "unsent messages",
    "entwürfe",
    "vorlagen",
    "postausgang",
    "brouillons",
    "borradores",
    "rascunhos",
    "bozze",
    "concepten",
    "utkast",
    "kladder",
    "luonnokset",
    "wersje robocze",
    "koncepty",
    "черновики",
    "草稿",
    "下書き",
    "임시보관함",
];
const SPAM: [&str; 17] = [
    "spam",
    "junk",
    "junk e-mail",
    "junk email",
    "junk mail",
    "bulk mail",
    "junk-e-mail",
    "unerwünscht",
    "courrier indésirable",
    "indésirables",
    "correo no deseado",
    "lixo eletrônico",
    "posta indesiderata",
    "ongewenst",
    "skräppost",
    "спам",
    "垃圾邮件",
];
const TRASH: [&str; 19] = [
    "trash",
    "deleted items",
    "deleted messages",
    "deleted",
    "bin",
    "papierkorb",
    "gelöschte objekte",
    "gelöschte elemente",
    "corbeille",
    "éléments supprimés",
    "papelera",
    "lixeira",
    "itens excluídos",
    "cestino",
    "prullenbak",
    "papperskorgen",
    "kosz",
    "корзина",
    "已删除邮件",
];

impl Folder {
    /// What a folder of that name is for, whatever folders it is in: `Sent.mbox`, `INBOX.Drafts`, `[Gmail]/Spam`.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let path = path.to_lowercase();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let last = last.strip_suffix(".mbox").or_else(|| last.strip_suffix(".mbx")).unwrap_or(last);
        [last, last.rsplit('.').next().unwrap_or_default()].into_iter().find_map(Self::named)
    }

    fn named(name: &str) -> Option<Self> {
        let is_in = |names: &[&str]| names.contains(&name.trim());
        match name {
            _ if is_in(&SENT) => Some(Self::Sent),
            _ if is_in(&DRAFTS) => Some(Self::Drafts),
            _ if is_in(&SPAM) => Some(Self::Spam),
            _ if is_in(&TRASH) => Some(Self::Trash),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_name_wherever_they_stand() {
        assert_eq!(Folder::of("Mail/Sent.mbox"), Some(Folder::Sent));
        assert_eq!(Folder::of("INBOX.Drafts"), Some(Folder::Drafts));
        assert_eq!(Folder::of("[Gmail]/Spam"), Some(Folder::Spam));
        assert_eq!(Folder::of("Entw\u{fc}rfe"), Some(Folder::Drafts));
        assert_eq!(Folder::of(".Trash"), Some(Folder::Trash));
        assert_eq!(Folder::of("Inbox"), None);
        assert_eq!(Folder::of("Absent"), None);
    }
}
