//! Every route of the program, read from the attributes of its handlers: a test that walks this table walks a
//! route that is added tomorrow too.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What a handler answers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `get` or `post`.
    pub method: String,
    /// As in its attribute: `/contacts/{id}`.
    pub pattern: String,
}

impl Route {
    /// How many ids its path takes.
    pub fn holes(&self) -> usize {
        self.pattern.matches('{').count()
    }

    /// Whether its form has a file.
    pub fn takes_a_file(&self) -> bool {
        self.method == "post" && (self.pattern == "/imports" || self.pattern.ends_with("/photo"))
    }

    /// The path with these ids, the last one as often as there is room.
    pub fn path(&self, ids: &[&str]) -> String {
        let mut ids = ids.iter();
        let mut last = &"";
        let filled = self.pattern.split('/').map(|part| {
            if let Some((_, behind)) = part.strip_prefix('{').and_then(|hole| hole.split_once('}')) {
                last = ids.next().unwrap_or(last);
                format!("{last}{behind}")
            } else {
                part.to_owned()
            }
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// Whether a path without its query is this route's.
    pub fn leads(&self, path: &str) -> bool {
        let (pattern, path): (Vec<_>, Vec<_>) = (self.pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(path).all(|(p, part)| p.starts_with('{') || *p == part)
    }
}

/// All routes of one method, in order.
pub fn routes(method: &str) -> Vec<Route> {
    // Read once: a walk over links asks for them at each.
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let texts = sources();
        let declared = ["get", "post"].iter().flat_map(|method| texts.iter().flat_map(|text| declared(text, method)));
        let mut routes: Vec<Route> = declared.collect();
        routes.sort();
        routes
    });
    ROUTES.iter().filter(|route| route.method == method).cloned().collect()
}

fn declared(text: &str, method: &str) -> Vec<Route> {
    let start = format!("#[{method}(\"");
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix(&start));
    let patterns = lines.map(|line| line.split('"').next().unwrap().to_owned());
    patterns.map(|pattern| Route { method: method.to_owned(), pattern }).collect()
}

fn sources() -> Vec<String> {
    fn below(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
    }
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("web/assets.rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn a_route_is_declared_where_this_table_reads_it() {
    assert!(routes("get").len() >= 20 && routes("post").len() >= 25);
    for text in sources() {
        for hidden in
            ["web::resource(", "web::scope(", ".route(", "#[routes]", "#[route(", "#[put(", "#[delete(", "#[patch("]
        {
            assert!(
                !text.contains(hidden),
                "{hidden} makes a route that no test walks; declare it by #[get] or #[post]"
            );
        }
        // Split over lines an attribute would be missed.
        assert!(!text.contains("#[get(\n") && !text.contains("#[post(\n"));
    }
}
