//! What every site has besides its data: the page, scripts, the style sheet and borders.

use std::collections::BTreeMap;

use super::Built;
use crate::error::Error;
use crate::output::{Layout, Staging};

const PAGE: &str = include_str!("assets/index.html");
const CARD: &str = include_str!("assets/card.html");
/// Of the machinery, what a card uses.
const CARD_USES: [&str; 4] = ["page.js", "addresses.js", "search.js", "frame.js"];
const STYLE: &str = include_str!("assets/site.css");
/// What the scripts of all sites use, in the order in which they are loaded.
const MACHINERY: [(&str, &str); 9] = [
    ("page.js", include_str!("assets/page.js")),
    ("addresses.js", include_str!("assets/addresses.js")),
    ("tables.js", include_str!("assets/tables.js")),
    ("search.js", include_str!("assets/search.js")),
    ("scales.js", include_str!("assets/scales.js")),
    ("borders.js", include_str!("assets/borders.js")),
    ("atlas.js", include_str!("assets/atlas.js")),
    ("map.js", include_str!("assets/map.js")),
    ("frame.js", include_str!("assets/frame.js")),
];
/// Counties and states in the Albers projection, 975 × 610; `us-atlas` 3.0.1, ISC, rounded to a tenth, which is how they are
/// drawn, and packed by `tests/site/borders.mjs`.
const BORDERS: &str = include_str!("assets/borders.json");
const BORDERS_LICENCE: &str = include_str!("assets/LICENSE-us-atlas");

/// The contents of a site of any kind: one replaces another.
pub(super) const LAYOUT: Layout = Layout {
    names: &[
        "index.html",
        "card.html",
        "finder.html",
        "site.css",
        "scripts",
        "data",
        "feeds",
        // Of sites that were made before scripts had a folder.
        "page.js",
        "frame.js",
        "charts.js",
        "site.js",
        "seasons.js",
        "weekly.js",
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
    pub(super) scripts: &'static [(&'static str, &'static str)],
    /// The script of the card that shows a place on other pages, if there is one.
    pub(super) card: Option<(&'static str, &'static str)>,
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
    let tags = |names: &mut dyn Iterator<Item = &'static str>| -> String {
        names.map(|name| format!("<script src=\"scripts/{name}\"></script>\n")).collect()
    };
    let scripts = || MACHINERY.iter().chain(kind.scripts);
    let page = PAGE.replace("{title}", kind.title).replace("{search}", kind.search);
    files.insert("index.html".to_owned(), page.replace("{scripts}\n", &tags(&mut scripts().map(|(name, _)| *name))));
    if let Some((name, _)) = kind.card {
        let mut names = CARD_USES.into_iter().chain([name]);
        files.insert("card.html".to_owned(), CARD.replace("{scripts}\n", &tags(&mut names)));
    }
    files.extend(scripts().chain(&kind.card).map(|(name, text)| (format!("scripts/{name}"), (*text).to_owned())));
    staging.fresh()?;
    staging.put_all(&files)?;
    let page = staging.commit()?.join("index.html");
    let bytes = files.values().map(String::len).sum::<usize>();
    Ok(Built { page, places, bytes: bytes as u64 })
}
