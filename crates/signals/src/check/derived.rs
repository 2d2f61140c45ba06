//! Categories of change and the season's peak: probabilities that sum to 1 over all categories or weeks.

use std::collections::BTreeMap;

use countycast_engine::Date;
use countycast_engine::weekly::Week;
use countycast_panel::quoted;

use super::findings::Findings;
use super::quantiles::Quantiles;
use super::rows::Rows;
use crate::derived::Changes;
use crate::hubs::Hub;

/// How far a sum of probabilities may be from 1.
const ROUNDING: f64 = 1e-6;

/// Probabilities by category, with the row of the first and the categories that must be there.
#[derive(Debug)]
struct Probabilities {
    row: usize,
    wanted: Vec<String>,
    values: BTreeMap<String, f64>,
}

/// All rows of derived targets.
#[derive(Debug, Default)]
pub(super) struct Derived {
    probabilities: BTreeMap<(String, String, Option<i64>), Probabilities>,
    sizes: BTreeMap<String, Quantiles>,
}

impl Derived {
    /// Adds a row; false if its target is not derived.
    pub(super) fn add(&mut self, rows: &Rows<'_>, row: usize, day: Date, name: &str, findings: &mut Findings) -> bool {
        if let Some(changes) = rows.hub.changes.as_ref().filter(|changes| changes.target == name) {
            self.change(rows, row, day, changes, findings);
            return true;
        }
        let Some(peaks) =
            rows.hub.peaks.as_ref().filter(|peaks| [&peaks.week, &peaks.size].contains(&&name.to_owned()))
        else {
            return false;
        };
        rows.blank(row, findings);
        let (is_week, of) = (peaks.week == name, rows.hub.target(&peaks.of));
        let Some(place) = of.and_then(|rule| rows.location(row, rule, findings)) else { return true };
        if is_week {
            let season = Week::ending(day).and_then(|week| peaks.season(week));
            let Some(season) = season else {
                let text = format!("`{name}`: the hub's table has no season with {day}");
                findings.error("season", row, text);
                return true;
            };
            let wanted = season.weeks().map(|week| week.to_string()).collect();
            self.probability(rows, row, (name.to_owned(), place, None), wanted, findings);
        } else if is_kind(rows, row, "quantile", findings) {
            let Some((at, rule)) = rows.level(row, findings).zip(of) else { return true };
            let Some(value) = rows.value_of(row, rule, findings) else { return true };
            let quantiles = self.sizes.entry(place).or_insert_with(|| Quantiles::new(row));
            if quantiles.values.insert(at, value).is_some() {
                findings.error("twice", row, format!("level {} of this task stands twice", rows.id(row)));
            }
        }
        true
    }

    fn change(&mut self, rows: &Rows<'_>, row: usize, day: Date, changes: &Changes, findings: &mut Findings) {
        let rule = rows.hub.target(&changes.of);
        let Some(place) = rule.and_then(|rule| rows.location(row, rule, findings)) else { return };
        let Some(weeks) = rows.horizon(row, day, changes.horizons, findings) else { return };
        let task = (changes.target.clone(), place, Some(weeks));
        self.probability(rows, row, task, changes.categories.to_vec(), findings);
    }

    fn probability(
        &mut self,
        rows: &Rows<'_>,
        row: usize,
        task: (String, String, Option<i64>),
        wanted: Vec<String>,
        findings: &mut Findings,
    ) {
        if !is_kind(rows, row, "pmf", findings) {
            return;
        }
        let id = rows.id(row).into_owned();
        if !wanted.contains(&id) {
            let known = if task.2.is_some() {
                wanted.join(", ")
            } else {
                format!("{} to {}", wanted[0], wanted[wanted.len() - 1])
            };
            findings.error("category", row, format!("output_type_id `{}`: {known} are taken", quoted(&id)));
            return;
        }
        let Some(value) = rows.value(row, 1.0, "; it is a probability", findings) else { return };
        let found =
            self.probabilities.entry(task).or_insert_with(|| Probabilities { row, wanted, values: BTreeMap::new() });
        if found.values.insert(id.clone(), value).is_some() {
            findings.error("twice", row, format!("{id} of this task stands twice"));
        }
    }

    /// Checks each task as a whole.
    pub(super) fn whole(&self, hub: &Hub, findings: &mut Findings) {
        for ((target, place, weeks), probabilities) in &self.probabilities {
            let horizon = weeks.map(|weeks| format!(", horizon {weeks}")).unwrap_or_default();
            let task = format!("{place}, `{target}`{horizon}");
            let lacking: Vec<&str> = probabilities
                .wanted
                .iter()
                .filter(|id| !probabilities.values.contains_key(*id))
                .map(String::as_str)
                .collect();
            if !lacking.is_empty() {
                let text = format!("{task}: {} are missing", lacking.join(", "));
                findings.error("categories", probabilities.row, text);
            }
            let sum: f64 = probabilities.values.values().sum();
            if (sum - 1.0).abs() > ROUNDING {
                findings.error("sum", probabilities.row, format!("{task}: probabilities sum to {sum:.6}, not to 1"));
            }
        }
        for (place, quantiles) in &self.sizes {
            let name = hub.peaks.as_ref().map_or("", |peaks| peaks.size.as_str());
            quantiles.check(hub, &format!("{place}, `{name}`"), findings);
        }
    }
}

/// Whether the row's output is of this kind; another is told.
fn is_kind(rows: &Rows<'_>, row: usize, kind: &str, findings: &mut Findings) -> bool {
    let is_kind = rows.kind(row) == kind;
    if !is_kind {
        let text = quoted(rows.kind(row).as_ref());
        findings.error("output type", row, format!("output_type `{text}`: write `{kind}` for this target"));
    }
    is_kind
}
