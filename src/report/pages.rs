//! What every site has besides its data: the page, scripts, the style sheet and borders.

use std::collections::BTreeMap;

use super::Built;
use crate::error::Error;
use crate::output::{Layout, Staging};

const PAGE: &str = include_str!("assets/index.html");
const STYLE: &str = include_str!("assets/site.css");
/// What the scripts of all sites use.
const MACHINERY: [(&str, &str); 2] =
    [("page.js", include_str!("assets/page.js")), ("frame.js", include_str!("assets/frame.js"))];
/// Counties and states in the Albers projection, 975 × 610; `us-atlas` 3.0.1, ISC, rounded to a tenth, which is how they are
/// drawn.
const BORDERS: &str = include_str!("assets/counties-albers-10m.json");
const BORDERS_LICENCE: &str = include_str!("assets/LICENSE-us-atlas");

/// The contents of a site of any kind: one replaces another.
pub(super) const LAYOUT: Layout = Layout {
    names: &[
        "index.html",
        "site.css",
        "page.js",
        "frame.js",
        "charts.js",
        "site.js",
        "seasons.js",
        "weekly.js",
        "data",
    ],
    kept: &[],
};

/// A kind of site.
pub(super) struct Kind {
    /// Title of the page.
    pub(super) title: &'static str,
    /// What the field of the search says.
    pub(super) search: &'static str,
    /// Scripts of its own by name, in the order in which they are loaded.
    pub(super) scripts: [(&'static str, &'static str); 2],
}

/// Writes a site with these data files into the reserved folder, where all files appear together.
pub(super) fn write(
    staging: Staging,
    kind: &Kind,
    data: BTreeMap<String, String>,
    places: usize,
) -> Result<Built, Error> {
    let mut files = data;
    files.insert("data/borders.js".to_owned(), format!("countycast.borders({});\n", BORDERS.trim_end()));
    files.insert("data/LICENSE-us-atlas".to_owned(), BORDERS_LICENCE.to_owned());
    files.insert("site.css".to_owned(), STYLE.to_owned());
    let scripts = || MACHINERY.iter().chain(&kind.scripts);
    let tags: String = scripts().map(|(name, _)| format!("<script src=\"{name}\"></script>\n")).collect();
    let page = PAGE.replace("{title}", kind.title).replace("{search}", kind.search).replace("{scripts}\n", &tags);
    files.insert("index.html".to_owned(), page);
    files.extend(scripts().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    staging.fresh()?;
    for (name, text) in &files {
        staging.put(name, text)?;
    }
    let page = staging.commit()?.join("index.html");
    let bytes = files.values().map(String::len).sum::<usize>();
    Ok(Built { page, places, bytes: bytes as u64 })
}
