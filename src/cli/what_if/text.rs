//! Readable results of a what-if.

use std::fmt::Write;

use countycast_engine::Date;
use jiff::ToSpan;

use super::super::say::wrapped;
use super::chart::chart;
use crate::capacity::Bed;
use crate::capacity::Beds;
use crate::output::capacity::{Area, CapacityRow};
use crate::what_if::{Asked, BASELINE, Course, Done, Effect, Interval, Quantity, RuleInForce, short};

/// Most scenarios listed quantity by quantity; more are only listed side by side.
const MOST_IN_FULL: usize = 3;
/// Scenarios drawn on the chart.
const MOST_LINES: usize = 5;
/// Most places listed by need of beds.
const MOST_NEEDY: usize = 10;
/// Least probability of overflow that is listed.
const LEAST_OVERFLOW: f64 = 0.1;
/// Letters of a scenario's name in a table, and behind a line of the chart.
const NAME: usize = 40;
const LABEL: usize = 26;

/// The report on the main place.
pub(super) fn text(done: &Done) -> String {
    let mut text = String::new();
    if let Some(place) = done.main_place() {
        // Writing to a string cannot fail.
        let _ = report(&mut text, done, place);
    }
    text
}

fn report(text: &mut String, done: &Done, place: &Asked) -> std::fmt::Result {
    let courses: Vec<&Course> = done.courses.iter().filter(|course| course.fips == place.fips).collect();
    let days = courses.first().map_or(0, |course| course.cases.len());
    let last = day(done.as_of, days);
    writeln!(text, "{}, {days} days after {}, to {last}: medians and 90 % intervals", place.name, done.as_of)?;
    members(text, done)?;
    for notice in &done.notices {
        writeln!(text, "{notice}")?;
    }
    for remark in done.remarks() {
        writeln!(text, "{}", wrapped(&remark))?;
    }
    for rule in done.rules.iter().filter(|rule| done.places.len() == 1 || rule.fips == place.fips) {
        writeln!(text, "{}", wrapped(&in_force(rule)))?;
    }
    if let Some(beds) = &place.beds {
        writeln!(text, "beds: {}, {}", of_beds("ward", &beds[0]), of_beds("intensive care", &beds[1]))?;
    }
    let named: Vec<(&str, Vec<&Effect>)> = done
        .variants
        .iter()
        .map(|variant| {
            let effects = done.blended(&place.fips).filter(|effect| effect.scenario == variant.name);
            (variant.name.as_str(), effects.collect())
        })
        .collect();
    if named.len() > 1 {
        side_by_side(text, &named)?;
    }
    if named.len() <= MOST_IN_FULL {
        for (name, effects) in &named {
            writeln!(text, "\n{name}")?;
            writeln!(text, "  {:<16}{:>12}{:>12}{:>32}{:>20}", "", "baseline", "scenario", "difference", "ratio")?;
            for effect in effects {
                line(text, effect, done.as_of)?;
            }
        }
    }
    by_model(text, done, place)?;
    if done.places.len() > 1 {
        needy(text, done)?;
    }
    let series: Vec<(String, Vec<f64>)> = courses
        .iter()
        .take(1 + MOST_LINES)
        .map(|course| (short(&course.scenario, LABEL), course.cases.iter().map(|row| row[1]).collect()))
        .collect();
    let dates = [1, days / 2, days].map(|ahead| day(done.as_of, ahead).to_string());
    let first =
        if courses.len() > series.len() { format!(", the first {MOST_LINES} scenarios") } else { String::new() };
    writeln!(text, "\ndaily new cases (seven-day mean, median){first}\n{}", chart(&series, dates))?;
    if !done.failures.is_empty() {
        writeln!(text, "\nfailed")?;
        for failure in &done.failures {
            writeln!(text, "  {failure}")?;
        }
    }
    Ok(())
}

fn in_force(rule: &RuleInForce) -> String {
    let RuleInForce { scenario, model, measure, rule, share, first_day, days, .. } = rule;
    let first = first_day.as_ref().map_or_else(String::new, |day| format!(", first on {day} (median)"));
    format!(
        "`{scenario}`, {measure} when {rule}: in force in {:.0} % of {model}'s trajectories{first}, {days:.0} days on average",
        100.0 * share
    )
}

