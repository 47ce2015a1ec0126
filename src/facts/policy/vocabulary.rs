//! The names that a policy may use for rules and groups: handed in, because facts do not know the rules.

/// The names of all rules and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The rules, each with its group.
    pub rules: Vec<(&'static str, &'static str)>,
}

impl Vocabulary {
    /// Says whether the name is a rule.
    pub fn is_rule(&self, name: &str) -> bool {
        self.rules.iter().any(|(rule, _)| *rule == name)
    }

    /// Says whether the name is a group.
    pub fn is_group(&self, name: &str) -> bool {
        self.rules.iter().any(|(_, group)| *group == name)
    }

    /// What to write in place of a name that is neither rule nor group.
    pub fn advice(&self, name: &str) -> String {
        let names = self.rules.iter().flat_map(|(rule, group)| [*rule, *group]);
        nearest(name, names).map_or_else(
            || "`cargo governed explain --all` lists the rules".to_owned(),
            |near| format!("write `{near}`"),
        )
    }
}

/// The name that is nearest to what was written, if one is near enough to be meant.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let far = written.chars().count().div_ceil(3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= far || (name.contains(written) && written.len() > 3))
        .min()
        .map(|(_, name)| name)
}
