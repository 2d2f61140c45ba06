//! The layers of contact.

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
