//! Where `emulate` says something else than GitHub's description, and what that leaves unseen.

/// A deviation of an answer.
pub(crate) struct Deviation {
    /// The operation: method and path with its places.
    operation: &'static str,
    /// How the fault begins: where it is, and what it is.
    pub(crate) fault: &'static str,
    /// What it means for the tests.
    #[expect(dead_code, reason = "it is for people")]
    why: &'static str,
}

impl Deviation {
    /// Whether a fault of an operation is this one.
    pub(crate) fn fits(&self, operation: &str, fault: &str) -> bool {
        self.operation == operation && fault.contains(self.fault)
    }
}

/// What is known of emulate 0.12.2. Beside the shapes: it keeps the head of a pull request where it was when its branch moves
/// (`follow_branches.mjs` mends that), makes the tree of a merge that of the head, answers 422 where GitHub refuses a merge
/// with 405, and takes any token, any `head_sha` and texts of any length.
pub(crate) const OF_EMULATE: &[Deviation] = &[
    Deviation {
        operation: "PUT /repos/{owner}/{repo}/collaborators/{username}",
        fault: "is a required property",
        why: "it answers with the person and not with the invitation: nothing here reads it",
    },
    Deviation {
        operation: "PUT /repos/{owner}/{repo}/branches/{branch}/protection",
        fault: "/required_pull_request_reviews: null is not of type \"object\"",
        why: "what is off is null and not absent: nothing here reads it",
    },
    Deviation {
        operation: "PUT /repos/{owner}/{repo}/branches/{branch}/protection",
        fault: "/restrictions: null is not of type \"object\"",
        why: "what is off is null and not absent: nothing here reads it",
    },
    Deviation {
        operation: "POST /repos/{owner}/{repo}/check-runs",
        fault: "/output: \"annotations_url\" is a required property",
        why: "octocrab's own model of a check run would not read it; ours asks for the number alone",
    },
    Deviation {
        operation: "POST /repos/{owner}/{repo}/releases/{release_id}/assets",
        fault: "\"digest\" is a required property",
        why: "files of a release are compared by name and size, so an answer without their digest decides nothing",
    },
    Deviation {
        operation: "GET /repos/{owner}/{repo}/releases/{release_id}/assets",
        fault: "\"digest\" is a required property",
        why: "as above",
    },
    Deviation {
        operation: "PATCH /repos/{owner}/{repo}/releases/{release_id}",
        fault: "\"digest\" is a required property",
        why: "as above",
    },
    Deviation {
        operation: "GET /repos/{owner}/{repo}/releases/tags/{tag}",
        fault: "\"digest\" is a required property",
        why: "as above",
    },
];
