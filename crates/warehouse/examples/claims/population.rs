//! People with known diseases, and the changes of their care that are planted.
//!
//! Each disease but the last ones has one change, from [`CHANGE`] on; everything else stays. Whoever measures the claims must find these changes and no
//! others.

use countycast_warehouse::care::Disease;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// First day: Sunday, 2018-01-07, counted from 1970-01-01.
pub(crate) const FIRST: i32 = 17_538;
/// Days: three years, to Saturday, 2021-01-02.
pub(crate) const DAYS: i32 = 156 * 7;
/// The day from which care is changed: Sunday, 2020-03-15.
pub(crate) const CHANGE: i32 = 18_336;

/// What the diseases, by their place in the list, have before and after the change.
pub(crate) mod planted {
    /// Disease whose new diagnoses change, and by what factor.
    pub(crate) const NEW: (usize, f64) = (0, 0.6);
    /// Disease whose share of people with the second class of drugs changes.
    pub(crate) const MIX: (usize, f64, f64) = (1, 0.30, 0.45);
    /// Disease whose rejections change: share of supplies that are refused first, and had on the same day.
    pub(crate) const REJECTED: (usize, f64, f64) = (2, 0.15, 0.30);
    /// Disease whose reversals change: share of supplies that are not fetched, nor another within 30 days. Of other diseases, they are
    /// fetched three days later.
    pub(crate) const REVERSED: (usize, f64, f64) = (3, 0.10, 0.20);
    /// Disease whose copay for 30 days changes, in dollars.
    pub(crate) const COPAY: (usize, f64, f64) = (4, 10.0, 15.0);
    /// Disease whose share of people who take their drugs on all days changes.
    pub(crate) const ADHERENT: (usize, f64, f64) = (5, 0.75, 0.55);
    /// Disease whose share of beginners who go on changes.
    pub(crate) const PERSISTENT: (usize, f64, f64) = (6, 0.80, 0.50);
    /// Disease whose visits change, and by what factor.
    pub(crate) const VISITS: (usize, f64) = (7, 0.6);
    /// Disease whose rejections follow the epidemic: their share per unit of it.
    pub(crate) const FOLLOWS: (usize, f64) = (8, 0.20);
}

/// A claim. Numbers of drugs are products of the invented labeler 99999.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) patient: u64,
    pub(crate) day: i32,
    pub(crate) county: u32,
    pub(crate) provider_county: u32,
    pub(crate) diagnosis: &'a str,
    pub(crate) procedure: &'a str,
    pub(crate) product: Option<u16>,
    pub(crate) days: u16,
    pub(crate) status: &'static str,
    pub(crate) copay: f64,
    pub(crate) payer: &'static str,
    pub(crate) provider: u64,
    pub(crate) taxonomy: &'a str,
}

/// A population.
#[derive(Debug)]
pub(crate) struct Population<'a> {
    pub(crate) seed: u64,
    pub(crate) diseases: &'a [Disease],
    pub(crate) counties: Vec<u32>,
}

/// So many counties, in two states or in one for every fifty.
pub(crate) fn counties(number: u32) -> Vec<u32> {
    let states = (number / 50).max(2);
    (0..number).map(|place| (19 + place % states) * 1_000 + 2 * (place / states) + 1).collect()
}

/// The epidemic in a county: a wave of the height 1, in some counties earlier than in others.
pub(crate) fn epidemic(county: u32, day: i32) -> f64 {
    let peak = f64::from(CHANGE + 40 + (county % 97 * 37 % 60) as i32 * 3);
    (-((f64::from(day) - peak) / 30.0).powi(2)).exp()
}

/// The product of a class of a disease.
pub(crate) fn product(disease: usize, class: usize) -> u16 {
    u16::try_from(disease * 20 + class + 1).unwrap()
}

/// Classes of drugs for every day.
pub(crate) fn daily(disease: &Disease) -> Vec<usize> {
    (0..disease.treatments.len()).filter(|class| disease.treatments[*class].adherence).collect()
}

/// The NDC directory of the products, in the FDA's layout.
pub(crate) fn directory(diseases: &[Disease]) -> String {
    let mut text = String::from("PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tROUTENAME\tSUBSTANCENAME\n");
    for (place, disease) in diseases.iter().enumerate() {
        for class in daily(disease) {
            let (treatment, number) = (&disease.treatments[class], product(place, class));
            let route = treatment.routes.first().map_or("ORAL", String::as_str);
            let substance = &treatment.substances[0];
            text += &format!("{number}\t99999-{number:04}\tHUMAN PRESCRIPTION DRUG\t{route}\t{substance}\n");
        }
    }
    text
}

struct Person<'a> {
    row: Row<'a>,
    place: usize,
    disease: &'a Disease,
    random: Xoshiro256PlusPlus,
}

