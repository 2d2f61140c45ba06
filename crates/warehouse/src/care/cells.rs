//! Counts by disease, county and week. No patient is known here.

use datafusion::common::HashMap;

/// Counts of people, each counted once a week and disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Counter {
    /// New diagnoses.
    New,
    /// With any treatment of a known class.
    Treated,
    /// Who sought a drug.
    Sought,
    /// Of these: with a claim that was rejected.
    Rejected,
    /// Of these: with a claim that was reversed.
    Reversed,
    /// Of these: without the drug, or another of its class, within 30 days after a rejection or reversal.
    Abandoned,
    /// Who paid, or had to pay nothing, for a supply of known length.
    Paid,
    /// Who are followed for adherence.
    Followed,
    /// Of these: with at least four fifths of the days covered.
    Adherent,
    /// Of these: with more than 30 days on end uncovered.
    Gap30,
    /// Of these: with more than 60 days on end uncovered.
    Gap60,
    /// Who began treatment, and are followed for 180 days.
    Began,
    /// Of these: without more than 60 days on end uncovered.
    Persisted,
    /// Seen by providers of the disease's specialties; by the provider's county.
    Seen,
}

/// Counters before those of the classes of treatment.
const COUNTERS: usize = Counter::Seen as usize + 1;

/// Sums over people, as whole numbers: sums of these do not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Sum {
    /// Shares of days covered, in hundred thousandths.
    Covered,
    /// Their squares.
    CoveredSquared,
    /// Copays for 30 days, in cents.
    Copay,
    /// Their squares.
    CopaySquared,
}

const SUMS: usize = Sum::CopaySquared as usize + 1;

/// Counts of a disease in a county, week by week.
#[derive(Debug, Clone)]
pub(super) struct Block {
    classes: usize,
    counts: Vec<u32>,
    sums: Vec<u64>,
}

impl Block {
    /// No counts yet.
    pub(super) fn new(classes: usize, weeks: usize) -> Self {
        Self { classes, counts: vec![0; (COUNTERS + classes) * weeks], sums: vec![0; SUMS * weeks] }
    }

    fn width(&self) -> usize {
        COUNTERS + self.classes
    }

    pub(super) fn count(&self, week: usize, counter: Counter) -> u64 {
        self.counts[week * self.width() + counter as usize].into()
    }

    pub(super) fn class(&self, week: usize, class: usize) -> u64 {
        self.counts[week * self.width() + COUNTERS + class].into()
    }

    pub(super) fn sum(&self, week: usize, sum: Sum) -> u64 {
        self.sums[week * SUMS + sum as usize]
    }

    pub(super) fn add(&mut self, week: usize, counter: Counter) {
        let width = self.width();
        self.counts[week * width + counter as usize] += 1;
    }

    pub(super) fn add_class(&mut self, week: usize, class: usize) {
        let width = self.width();
        self.counts[week * width + COUNTERS + class] += 1;
    }

    pub(super) fn add_sum(&mut self, week: usize, sum: Sum, value: u64) {
        self.sums[week * SUMS + sum as usize] += value;
    }

    /// Adds another's counts.
    pub(super) fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += b);
    }

    fn bytes(&self) -> usize {
        self.counts.len() * size_of::<u32>() + self.sums.len() * size_of::<u64>()
    }
}

/// A provider at a place: its number, its county, and the diseases that its specialty treats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Practice {
    pub(super) county: u32,
    pub(super) specialties: u64,
    pub(super) provider: u64,
}

/// All counts of a run, or of one thread's part of it.
#[derive(Debug)]
pub(super) struct Cells {
    weeks: usize,
    classes: Vec<usize>,
    pub(super) blocks: HashMap<(u8, u32), Block>,
    /// Changes of the number of members from week to week, by county.
    pub(super) members: HashMap<u32, Vec<i32>>,
    /// Visits of all patients to a provider, by week.
    pub(super) visits: HashMap<Practice, Vec<u16>>,
    /// People who visited providers of the same diseases in a county, by week.
    pub(super) visitors: HashMap<(u32, u64), Vec<u32>>,
    bytes: usize,
}

impl Cells {
    /// No counts yet of diseases with so many classes each.
    pub(super) fn new(weeks: usize, classes: Vec<usize>) -> Self {
        Self {
            weeks,
            classes,
            blocks: HashMap::new(),
            members: HashMap::new(),
            visits: HashMap::new(),
            visitors: HashMap::new(),
            bytes: 0,
        }
    }

    /// Counts of a disease in a county.
    pub(super) fn block(&mut self, disease: usize, county: u32) -> &mut Block {
        let (classes, weeks) = (self.classes[disease], self.weeks);
        let key = (u8::try_from(disease).unwrap_or(u8::MAX), county);
        self.blocks.entry(key).or_insert_with(|| {
            let block = Block::new(classes, weeks);
            self.bytes += block.bytes();
            block
        })
    }

    /// A member of a county from a week on, until another.
    pub(super) fn member(&mut self, county: u32, from: usize, until: usize) {
        let weeks = self.weeks;
        let changes = self.members.entry(county).or_insert_with(|| {
            self.bytes += (weeks + 1) * size_of::<i32>();
            vec![0; weeks + 1]
        });
        changes[from.min(weeks)] += 1;
        changes[until.min(weeks)] -= 1;
    }

    /// A visit to a provider.
    pub(super) fn visit(&mut self, practice: Practice, week: usize) {
        let weeks = self.weeks;
        let visits = self.visits.entry(practice).or_insert_with(|| {
            self.bytes += weeks * size_of::<u16>() + size_of::<Practice>();
            vec![0; weeks]
        });
        visits[week] = visits[week].saturating_add(1);
    }

    /// A person who visited providers of the same diseases in a county.
    pub(super) fn visitor(&mut self, county: u32, specialties: u64, week: usize) {
        let weeks = self.weeks;
        let visitors = self.visitors.entry((county, specialties)).or_insert_with(|| {
            self.bytes += weeks * size_of::<u32>();
            vec![0; weeks]
        });
        visitors[week] += 1;
    }

    /// Bytes that the counts take.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds another thread's counts.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, block) in other.blocks {
            match self.blocks.get_mut(&key) {
                Some(own) => own.merge(&block),
                None => drop(self.blocks.insert(key, block)),
            }
        }
        merge(&mut self.members, other.members, |a, b| *a += b);
        merge(&mut self.visits, other.visits, |a, b| *a = a.saturating_add(b));
        merge(&mut self.visitors, other.visitors, |a, b| *a += b);
    }
}

fn merge<K: Eq + std::hash::Hash, V: Copy>(
    own: &mut HashMap<K, Vec<V>>,
    other: HashMap<K, Vec<V>>,
    add: impl Fn(&mut V, V),
) {
    for (key, values) in other {
        match own.get_mut(&key) {
            Some(own) => own.iter_mut().zip(values).for_each(|(a, b)| add(a, b)),
            None => drop(own.insert(key, values)),
        }
    }
}
