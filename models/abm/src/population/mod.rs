//! Every person of a place: age, home, and where the day is spent.

// Each group uses only those above it, and what is here.
mod layer;
mod tables;

mod resident;

mod ages;
mod places;
mod profile;

mod build;

pub use layer::Layer;
pub use profile::Profile;
pub(crate) use resident::{Daytime, Group, Pool, Resident};
pub use tables::BANDS;

/// Nobody of this place holds the slot.
const NOBODY: u32 = u32::MAX;

/// The people of one place.
///
/// Members of a household stand next to each other. A group (school, workplace, care home) is a range of slots; a resident
/// knows their own. Slots of workplaces that people from other counties hold are empty: whom they meet is not simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    residents: Vec<Resident>,
    /// Whom one can meet outside the home: who holds each slot, [`NOBODY`] where no resident does, then everyone by age
    /// band. One column, so that whom an attempt reaches is one look-up wherever people meet.
    contacts: Vec<u32>,
    /// First slot of all workplaces, and the end of the last.
    work: [u32; 2],
    /// Where each band starts in `contacts`, and the end of the last.
    bands: [u32; BANDS + 1],
    /// People who work in another county.
    leaving: Vec<u32>,
}

/// Age band of an age.
#[inline]
pub(crate) const fn band_of(age: u8) -> usize {
    let band = age as usize / 5;
    if band < BANDS { band } else { BANDS - 1 }
}

impl Population {
    /// Number of people.
    #[must_use]
    pub fn len(&self) -> usize {
        self.residents.len()
    }

    /// Whether nobody lives here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.residents.is_empty()
    }

    /// Ages in years, a person each.
    pub fn ages(&self) -> impl ExactSizeIterator<Item = u8> {
        self.residents.iter().map(|resident| resident.age())
    }

    /// Age of a person in years.
    #[inline]
    #[must_use]
    pub fn age(&self, person: u32) -> u8 {
        self.resident(person).age()
    }

    /// Age band of a person: five years each, the last from 85 on.
    #[inline]
    #[must_use]
    pub fn band(&self, person: u32) -> usize {
        band_of(self.age(person))
    }

    /// First member of a person's household and its size.
    #[inline]
    #[must_use]
    pub fn household(&self, person: u32) -> (u32, u32) {
        let (position, size) = self.resident(person).home();
        (person - position, size)
    }

    /// Whether a person works in another county.
    #[must_use]
    pub fn works_elsewhere(&self, person: u32) -> bool {
        self.resident(person).day() == Daytime::Elsewhere
    }

    #[inline]
    pub(crate) fn resident(&self, person: u32) -> Resident {
        self.residents[person as usize]
    }

    /// The resident behind a contact; none where somebody from elsewhere holds the slot.
    #[inline]
    pub(crate) fn contact(&self, contact: u32) -> Option<u32> {
        Some(self.contacts[contact as usize]).filter(|person| *person != NOBODY)
    }

    /// The contacts of an age band.
    #[inline]
    pub(crate) fn band_contacts(&self, band: usize) -> Pool {
        Pool { start: self.bands[band], len: self.bands[band + 1] - self.bands[band] }
    }

    /// Somebody who works in another county, by a number; none where nobody does.
    pub(crate) fn leaving(&self, number: u32) -> Option<u32> {
        one_of(&self.leaving, number)
    }

    /// Somebody who works at a workplace here, by a number; none where it falls on a slot of somebody from elsewhere.
    pub(crate) fn working(&self, number: u32) -> Option<u32> {
        let [start, end] = self.work.map(|slot| slot as usize);
        one_of(&self.contacts[start..end], number).filter(|person| *person != NOBODY)
    }

    /// People of an age band.
    pub(crate) fn of_band(&self, band: usize) -> &[u32] {
        &self.contacts[self.bands[band] as usize..self.bands[band + 1] as usize]
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.residents) + size_of_val(&*self.contacts) + size_of_val(&*self.leaving)
    }
}

fn one_of(people: &[u32], number: u32) -> Option<u32> {
    people.get(((u64::from(number) * people.len() as u64) >> 32) as usize).copied()
}
