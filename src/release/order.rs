//! In which order packages come out: each after those that it needs, and what does not need each other at once.

use std::collections::BTreeSet;

use crate::facts::workspace::Cargo;
use crate::release::dependents;

/// The packages in layers: whatever a layer needs lies in the layers before it. The packages of a circle, if there is one,
/// are the error.
pub fn layers(cargo: &Cargo, packages: &[usize]) -> Result<Vec<Vec<usize>>, Vec<usize>> {
    let mut left: BTreeSet<usize> = packages.iter().copied().collect();
    let mut layers = Vec::new();
    while !left.is_empty() {
        let waits = |index: &usize| {
            dependents::shipped(&cargo.packages[*index]).any(|(_, local)| local != *index && left.contains(&local))
        };
        let ready: Vec<usize> = left.iter().copied().filter(|index| !waits(index)).collect();
        if ready.is_empty() {
            return Err(left.into_iter().collect());
        }
        for index in &ready {
            left.remove(index);
        }
        layers.push(ready);
    }
    Ok(layers)
}
