//! What all pictures share: typeface, colours, and how they are written.

mod font;
mod palette;
mod svg;

pub(crate) use font::{FONT, register};
pub(crate) use palette::DISTINCT;
pub(crate) use svg::{Area, Drawn, svg};