fn day(as_of: Date, ahead: usize) -> Date {
    as_of.saturating_add((ahead as i64).days())
}

/// Lists the engines that simulate the scenario and those that follow.
fn members(text: &mut String, done: &Done) -> std::fmt::Result {
    let of = |response: &str| {
        let mut names: Vec<&str> = Vec::new();
        for effect in done.effects.iter().filter(|effect| effect.response == response) {
            if !names.contains(&effect.model) {
                names.push(effect.model);
            }
        }
        names.join(", ")
    };
    let (mechanism, ratio) = (of("mechanism"), of("ratio"));
    if mechanism.is_empty() {
        writeln!(text, "engines: {ratio} (follow the ratio of the state)")
    } else if ratio.is_empty() {
        writeln!(text, "engines: {mechanism} (mechanism)")
    } else {
        writeln!(text, "engines: {mechanism} (mechanism); {ratio} (follow their ratio)")
    }
}

fn of_beds(kind: &str, beds: &Beds) -> String {
    match (beds.staffed, beds.free()) {
        (Some(0.0), _) => format!("no {kind} in the place"),
        (Some(staffed), Some(free)) => format!("{kind} {staffed:.0} staffed, {free:.0} free of other patients"),
        _ => format!("{kind} unknown"),
    }
}

/// One row per scenario: shares of the baseline.
fn side_by_side(text: &mut String, named: &[(&str, Vec<&Effect>)]) -> std::fmt::Result {
    let columns = [
        (Quantity::Cases, "cases"),
        (Quantity::Deaths, "deaths"),
        (Quantity::Admissions, "admissions"),
        (Quantity::PeakPatients, "peak patients"),
    ];
    write!(text, "\n{:<width$}", "side by side", width = NAME + 2)?;
    for (_, title) in columns {
        write!(text, "{title:>18}")?;
    }
    let find = |effects: &[&Effect], quantity: Quantity| {
        effects.iter().find(|effect| effect.quantity == quantity).map(|effect| (*effect).clone())
    };
    let has_beds = named.iter().any(|(_, effects)| find(effects, Quantity::IcuOverflow).is_some());
    writeln!(text, "{}", if has_beds { "  ICU overflow" } else { "" })?;
    let percent = |share: f64| format!("{:>12.0} %", 100.0 * share);
    if let Some((_, effects)) = named.first() {
        write!(text, "{:<width$}", BASELINE, width = NAME + 2)?;
        for (quantity, _) in columns {
            write!(text, "{:>18.0}", find(effects, quantity).map_or(0.0, |effect| effect.baseline.median))?;
        }
        let overflow = find(effects, Quantity::IcuOverflow);
        writeln!(text, "{}", overflow.map_or_else(String::new, |effect| percent(effect.baseline.median)))?;
    }
    for (name, effects) in named {
        write!(text, "{:<width$}", short(name, NAME), width = NAME + 2)?;
        for (quantity, _) in columns {
            let ratio = find(effects, quantity).and_then(|effect| effect.ratio);
            write!(text, "{:>18}", ratio.map_or_else(|| "–".to_owned(), |ratio| interval(&ratio)))?;
        }
        let overflow = find(effects, Quantity::IcuOverflow);
        writeln!(text, "{}", overflow.map_or_else(String::new, |effect| percent(effect.with.median)))?;
    }
    Ok(())
}

fn interval(of: &Interval) -> String {
    format!("{:.2} ({:.2}–{:.2})", of.median, of.low, of.high)
}

fn line(text: &mut String, effect: &Effect, as_of: Date) -> std::fmt::Result {
    let word = effect.quantity.word().replace('_', " ");
    let (before, with, change) = (&effect.baseline, &effect.with, &effect.difference);
    match effect.quantity {
        Quantity::WardOverflow | Quantity::IcuOverflow => {
            let percent = |share: f64| format!("{:.0} %", 100.0 * share);
            let change = format!("{:+.0} points", 100.0 * change.median);
            writeln!(text, "  {word:<16}{:>12}{:>12}{change:>32}", percent(before.median), percent(with.median))
        }
        Quantity::PeakDay => {
            let date = |interval: &Interval| day(as_of, interval.median.round() as usize);
            let change = format!("{:+.0} ({:+.0} to {:+.0}) days", change.median, change.low, change.high);
            writeln!(text, "  {word:<16}{:>12}{:>12}{change:>32}", date(before).to_string(), date(with).to_string())
        }
        _ => {
            let difference = format!("{:+.0} ({:+.0} to {:+.0})", change.median, change.low, change.high);
            let ratio = effect.ratio.map_or_else(String::new, |ratio| interval(&ratio));
            writeln!(text, "  {word:<16}{:>12.0}{:>12.0}{difference:>32}{ratio:>20}", before.median, with.median)
        }
    }
}