impl<'a> Population<'a> {
    /// The claims of a person, appended.
    pub(crate) fn claims(&'a self, patient: u64, rows: &mut Vec<Row<'a>>) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ patient.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // The diseases whose new diagnoses and whose counties are counted have more people.
        let place = match random.random::<f64>() {
            kind if kind < 0.3 => planted::NEW.0,
            kind if kind < 0.55 => planted::FOLLOWS.0,
            _ => random.random_range(0..self.diseases.len()),
        };
        // Four in five live in the first third of the counties.
        let places = if random.random_bool(0.8) { self.counties.len().div_ceil(3) } else { self.counties.len() };
        let county = self.counties[random.random_range(0..places)];
        let abroad = random.random_bool(0.1);
        let provider_county = if abroad { self.counties[0] } else { county };
        let disease = &self.diseases[place];
        let row = Row {
            patient,
            day: FIRST,
            county,
            provider_county,
            diagnosis: "",
            procedure: "",
            product: None,
            days: 0,
            status: "paid",
            copay: 0.0,
            payer: ["commercial", "medicare", "medicaid"][random.random_range(0..3)],
            provider: 0,
            taxonomy: "",
        };
        let mut person = Person { row, place, disease, random };
        person.check_ups(rows);
        if let Some(onset) = person.onset() {
            person.visits(onset, rows);
            person.drugs(onset, rows);
        }
    }
}

impl<'a> Person<'a> {
    /// A value before or after the change, of the disease that has it.
    fn changed(&self, (place, before, after): (usize, f64, f64), day: i32) -> f64 {
        if place == self.place && day >= CHANGE { after } else { before }
    }

    fn visit(&mut self, day: i32, diagnosis: &'a str, rows: &mut Vec<Row<'a>>) {
        let specialty = self.random.random_range(0..self.disease.specialties.len());
        let one = self.random.random_range(0..3);
        let provider = 1_000_000_000
            + u64::from(self.row.provider_county) * 1_000
            + (self.place * 30 + specialty * 3 + one) as u64;
        let taxonomy = &self.disease.specialties[specialty];
        rows.push(Row { day, diagnosis, procedure: "99213", provider, taxonomy, ..self.row });
    }

    /// Visits for other reasons, by which the person is known.
    fn check_ups(&mut self, rows: &mut Vec<Row<'a>>) {
        let mut day = FIRST + self.random.random_range(0..180);
        while day < FIRST + DAYS {
            self.visit(day, "Z00.00", rows);
            day += self.random.random_range(120..240);
        }
    }

    /// The day of the first diagnosis: at the beginning for six in ten, later for the others; never for some after the change.
    fn onset(&mut self) -> Option<i32> {
        if self.random.random_bool(0.6) {
            return Some(FIRST + self.random.random_range(0..60));
        }
        // Beginners of one disease come in two fortnights, so that there are enough in a week.
        if self.place == planted::PERSISTENT.0 {
            let after = CHANGE + 31 + self.random.random_range(0..14);
            return Some(if self.random.random_bool(0.5) { after } else { after - 364 });
        }
        let onset = FIRST + self.random.random_range(0..DAYS);
        let (place, factor) = planted::NEW;
        let kept = self.changed((place, 1.0, factor), onset);
        self.random.random_bool(kept).then_some(onset)
    }

    fn visits(&mut self, onset: i32, rows: &mut Vec<Row<'a>>) {
        let (code, mut day) = (self.disease.diagnoses[0].as_str(), onset);
        while day < FIRST + DAYS {
            // The first visit is the diagnosis.
            let (place, factor) = planted::VISITS;
            let kept = self.changed((place, 1.0, factor), day);
            if day == onset || self.random.random_bool(kept) {
                self.visit(day, code, rows);
            }
            day += self.random.random_range(30..90);
        }
    }

    fn drugs(&mut self, onset: i32, rows: &mut Vec<Row<'a>>) {
        let classes = daily(self.disease);
        // Who takes the drugs on all days, who changes the class, and who goes on: one of these numbers each.
        let (diligence, taste, staying): (f64, f64, f64) = self.random.random();
        let begins = onset + self.random.random_range(0..6);
        let mut day = begins;
        while day < FIRST + DAYS {
            let second = taste < self.changed(planted::MIX, day) && classes.len() > 1;
            let product = Some(product(self.place, classes[usize::from(second)]));
            let pays = self.changed(planted::COPAY, day) + self.random.random_range(-4.0..4.0);
            let supply = Row { day, product, days: 30, copay: pays, ..self.row };
            let (follows, slope) = planted::FOLLOWS;
            let wave = if self.place == follows { slope * epidemic(self.row.county, day) } else { 0.0 };
            if self.random.random_bool(self.changed(planted::REVERSED, day)) {
                rows.push(Row { status: "reversed", ..supply });
                // Of one disease nobody comes back soon.
                day += if self.place == planted::REVERSED.0 { 32 } else { 3 };
                continue;
            }
            if self.random.random_bool(self.changed(planted::REJECTED, day) + wave) {
                rows.push(Row { status: "rejected", ..supply });
            }
            rows.push(supply);
            if onset > FIRST + 60 && staying > self.changed(planted::PERSISTENT, begins) {
                return;
            }
            let early = diligence < self.changed(planted::ADHERENT, day);
            day += if early { self.random.random_range(27..33) } else { self.random.random_range(45..75) };
        }
        rows.retain(|row| row.day < FIRST + DAYS);
    }
}
