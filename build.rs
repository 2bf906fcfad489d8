//! Makes the static files ready to serve: joins the style sheets in layer order,
//! takes the indentation and comment lines out of our own files, names each by the
//! hash of its content and compresses it once, so that no request has to.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

/// The sheets that come before the components; the first one orders the layers.
const SHEETS: [&str; 5] = ["app", "tokens", "reset", "base", "layout"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=build.rs");
    // They are embedded by a macro, which does not tell cargo.
    println!("cargo::rerun-if-changed=migrations");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let files = [
        ("CSS", "app.css", "text/css; charset=utf-8", style_sheet()?),
        ("KEYBOARD", "keyboard.js", SCRIPT, own("static/js/keyboard.js")?),
        ("APP", "app.js", SCRIPT, own("static/js/app.js")?),
        ("SELECTION", "selection.js", SCRIPT, own("static/js/selection.js")?),
        ("DAY", "day.js", SCRIPT, own("static/js/day.js")?),
        ("ZONE", "zone.js", SCRIPT, own("static/js/zone.js")?),
        ("HTMX", "htmx.js", SCRIPT, fs::read("static/js/vendor/htmx-4.0.1.min.js")?),
        ("ICONS", "icons.svg", "image/svg+xml", fs::read("static/icons.svg")?),
        ("FAVICON", "favicon.svg", "image/svg+xml", fs::read("static/favicon.svg")?),
    ];
    let mut code = String::new();
    for (constant, name, kind, content) in &files {
        write_asset(&out, &mut code, constant, name, kind, content)?;
    }
    let all = files.iter().map(|file| format!("&{}", file.0)).collect::<Vec<_>>().join(", ");
    writeln!(code, "/// Every file that is served below `/static/`.\npub static ALL: &[&Asset] = &[{all}];")?;
    fs::write(out.join("assets.rs"), code)?;
    Ok(())
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

fn style_sheet() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut joined = Vec::new();
    for sheet in SHEETS {
        joined.extend(own(format!("static/css/{sheet}.css"))?);
    }
    let mut components = fs::read_dir("static/css/components")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    components.sort();
    for component in components {
        joined.extend(own(component)?);
    }
    Ok(joined)
}

fn own(path: impl AsRef<Path>) -> Result<Vec<u8>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let kept = text.lines().map(str::trim).filter(|line| {
        let comment = line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
        !line.is_empty() && !comment
    });
    Ok(kept.flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect())
}

fn write_asset(
    out: &Path,
    code: &mut String,
    constant: &str,
    name: &str,
    kind: &str,
    content: &[u8],
) -> Result<(), Box<dyn Error>> {
    let hash = Sha256::digest(content).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let (stem, extension) = name.split_once('.').ok_or("a static file has an extension")?;
    fs::write(out.join(name), content)?;
    fs::write(out.join(format!("{name}.br")), brotli_of(content)?)?;
    fs::write(out.join(format!("{name}.gz")), gzip_of(content)?)?;
    let file = |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}{suffix}\"))");
    writeln!(
        code,
        "/// `{name}`, under the name that changes with its content.\n\
         pub static {constant}: Asset = Asset {{ url: \"/static/{stem}.{hash}.{extension}\", kind: \"{kind}\", \
         plain: {}, brotli: {}, gzip: {} }};",
        file(""),
        file(".br"),
        file(".gz"),
    )?;
    Ok(())
}

fn brotli_of(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 9, 20);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok(packed)
}

fn gzip_of(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    writer.finish()
}
