//! Who is infected where: infections of four weeks by layer and age, with schools open and closed.
//!
//! `cargo run --release -p countycast-abm --example infections`

use std::error::Error;

use countycast_abm::{Abm, Settings, Simulated};
use countycast_engine::{Change, Date, Epidemiology, Horizon, Measure, Scenario, Schools, Streams};
use countycast_testkit::county_in_region;

const LAYERS: [&str; 6] = ["household", "school", "work", "care", "community", "from elsewhere"];

fn main() -> Result<(), Box<dyn Error>> {
    // A county of 200,000 with 60 cases a day.
    let history = county_in_region("19153", 200_000.0, Date::constant(2020, 6, 1), vec![60.0; 90], vec![0.8; 90]);
    let streams = Streams::new(1, "abm", history.location().fips);
    let fit = Abm::new(Settings::default(), &Epidemiology::default())?.fit_people(&history, &streams)?;
    let horizon = Horizon::from_days(28)?;
    let closed = Change {
        start: history.as_of(),
        end: history.day(history.days() + 60),
        measure: Measure::CloseSchools { schools: Schools::All },
        strength: 1.0,
    };
    let open = fit.simulated(&Scenario::baseline(), horizon);
    let closed = fit.simulated(&Scenario::baseline().with(closed)?, horizon);
    table(&open, &closed);
    Ok(())
}

fn table(open: &Simulated, closed: &Simulated) {
    let ((layers, ages), (layers_closed, ages_closed)) = (open.totals(), closed.totals());
    println!("infections in 28 days, mean of {} simulations\n", open.days.len());
    println!("{:<16}{:>14}{:>16}", "", "schools open", "schools closed");
    for ((name, open), closed) in LAYERS.iter().zip(layers).zip(layers_closed) {
        println!("{name:<16}{open:>14.0}{closed:>16.0}");
    }
    println!();
    for (band, (open, closed)) in ages.iter().zip(ages_closed).enumerate() {
        println!("{:<16}{open:>14.0}{closed:>16.0}", format!("ages {} on", 5 * band));
    }
}
