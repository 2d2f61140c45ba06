//! Data folders made of any bytes, shared by the fuzz targets and by the test that replays their corpora.

use std::fs;
use std::path::Path;

use countycast_panel::{Request, Settings, load};

/// Files of a data folder, each with a reader of its own: the first byte of an input selects one.
const FILES: [&str; 17] = [
    "us-counties.csv",
    "jhu/time_series_covid19_confirmed_US.csv",
    "jhu/time_series_covid19_deaths_US.csv",
    "covid_confirmed_usafacts.csv",
    "counties/geoids_population_2019.csv",
    "counties/svi_2018.csv",
    "counties/age_sex_2020.csv",
    "counties/summaries.csv",
    "counties/beds_covidcaremap.csv",
    "counties/yu_group_abridged.csv",
    "counties/healthcare_services.csv",
    "testing/covid_tracking_states.csv",
    "geography/commuting_acs_2011_2015.csv",
    "geography/adjacency.csv",
    "contacts/us_F_household_setting_85.csv",
    "contacts/us_age_distribution_85.csv",
    "live/us-counties.csv.gz",
];

/// Loads a small folder in which one file is the input without its first byte.
pub(crate) fn file(folder: &Path, input: &[u8]) {
    let Some((first, text)) = input.split_first() else { return };
    let name = FILES[usize::from(*first) % FILES.len()];
    for (file, text) in [(FILES[1], counts("", 3)), (FILES[2], counts(",Population", 0))] {
        write(folder, file, text.as_bytes());
    }
    write(folder, name, text);
    read(folder);
    let _ = fs::remove_file(folder.join(name));
}

/// Loads a folder whose cases and deaths are both the input, in the layout of USAFacts.
pub(crate) fn twins(folder: &Path, input: &[u8]) {
    write(folder, "covid_confirmed_usafacts.csv", input);
    write(folder, "covid_deaths_usafacts.csv", input);
    read(folder);
}

/// Panic and time are what is tested: an error is a right answer to most inputs.
fn read(folder: &Path) {
    let _ = load(&Request { data: folder.to_owned(), as_of: None, vintage: false }, &Settings::default());
}

fn write(folder: &Path, name: &str, text: &[u8]) {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        let _ = fs::create_dir_all(parent);
    }
    let _ = fs::write(path, text);
}

/// Thirty days of two counties, which gain this many people a day.
fn counts(more: &str, people: u32) -> String {
    let days: String = (1..=30).map(|day| format!(",4/{day}/20")).collect();
    let row = |fips: u32, state: &str| {
        let counts: String = (1..=30).map(|day| format!(",{}", day * people)).collect();
        let residents = if more.is_empty() { "" } else { ",9000" };
        format!("840{fips},{fips},A,{state},\"A, {state}\",41,-93{residents}{counts}\n")
    };
    let header = format!("UID,FIPS,Admin2,Province_State,Combined_Key,Lat,Long_{more}{days}\n");
    header + &row(19_001, "Iowa") + &row(31_001, "Nebraska")
}
