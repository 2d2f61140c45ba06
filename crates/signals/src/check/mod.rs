//! What a hub would refuse about a file, and what a forecaster would.

mod derived;
mod findings;
mod quantiles;
mod rows;
mod samples;

use std::path::Path;

use countycast_engine::Date;
use countycast_panel::{InputError, quoted};

use self::findings::Findings;
pub use self::findings::{Finding, Severity};
use self::quantiles::{Quantiles, Tasks};
use self::rows::Rows;
use self::samples::Samples;
use crate::hubs::{Hub, Target};
use crate::read::{Signals, Table};

/// Checks a file against a hub's rules, and against what is known on the day it is due where `signals` are given.
///
/// # Errors
/// Where the file cannot be read as a table at all.
pub fn check(path: &Path, hub: &Hub, signals: Option<&Signals>) -> Result<Vec<Finding>, InputError> {
    let table = Table::read(path)?;
    let mut findings = Findings::default();
    let date = rows::file_name(path, &mut findings);
    let Some(rows) = Rows::new(&table, hub, &mut findings) else { return Ok(findings.finish()) };
    if table.rows() == 0 {
        findings.error("rows", None, "there are no rows".to_owned());
    }
    let mut tasks = Tasks::new();
    let mut samples = Samples::default();
    let mut derived = derived::Derived::default();
    for row in 0..table.rows() {
        let Some(day) = rows.reference(row, date, &mut findings) else { continue };
        let name = rows.target(row);
        if derived.add(&rows, row, day, &name, &mut findings) {
            continue;
        }
        let Some(rule) = hub.target(&name) else {
            let known = hub.target_names().collect::<Vec<_>>().join("`, `");
            findings.error("target", row, format!("target `{}`: {} takes `{known}`", quoted(&name), hub.title));
            continue;
        };
        match rows.kind(row).as_ref() {
            "quantile" => quantile(&rows, row, day, rule, &mut tasks, &mut findings),
            "sample" => samples.add(&rows, row, day, rule, &mut findings),
            other => {
                let text = quoted(other);
                findings.error("output type", row, format!("output_type `{text}`: write `quantile`"));
            }
        }
    }
    quantiles::whole(hub, &tasks, &mut findings);
    samples.whole(hub, &mut findings);
    derived.whole(hub, &mut findings);
    if let Some(signals) = signals {
        quantiles::plausible(hub, &tasks, signals, &mut findings);
    }
    Ok(findings.finish())
}

/// Adds a row with a quantile of a week.
fn quantile(rows: &Rows<'_>, row: usize, day: Date, rule: &Target, tasks: &mut Tasks, findings: &mut Findings) {
    let Some(place) = rows.location(row, rule, findings) else { return };
    let Some(weeks) = rows.horizon(row, day, rows.hub.horizons, findings) else { return };
    let Some(at) = rows.level(row, findings) else { return };
    let Some(value) = rows.value_of(row, rule, findings) else { return };
    let task = tasks.entry((day, rule.target.clone(), place, weeks)).or_insert_with(|| Quantiles::new(row));
    if task.values.insert(at, value).is_some() {
        findings.error("twice", row, format!("level {} of this task stands twice", rows.id(row)));
    }
}
