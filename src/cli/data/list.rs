//! `countycast data fetch --list`: the sources, and when each was last fetched.

use countycast_fetch::{Lake, Source};
use serde_json::json;

use super::fetch::Args;
use crate::cli::Format;
use crate::cli::say::line;
use crate::error::Error;

/// A source, and what a lake has of it.
struct Listed<'a> {
    source: &'a Source,
    /// When the newest vintage was fetched.
    newest: Option<String>,
    /// When its publisher was last asked.
    checked: Option<String>,
    vintages: usize,
}

pub(super) fn run(args: &Args, quiet: bool, format: Format) -> Result<(), Error> {
    let table = args.table()?;
    let wanted = if args.names.is_empty() { table.sources.iter().collect() } else { args.wanted(&table)? };
    let lake = args.into.as_deref().map(Lake::new);
    let list = wanted.into_iter().map(|source| listed(source, lake.as_ref())).collect::<Result<Vec<_>, Error>>()?;
    if format == Format::Json {
        line!("{}", json!({ "sources": list.iter().map(document).collect::<Vec<_>>() }));
    } else if !quiet {
        list.iter().for_each(|listed| text(listed, lake.is_some()));
    }
    Ok(())
}

fn listed<'a>(source: &'a Source, lake: Option<&Lake>) -> Result<Listed<'a>, Error> {
    let Some(lake) = lake else { return Ok(Listed { source, newest: None, checked: None, vintages: 0 }) };
    let vintages = lake.vintages(&source.name)?;
    let checked = lake.last_check(&source.name)?.map(|check| check.checked_at.to_string());
    let newest = vintages.last().map(|newest| newest.fetched_at.to_string());
    Ok(Listed { source, newest, checked, vintages: vintages.len() })
}

fn document(listed: &Listed<'_>) -> serde_json::Value {
    let source = listed.source;
    json!({
        "source": source.name, "groups": source.groups, "kind": source.kind.word(), "title": source.title,
        "publisher": source.publisher, "address": source.address.to_string(), "cadence": source.cadence,
        "licence": source.licence, "last_vintage": listed.newest, "last_check": listed.checked,
        "vintages": listed.vintages,
    })
}

fn text(listed: &Listed<'_>, is_lake_known: bool) {
    let source = listed.source;
    let groups = if source.groups.is_empty() { String::new() } else { format!(" ({})", source.groups.join(", ")) };
    line!("{}{groups}: {}", source.name, source.title);
    line!("    {}, {}, {}; {}", source.kind.word(), source.publisher, source.cadence, source.licence);
    line!("    {}", source.address);
    match &listed.newest {
        Some(newest) => {
            let checked = listed.checked.as_ref().map(|time| format!(", last asked for {time}")).unwrap_or_default();
            let plural = if listed.vintages == 1 { "" } else { "s" };
            line!("    {} vintage{plural}, the newest of {newest}{checked}", listed.vintages);
        }
        None if is_lake_known => line!("    not fetched yet"),
        None => {}
    }
}
