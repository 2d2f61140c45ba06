//! The areas that cells are of, and which of them sum to others.

use super::suppress::Line;

/// Where a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Area {
    Nation,
    State,
    County,
    /// Where providers are, not patients.
    ProviderCounty,
}

/// Places of the cells of counties, their states and the nation, for one or several measures.
pub(super) struct Plan {
    measures: usize,
    /// Areas: the nation, states, counties.
    areas: Vec<(Area, u32)>,
    /// Place of each county's state among the areas.
    states: Vec<usize>,
}

impl Plan {
    pub(super) fn new(counties: &[u32], measures: usize, in_states: bool) -> Self {
        // Catchments belong to the nation itself.
        let mut codes: Vec<u32> = counties.iter().map(|county| county / 1_000).filter(|_| in_states).collect();
        codes.dedup();
        let mut areas = vec![(Area::Nation, 0)];
        areas.extend(codes.iter().map(|state| (Area::State, *state)));
        areas.extend(counties.iter().map(|county| (Area::County, *county)));
        let state = |county: &u32| codes.binary_search(&(county / 1_000)).map_or(0, |place| place + 1);
        Self { measures, states: counties.iter().map(state).collect(), areas }
    }

    pub(super) fn len(&self) -> usize {
        self.areas.len() * self.measures
    }

    fn place(&self, measure: usize, area: usize) -> usize {
        measure * self.areas.len() + area
    }

    /// Places that a county's counts belong to: its own, its state's if it has one, and the nation's.
    pub(super) fn places(&self, measure: usize, county: usize) -> impl Iterator<Item = usize> {
        let own = self.areas.len() - self.states.len() + county;
        let state = Some(self.states[county]).filter(|state| *state > 0);
        [Some(own), state, Some(0)].into_iter().flatten().map(move |area| self.place(measure, area))
    }

    pub(super) fn of(&self, place: usize) -> (usize, Area, u32) {
        let (area, fips) = self.areas[place % self.areas.len()];
        (place / self.areas.len(), area, fips)
    }

    /// Sums: the nation of states, each state of counties, and the people treated of classes. Cells of nobody take no part.
    pub(super) fn lines(&self, has: impl Fn(usize) -> bool) -> Vec<Line> {
        let first = self.areas.len() - self.states.len();
        let mut lines = Vec::with_capacity(self.measures * first + self.areas.len());
        for measure in 0..self.measures {
            let mut of: Vec<Line> =
                (0..first).map(|area| Line { total: Some(self.place(measure, area)), cells: Vec::new() }).collect();
            of[0].cells = (1..first).map(|area| self.place(measure, area)).collect();
            for (county, state) in self.states.iter().enumerate() {
                of[*state].cells.push(self.place(measure, first + county));
            }
            lines.extend(of);
        }
        if self.measures > 1 {
            let classes = |area: usize| (0..self.measures).map(|measure| self.place(measure, area)).collect();
            lines.extend((0..self.areas.len()).map(|area| Line { total: None, cells: classes(area) }));
        }
        lines.iter_mut().for_each(|line| line.cells.retain(|place| has(*place)));
        lines
    }
}
