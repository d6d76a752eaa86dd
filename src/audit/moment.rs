//! A time of day as people and log collectors read it.

use std::time::{Duration, UNIX_EPOCH};

/// The last second of the year 9999, after which the format has no years.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// RFC 3339 in UTC with milliseconds, of a time since 1970.
pub(super) fn text(since_1970: Duration) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + since_1970.min(LAST)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_795_270_123, "2026-11-21T14:08:43.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(text(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(text(Duration::from_micros(1_999_999)), "1970-01-01T00:00:01.999Z");
        // Whatever a host's clock says.
        assert!(text(Duration::from_secs(u64::MAX / 2)).ends_with('Z'));
    }
}
