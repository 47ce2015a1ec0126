//! Why an act is refused: every code, what it means, and what would satisfy it. A code is never given another meaning.

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// There is no proof that can be read.
    NoProof,
    /// The bytes are no proof, or a signature is not written as ssh-keygen does.
    Malformed,
    /// Verdict, claims and steps of the proof do not agree with each other.
    ContradictsItself,
    /// The verdict was made by other logic than this one.
    UnknownVerifier,
    /// Another version of the tool made the proof, whose rules may judge otherwise.
    OtherVersion,
    /// The run was not accepted.
    NotPassed,
    /// The run went on past a refusal with --override.
    NonCertifiable,
    /// Nobody signed the proof, and it was not handed over from outside the tree.
    Unsigned,
    /// A signature is not over this proof, or not for proofs.
    BadSignature,
    /// The base does not let this key sign proofs.
    UnknownSigner,
    /// The base lets this key sign, but not at this time.
    ExpiredSigner,
    /// A signature is demanded, and the base names nobody who may sign.
    NoSigners,
    /// The base's file of signers can't be read.
    SignersMalformed,
    /// The proof is about another commit.
    OtherCommit,
    /// The proof is about other files.
    OtherTree,
    /// The proof is about another repository, or nobody can tell.
    OtherRepository,
    /// The proof names no commit: its files were not committed.
    NoCommit,
    /// The proof names no base: the tree was judged by its own policy.
    NoBase,
    /// The proof was made against another base than the one that counts.
    StaleBase,
    /// The proof was made under another policy than the base has now.
    PolicyDiffers,
    /// What a step did is older than the policy accepts, or lies in the future.
    Expired,
    /// The ledger at hand is not the one that the proof pins.
    HistoryAltered,
    /// Something that decides could not be computed again in this clone.
    NotRecomputed,
    /// A claim of a rule stands otherwise here than the proof says.
    ClaimDiffers,
    /// The proof does not speak of a claim that it must have judged.
    ClaimMissing,
    /// A claim that is required is refuted.
    ClaimRefuted,
    /// A claim that is required could not be judged.
    ClaimUnproven,
    /// The proof has no step that is required.
    StepMissing,
    /// A step ran another command, or on other files, than the plan of the base says.
    StepDiffers,
    /// Nothing that is required was evaluated.
    NothingEvaluated,
    /// A step passed only after more tries than the policy accepts.
    TooManyAttempts,
    /// A step ran less isolated than the policy of the base demands.
    LowIsolation,
    /// Machines came to different results on one tree.
    MachinesDisagree,
    /// Fewer machines agree than the policy demands.
    TooFewMachines,
    /// A checked-in setting puts another program in cargo's hands, and could decide a step.
    RunnerReplaced,
    /// A file of the tree names who would hear the token of the release.
    TokenExposed,
    /// The change takes something away from the policy, the waivers, the signers or the gates of the base.
    AuthorityWeakened,
}

/// A code with its words.
struct Words {
    code: Code,
    word: &'static str,
    means: &'static str,
    remedy: &'static str,
}

