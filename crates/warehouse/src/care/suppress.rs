//! Small cells: what tells of 1 to 10 people is not shown, nor what would let it be computed.

/// Fewest people, beside none, that may be told of.
pub(super) const FEWEST: u64 = 11;

/// Why a cell is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// It tells of 1 to 10 people.
    Small,
    /// Another would follow from it and a total.
    Complement,
}

/// A cell: the numbers of people that it tells of, 0 for those it does not have.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    /// A count, what it is of, and the rest.
    pub(super) parts: [u64; 3],
    /// Whether it is shown.
    pub(super) hidden: Option<Hidden>,
}

impl Cell {
    /// A cell that is hidden if a part is of 1 to 10 people.
    pub(super) fn new(parts: [u64; 3]) -> Self {
        Self { parts, hidden: parts.into_iter().any(is_small).then_some(Hidden::Small) }
    }

    fn size(&self) -> u64 {
        self.parts.into_iter().max().unwrap_or(0)
    }
}

const fn is_small(people: u64) -> bool {
    0 < people && people < FEWEST
}

/// Cells by place, which sum to a total.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The total; none where it is not a cell, and is taken for known.
    pub(super) total: Option<usize>,
    /// What it is the sum of.
    pub(super) cells: Vec<usize>,
}

/// Hides cells until no hidden one follows from the shown ones of a line: beside a shown total two at least are hidden, which
/// together tell of none or of 11 people or more in each part; beside a hidden total one at least. The smallest are hidden
/// first, of equals the first of the line.
pub(super) fn complement(cells: &mut [Cell], lines: &[Line]) {
    loop {
        let mut changed = false;
        for line in lines {
            while let Some(place) = lacking(cells, line) {
                cells[place].hidden = Some(Hidden::Complement);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The cell of a line that must be hidden next, if any must.
fn lacking(cells: &[Cell], line: &Line) -> Option<usize> {
    let total_shown = line.total.is_none_or(|total| cells[total].hidden.is_none());
    let (mut hidden, mut sums) = (0, [0_u64; 3]);
    for cell in line.cells.iter().map(|place| &cells[*place]).filter(|cell| cell.hidden.is_some()) {
        hidden += 1;
        sums.iter_mut().zip(cell.parts).for_each(|(sum, part)| *sum += part);
    }
    let safe = if total_shown { hidden == 0 || (hidden > 1 && !sums.into_iter().any(is_small)) } else { hidden > 0 };
    if safe {
        return None;
    }
    let shown = line.cells.iter().copied().filter(|place| cells[*place].hidden.is_none());
    let smallest = shown.min_by_key(|place| cells[*place].size());
    // With all cells hidden, the total is the last.
    smallest.or(line.total.filter(|_| total_shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn one_small_county_takes_the_next_smallest_with_it() {
        // A state of 4, 40, 30 and 200.
        let mut cells: Vec<Cell> = [274, 4, 40, 30, 200].map(|n| Cell::new([n, 0, 0])).to_vec();
        complement(&mut cells, &[Line { total: Some(0), cells: vec![1, 2, 3, 4] }]);
        let hidden: Vec<_> = cells.iter().map(|cell| cell.hidden).collect();
        assert_eq!(hidden, [None, Some(Hidden::Small), None, Some(Hidden::Complement), None]);
    }

    #[test]
    fn two_small_ones_that_sum_to_a_small_number_take_a_third() {
        let mut cells: Vec<Cell> = [209, 4, 5, 200, 0].map(|n| Cell::new([n, 0, 0])).to_vec();
        complement(&mut cells, &[Line { total: Some(0), cells: vec![1, 2, 3, 4] }]);
        assert!(cells[1].hidden.is_some() && cells[2].hidden.is_some() && cells[3].hidden.is_some());
        assert_eq!(cells[0].hidden, None, "the total of 209 may be shown");
    }

    /// What a reader of the table can find: from each equation with one unknown cell, that cell, again and again; and sums of the
    /// unknown cells of a line.
    fn found_by_reader(cells: &[Cell], lines: &[Line]) -> Vec<bool> {
        let mut known: Vec<bool> = cells.iter().map(|cell| cell.hidden.is_none()).collect();
        loop {
            let mut changed = false;
            for line in lines {
                let all: Vec<usize> = line.cells.iter().copied().chain(line.total).collect();
                let unknown: Vec<usize> = all.into_iter().filter(|place| !known[*place]).collect();
                if let [only] = unknown[..] {
                    known[only] = true;
                    changed = true;
                }
            }
            if !changed {
                return known;
            }
        }
    }

    #[test]
    fn no_hidden_cell_follows_from_the_shown_ones() {
        for seed in 0..400 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            // A nation, its states and their counties.
            let states = random.random_range(1..6);
            let mut cells = vec![Cell::default(); 1 + states];
            let mut lines = vec![Line { total: Some(0), cells: (1..=states).collect() }];
            for state in 1..=states {
                let mut line = Line { total: Some(state), cells: Vec::new() };
                for _ in 0..random.random_range(1..9) {
                    let of: u64 =
                        if random.random_bool(0.5) { random.random_range(0..30) } else { random.random_range(0..900) };
                    let count = random.random_range(0..=of);
                    line.cells.push(cells.len());
                    cells.push(Cell { parts: [count, of, of - count], hidden: None });
                    for (place, part) in [count, of, of - count].into_iter().enumerate() {
                        cells[0].parts[place] += part;
                        cells[state].parts[place] += part;
                    }
                }
                lines.push(line);
            }
            let mut cells: Vec<Cell> = cells.iter().map(|cell| Cell::new(cell.parts)).collect();
            complement(&mut cells, &lines);
            let known = found_by_reader(&cells, &lines);
            for (cell, known) in cells.iter().zip(known) {
                assert!(cell.hidden.is_none() == known, "seed {seed}: {cell:?} follows from the others");
                assert!(cell.hidden.is_some() || !cell.parts.into_iter().any(is_small), "seed {seed}: {cell:?}");
            }
            for line in lines.iter().filter(|line| line.total.is_some_and(|total| cells[total].hidden.is_none())) {
                for part in 0..3 {
                    let hidden = line.cells.iter().filter(|place| cells[**place].hidden.is_some());
                    let sum: u64 = hidden.map(|place| cells[*place].parts[part]).sum();
                    assert!(!is_small(sum), "seed {seed}: {sum} people follow from a total");
                }
            }
        }
    }
}
