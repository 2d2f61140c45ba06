//! The engine keeps the contract.

use countycast_abm::{Abm, Settings};
use countycast_engine::Epidemiology;
use countycast_testkit::conformance;

#[test]
fn abm_conforms() {
    conformance::check(&Abm::new(Settings::default(), &Epidemiology::default()).unwrap());
}