/// The ratio of cases by each engine; where there are several places, of each its own, which the files hold.
fn by_model(text: &mut String, done: &Done, place: &Asked) -> std::fmt::Result {
    let cases: Vec<&Effect> = done
        .effects
        .iter()
        .filter(|effect| effect.fips == place.fips && effect.quantity == Quantity::Cases && effect.response != "blend")
        .collect();
    let mut models: Vec<(&str, &str)> = Vec::new();
    for effect in &cases {
        if !models.contains(&(effect.model, effect.response)) {
            models.push((effect.model, effect.response));
        }
    }
    if models.is_empty() {
        return Ok(());
    }
    write!(text, "\n{:<width$}", "ratio of cases by engine", width = NAME + 2)?;
    for (model, response) in &models {
        write!(text, "{:>18}", format!("{model}, {response}"))?;
    }
    writeln!(text)?;
    for variant in &done.variants {
        write!(text, "{:<width$}", short(&variant.name, NAME), width = NAME + 2)?;
        for (model, _) in &models {
            let effect = cases.iter().find(|effect| effect.model == *model && effect.scenario == variant.name);
            let ratio = effect.and_then(|effect| effect.ratio);
            write!(text, "{:>18}", ratio.map_or_else(|| "–".to_owned(), |ratio| interval(&ratio)))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

/// The places with the greatest need of intensive care under the baseline, and under each scenario.
fn needy(text: &mut String, done: &Done) -> std::fmt::Result {
    let Some((baseline, scenarios)) = done.needs.split_first() else { return Ok(()) };
    let mut rows: Vec<&CapacityRow> =
        baseline.rows.iter().filter(|row| row.bed == Bed::Icu && row.rank.is_some()).collect();
    // With the neighbours' patients if these are known; otherwise of the county's residents alone.
    let shared = rows.iter().any(|row| row.area == Area::Hospitals);
    rows.retain(|row| (row.area == Area::Hospitals) == shared);
    let overflow = |scenario: usize, row: &CapacityRow| {
        let rows = scenarios.get(scenario).map(|needs| &needs.rows)?;
        rows.iter().find(|other| (other.fips, other.bed, other.area) == (row.fips, row.bed, row.area))?.need.overflow
    };
    let shown = scenarios.len().min(MOST_IN_FULL);
    let worst = |row: &CapacityRow| {
        (0..shown).filter_map(|scenario| overflow(scenario, row)).chain(row.need.overflow).fold(0.0, f64::max)
    };
    rows.retain(|row| worst(row) >= LEAST_OVERFLOW);
    rows.sort_by_key(|row| row.rank);
    if rows.is_empty() {
        return Ok(());
    }
    let area = if shared { "patients from all counties" } else { "the county's residents" };
    writeln!(
        text,
        "\ngreatest need of intensive care ({area}; by expected shortfall per bed), probability of overflow"
    )?;
    write!(text, "  {:<7}{:<26}{:>10}{:>12}", "fips", "county", "free beds", BASELINE)?;
    for needs in scenarios.iter().take(shown) {
        write!(text, "{:>28}", short(&needs.scenario, LABEL))?;
    }
    writeln!(text)?;
    for row in rows.iter().take(MOST_NEEDY) {
        let name = done.places.iter().find(|place| place.fips == row.fips.to_string()).map_or("", |place| &place.name);
        let free = row.need.beds.zip(row.need.others).map_or(0.0, |(beds, others)| beds - others);
        let percent =
            |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", 100.0 * share));
        write!(text, "  {:<7}{:<26}{free:>10.0}{:>12}", row.fips, short(name, 25), percent(row.need.overflow))?;
        for scenario in 0..shown {
            write!(text, "{:>28}", percent(overflow(scenario, row)))?;
        }
        writeln!(text)?;
    }
    Ok(())
}
