//! All places of a run, for models trained on many of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Date, Fips, History, Level};

/// The histories of all locations of the panel on the same days, and the neighbours of each county.
#[derive(Debug, Clone, Default)]
pub struct Places {
    histories: BTreeMap<Fips, Arc<History>>,
    neighbours: BTreeMap<Fips, Vec<Fips>>,
}

impl Places {
    /// Collects histories; of two with the same code the later one is kept.
    ///
    /// Neighbours that have no history are left out.
    #[must_use]
    pub fn new(histories: impl IntoIterator<Item = Arc<History>>, neighbours: BTreeMap<Fips, Vec<Fips>>) -> Self {
        let histories: BTreeMap<Fips, Arc<History>> =
            histories.into_iter().map(|history| (history.location().fips, history)).collect();
        let known = |(fips, mut beside): (Fips, Vec<Fips>)| {
            beside.retain(|fips| histories.contains_key(fips));
            (fips, beside)
        };
        let neighbours = neighbours.into_iter().map(known).collect();
        Self { histories, neighbours }
    }

    /// All histories, by code: the nation, states, counties.
    pub fn histories(&self) -> impl ExactSizeIterator<Item = &Arc<History>> {
        self.histories.values()
    }

    /// The last day of any history; none where there is no place.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.histories().map(|history| history.as_of()).max()
    }

    /// The number of counties.
    #[must_use]
    pub fn counties(&self) -> usize {
        self.histories().filter(|history| history.location().fips.level() == Level::County).count()
    }

    /// The history of a place.
    #[must_use]
    pub fn history(&self, fips: Fips) -> Option<&Arc<History>> {
        self.histories.get(&fips)
    }

    /// Counties that share a border with this one, by code; none for states, islands and unknown places.
    #[must_use]
    pub fn neighbours(&self, fips: Fips) -> &[Fips] {
        self.neighbours.get(&fips).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, Series};

    #[test]
    fn neighbours_without_a_history_are_left_out() {
        let [a, b, c]: [Fips; 3] = ["01001", "01003", "01005"].map(|code| code.parse().unwrap());
        let history = |fips| {
            let counts = || Series::from_counts(vec![1.0; 7]).unwrap();
            let location = Arc::new(Location::new(fips, "a county"));
            Arc::new(History::new(location, crate::Date::constant(2020, 3, 1), counts(), counts(), None).unwrap())
        };
        let places = Places::new([history(b), history(a)], [(a, vec![b, c])].into());
        assert_eq!((places.neighbours(a), places.neighbours(b)), (&[b][..], &[][..]));
        assert_eq!(places.histories().map(|h| h.location().fips).collect::<Vec<_>>(), [a, b]);
    }
}
