//! Hospital capacity: patients with the disease compared with staffed beds.
//!
//! Admissions, an engine's own or derived from its cases, become a census of ward and intensive care by length of stay
//! ([`Course`], [`Census`]); the census is compared with the [`Beds`] that other patients leave free ([`Need`]), in the
//! county itself and in the hospitals that serve its residents ([`Catchments`]).

mod beds;
mod care;
mod catchment;
mod census;
mod course;
mod need;
mod settings;
mod stays;

pub use beds::{Bed, Beds};
pub use care::{Load, SPECIALTIES, gaps};
pub use catchment::Catchments;
pub use census::{Census, Occupancy};
pub use course::Course;
pub use need::{Need, PEAK_LEVELS};
pub use settings::Settings;
pub use stays::Stays;
