//! A bundle on its way out: every line with the bytes that it is written as, which were read back as it.
//!
//! What a step did is known before the run that it belongs to has ended, so its lines can be made ahead of the others.

use crate::proof::bundle::Bundle;
use crate::proof::bundle::Line;
use crate::proof::bundle::MOST_BYTES;
use crate::proof::bundle::MOST_LINE;
use crate::proof::bundle::MOST_LINES;
use crate::proof::bundle::StepLines;
use crate::proof::bundle::StepSaid;
use crate::proof::malformed::Malformed;
use crate::proof::scai::Claims;
use crate::proof::statement::Predicate;
use crate::proof::statement::Subject;
use crate::proof::summary::Summary;

/// The lines of a step, and their bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenStep {
    lines: StepLines,
    bytes: Vec<u8>,
}

impl WrittenStep {
    /// Writes what a step said. What could not be read back to the last byte would be refused wherever it is verified.
    pub(crate) fn of(subject: &Subject, said: StepSaid) -> Result<Self, Malformed> {
        let lines = StepLines::new(subject, said);
        let mut bytes = Vec::new();
        put(&mut bytes, &lines.link)?;
        if let Some(tests) = &lines.tests {
            put(&mut bytes, tests)?;
        }
        Ok(Self { lines, bytes })
    }
}

/// Makes a bundle of written steps, and its bytes: [`Bundle::parse`] reads them as just this bundle.
pub(crate) fn bundle(
    subject: &Subject,
    summary: Summary,
    claims: Claims,
    steps: Vec<WrittenStep>,
) -> Result<(Bundle, Vec<u8>), Malformed> {
    let (steps, texts): (Vec<StepLines>, Vec<Vec<u8>>) = steps.into_iter().map(|step| (step.lines, step.bytes)).unzip();
    let bundle = Bundle::of(subject, summary, claims, steps);
    let (mut bytes, mut claims) = (Vec::new(), Vec::new());
    let (root, (claimed, whole)) = rayon::join(
        || put(&mut bytes, &bundle.root),
        || rayon::join(|| put(&mut claims, &bundle.claims), || bundle.hangs_together()),
    );
    whole.and(root).and(claimed)?;
    bytes.reserve_exact(claims.len() + texts.iter().map(Vec::len).sum::<usize>());
    bytes.extend_from_slice(&claims);
    for text in &texts {
        bytes.extend_from_slice(text);
    }
    let with_tests = bundle.steps.iter().filter(|step| step.tests.is_some()).count();
    let count = 2 + bundle.steps.len() + with_tests;
    if bytes.len() > MOST_BYTES || count > MOST_LINES {
        return Err(Malformed::new(format!("it has {} bytes in {count} lines: too many", bytes.len())));
    }
    Ok((bundle, bytes))
}

/// Writes a line, and sees that it is read back as itself.
fn put<P: Predicate + Clone + PartialEq>(bytes: &mut Vec<u8>, line: &Line<P>) -> Result<(), Malformed> {
    let text = line.envelope.line();
    if text.len() > MOST_LINE {
        return Err(Malformed::new(format!("it has a line of {} bytes: too many", text.len())));
    }
    if memchr::memchr(b'\n', &text).is_some() || !line.is_at(&text)? {
        return Err(Malformed::new("a line is not read back as it was made"));
    }
    bytes.extend_from_slice(&text);
    bytes.push(b'\n');
    Ok(())
}
