//! Both engines keep the contract.

use countycast_engine::Epidemiology;
use countycast_reference::{Flat, Settings, Trend};
use countycast_testkit::conformance;

#[test]
fn flat_conforms() {
    conformance::check(&Flat);
}

#[test]
fn trend_conforms() {
    conformance::check(&Trend::new(Settings::default(), &Epidemiology::default()).unwrap());
}
