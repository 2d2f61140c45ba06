//! The typeface of all pictures, carried by the program: what a machine has installed changes no picture.

use std::sync::Once;

use plotters::style::{FontStyle, register_font};

/// Name under which pictures ask for it.
pub(crate) const FONT: &str = "sans-serif";

/// Makes the typeface known to the plotting library; to be called before anything is drawn.
pub(crate) fn register() {
    static ONCE: Once = Once::new();
    // The bytes are a font's: there is no error to be told. Without it, drawing would say that it lacks the font.
    ONCE.call_once(|| drop(register_font(FONT, FontStyle::Normal, dejavu::sans::regular())));
}
