//! What the user sees while a command works: plain lines on standard error.

use std::fmt::Display;
use std::time::Duration;

/// One line.
pub fn say(line: impl Display) {
    eprintln!("xtask: {line}");
}

/// `0.4 s`, `12 s`, `3 min 05 s`.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(time(Duration::from_millis(420)), "0.4 s");
        assert_eq!(time(Duration::from_secs(12)), "12 s");
        assert_eq!(time(Duration::from_secs(185)), "3 min 05 s");
    }
}
