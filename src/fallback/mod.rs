//! Projections of counties with too little history of their own: the state's projection, scaled.
//!
//! A county's share of its state comes from its population and its social determinants ([`Shares`]), shrunk toward its
//! own few cases by credibility, and is then applied to the state's joint draws ([`project`]).

mod project;
mod settings;
mod share;

pub use project::project;
pub use settings::Settings;
pub use share::{Coefficient, RelativeRisk, Shares};
