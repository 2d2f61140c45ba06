//! The typeface of all charts, embedded in the program, so that charts do not depend on installed fonts.

use std::sync::Once;

use plotters::style::{FontStyle, register_font};

/// Its name in charts.
pub(crate) const FONT: &str = "sans-serif";

/// Registers the typeface with the plotting library; must be called before drawing.
pub(crate) fn register() {
    static ONCE: Once = Once::new();
    // The bytes are a valid font, so there is no error to report. Without it, drawing would fail for lack of a font.
    ONCE.call_once(|| drop(register_font(FONT, FontStyle::Normal, dejavu::sans::regular())));
}
