//! Every person of a place: age, home, and where the day is spent.

mod ages;
mod build;
mod profile;
mod tables;

pub use profile::Profile;
pub use tables::BANDS;

/// No person, no slot.
const NOBODY: u32 = u32::MAX;
/// The slot of who works in another county.
const ELSEWHERE: u32 = u32::MAX - 1;
/// Pupils of one class, workers of one team: contacts are mostly among them.
const TEAM: u32 = 20;

/// Where people meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Layer {
    /// Those who live together.
    Household = 0,
    /// Schools and colleges, their staff included.
    School = 1,
    /// Workplaces.
    Work = 2,
    /// Long-term care, its staff included.
    Care = 3,
    /// Everyone else, by age.
    Community = 4,
}

impl Layer {
    /// All layers, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Household, Self::School, Self::Work, Self::Care, Self::Community];
}

/// The people of one place, as columns.
///
/// Members of a household stand next to each other, so that a home is one byte: the position in it and its size. A group
/// (school, workplace, care home) is a range of `members`; a person knows the own slot there. Slots of workplaces that
/// people from other counties hold are empty: whom they meet is not simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Age in years.
    ages: Vec<u8>,
    /// Position in the household (low half) and size of the household (high half).
    homes: Vec<u8>,
    /// Slot in `members`, [`NOBODY`] or [`ELSEWHERE`].
    slots: Vec<u32>,
    /// Who holds each slot; an empty one, or one held by somebody from another county, is [`NOBODY`].
    members: Vec<u32>,
    /// Primary schools, secondary schools, colleges, care homes: equal blocks of slots.
    houses: [Houses; 4],
    /// First slot of all workplaces.
    work: u32,
    /// Workplace of each slot from `work` on.
    workplace_of: Vec<u32>,
    /// First slot of each workplace, and the end of the last.
    workplaces: Vec<u32>,
    /// People who work in another county.
    leaving: Vec<u32>,
    /// People by age band.
    by_band: Vec<u32>,
    /// Where each band starts in `by_band`, and its end.
    bands: [u32; BANDS + 1],
}

/// Groups of one kind, each with as many slots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Houses {
    base: u32,
    count: u32,
    /// Pupils or residents of one.
    own: u32,
    /// Staff of one.
    staff: u32,
}

impl Houses {
    const fn block(self) -> u32 {
        self.own + self.staff
    }

    const fn end(self) -> u32 {
        self.base + self.count * self.block()
    }
}

/// A school, workplace or care home, as seen by one of its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) layer: Layer,
    start: u32,
    len: u32,
    slot: u32,
}

impl Group {
    /// Slots of the person's class or team.
    fn team(self) -> (u32, u32) {
        let first = (self.slot - self.start) / TEAM * TEAM;
        (self.start + first, TEAM.min(self.len - first))
    }
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
        self.ages.len()
    }

    /// Whether nobody lives here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ages.is_empty()
    }

    /// Ages in years, a person each.
    #[must_use]
    pub fn ages(&self) -> &[u8] {
        &self.ages
    }

    /// Age band of a person: five years each, the last from 85 on.
    #[inline]
    #[must_use]
    pub fn band(&self, person: u32) -> usize {
        band_of(self.ages[person as usize])
    }

    /// First member of a person's household and its size.
    #[inline]
    #[must_use]
    pub fn household(&self, person: u32) -> (u32, u32) {
        let home = u32::from(self.homes[person as usize]);
        (person - (home & 15), home >> 4)
    }

    /// The school, workplace or care home of a person.
    #[inline]
    pub(crate) fn group(&self, person: u32) -> Option<Group> {
        let slot = self.slots[person as usize];
        if slot >= ELSEWHERE {
            return None;
        }
        if slot >= self.work {
            let place = self.workplace_of[(slot - self.work) as usize] as usize;
            let (start, end) = (self.workplaces[place], self.workplaces[place + 1]);
            return Some(Group { layer: Layer::Work, start, len: end - start, slot });
        }
        let kind = self.houses.iter().position(|houses| slot < houses.end())?;
        let houses = self.houses[kind];
        let start = houses.base + (slot - houses.base) / houses.block() * houses.block();
        let layer = if kind == 3 { Layer::Care } else { Layer::School };
        Some(Group { layer, start, len: houses.block(), slot })
    }

    /// Layer and size of a person's school, workplace or care home, empty places included.
    #[must_use]
    pub fn group_size(&self, person: u32) -> Option<(Layer, u32)> {
        self.group(person).map(|group| (group.layer, group.len))
    }

    /// Somebody of the group, by a number; none where that is the person or an empty place.
    #[inline]
    pub(crate) fn in_group(&self, group: Group, in_team: bool, number: u32) -> Option<u32> {
        let (start, len) = if in_team { group.team() } else { (group.start, group.len) };
        let slot = start + ((u64::from(number) * u64::from(len)) >> 32) as u32;
        let person = self.members[slot as usize];
        (slot != group.slot && person != NOBODY).then_some(person)
    }

    /// Whether a person works in another county.
    #[must_use]
    pub fn works_elsewhere(&self, person: u32) -> bool {
        self.slots[person as usize] == ELSEWHERE
    }

    /// Somebody who works in another county, by a number; none where nobody does.
    pub(crate) fn leaving(&self, number: u32) -> Option<u32> {
        one_of(&self.leaving, number)
    }

    /// Somebody who works at a workplace here, by a number; none where it falls on a slot of somebody from elsewhere.
    pub(crate) fn working(&self, number: u32) -> Option<u32> {
        one_of(self.members.get(self.work as usize..).unwrap_or_default(), number).filter(|person| *person != NOBODY)
    }

    /// People of an age band.
    #[inline]
    pub(crate) fn of_band(&self, band: usize) -> &[u32] {
        &self.by_band[self.bands[band] as usize..self.bands[band + 1] as usize]
    }

    /// Bytes of all columns.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let words = self.slots.len() + self.members.len() + self.workplace_of.len() + self.workplaces.len();
        self.ages.len() + self.homes.len() + 4 * (words + self.leaving.len() + self.by_band.len())
    }
}

fn one_of(people: &[u32], number: u32) -> Option<u32> {
    people.get(((u64::from(number) * people.len() as u64) >> 32) as usize).copied()
}
