//! What happened on the forge: the event of the workflow as plain data. Every text in it may be hostile.

use serde_json::Value;

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pull {
    /// Its number; none where it must be found by its head first.
    pub(crate) number: Option<u64>,
    /// Whether it comes from another repository: then the token may only read.
    pub(crate) fork: bool,
}

/// What a `workflow_run` event says of the run that it follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Followed {
    /// The owner and the branch of the head.
    pub(crate) owner: String,
    pub(crate) branch: String,
    /// The number and the attempt of the run.
    pub(crate) run: (u64, u64),
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) name: String,
    /// The commit that it is about, where the event says it.
    pub(crate) head: Option<String>,
    /// What it is compared with: the name and the commit.
    pub(crate) base: Option<(String, String)>,
    /// The pull request.
    pub(crate) pull: Option<Pull>,
    /// The run that it follows.
    pub(crate) followed: Option<Followed>,
}

impl Event {
    /// Reads an event. What a payload leaves out is not there; nothing is guessed.
    pub(crate) fn read(name: &str, payload: &Value) -> Self {
        let mut event = Self { name: name.to_owned(), ..Self::default() };
        match name {
            "pull_request" | "pull_request_target" | "pull_request_review" => event.pull_request(payload),
            "merge_group" => event.merge_group(&payload["merge_group"]),
            "push" => event.push(payload),
            "workflow_run" => event.workflow_run(payload),
            _ => {}
        }
        event
    }

    fn pull_request(&mut self, payload: &Value) {
        let pull = &payload["pull_request"];
        self.head = commit(&pull["head"]["sha"]);
        self.base = named(&pull["base"]["ref"], &pull["base"]["sha"]);
        // The repository of a head that was deleted is null: it is none of ours.
        let fork = text(&pull["head"]["repo"]["full_name"]) != text(&pull["base"]["repo"]["full_name"]);
        self.pull = pull["number"].as_u64().map(|number| Pull { number: Some(number), fork });
    }

    /// The queue has its own commits; the numbers of its pull requests stand only in the names of its branches.
    fn merge_group(&mut self, group: &Value) {
        self.head = commit(&group["head_sha"]);
        self.base = named(&group["base_ref"], &group["base_sha"]);
    }

    /// What a branch had before. A tag, a new branch and a forced push have no such thing: the whole tree is judged.
    fn push(&mut self, payload: &Value) {
        let branch = text(&payload["ref"]).strip_prefix("refs/heads/").map(str::to_owned);
        // Behind a tag there may be an object of its own: the commit is that of the workflow.
        self.head = branch.as_ref().and_then(|_| commit(&payload["after"]));
        let before = commit(&payload["before"]).filter(|before| before.bytes().any(|byte| byte != b'0'));
        let forced = payload["forced"].as_bool() == Some(true);
        self.base = branch.zip(before).filter(|_| !forced);
    }

    fn workflow_run(&mut self, payload: &Value) {
        let run = &payload["workflow_run"];
        // After anything else it is a job of the default branch, about the commit that it runs on.
        if text(&run["event"]) != "pull_request" {
            return;
        }
        self.head = commit(&run["head_sha"]);
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        self.pull = Some(Pull { number: None, fork: true });
        self.followed = Some(Followed {
            owner: text(&run["head_repository"]["owner"]["login"]),
            branch: text(&run["head_branch"]),
            run: (number(&run["id"]), number(&run["run_attempt"])),
        });
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A full commit id, and nothing else: it goes into links and requests.
pub(crate) fn commit(value: &Value) -> Option<String> {
    value.as_str().filter(|id| is_commit(id)).map(str::to_owned)
}

/// Says whether a text is a full commit id.
pub(crate) fn is_commit(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn named(name: &Value, sha: &Value) -> Option<(String, String)> {
    let name = text(name);
    let name = name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned);
    commit(sha).map(|sha| (name, sha))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sha(sign: &str) -> String {
        sign.repeat(40)
    }

    fn pull(head: &Value) -> Value {
        let base = json!({ "ref": "main", "sha": sha("b"), "repo": { "full_name": "o/r" } });
        json!({ "pull_request": { "number": 7, "title": "$(touch x)", "head": head, "base": base } })
    }

    #[test]
    fn a_pull_request_is_a_fork_unless_its_head_is_ours() {
        let own = json!({ "sha": sha("a"), "repo": { "full_name": "o/r" } });
        let event = Event::read("pull_request", &pull(&own));
        assert_eq!(event.pull, Some(Pull { number: Some(7), fork: false }));
        assert_eq!((event.head, event.base), (Some(sha("a")), Some(("main".to_owned(), sha("b")))));
        for repo in [json!(null), json!({ "full_name": "x/r" })] {
            let event = Event::read("pull_request", &pull(&json!({ "sha": sha("a"), "repo": repo })));
            assert!(event.pull.unwrap().fork);
        }
        let event = Event::read("pull_request", &pull(&json!({ "sha": "--upload-pack=x", "repo": null })));
        assert_eq!(event.head, None);
    }

    #[test]
    fn a_push_is_compared_with_what_the_branch_had() {
        let push = |name: &str, before: &str, forced: bool| {
            let payload = json!({ "ref": name, "before": before, "after": sha("a"), "forced": forced });
            Event::read("push", &payload).base
        };
        assert_eq!(push("refs/heads/main", &sha("b"), false), Some(("main".to_owned(), sha("b"))));
        assert_eq!(push("refs/heads/new", &sha("0"), false), None);
        assert_eq!(push("refs/heads/main", &sha("b"), true), None);
        assert_eq!(push("refs/tags/v1", &sha("b"), false), None);
    }

    #[test]
    fn a_merge_group_is_its_own_head_on_its_own_base_and_no_pull_request() {
        let group = json!({ "head_sha": sha("a"), "base_sha": sha("b"), "base_ref": "refs/heads/main",
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-9-x" });
        let event = Event::read("merge_group", &json!({ "merge_group": group }));
        assert_eq!(event.head, Some(sha("a")));
        assert_eq!(event.base, Some(("main".to_owned(), sha("b"))));
        assert_eq!(event.pull, None);
    }

    #[test]
    fn a_workflow_run_names_no_number_that_is_believed() {
        let run = json!({ "event": "pull_request", "head_sha": sha("a"), "head_branch": "x&y", "id": 5,
            "run_attempt": 2, "pull_requests": [{ "number": 1 }], "head_repository": { "owner": { "login": "x" } } });
        let event = Event::read("workflow_run", &json!({ "workflow_run": run }));
        assert_eq!(event.pull, Some(Pull { number: None, fork: true }));
        assert_eq!(event.followed.unwrap().run, (5, 2));
        let event = Event::read("workflow_run", &json!({ "workflow_run": { "event": "push", "head_sha": sha("a") } }));
        assert_eq!((event.followed, event.head), (None, None), "what it follows is not what is checked out");
        for name in ["schedule", "workflow_dispatch", "something_new"] {
            assert_eq!(Event::read(name, &json!({})), Event { name: name.to_owned(), ..Event::default() });
        }
    }
}
