//! Lengths of time and sizes as the policy writes them: a whole number and a unit.

/// Seconds of a length of time: `90s`, `20m`, `2h`, `7d`.
pub fn seconds(text: &str) -> Option<u64> {
    read(text, &[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)])
}

/// Bytes of a size: `512KiB`, `64MiB`, `1GiB`, `100B`.
pub fn bytes(text: &str) -> Option<u64> {
    read(text, &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)])
}

fn read(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok().filter(|number| *number > 0)?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(seconds("20m"), Some(1_200));
        assert_eq!(bytes("64MiB"), Some(64 << 20));
        for wrong in ["", "20", "m", "20 m", "-1s", "0s", "1w", "99999999999999999999d"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
