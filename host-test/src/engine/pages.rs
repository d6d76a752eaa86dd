//! Pages of this program's own file that have been read and are not needed any more.

/// Lets the system take back the memory that holds `constant`, whole pages of it. Read again, it is read from the
/// program's file again.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "giving up pages of memory trusts that nobody loses anything by it")]
pub(super) fn give_back(constant: &'static [u8]) {
    use rustix::mm::{Advice, madvise};
    let page = rustix::param::page_size();
    let start = constant.as_ptr().align_offset(page);
    let Some(pages) = constant.get(start..).map(|rest| rest.len() / page * page) else { return };
    // SAFETY: a constant of this program lies in its file, mapped for reading only, so what is taken is there again when
    // it is looked at. The pages lie within the constant, so nothing else is in them.
    // A refusal costs memory and nothing else.
    let _ = unsafe { madvise(constant[start..].as_ptr().cast_mut().cast(), pages, Advice::LinuxDontNeed) };
}

/// Other systems take back what they need without being told.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_back(_constant: &'static [u8]) {}

#[cfg(test)]
mod tests {
    use super::give_back;

    static CONSTANT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/component.cwasm"));

    #[test]
    fn a_constant_is_the_same_afterwards() {
        let sum =
            |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
        let before = sum(CONSTANT);
        give_back(CONSTANT);
        assert_eq!(sum(CONSTANT), before);
        give_back(&CONSTANT[1..2]);
        give_back(&CONSTANT[..0]);
        assert_eq!(sum(CONSTANT), before);
    }
}
