//! Many questions to one registry: some at a time, and none any more once it was silent.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Instant;

use semver::Version;

use crate::world::registry::door::Door;
use crate::world::registry::entry::Entry;
use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;
use crate::world::registry::packed::Origin;
use crate::world::registry::patience;

/// How many questions are asked at once.
const AT_ONCE: usize = 8;

/// The questions of one look at a registry. Once it could not be reached, or said nothing in time, nothing more is asked.
pub struct Survey<'d> {
    door: &'d Door,
    silent: Mutex<Option<Failure>>,
}

impl<'d> Survey<'d> {
    /// Begins to ask; nothing is asked yet.
    pub fn of(door: &'d Door) -> Self {
        Self { door, silent: Mutex::new(None) }
    }

    /// The versions of several crates, as the index is now, in the order of the names: one fetch serves all of them, and one
    /// time to be patient in.
    pub fn versions(&self, names: &[&str]) -> Vec<Result<Vec<Entry>, Failure>> {
        self.all(&|| self.door.begin(), names, &|name| self.door.look_up(name))
    }

    /// The checksums of the files that the registry hands out for versions, as [`Door::stored`] tells them; each with the
    /// checksum that it should have.
    pub fn stored(&self, files: &[(&str, &Version, &str)]) -> Vec<Result<Option<String>, Failure>> {
        self.all(&|| self.door.learn(), files, &|(name, version, expected)| self.door.checksum(name, version, expected))
    }

    /// Where a version was packed, as its stored file tells it.
    pub fn origin(&self, name: &str, version: &Version, checksum: &str) -> Result<Option<Origin>, Failure> {
        self.ask(Instant::now() + self.door.patience(), &|| self.door.origin_of(name, version, checksum))
    }

    /// The same for several versions, each with its checksum.
    pub fn origins(&self, files: &[(&str, &Version, &str)]) -> Vec<Result<Option<Origin>, Failure>> {
        let ask = |&(name, version, checksum): &(&str, &Version, &str)| self.door.origin_of(name, version, checksum);
        self.all(&|| self.door.learn(), files, &ask)
    }

    /// Asks about all of some things, some at a time, after what every answer needs.
    fn all<Q: Sync, A: Send>(
        &self,
        first: &dyn Fn() -> Result<(), Failure>,
        questions: &[Q],
        ask: &(dyn Fn(&Q) -> Result<A, Failure> + Sync),
    ) -> Vec<Result<A, Failure>> {
        if questions.is_empty() {
            return Vec::new();
        }
        let deadline = Instant::now() + self.door.patience();
        if let Err(failure) = self.ask(deadline, first) {
            return questions.iter().map(|_| Err(failure.clone())).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut answers = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(question) = questions.get(at) else { return answers };
                answers.push((at, self.ask(deadline, &|| ask(question))));
            }
        };
        let mut answers: Vec<(usize, Result<A, Failure>)> = std::thread::scope(|scope| {
            let asking: Vec<_> = (1..AT_ONCE.min(questions.len())).map(|_| scope.spawn(work)).collect();
            let own = work();
            // What a thread knew that died is not known: below its questions stand without an answer.
            own.into_iter().chain(asking.into_iter().flat_map(|one| one.join().unwrap_or_default())).collect()
        });
        answers.sort_by_key(|(at, _)| *at);
        let mut answers = answers.into_iter().peekable();
        let of = |at| answers.next_if(|(of, _)| *of == at).map_or_else(|| Err(died()), |(_, answer)| answer);
        (0..questions.len()).map(of).collect()
    }

    /// Asks one question, patiently, unless the registry was silent.
    fn ask<A>(&self, deadline: Instant, question: &dyn Fn() -> Result<A, Failure>) -> Result<A, Failure> {
        if let Some(failure) = self.silence() {
            return Err(failure);
        }
        let is_over = |failure: &Failure| failure.kind == Kind::Silent || self.silence().is_some();
        let answer = patience::until(deadline, question, &is_over);
        if let Err(failure) = &answer {
            let is_last = matches!(failure.kind, Kind::Unreachable | Kind::Silent);
            if is_last || failure.may_pass() && Instant::now() >= deadline {
                let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
                silent.get_or_insert_with(|| failure.clone());
            }
        }
        answer
    }

    fn silence(&self) -> Option<Failure> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The answer of a thread that died: none that could be taken for "nothing is there".
fn died() -> Failure {
    Failure::new(Kind::Unreadable, "ask a registry", "the thread that asked died")
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::world::registry::configured::Configured;
    use crate::world::registry::configured::Index;
    use crate::world::registry::configured::Registry;

    #[test]
    fn what_a_thread_was_to_answer_that_died_is_not_known() {
        let registry = Registry { name: "mine".to_owned(), index: Index::Sparse("http://127.0.0.1:9/".to_owned()) };
        let (configured, nowhere) = (<Configured as Default>::default(), Path::new("/nowhere"));
        let door = Door::open(&configured, &registry, nowhere, Duration::from_secs(1));
        let survey = Survey::of(&door);
        let own = std::thread::current().id();
        let questions: Vec<usize> = (0..32).collect();
        let dying = AtomicUsize::new(0);
        let ask = |at: &usize| {
            let begun = Instant::now();
            if std::thread::current().id() != own {
                dying.fetch_add(1, Ordering::SeqCst);
                panic!("a fault that nobody thought of");
            }
            // The calling thread leaves each of the others a question.
            while dying.load(Ordering::SeqCst) < AT_ONCE - 1 && begun.elapsed() < Duration::from_secs(20) {
                std::thread::yield_now();
            }
            Ok(*at)
        };
        let answers = survey.all(&|| Ok(()), &questions, &ask);
        assert_eq!(answers.len(), questions.len());
        let known = answers.iter().enumerate().filter(|(at, answer)| **answer == Ok(*at)).count();
        let unknown = answers.iter().filter(|answer| **answer == Err(died())).count();
        assert_eq!((known + unknown, unknown), (questions.len(), AT_ONCE - 1));
    }
}
