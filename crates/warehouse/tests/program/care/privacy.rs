//! Small cells are not written, nor what they follow from, nor keys of patients.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Measured, make, measured, run};
use crate::{csv, errors};

/// Rows by measure, class, week and area: whether they are hidden, and their numbers of people.
type Cells = BTreeMap<(String, String, String, String), BTreeMap<String, Option<[u64; 2]>>>;

fn cells(all: &Measured) -> Cells {
    let text = csv(
        &all.lake(),
        "select disease, measure, class, week_end, area, fips, people, count, hidden from care where area <> 'provider county'",
    );
    let mut cells = Cells::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let key = (fields[0].to_owned(), fields[1].to_owned(), fields[2].to_owned(), fields[3].to_owned());
        let numbers = [6, 7].map(|at| fields[at].parse().unwrap_or(0));
        let shown = fields[8].is_empty().then_some(numbers);
        assert!(shown.is_some() || (fields[6].is_empty() && fields[7].is_empty()), "{line}");
        cells.entry(key).or_default().insert(fields[5].to_owned(), shown);
    }
    cells
}

#[test]
fn no_small_cell_is_written_or_follows_from_totals() {
    let small = |people: u64| (1..=10).contains(&people);
    let (mut shown, mut sums) = (0, 0);
    for (key, areas) in cells(measured()) {
        let share = !["new_diagnoses", "copay_30_days", "days_covered"].contains(&key.1.as_str());
        for (fips, numbers) in &areas {
            let Some([people, count]) = *numbers else { continue };
            shown += 1;
            let rest = if share { people - count } else { 0 };
            assert!(!small(people) && !small(count) && !small(rest), "{key:?} {fips}: {numbers:?}");
        }
        // A total less what is shown of it: nobody, or 11 and more in two cells at least.
        let totals = areas.iter().filter(|(fips, _)| fips.len() == 2);
        for (total, numbers) in totals {
            let Some([people, count]) = *numbers else { continue };
            let part = |fips: &str| match total.as_str() {
                "US" => fips.len() == 2 && fips != "US",
                state => fips.len() == 5 && fips.starts_with(state),
            };
            let parts: Vec<_> = areas.iter().filter(|(fips, _)| part(fips)).map(|(_, numbers)| numbers).collect();
            let hidden = parts.iter().filter(|numbers| numbers.is_none()).count();
            let sum =
                |at: usize| parts.iter().filter_map(|numbers| (**numbers).map(|numbers| numbers[at])).sum::<u64>();
            let (rest, counted) = (people - sum(0), count - sum(1));
            assert!(hidden != 1 && !small(rest) && !small(counted), "{key:?} {total}: {rest}, {counted} of {hidden}");
            assert!(hidden > 0 || rest == 0, "{key:?} {total}");
            sums += 1;
        }
    }
    assert!(shown > 10_000 && sums > 5_000, "{shown} cells, {sums} totals");
}

/// Bytes of all files below a folder, by path.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files =
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn the_same_claims_give_the_same_bytes_and_no_key_of_a_patient() {
    let small = make(1_500, 8);
    let lakes =
        [("one", "1", "256MB"), ("three", "3", "256MB"), ("little", "2", "24MB")].map(|(name, jobs, memory)| {
            let lake = small.folder.path().join(name);
            let output = run(&small, &lake, jobs, memory);
            assert!(output.status.success(), "{}", errors(&output));
            bytes(&lake)
        });
    assert!(lakes[0].len() > 10, "{:?}", lakes[0].keys());
    assert_eq!(lakes[0], lakes[1], "threads change nothing");
    assert_eq!(lakes[0], lakes[2], "spilling changes nothing");
    for (file, bytes) in &lakes[0] {
        let key = bytes.windows(8).position(|window| window.starts_with(b"p00000"));
        assert_eq!(key, None, "{}", file.display());
    }
}
