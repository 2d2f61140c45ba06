//! The engine keeps the contract.

use countycast_abm::{Abm, Settings};
use countycast_testkit::conformance;

#[test]
fn abm_conforms() {
    conformance::check(&Abm::new(Settings::default()).unwrap());
}
