use std::path::Path;

use super::*;
use crate::finder::disease::shipped;

const CMS: &str = "Facility ID,Facility Name,Address,City/Town,State,ZIP Code,County/Parish,Telephone Number,Hospital Type,Emergency Services\n\
    010001,FIRST HOSPITAL,1 ROSS CIRCLE,DOTHAN,AL,36301,HOUSTON,(334) 793-8701,Acute Care Hospitals,Yes\n\
    15E064,SECOND <b>HOSPITAL</b>,2 N MAIN ST,GARY,IN,46402,ST. JOSEPH,(219) 000-0000,Critical Access Hospitals,No\n\
    154001,QUIET HOUSE,3 ELM ST,GARY,IN,46402,LAKE,(219) 000-0001,Psychiatric,No\n";
const HIFLD: &str = "ID,NAME,ADDRESS,CITY,STATE,ZIP,TELEPHONE,TYPE,STATUS,COUNTY,LATITUDE,LONGITUDE,BEDS,SOURCEDATE\n\
    0001,FIRST MEDICAL CENTER,1108 ROSS CLARK CIRCLE,DOTHAN,AL,36301,(334) 793-8701,GENERAL ACUTE CARE,OPEN,HOUSTON,31.21,-85.36,420,2018-08-10T00:00:00.000Z\n\
    0002,GONE HOSPITAL,5 OAK ST,DOTHAN,AL,36301,NOT AVAILABLE,GENERAL ACUTE CARE,CLOSED,HOUSTON,31.2,-85.3,-999,2018-08-10\n\
    0003,OTHER HOSPITAL,7 OAK ST,BOSTON,MA,2118,NOT AVAILABLE,GENERAL ACUTE CARE,OPEN,SUFFOLK,42.33,-71.07,-999,2018-08-10\n";
const NPPES: &str = "NPI,Entity Type Code,Provider Organization Name (Legal Business Name),Provider Last Name (Legal Name),Provider First Name,Provider First Line Business Practice Location Address,Provider Business Practice Location Address City Name,Provider Business Practice Location Address State Name,Provider Business Practice Location Address Postal Code,Healthcare Provider Taxonomy Code_1,Healthcare Provider Taxonomy Code_2,Last Update Date,NPI Deactivation Date,NPI Reactivation Date\n\
    1000000001,1,,DOE,JANE,9 PINE ST,OMAHA,NE,681021234,122300000X,207RC0000X,07/09/2020,,\n\
    1000000002,2,TEETH LLC,,,9 PINE ST,OMAHA,NE,68102,122300000X,,07/09/2020,,\n\
    1000000003,1,,ROE,RICHARD,9 PINE ST,OMAHA,NE,68102,207RC0000X,,07/09/2020,01/01/2021,\n";

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn all(postal: bool) -> Vec<Provider> {
    let folder = tempfile::tempdir().unwrap();
    let lists = [("cms.csv", CMS), ("hifld.csv", HIFLD), ("npidata.csv", NPPES)];
    for (name, text) in lists {
        write(folder.path(), name, text);
    }
    let other = tempfile::tempdir().unwrap();
    let codes = write(other.path(), "zcta.txt", "GEOID\tINTPTLAT\tINTPTLONG\n68102\t41.26\t-95.93\n");
    let codes = postal.then(|| PostalCodes::read(&codes).unwrap());
    let mut centres = Centres::default();
    centres.add("IN", "St. Joseph", Point::new(41.62, -86.29).unwrap());
    read(&[folder.path().to_owned()], &shipped().unwrap(), codes.as_ref(), &centres).unwrap()
}

#[test]
fn a_hospital_of_two_lists_stands_once_and_its_number_stays_text() {
    let all = all(true);
    let numbers: Vec<&str> = all.iter().map(|provider| provider.number.as_str()).collect();
    assert_eq!(numbers, ["010001", "154001", "15E064", "0003", "1000000001"]);
    let first = &all[0];
    assert_eq!((first.name.as_str(), first.beds, first.as_of.as_str()), ("FIRST HOSPITAL", Some(420), "2018-08-10"));
    assert_eq!(first.place, Some((Point::new(31.21, -85.36).unwrap(), Located::Point)));
    assert_eq!(all[2].place.unwrap().1, Located::County, "no list has its point");
    assert_eq!(all[2].name, "SECOND <b>HOSPITAL</b>", "names are kept as they are: the page shows them as text");
    assert_eq!((all[3].postal_code.as_str(), all[3].beds), ("02118", None));
}

#[test]
fn practices_are_told_by_any_of_their_specialties() {
    let all = all(true);
    let jane = all.last().unwrap();
    assert_eq!(
        (jane.name.as_str(), jane.postal_code.as_str(), jane.as_of.as_str()),
        ("JANE DOE", "68102", "2020-07-09")
    );
    assert_eq!(jane.place.unwrap().1, Located::Postal);
    let diseases = shipped().unwrap();
    let treats = |number: &str, name: &str| {
        let provider = all.iter().find(|provider| provider.number == number).unwrap();
        provider.treats(diseases.iter().find(|disease| disease.name == name).unwrap())
    };
    assert!(treats("1000000001", "heart-failure") && !treats("1000000001", "asthma"));
    assert!(treats("154001", "depression") && !treats("154001", "heart-failure"));
    assert!(treats("010001", "asthma"));
    assert_eq!(self::all(false).last().unwrap().place, None, "without postal codes nothing tells where she is");
}

#[test]
fn what_is_no_list_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "x.csv", "a,b\n1,2\n");
    let read = |path: &Path| read(&[path.to_owned()], &shipped().unwrap(), None, &Centres::default());
    assert!(read(&path).unwrap_err().to_string().ends_with("its columns are of no known list of providers"));
    let path = write(folder.path(), "y.csv", &HIFLD.replace("31.21", "north"));
    let error = read(&path).unwrap_err().to_string();
    assert!(error.ends_with("line 2, column `LATITUDE`: `north` is not a number"), "{error}");
    let path = write(folder.path(), "z.csv", &CMS.replace("010001", "10001"));
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("line 2, column `Facility ID`: `10001` is not a CMS certification number"), "{error}");
}