/// All codes, in the order in which a reader asks.
const ALL: &[Words] = &[
    Words {
        code: Code::NoProof,
        word: "no-proof",
        means: "there is no proof that can be read",
        remedy: "make one, `cargo governed run --base REF`, and hand it over with --proof",
    },
    Words {
        code: Code::Malformed,
        word: "malformed",
        means: "the bytes are no proof, or a signature is not written as ssh-keygen does",
        remedy: "hand over the file as `run` or `prove` wrote it",
    },
    Words {
        code: Code::ContradictsItself,
        word: "contradicts-itself",
        means: "verdict, claims and steps of the proof do not agree with each other",
        remedy: "run again; nothing that contradicts itself is believed",
    },
    Words {
        code: Code::UnknownVerifier,
        word: "unknown-verifier",
        means: "the verdict was made by other logic than this one",
        remedy: "run again with this tool",
    },
    Words {
        code: Code::OtherVersion,
        word: "other-version",
        means: "another version of the tool made the proof, whose rules may judge otherwise",
        remedy: "use one version for the run and the gate",
    },
    Words {
        code: Code::NotPassed,
        word: "not-passed",
        means: "the run was not accepted",
        remedy: "mend what the proof names, and run again",
    },
    Words {
        code: Code::NonCertifiable,
        word: "non-certifiable",
        means: "the run went on past a refusal with --override",
        remedy: "run again without --override",
    },
    Words {
        code: Code::Unsigned,
        word: "unsigned",
        means: "nobody signed the proof, and it was not handed over from outside the tree",
        remedy: "sign it, `cargo governed prove --sign KEY`; for a merge that demands no signature, hand it over with --proof from outside the repository",
    },
    Words {
        code: Code::BadSignature,
        word: "bad-signature",
        means: "a signature is not over this proof, or not for proofs",
        remedy: "sign the proof again",
    },
    Words {
        code: Code::UnknownSigner,
        word: "unknown-signer",
        means: "the base does not let this key sign proofs",
        remedy: "let somebody sign whom the base names, or add the key to its file of signers first",
    },
    Words {
        code: Code::ExpiredSigner,
        word: "expired-signer",
        means: "the base lets this key sign, but not at this time",
        remedy: "let somebody else sign, or renew the line in the base",
    },
    Words {
        code: Code::NoSigners,
        word: "no-signers",
        means: "a proof is signed, and the base names nobody who may sign",
        remedy: "add the file of signers to the base: `.github/allowed_signers`",
    },
    Words {
        code: Code::SignersMalformed,
        word: "signers-malformed",
        means: "the base's file of signers can't be read",
        remedy: "mend the line that is named, in the base",
    },
    Words {
        code: Code::OtherCommit,
        word: "other-commit",
        means: "the proof is about another commit",
        remedy: "run on the commit that is judged",
    },
    Words {
        code: Code::OtherTree,
        word: "other-tree",
        means: "the proof is about other files",
        remedy: "run on the files that are judged; the work tree must not differ from its commit",
    },
    Words {
        code: Code::OtherRepository,
        word: "other-repository",
        means: "the proof is about another repository, or nobody can tell",
        remedy: "run in a clone of this repository, with its address as the remote `origin`",
    },
    Words {
        code: Code::NoCommit,
        word: "no-commit",
        means: "the proof names no commit: its files were not committed",
        remedy: "commit, and run again",
    },
    Words {
        code: Code::NoBase,
        word: "no-base",
        means: "the proof names no base: the tree was judged by its own policy",
        remedy: "run again with --base",
    },
    Words {
        code: Code::StaleBase,
        word: "stale-base",
        means: "the proof was made against another base than the one that counts",
        remedy: "bring the branch up to date, and run again with --base",
    },
    Words {
        code: Code::PolicyDiffers,
        word: "policy-differs",
        means: "the proof was made under another policy than the base has now",
        remedy: "bring the branch up to date, and run again with --base",
    },
    Words {
        code: Code::Expired,
        word: "expired",
        means: "what a step did is older than the policy accepts, or lies in the future",
        remedy: "run again with --fresh",
    },
    Words {
        code: Code::HistoryAltered,
        word: "history-altered",
        means: "the ledger at hand is not the one that the proof pins",
        remedy: "find out who wrote the ledger; `cargo governed replay` says where it breaks",
    },
    Words {
        code: Code::NotRecomputed,
        word: "not-recomputed",
        means: "something that decides could not be computed again in this clone",
        remedy: "fetch what is missing: all history and tags, and the base",
    },
    Words {
        code: Code::ClaimDiffers,
        word: "claim-differs",
        means: "a claim of a rule stands otherwise here than the proof says",
        remedy: "run again; a proof whose derived claims are wrong is not believed",
    },
    Words {
        code: Code::ClaimMissing,
        word: "claim-missing",
        means: "the proof does not speak of a claim that it must have judged",
        remedy: "run again with this tool",
    },
    Words {
        code: Code::ClaimRefuted,
        word: "claim-refuted",
        means: "a claim that is required is refuted",
        remedy: "mend what the claim names",
    },
    Words {
        code: Code::ClaimUnproven,
        word: "claim-unproven",
        means: "a claim that is required could not be judged",
        remedy: "give the run what it lacked, and run again",
    },
    Words {
        code: Code::StepMissing,
        word: "step-missing",
        means: "the proof has no step that is required",
        remedy: "run the whole plan",
    },
    Words {
        code: Code::StepDiffers,
        word: "step-differs",
        means: "a step ran another command, or on other files, than the plan of the base says",
        remedy: "run again with --base",
    },
    Words {
        code: Code::NothingEvaluated,
        word: "nothing-evaluated",
        means: "nothing that is required was evaluated",
        remedy: "name in `requires` what must hold; an empty list lets nothing through",
    },
    Words {
        code: Code::TooManyAttempts,
        word: "too-many-attempts",
        means: "a step passed only after more tries than the policy accepts",
        remedy: "mend what makes it fail now and then",
    },
    Words {
        code: Code::LowIsolation,
        word: "low-isolation",
        means: "a step ran less isolated than the policy of the base demands",
        remedy: "run where Landlock is there",
    },
    Words {
        code: Code::MachinesDisagree,
        word: "machines-disagree",
        means: "machines came to different results on one tree",
        remedy: "find out which machine is right; `cargo governed inspect` shows both",
    },
    Words {
        code: Code::TooFewMachines,
        word: "too-few-machines",
        means: "fewer machines agree than the policy demands",
        remedy: "run on more machines and join their records: `cargo governed prove --merge DIR...`",
    },
    Words {
        code: Code::RunnerReplaced,
        word: "runner-replaced",
        means: "a checked-in setting puts another program in cargo's hands, and could decide a step",
        remedy: "remove it, or accept it in `[authority] allow` of the base",
    },
    Words {
        code: Code::TokenExposed,
        word: "token-exposed",
        means: "a checked-in setting names who would hear the registry's token: a credential provider, a proxy, certificates",
        remedy: "set it where the release runs, not in the repository, or accept it in `[authority] allow` of the base",
    },
    Words {
        code: Code::AuthorityWeakened,
        word: "authority-weakened",
        means: "the change takes something away from the policy, the waivers, the signers or the gates of the base",
        remedy: "take it back, or let somebody sign for it whom the base trusts: `cargo governed prove --sign KEY --what policy --base REF`",
    },
];

impl Code {
    /// All codes.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|words| words.code)
    }

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        self.words().word
    }

    /// What it means: a sentence without its stop.
    pub fn means(self) -> &'static str {
        self.words().means
    }

    /// What would satisfy the gate: an imperative.
    pub fn remedy(self) -> &'static str {
        self.words().remedy
    }

    /// The code of a word.
    pub fn named(word: &str) -> Option<Self> {
        ALL.iter().find(|words| words.word == word).map(|words| words.code)
    }

    fn words(self) -> &'static Words {
        // The test below holds the table to the order of the codes.
        &ALL[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words() {
        for (index, words) in ALL.iter().enumerate() {
            assert_eq!(words.code as usize, index, "{}", words.word);
            assert_eq!(Code::named(words.word), Some(words.code));
            assert!(!words.means.ends_with('.') && !words.remedy.ends_with('.'), "{}", words.word);
        }
        let last = Code::AuthorityWeakened as usize;
        assert_eq!(ALL.len(), last + 1);
    }
}
