//! Where areas lie and who lives there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use countycast_engine::Fips;
use countycast_engine::weekly::{Area, Series};
use countycast_panel::State;

/// A county, and the Health Service Area of which it is a part.
#[derive(Debug, Clone, PartialEq)]
pub struct County {
    /// Its FIPS code.
    pub fips: Fips,
    /// Its name with its state's abbreviation, such as `Cook, IL`; its code where the table has no names.
    pub name: String,
    /// The number of its area.
    pub service_area: u16,
    /// Residents.
    pub population: f64,
}

/// Health Service Areas, states and regions: hubs' names, states and residents.
#[derive(Debug, Clone, Default)]
pub struct Geography {
    /// Counties, by FIPS code.
    counties: Vec<County>,
    states: HashMap<Area, Fips>,
    populations: HashMap<Area, f64>,
    names: HashMap<Area, String>,
    /// Areas by the names that hubs have for them.
    slugs: BTreeMap<Arc<str>, Area>,
}

impl Geography {
    /// Adds a county to its area; the area lies in the state where most of its residents live.
    pub(crate) fn add_county(&mut self, county: County) {
        self.counties.push(county);
    }

    /// Adds a county with the name of its area, unless another table has named it.
    pub(crate) fn add_named_county(&mut self, county: County, area: &str) {
        if self.counties.iter().all(|known| known.fips != county.fips) {
            self.add_name(Area::ServiceArea(county.service_area), area);
            self.counties.push(county);
        }
    }

    /// Adds residents to the counties of which none are known.
    pub(crate) fn add_residents(&mut self, counted: &BTreeMap<Fips, f64>) {
        for county in self.counties.iter_mut().filter(|county| county.population <= 0.0) {
            county.population = counted.get(&county.fips).copied().unwrap_or(0.0);
        }
    }

    /// Adds what is known of an area.
    pub(crate) fn add_area(&mut self, area: Area, population: Option<f64>, state: Option<Fips>) {
        if let Some(population) = population {
            self.populations.insert(area.clone(), population);
        }
        if let Some(state) = state {
            self.states.insert(area, state);
        }
    }

    /// Adds the name by which people know an area; the first that is added holds.
    pub(crate) fn add_name(&mut self, area: Area, name: &str) {
        if !name.is_empty() {
            self.names.entry(area).or_insert_with(|| name.to_owned());
        }
    }

    /// Adds a hub's name for an area.
    pub(crate) fn add_slug(&mut self, slug: &str, area: Area) {
        self.slugs.insert(slug.into(), area);
    }

    /// Finds the areas' states and residents once all counties are known.
    pub(crate) fn finish(&mut self) {
        self.counties.sort_by_key(|county| county.fips);
        self.counties.dedup_by_key(|county| county.fips);
        let mut residents: BTreeMap<u16, BTreeMap<Fips, f64>> = BTreeMap::new();
        for county in &self.counties {
            let states = residents.entry(county.service_area).or_default();
            *states.entry(county.fips.state().unwrap_or(Fips::US)).or_default() += county.population;
        }
        for (number, states) in residents {
            let area = Area::ServiceArea(number);
            let largest = states.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(state, _)| *state);
            let total: f64 = states.values().sum();
            if total > 0.0 {
                self.populations.entry(area.clone()).or_insert(total);
            }
            if let Some(state) = largest {
                self.states.entry(area).or_insert(state);
            }
        }
    }

    /// The area that a hub means by a location.
    #[must_use]
    pub fn located(&self, location: &str) -> Option<Area> {
        // The first season of MetroCast wrote `El Paso`, later ones `el-paso`.
        let slug = location.to_lowercase().replace(' ', "-");
        if let Some(area) = self.slugs.get(slug.as_str()) {
            return Some(area.clone());
        }
        location.parse().ok().filter(|area| !matches!(area, Area::Region(_)))
    }

    /// Counties with the Health Service Areas of which they are parts, by FIPS code.
    #[must_use]
    pub fn counties(&self) -> &[County] {
        &self.counties
    }

    /// The name by which people know an area.
    #[must_use]
    pub fn name(&self, area: &Area) -> String {
        let known = match area {
            Area::Nation => Some("United States"),
            Area::State(fips) => State::of(*fips).map(|state| state.name),
            Area::ServiceArea(_) | Area::Region(_) => None,
        };
        known.or_else(|| self.names.get(area).map(String::as_str)).map_or_else(|| area.to_string(), str::to_owned)
    }

    /// The state in which an area lies; a state lies in itself.
    #[must_use]
    pub fn state(&self, area: &Area) -> Option<Fips> {
        if let Area::State(fips) = area { Some(*fips) } else { self.states.get(area).copied() }
    }

    /// Residents of an area, where known.
    #[must_use]
    pub fn population(&self, area: &Area) -> Option<f64> {
        self.populations.get(area).copied()
    }

    /// The series with its state and residents.
    #[must_use]
    pub(crate) fn complete(&self, series: Series) -> Series {
        let (state, population) = (self.states.get(&series.area), self.populations.get(&series.area));
        let (state, population) = (state.copied(), population.copied());
        series.located(state, population)
    }
}
