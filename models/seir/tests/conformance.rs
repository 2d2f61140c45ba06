//! The engine keeps the contract.

use countycast_engine::Epidemiology;
use countycast_seir::{Seir, Settings};
use countycast_testkit::conformance;

#[test]
fn seir_conforms() {
    conformance::check(&Seir::new(Settings::default(), &Epidemiology::default()).unwrap());
}
