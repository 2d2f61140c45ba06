//! Who meets whom: contacts between age groups by setting, of the data where they hold them.

use countycast_engine::{Contacts, GroupContacts, Location};

use crate::ages::{GROUPS, YOUNGEST};

/// Contacts between this engine's age groups.
pub(crate) type Meetings = GroupContacts<GROUPS>;

/// Contacts of the nation as a place's panel has them; the usual ones where it has none.
pub(crate) fn meetings(location: &Location) -> Meetings {
    location.contacts.as_deref().unwrap_or_else(|| Contacts::united_states()).between(&YOUNGEST)
}

/// Contacts of all settings together.
pub(crate) fn all(meetings: &Meetings, a: usize, b: usize) -> f64 {
    let Meetings { household, school, work, community, .. } = meetings;
    household[a][b] + school[a][b] + work[a][b] + community[a][b]
}

/// Share of the household contacts among the oldest that take place in long-term care: 5.5 % of those of 75 and more
/// live there, in units some four times as large as an old couple's home (assumption; the matrices do not tell).
pub(crate) const CARE_SHARE: f64 = 0.2;
