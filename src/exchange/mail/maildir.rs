//! Maildir: which files of a tree are messages, and what their names say. A name is `unique:2,flags`; systems that allow
//! no colon write another character for it.

/// What the name of a file says of the message in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The folder, as `Sent`; empty for the inbox.
    pub folder: String,
    /// D: not sent yet.
    pub is_draft: bool,
    /// T: to be deleted.
    pub is_deleted: bool,
}

/// What a path says; `None` where no message is there: what `tmp` holds is not delivered yet.
#[must_use]
pub fn entry(path: &str) -> Option<Entry> {
    let (above, name) = path.rsplit_once('/')?;
    let (folder, state) = above.rsplit_once('/').unwrap_or(("", above));
    if !matches!(state, "cur" | "new") || name.starts_with('.') {
        return None;
    }
    let flags = name
        .rsplit_once("2,")
        .filter(|(unique, _)| unique.ends_with([':', ';', '!', '-', '_']))
        .map_or("", |(_, flags)| flags);
    let last = folder.rsplit('/').next().unwrap_or_default();
    // Maildir++: a folder's name begins with a dot, a level follows each. Other names are folders of other layouts,
    // but for the one that holds them all.
    let folder = last.strip_prefix('.').map_or("", |name| name.rsplit('.').next().unwrap_or_default());
    let folder = if folder.is_empty() && super::Folder::of(last).is_some() { last } else { folder };
    Some(Entry { folder: folder.to_owned(), is_draft: flags.contains('D'), is_deleted: flags.contains('T') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_what_cur_and_new_hold() {
        let found: Vec<(&str, Entry)> = [
            "Maildir/cur/2.b.host:2,S",
            "Maildir/new/1.a.host",
            "Maildir/.Sent/cur/3.c:2,FS",
            "Maildir/.Drafts/cur/4.d;2,DS",
            "Maildir/tmp/5.e",
            "Maildir/dovecot-uidlist",
            "Maildir/cur/.nfs1",
            "Mail/Trash/cur/6.f!2,T",
            "Maildir/.Work.Sent/new/7",
        ]
        .into_iter()
        .filter_map(|path| Some((path, entry(path)?)))
        .collect();
        let seen: Vec<(&str, &str, bool, bool)> =
            found.iter().map(|(path, one)| (*path, one.folder.as_str(), one.is_draft, one.is_deleted)).collect();
        assert_eq!(
            seen,
            [
                ("Maildir/cur/2.b.host:2,S", "", false, false),
                ("Maildir/new/1.a.host", "", false, false),
                ("Maildir/.Sent/cur/3.c:2,FS", "Sent", false, false),
                ("Maildir/.Drafts/cur/4.d;2,DS", "Drafts", true, false),
                ("Mail/Trash/cur/6.f!2,T", "Trash", false, true),
                ("Maildir/.Work.Sent/new/7", "Sent", false, false),
            ]
        );
    }
}
