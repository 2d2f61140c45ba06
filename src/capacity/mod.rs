//! Hospital capacity: patients with the disease compared with staffed beds.
//!
//! Admissions, an engine's own or derived from its cases, become a census of ward and intensive care by length of stay
//! ([`Course`], [`Census`]), which starts from the patients that the state reports ([`Hospitals`], [`Level`]); the census is compared with the [`Beds`] that other patients leave free ([`Need`]), in the
//! county itself and in the hospitals that serve its residents ([`Catchments`]).

mod beds;
mod care;
mod catchment;
mod census;
mod chance;
mod course;
mod hospitals;
mod level;
mod need;
mod settings;
mod stays;

pub use beds::{Bed, Beds};
pub use care::{Load, SPECIALTIES, gaps};
pub use catchment::Catchments;
pub use census::{Census, Flow};
pub use course::Course;
pub use hospitals::Hospitals;
pub use level::Level;
pub use need::{Need, PEAK_LEVELS};
pub use settings::Settings;
