//! One resident in 64 bits: all that an infection needs to know of a person is one read.

use super::layer::Layer;

/// Pupils of one class, workers of one team: contacts are mostly among them.
const TEAM: u32 = 20;

/// Where a person spends the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Daytime {
    /// Neither enrolled nor employed.
    Nowhere,
    /// At work in another county.
    Elsewhere,
    /// In a school, workplace or care home here.
    Group(Group),
}

/// A school, workplace or care home, as seen by one of its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) layer: Layer,
    /// The person's own slot, below 2²⁶.
    pub(crate) slot: u32,
    /// How many slots of the group stand before it, below 2,048.
    pub(crate) before: u32,
    /// All slots of the group, below 2,048.
    pub(crate) size: u32,
}

/// A range of whom one can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pool {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Pool {
    /// One of them by 32 random bits; multiply-shift, biased by less than `len / 2³²`. The range is not empty.
    #[inline]
    pub(crate) const fn pick(self, bits: u32) -> u32 {
        self.start + ((bits as u64 * self.len as u64) >> 32) as u32
    }
}

impl Group {
    /// Everyone in it.
    #[inline]
    pub(crate) const fn all(self) -> Pool {
        Pool { start: self.slot - self.before, len: self.size }
    }

    /// The person's class or team.
    #[inline]
    pub(crate) const fn team(self) -> Pool {
        let Pool { start, len } = self.all();
        let first = self.before / TEAM * TEAM;
        let len = if len - first < TEAM { len - first } else { TEAM };
        Pool { start: start + first, len }
    }
}

/// Age in years (7 bits), position in the household and its size (3 each), where the day is spent (3), slot (26), slots of
/// the group before it and in all (11 each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resident(u64);

impl Resident {
    /// Slots that there may be.
    pub(super) const SLOTS: u32 = 1 << 26;
    const NOWHERE: u64 = 0;
    const ELSEWHERE: u64 = 4;

    pub(super) fn new(age: u8, (position, size): (u8, u8), day: Daytime) -> Self {
        let own = u64::from(age) | u64::from(position) << 7 | u64::from(size) << 10;
        let day = match day {
            Daytime::Nowhere => Self::NOWHERE,
            Daytime::Elsewhere => Self::ELSEWHERE,
            Daytime::Group(Group { layer, slot, before, size }) => {
                layer as u64 | u64::from(slot) << 3 | u64::from(before) << 29 | u64::from(size) << 40
            }
        };
        Self(own | day << 13)
    }

    /// Age in years.
    #[inline]
    pub(crate) const fn age(self) -> u8 {
        (self.0 & 127) as u8
    }

    /// Position in the household and its size.
    #[inline]
    pub(crate) const fn home(self) -> (u32, u32) {
        ((self.0 >> 7 & 7) as u32, (self.0 >> 10 & 7) as u32)
    }

    /// Where the day is spent.
    #[inline]
    pub(crate) const fn day(self) -> Daytime {
        let layer = match self.0 >> 13 & 7 {
            1 => Layer::School,
            2 => Layer::Work,
            3 => Layer::Care,
            Self::ELSEWHERE => return Daytime::Elsewhere,
            _ => return Daytime::Nowhere,
        };
        let slot = (self.0 >> 16) as u32 & (Self::SLOTS - 1);
        let (before, size) = ((self.0 >> 42 & 2_047) as u32, (self.0 >> 53) as u32);
        Daytime::Group(Group { layer, slot, before, size })
    }

    /// The school, workplace or care home.
    #[inline]
    pub(crate) const fn group(self) -> Option<Group> {
        match self.day() {
            Daytime::Group(group) => Some(group),
            Daytime::Nowhere | Daytime::Elsewhere => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out() {
        let group = Group { layer: Layer::Care, slot: Resident::SLOTS - 1, before: 2_046, size: 2_047 };
        for day in [Daytime::Nowhere, Daytime::Elsewhere, Daytime::Group(group)] {
            let resident = Resident::new(100, (6, 7), day);
            assert_eq!((resident.age(), resident.home(), resident.day()), (100, (6, 7), day));
        }
    }

    #[test]
    fn the_last_team_has_who_is_left() {
        let at = |before| Group { layer: Layer::Work, slot: 1_000 + before, before, size: 45 };
        assert_eq!(at(39).team(), Pool { start: 1_020, len: 20 });
        assert_eq!(at(40).team(), Pool { start: 1_040, len: 5 });
        assert_eq!(at(40).all(), Pool { start: 1_000, len: 45 });
    }
}
