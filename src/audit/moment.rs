//! A time of day as people and log collectors read it.

use std::time::Duration;

const DAY: u64 = 86_400;

/// RFC 3339 in UTC with milliseconds, of a time since 1970.
pub(super) fn text(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs();
    let (year, month, day) = date(seconds / DAY);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let millis = since_1970.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of the Gregorian calendar. Years begin in March here, so that the day that some have more comes
/// last; 400 of them are one cycle.
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    // From 0000-03-01 to 1970-01-01.
    let days = days_since_1970 + 719_468;
    let (cycle, of_cycle) = (days / 146_097, days % 146_097);
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (400 * cycle + year, if month < 10 { month + 3 } else { month - 9 });
    (year + u64::from(month <= 2), month, day)
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
