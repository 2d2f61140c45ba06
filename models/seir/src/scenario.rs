//! What a scenario does to the mechanisms, day by day.

use countycast_engine::{Date, Measure, Scenario, Schools, Setting};

use crate::ages::{GROUPS, YOUNGEST};
use crate::contacts::{CARE_SHARE, Meetings};
use crate::mixing::Mixing;
use crate::settings::Settings;

/// Transmission by people with symptoms: 60 % of the infected have them, the others are 0.75 times as infectious (CDC
/// planning scenario 5).
const SYMPTOMATIC_SHARE: f64 = 0.6 / (0.6 + 0.4 * 0.75);
/// Their transmission before symptoms (CDC planning scenario 5).
const BEFORE_SYMPTOMS: f64 = 0.5;

/// Contacts by setting.
type Contacts = [[f64; GROUPS]; GROUPS];

/// One day's drive, relative to the baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Day {
    /// Factor on all transmission.
    pub(crate) transmission: f64,
    /// Contacts, where they differ from the baseline's.
    pub(crate) mixing: Option<Box<Mixing<GROUPS>>>,
    /// Factor on infections brought in.
    pub(crate) travel: f64,
    /// Share of the immune that loses immunity, per day.
    pub(crate) waning: f64,
    /// Share of the susceptible that is immunised, per day and group.
    pub(crate) immunised: [f64; GROUPS],
    /// Factor on the risk of hospital and death of those infected, by group.
    pub(crate) severity: [f64; GROUPS],
    /// Introductions of a variant a day, people, and its transmissibility, which stays once the introductions have ended.
    pub(crate) variant: Option<(f64, f64)>,
}

/// The days `as_of + 1 …` under a scenario; none where nothing changes.
pub(crate) fn days(
    scenario: &Scenario,
    as_of: Date,
    days: usize,
    mixing: &Mixing<GROUPS>,
    meetings: &Meetings,
    settings: &Settings,
) -> Option<Vec<Day>> {
    let mut date = as_of;
    let mut vaccinated = Vaccinated::default();
    let mut changed = false;
    let mut transmissibility = None;
    let days = (0..days).map(|_| {
        date = date.tomorrow().unwrap_or(date);
        let mut day = Day::new(scenario, (date, as_of), (mixing, meetings), &mut vaccinated, settings);
        transmissibility = day.variant.map(|(_, transmissibility)| transmissibility).or(transmissibility);
        day.variant = day.variant.or(transmissibility.map(|transmissibility| (0.0, transmissibility)));
        changed |= day != Day::unchanged();
        day
    });
    let days: Vec<Day> = days.collect();
    changed.then_some(days)
}

impl Day {
    pub(crate) fn unchanged() -> Self {
        Self {
            transmission: 1.0,
            mixing: None,
            travel: 1.0,
            waning: 0.0,
            immunised: [0.0; GROUPS],
            severity: [1.0; GROUPS],
            variant: None,
        }
    }

    fn new(
        scenario: &Scenario,
        (date, as_of): (Date, Date),
        (mixing, meetings): (&Mixing<GROUPS>, &Meetings),
        vaccinated: &mut Vaccinated,
        settings: &Settings,
    ) -> Self {
        let mut day = Self::unchanged();
        let mut places = Places::default();
        let mut contacts_change = false;
        let mut isolated = 0.0;
        let mut traced = 1.0;
        for (measure, strength) in scenario.on(date) {
            contacts_change |= places.apply(measure, strength);
            match measure {
                Measure::Transmission { factor } => day.transmission *= 1.0 + strength * (factor - 1.0),
                Measure::Travel { factor } => day.travel *= 1.0 + strength * (factor - 1.0),
                Measure::TestAndIsolate { delay_days } => {
                    // What is left to transmit fades over the second half of the infectious period.
                    let left = (-2.0 * delay_days / settings.infectious_days).exp();
                    isolated = 1.0 - (1.0 - isolated) * (1.0 - strength * left);
                }
                Measure::TraceAndQuarantine { delay_days } => {
                    // Contacts become infectious after the latent time: later quarantine prevents less.
                    traced *= 1.0 - strength * (-delay_days / settings.latent_days).exp();
                }
                Measure::Vaccinate { daily_share, minimum_age, against_infection, against_severity } => {
                    let doses = strength * daily_share;
                    day.immunised = vaccinated.vaccinate(doses, minimum_age, against_infection, mixing.people());
                    vaccinated.against = (against_infection, against_severity);
                }
                Measure::Variant { introductions_per_100k, transmissibility } => {
                    let people: f64 = mixing.people().iter().sum();
                    day.variant = Some((strength * introductions_per_100k * people / 1e5, transmissibility));
                }
                Measure::Season { amplitude, peak } => {
                    let at = |date| 1.0 + amplitude * strength * season(date, peak);
                    day.transmission *= at(date) / f64::max(at(as_of), 0.05);
                }
                Measure::Wane { mean_days } => day.waning += strength / mean_days,
                _ => {}
            }
        }
        // Isolation takes away transmission after symptoms; tracing reaches the contacts of the isolated only.
        let kept = 1.0 - isolated * SYMPTOMATIC_SHARE * (1.0 - BEFORE_SYMPTOMS);
        day.transmission *= kept * (1.0 - isolated * SYMPTOMATIC_SHARE * (1.0 - traced));
        day.severity = vaccinated.severity();
        if contacts_change {
            day.mixing = Some(Box::new(mixing.changed(&places.factors(meetings))));
        }
        day
    }
}

