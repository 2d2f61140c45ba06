//! The engine keeps the contract.

use countycast_curve::{Curve, Settings};
use countycast_engine::Epidemiology;
use countycast_testkit::conformance;

#[test]
fn curve_conforms() {
    conformance::check(&Curve::new(Settings::default(), &Epidemiology::default()).unwrap());
}
