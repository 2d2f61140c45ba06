//! A chart on the terminal.

use rasciigraph::Config;

/// Most columns, and rows.
const SIZE: (usize, u32) = (88, 15);

/// Draws one value per day for each series, with the label behind its last day and dates below.
pub(super) fn chart(series: &[(String, Vec<f64>)], dates: [String; 3]) -> String {
    let days = series.iter().map(|(_, values)| values.len()).min().unwrap_or(0);
    let columns = days.min(SIZE.0);
    let at = |column: usize| column * days.saturating_sub(1) / columns.saturating_sub(1).max(1);
    let values: Vec<Vec<f64>> =
        series.iter().map(|(_, values)| (0..columns).map(|column| values[at(column)]).collect()).collect();
    let all = || values.iter().flatten().copied();
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let plot = rasciigraph::plot_many(values.clone(), Config::default().with_height(SIZE.1));
    let mut lines: Vec<String> = plot.lines().map(|line| line.trim_end().to_owned()).collect();
    // As the plot rounds them.
    let scale = if high > low { f64::from(SIZE.1) / (high - low) } else { 1.0 };
    let row = |value: f64| ((high * scale).round() - (value * scale).round()).max(0.0) as usize;
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    for ((label, _), values) in series.iter().zip(&values) {
        let Some(line) = values.last().and_then(|last| lines.get_mut(row(*last))) else { continue };
        let gap = width.saturating_sub(line.chars().count());
        // A second label on the same row follows the first.
        *line += &format!("{} {label}", " ".repeat(gap));
    }
    let axis = plot.lines().next().map_or(0, |line| line.chars().take_while(|c| !"┤┼".contains(*c)).count() + 1);
    let [first, middle, last] = dates;
    let half = columns.saturating_sub(first.len() + middle.len() + last.len()) / 2;
    let gap = " ".repeat(half);
    lines.push(format!("{}{first}{gap}{middle}{gap}{last}", " ".repeat(axis)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_is_named_where_it_ends() {
        let rising = (0..90).map(f64::from).collect();
        let falling: Vec<f64> = (0..90).rev().map(f64::from).collect();
        let series = [("up".to_owned(), rising), ("down".to_owned(), falling.clone()), ("too".to_owned(), falling)];
        let drawn = chart(&series, ["a", "b", "c"].map(str::to_owned));
        let lines: Vec<&str> = drawn.lines().collect();
        assert!(lines[0].ends_with(" up"), "{drawn}");
        assert!(lines[lines.len() - 2].ends_with(" down too"), "{drawn}");
        assert!(lines[lines.len() - 1].trim_start().starts_with('a') && lines[lines.len() - 1].ends_with('c'));
    }

    #[test]
    fn nobody_is_drawn_as_a_line_at_zero() {
        let drawn = chart(&[("baseline".to_owned(), vec![0.0; 30])], ["a", "b", "c"].map(str::to_owned));
        assert!(drawn.contains("baseline"), "{drawn}");
    }
}
