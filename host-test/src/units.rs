//! Sizes and times as people write them.

use std::time::Duration;

const UNITS_OF_SIZE: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

const UNITS_OF_TIME: [(&str, u64); 3] = [("ms", 1), ("s", 1000), ("min", 60_000)];

/// A size like `4MiB`, in bytes.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    quantity(text, &UNITS_OF_SIZE).ok_or_else(|| "expected a size like 512KiB, 128MiB or 1GiB".to_owned())
}

/// A time like `30s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let time = quantity(text, &UNITS_OF_TIME).map(Duration::from_millis);
    time.ok_or_else(|| "expected a time like 500ms, 30s or 2min".to_owned())
}

fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    units.iter().find_map(|(unit, factor)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*factor)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("4MiB"), Ok(4 << 20));
        assert_eq!(size("17B"), Ok(17));
        for wrong in ["", "4", "MiB", "-1B", "4 MiB", "1.5GiB", "99999999999GiB", "4mb"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2min"), Ok(Duration::from_secs(120)));
        for wrong in ["", "10", "s", "1h", "-1s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
