//! Speed of building people and running epidemics, printed as a table. Arguments: millions of people (1), threads (1),
//! multiplier (1.9), days (120).
//!
//! `cargo bench -p countycast-abm -- 10 2`

use std::sync::Arc;
use std::time::Instant;

use countycast_abm::{Disease, Epidemic, Key, Plan, Population, Profile, Settings, Tables, World};
use rayon::ThreadPoolBuilder;

fn main() {
    let numbers: Vec<f64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let argument = |i: usize, default: f64| numbers.get(i).copied().unwrap_or(default);
    let (people, threads) = ((argument(0, 1.0) * 1e6) as usize, argument(1, 1.0) as usize);
    let (multiplier, days) = (argument(2, 1.9) as f32, argument(3, 120.0) as usize);
    match ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(|| run(people, multiplier, days, threads)),
        Err(error) => println!("no threads: {error}"),
    }
}

fn run(people: usize, multiplier: f32, days: usize, threads: usize) {
    let people = people.min(Population::MOST);
    let begin = Instant::now();
    let population = Population::build(people, &Profile::default(), Key::from_seed(1));
    let built = begin.elapsed().as_secs_f64();
    let settings = Settings::default();
    let disease = Disease::new(&settings, Arc::new(Tables::new(&settings)), &population);
    let plan = Plan::usual();
    let world = World {
        population: &population,
        disease: &disease,
        plan: &plan,
        first_weekday: 0,
        unit: multiplier,
        levels: 1,
    };
    let begin = Instant::now();
    let mut epidemic = Epidemic::new(people, Key::from_seed(2));
    let (mut infections, mut most_bytes) = (0_u64, 0);
    for day in 0..days {
        let imports = if day == 0 { people / 2_000 } else { 0 };
        infections += u64::from(epidemic.step(&world, day, multiplier, imports).infections());
        most_bytes = most_bytes.max(epidemic.bytes());
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{people} people, {days} days, multiplier {multiplier}, {threads} threads");
    println!("  building        {built:.3} s, {:.1} MB", population.bytes() as f64 / 1e6);
    println!("  running         {seconds:.3} s, {:.1} MB at most", most_bytes as f64 / 1e6);
    println!("  infected        {:.1} %", 100.0 * infections as f64 / people as f64);
    println!("  infections/s    {:.3e}", infections as f64 / seconds);
    println!("  person-days/s   {:.3e}", people as f64 * days as f64 / seconds);
}
