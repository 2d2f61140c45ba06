//! Care of other diseases: planted changes are found, small cells are not shown, and wrong input is refused.

#[path = "../../../examples/claims/population.rs"]
mod population;
#[path = "../../../examples/claims/write.rs"]
mod write;

mod input;
mod privacy;
mod recovery;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use countycast_warehouse::care::{Disease, shipped};
use population::{CHANGE, Population, counties, directory, epidemic};

use crate::{PROGRAM, csv, errors};

/// Claims, and what was made of them.
struct Measured {
    folder: tempfile::TempDir,
    diseases: Vec<Disease>,
}

impl Measured {
    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    /// Numbers of a statement's first row.
    fn numbers(&self, statement: &str) -> Vec<f64> {
        let text = csv(&self.lake(), statement);
        let row = text.lines().nth(1).unwrap_or_else(|| panic!("no row: {statement}"));
        row.split(',').map(|number| number.parse().unwrap_or(f64::NAN)).collect()
    }

    /// The nation's mean value of a measure in the half year before the change's anniversary, and its mean change in the last weeks that
    /// have one.
    fn change(&self, disease: usize, measure: &str, class: &str, weeks: (i32, i32)) -> [f64; 2] {
        let name = &self.diseases[disease].name;
        let day = |week: i32| chrono::NaiveDate::default() + chrono::Duration::days((CHANGE + 7 * week).into());
        let statement = format!(
            "select avg(year_before), avg(change) from care where disease = '{name}' and measure = '{measure}' and class = '{class}'
             and fips = 'US' and week_end between '{}' and '{}'",
            day(weeks.0),
            day(weeks.1)
        );
        let found = self.numbers(&statement);
        [found[0], found[1]]
    }
}

fn care(input: &Path, lake: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("care").arg(input).arg("--lake").arg(lake);
    command
}

fn make(people: u64, places: u32) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let diseases = shipped().unwrap();
    let population = Population { seed: 20_200_315, diseases: &diseases, counties: counties(places) };
    write::write(&population, people, &folder.path().join("claims"));
    fs::write(folder.path().join("product.txt"), directory(&diseases)).unwrap();
    let mut text = String::from("fips,date,value\n");
    for county in &population.counties {
        for day in (CHANGE - 70..population::FIRST + population::DAYS).step_by(7) {
            let date = chrono::NaiveDate::default() + chrono::Duration::days((day + 3).into());
            text += &format!("{county:05},{date},{}\n", epidemic(*county, day + 3));
        }
    }
    fs::write(folder.path().join("epidemic.csv"), text).unwrap();
    Measured { folder, diseases }
}

fn run(measured: &Measured, lake: &Path, jobs: &str, memory: &str) -> Output {
    let folder = measured.folder.path();
    let mut command = care(&folder.join("claims"), lake);
    command.arg("--drugs").arg(folder.join("product.txt")).arg("--epidemic").arg(folder.join("epidemic.csv"));
    command.args(["--jobs", jobs, "--memory", memory]).output().unwrap()
}

/// One population, measured once for all tests.
fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let measured = make(40_000, 36);
        let output = run(&measured, &measured.lake(), "2", "1GB");
        assert!(output.status.success(), "{}", errors(&output));
        measured
    })
}