/// Cosine of the time of the year from the peak.
fn season(date: Date, peak: Date) -> f64 {
    let days = date.since(peak).map_or(0, |span| span.get_days());
    (std::f64::consts::TAU * f64::from(days) / 365.25).cos()
}

/// Contacts of each setting that are left.
struct Places {
    household: Contacts,
    care: f64,
    school: Contacts,
    work: Contacts,
    community: Contacts,
}

impl Default for Places {
    fn default() -> Self {
        let one = [[1.0; GROUPS]; GROUPS];
        Self { household: one, care: 1.0, school: one, work: one, community: one }
    }
}

impl Places {
    /// Applies a measure on contacts; false where it is none.
    fn apply(&mut self, measure: Measure, strength: f64) -> bool {
        let out = 1.0 - strength;
        match measure {
            Measure::Contacts { setting, factor } => {
                let factor = 1.0 + strength * (factor - 1.0);
                match setting {
                    Setting::Household => times(&mut self.household, factor),
                    Setting::School => times(&mut self.school, factor),
                    Setting::Work => times(&mut self.work, factor),
                    Setting::Care => self.care *= factor,
                    Setting::Community => times(&mut self.community, factor),
                }
            }
            Measure::CloseSchools { schools } => {
                let closed = |group: usize| match schools {
                    Schools::All => (1..=3).contains(&group),
                    Schools::Primary => group == 1,
                    Schools::Secondary => group == 2,
                    Schools::College => group == 3,
                };
                let left = |group| if closed(group) { out } else { 1.0 };
                for (a, row) in self.school.iter_mut().enumerate() {
                    for (b, factor) in row.iter_mut().enumerate() {
                        // A pair meets where neither stays at home.
                        *factor *= left(a) * left(b);
                    }
                }
            }
            Measure::WorkFromHome => times(&mut self.work, out * out),
            Measure::LimitGatherings => times(&mut self.community, out),
            Measure::Masks { efficacy } => {
                // Two masks reduce by the efficacy, one by its square root's complement.
                let factor = (1.0 - strength * (1.0 - (1.0 - efficacy).sqrt())).powi(2);
                for place in [&mut self.school, &mut self.work, &mut self.community] {
                    times(place, factor);
                }
            }
            Measure::StayAtHome => {
                for place in [&mut self.school, &mut self.work, &mut self.community] {
                    times(place, out * out);
                }
            }
            _ => return false,
        }
        true
    }

    /// Factor on all contacts of each pair of groups.
    fn factors(&self, meetings: &Meetings) -> Contacts {
        let Meetings { household, school, work, community, .. } = meetings;
        std::array::from_fn(|a| {
            std::array::from_fn(|b| {
                let care = if a == GROUPS - 1 && b == a { CARE_SHARE * household[a][b] } else { 0.0 };
                let parts = [
                    (household[a][b] - care, self.household[a][b]),
                    (care, self.care),
                    (school[a][b], self.school[a][b]),
                    (work[a][b], self.work[a][b]),
                    (community[a][b], self.community[a][b]),
                ];
                let now: f64 = parts.iter().map(|(contacts, factor)| contacts * factor).sum();
                let before: f64 = parts.iter().map(|(contacts, _)| contacts).sum();
                // Who never meet are not kept apart by anything.
                if before > 0.0 { now / before } else { 1.0 }
            })
        })
    }
}

fn times(contacts: &mut Contacts, factor: f64) {
    contacts.iter_mut().flatten().for_each(|value| *value *= factor);
}

/// Who has been vaccinated so far under the scenario.
#[derive(Debug, Clone, Default)]
struct Vaccinated {
    /// Share of each group.
    share: [f64; GROUPS],
    /// Reduction of the risk of infection and of severity.
    against: (f64, f64),
}

impl Vaccinated {
    /// Gives a day's doses, the oldest first; returns the share of each group's susceptible that becomes immune.
    fn vaccinate(
        &mut self,
        share: f64,
        minimum_age: u8,
        against_infection: f64,
        people: &[f64; GROUPS],
    ) -> [f64; GROUPS] {
        // A group takes part where most of its years are eligible.
        let last = |group: usize| YOUNGEST.get(group + 1).copied().unwrap_or(90);
        let eligible = |group: &usize| (YOUNGEST[*group] + last(*group)) / 2 >= minimum_age;
        let mut doses: f64 = share * (0..GROUPS).filter(eligible).map(|a| people[a]).sum::<f64>();
        let mut immunised = [0.0; GROUPS];
        for a in (0..GROUPS).rev().filter(eligible) {
            let left = 1.0 - self.share[a];
            let given = (doses / people[a].max(1e-9)).min(left);
            if left > 1e-9 {
                immunised[a] = against_infection * given / left;
            }
            self.share[a] += given;
            doses -= given * people[a];
        }
        immunised
    }

    /// Risk of a susceptible person of each group once infected: some are vaccinated and not immune.
    fn severity(&self) -> [f64; GROUPS] {
        let (infection, severity) = self.against;
        self.share.map(|share| {
            let failed = share * (1.0 - infection);
            let others = 1.0 - share;
            if failed + others > 1e-9 { 1.0 - severity * failed / (failed + others) } else { 1.0 - severity }
        })
    }
}
