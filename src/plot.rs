//! Charts: lines with bands, and dots, as PNG pictures that a person can read.
//!
//! Eight hundred pixels wide, whatever is drawn. What belongs together is told by colour and by marker or line style, so
//! that it reads in grey and by people who see colours otherwise; the colours are Okabe and Ito's.

mod axis;
mod canvas;
mod chart;
mod decimals;
mod font;
mod layout;
mod legend;
mod lines;
mod mask;
mod png;
mod style;
mod ticks;

pub use axis::{Axis, Scale};
pub use chart::{Chart, Picture, Series};
pub use style::{MOST, color};
