//! What all pictures share: typeface and colours.

mod font;
mod palette;

pub(crate) use font::{FONT, register};
pub(crate) use palette::DISTINCT;
