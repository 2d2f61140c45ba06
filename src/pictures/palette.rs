//! Colours of charts.

use plotters::style::RGBColor;

/// Colours that people with any kind of colour vision can tell apart (Okabe and Ito 2008).
pub(crate) const DISTINCT: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
];
