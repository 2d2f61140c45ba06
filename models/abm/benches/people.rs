//! Speed of building people and running epidemics, printed as a table. Arguments: millions of people (1), threads (1),
//! multiplier (1.9), days (120).
//!
//! `cargo bench -p countycast-abm --bench people -- 10 2`

use std::sync::Arc;
use std::time::Instant;

use countycast_abm::{Disease, Epidemic, Key, LONGEST_GENERATION, Plan, Population, Profile, Settings, Tables, World};
use countycast_engine::{Contacts, Severity};
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

/// Processor time of all threads so far, seconds; on Linux. On a busy machine it says more than the clock.
fn processor() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = |thread: &std::path::Path| -> Option<f64> {
        std::fs::read_to_string(thread.join("schedstat")).ok()?.split_whitespace().next()?.parse().ok()
    };
    threads.filter_map(|thread| nanoseconds(&thread.path())).sum::<f64>() / 1e9
}

fn run(people: usize, multiplier: f32, days: usize, threads: usize) {
    let people = people.min(Population::MOST);
    let (begin, used) = (Instant::now(), processor());
    let population = Population::build(people, &Profile::default(), Key::from_seed(1));
    let (built, built_used) = (begin.elapsed().as_secs_f64(), processor() - used);
    let settings = Settings::default();
    let disease = Disease::new(
        &settings,
        Arc::new(Tables::new(&settings, &Severity::default())),
        Contacts::united_states(),
        &population,
    );
    let plan = Plan::usual();
    let world = World {
        population: &population,
        disease: &disease,
        plan: &plan,
        first_weekday: 0,
        unit: multiplier,
        levels: 1,
    };
    let (begin, used) = (Instant::now(), processor());
    let mut epidemic = Epidemic::new(&population, Key::from_seed(2));
    let (mut infections, mut most_bytes) = (0_u64, 0);
    for day in 0..days {
        let imports = if day == 0 { people / 2_000 } else { 0 };
        infections += u64::from(epidemic.step(&world, day, multiplier, imports).infections());
        most_bytes = most_bytes.max(epidemic.bytes());
    }
    let (seconds, running_used) = (begin.elapsed().as_secs_f64(), processor() - used);
    println!("{people} people, {days} days, multiplier {multiplier}, {threads} threads");
    println!(
        "  building        {built:.3} s, {built_used:.3} s of processor, {:.1} MB",
        population.bytes() as f64 / 1e6
    );
    println!(
        "  running         {seconds:.3} s, {running_used:.3} s of processor, {:.1} MB at most",
        most_bytes as f64 / 1e6
    );
    println!("  infected        {:.1} %", 100.0 * infections as f64 / people as f64);
    let rates = |seconds: f64| (infections as f64 / seconds, people as f64 * days as f64 / seconds);
    let ((infections, person_days), (infections_used, _)) = (rates(seconds), rates(running_used));
    println!("  infections/s    {infections:.3e}, {infections_used:.3e} a second of processor");
    println!("  person-days/s   {person_days:.3e}");
    // Attempts of a fifth of the people, tried and all thinned away: the cost of a test alone.
    let mut epidemic = Epidemic::new(&population, Key::from_seed(3));
    let world = World { unit: 4.0, ..world };
    epidemic.step(&world, 0, 0.0, people / 5);
    let waiting = epidemic.waiting();
    let used = processor();
    (1..=LONGEST_GENERATION).for_each(|day| {
        epidemic.step(&world, day, 0.0, 0);
    });
    println!("  tests/s         {:.3e} a second of processor", waiting as f64 / (processor() - used));
}
