//! Contacts between single years of age, by setting.

mod united_states;

/// Number of age classes of contact matrices: 0, 1 … 83, and 84 and above.
pub const YEARS: usize = 85;

/// Daily effective contacts of a person of one age with people of each age, by setting, and the underlying population.
#[derive(Debug, Clone, PartialEq)]
pub struct Contacts {
    /// Row by row, a row for each year of age.
    settings: [Vec<f64>; 4],
    /// People by year of age, on any scale.
    people: Vec<f64>,
}

/// Contacts between age groups, by setting: a person of the row's group with people of the column's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupContacts<const A: usize> {
    /// Within households.
    pub household: [[f64; A]; A],
    /// At schools and colleges.
    pub school: [[f64; A]; A],
    /// At work.
    pub work: [[f64; A]; A],
    /// Everywhere else.
    pub community: [[f64; A]; A],
    /// Shares of the groups in the population behind the contacts.
    pub shares: [f64; A],
}

impl Contacts {
    /// From matrices of [`YEARS`] rows and columns each: household, school, work, community. None if a number is
    /// missing, negative or not finite, or an age has no people.
    #[must_use]
    pub fn new(settings: [Vec<f64>; 4], people: Vec<f64>) -> Option<Self> {
        let fine = |values: &Vec<f64>| values.iter().all(|value| value.is_finite() && *value >= 0.0);
        let matrices = settings.iter().all(|matrix| matrix.len() == YEARS * YEARS && fine(matrix));
        let ages = people.len() == YEARS && fine(&people) && people.iter().all(|people| *people > 0.0);
        (matrices && ages).then_some(Self { settings, people })
    }

    /// Those of the United States: matrices by single years of Mistry et al. (2021), averaged over eight age groups.
    #[must_use]
    pub fn united_states() -> &'static Self {
        &united_states::UNITED_STATES
    }

    /// The same between groups of ages, each of which begins with its `youngest` year; the last has no end.
    ///
    /// # Panics
    /// Where the youngest years do not rise from 0 to below [`YEARS`].
    #[must_use]
    pub fn between<const A: usize>(&self, youngest: &[u8; A]) -> GroupContacts<A> {
        assert!(youngest.is_sorted_by(|a, b| a < b) && youngest.first() == Some(&0), "{youngest:?}");
        let years = |a: usize| usize::from(youngest[a])..youngest.get(a + 1).map_or(YEARS, |next| usize::from(*next));
        let people = |a: usize| self.people[years(a)].iter().sum::<f64>();
        let of = |matrix: &Vec<f64>| {
            std::array::from_fn(|a| {
                std::array::from_fn(|b| {
                    let met = |age: usize| matrix[YEARS * age..][years(b)].iter().sum::<f64>();
                    years(a).map(|age| self.people[age] * met(age)).sum::<f64>() / people(a)
                })
            })
        };
        let [household, school, work, community] = &self.settings;
        let all: f64 = self.people.iter().sum();
        GroupContacts {
            household: of(household),
            school: of(school),
            work: of(work),
            community: of(community),
            shares: std::array::from_fn(|a| people(a) / all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_meet_as_often_as_their_people_do_on_average() {
        // A person of age i meets i + 1 people of each age; twice as many people are below 10 as at each age above.
        let matrix: Vec<f64> = (0..YEARS).flat_map(|age| vec![(age + 1) as f64; YEARS]).collect();
        let people: Vec<f64> = (0..YEARS).map(|age| if age < 10 { 2.0 } else { 1.0 }).collect();
        let contacts = Contacts::new([matrix.clone(), matrix.clone(), matrix.clone(), matrix], people).unwrap();
        let groups = contacts.between(&[0, 5, 20]);
        assert_eq!(groups.household[0], [3.0 * 5.0, 3.0 * 15.0, 3.0 * 65.0], "ages 0 to 4 meet 1 to 5 of each age");
        let middle = (2.0 * (6.0 + 7.0 + 8.0 + 9.0 + 10.0) + (11..=20).sum::<i32>() as f64) / 20.0;
        assert!((groups.work[1][0] - 5.0 * middle).abs() < 1e-12, "{groups:?}");
        assert!((groups.shares[2] - 65.0 / 95.0).abs() < 1e-12);
    }

    #[test]
    fn a_matrix_of_another_size_or_with_a_hole_is_none() {
        let matrix = || vec![1.0; YEARS * YEARS];
        assert!(Contacts::new([matrix(), matrix(), matrix(), vec![1.0; 4]], vec![1.0; YEARS]).is_none());
        let mut hole = matrix();
        hole[7] = f64::NAN;
        assert!(Contacts::new([matrix(), hole, matrix(), matrix()], vec![1.0; YEARS]).is_none());
        assert!(Contacts::new([matrix(), matrix(), matrix(), matrix()], vec![0.0; YEARS]).is_none());
    }
}
