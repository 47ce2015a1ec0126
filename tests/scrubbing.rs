//! Whatever the secrets, the bytes and the pieces: no secret comes through, and the pieces make no difference.

use cargo_governed::steps::scrub::Scrubber;
use cargo_governed::steps::scrub::Secrets;
use proptest::collection::vec;
use proptest::prelude::*;

fn scrubbed<'a>(secrets: &Secrets, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut scrubber = Scrubber::new(secrets);
    let mut clean: Vec<u8> = pieces.flat_map(|piece| scrubber.push(piece.to_vec())).collect();
    clean.extend(scrubber.finish());
    clean
}

/// Few letters, masks among them, so that secrets overlap, repeat and hide in each other.
fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    vec(prop::sample::select(b"ab*#\n".to_vec()), length)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_comes_through(
        values in vec(text(0..12), 0..4),
        mut stream in text(0..80),
        at in 0_usize..80,
        pieces in vec(1_usize..9, 1..40),
    ) {
        // Random text seldom holds a secret: put one in.
        if let Some(value) = values.first() {
            let at = at.min(stream.len());
            stream.splice(at..at, value.iter().copied());
        }
        let secrets = Secrets::new(values.clone());
        let whole = scrubbed(&secrets, std::iter::once(stream.as_slice()));
        for value in values.iter().map(|value| value.trim_ascii()).filter(|value| value.len() >= 6) {
            prop_assert!(!whole.windows(value.len()).any(|window| window == value));
        }
        let mut rest = stream.as_slice();
        let cut = pieces.iter().map(|&length| {
            let (piece, left) = rest.split_at(length.min(rest.len()));
            rest = left;
            piece
        }).collect::<Vec<_>>();
        prop_assert_eq!(scrubbed(&secrets, cut.into_iter().chain([rest])), whole);
    }
}
