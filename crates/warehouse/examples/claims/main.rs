//! Synthetic claims with known changes: `cargo run --release --example claims -- FOLDER PEOPLE [COUNTIES] [SEED]`.
//!
//! Writes `FOLDER/claims/*.parquet`, `FOLDER/product.txt` and `FOLDER/epidemic.csv`. A person has about 60 claims in three years. The same numbers
//! give the same claims. All people, providers and products are invented; the labeler 99999 is nobody's.
#![allow(clippy::unwrap_used, reason = "a generator of test data may panic")]

mod population;
mod write;

use std::path::PathBuf;

use population::{CHANGE, DAYS, FIRST, Population, counties, directory, epidemic};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(people)) = (arguments.next(), arguments.next()) else {
        panic!("usage: claims FOLDER PEOPLE [COUNTIES] [SEED]");
    };
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (places, seed) = (number(400), number(20_200_315));
    let folder = PathBuf::from(folder);
    let diseases = countycast_warehouse::care::shipped().unwrap();
    let population = Population { seed, diseases: &diseases, counties: counties(u32::try_from(places).unwrap()) };
    let rows = write::write(&population, people.parse().unwrap(), &folder.join("claims"));
    std::fs::write(folder.join("product.txt"), directory(&diseases)).unwrap();
    let mut text = String::from("fips,date,value\n");
    for county in &population.counties {
        for day in (CHANGE - 70..FIRST + DAYS).step_by(7) {
            let date = chrono::NaiveDate::default() + chrono::Duration::days(day.into());
            text += &format!("{county:05},{date},{:.5}\n", epidemic(*county, day + 3));
        }
    }
    std::fs::write(folder.join("epidemic.csv"), text).unwrap();
    println!("{rows} claims of {people} people");
}
