//! What-if: scenarios compared with a baseline, on common random numbers.
//!
//! A scenario file ([`Scenarios`]) holds places and dated entries of known kinds ([`Kind`]). The stages are those of every
//! projection ([`crate::pipeline`]): the baseline is the projection of [`crate::project`] for the same places. Mechanistic
//! engines simulate the scenario; all others follow by the mechanistic engines' ratio of scenario to baseline, day by day, of
//! means over draws weighted by shares. The blend under a scenario is made like the baseline's.
//!
//! Differences and peaks need joint draws as well as quantiles: the members' draws in proportion to their shares, with weeks and
//! totals replaced by the blend's quantiles of the same rank ([`crate::blend::coupled`]). Draw `i` of a scenario belongs with draw
//! `i` of the baseline, and a scenario that changes nothing leaves the baseline exactly unchanged.
//!
//! A measure may come into force by a rule ([`countycast_engine::Rule`]), in each trajectory of a mechanistic engine by itself.
//!
//! A region is the sum of its counties ([`crate::blend::PathSum`]); under a scenario that sum changes in proportion to the
//! region's own blend. A county on fallback, or one where no mechanistic engine succeeded, follows its state's ratio.

mod answer;
mod course;
mod done;
mod effect;
mod entry;
mod file;
mod kind;
mod needs;
#[cfg(feature = "pictures")]
mod picture;
mod places;
mod remarks;
mod request;
mod rule;
mod run;
mod set;
mod together;
mod variant;
mod write;

pub use course::{BASELINE, Course};
pub use done::{Asked, Done, RuleInForce};
pub use effect::{Effect, Interval, Quantity};
pub use entry::Entry;
pub use file::Scenarios;
pub use kind::{KINDS, Kind, Parameter, Range};
pub use needs::Needs;
pub use request::Request;
pub use run::what_if;
pub use set::Setting;
pub use together::ALL_PLACES;
pub use variant::{Step, Variant, short};
