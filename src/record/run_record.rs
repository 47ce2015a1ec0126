//! All that a record holds of one run: its lines, and those of the runs of other machines that it joins.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::join;
use crate::record::join::Joined;
use crate::record::line::Line;
use crate::record::objects::Objects;
use crate::record::part::Part;
use crate::record::part::result;
use crate::record::report;
use crate::record::report::Entry;
use crate::record::report::RunReport;
use crate::record::slice;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::StepEnded;
use crate::steps::event::StepOutput;
use crate::steps::event::Stream;
use crate::steps::evidence::listed;
use crate::steps::outcome::State;
use crate::steps::outcome::TestResult;
use crate::steps::plan_object;
use crate::steps::step::Step;

/// The most tests that a doubt names.
const NAMED: usize = 5;

/// One run.
pub struct RunRecord {
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// What it joins, in order of the shards.
    pub parts: Vec<Part>,
    /// The shards whose lines can't be read any more.
    unread: Vec<String>,
    /// The results of earlier runs that it stands on, by the line that holds them.
    reused: BTreeMap<u64, StepEnded>,
    objects: Objects,
    plan: OnceLock<Vec<Step>>,
}

impl RunRecord {
    /// Puts a run together from its lines. `reused` finds the result of a line of the same ledger.
    pub fn of(lines: Vec<Line>, objects: &Objects, find: &dyn Fn(&Event) -> Option<StepEnded>) -> Self {
        let (mut parts, mut unread, mut reused) = (Vec::new(), Vec::new(), BTreeMap::new());
        for line in &lines {
            match &line.event {
                Event::StepReused(event) => reused.extend(find(&line.event).map(|ended| (event.line, ended))),
                Event::ShardJoined(joined) => {
                    let read = objects.read(&joined.lines).ok().and_then(|bytes| slice::read(&bytes).ok());
                    match read.and_then(Part::of) {
                        Some(part) => parts.push(part),
                        None => unread.push(joined.from.clone()),
                    }
                }
                _ => {}
            }
        }
        Self { lines, parts, unread, reused, objects: objects.clone(), plan: OnceLock::new() }
    }

    /// Takes the lines of the run that were written since.
    pub(crate) fn go_on(&mut self, lines: Vec<Line>) {
        debug_assert!(lines.iter().all(|line| !matches!(line.event, Event::StepReused(_) | Event::ShardJoined(_))));
        self.lines.extend(lines);
    }

    /// The steps of its plan.
    pub fn plan(&self) -> &[Step] {
        self.plan.get_or_init(|| {
            let Some(Event::RunBegan(began)) = self.lines.first().map(|line| &line.event) else { return Vec::new() };
            self.objects.read(&began.plan).ok().and_then(|bytes| plan_object::parse(&bytes)).unwrap_or_default()
        })
    }

    /// The result that a line holds and that the run reuses.
    pub fn reused(&self, line: u64) -> Option<&StepEnded> {
        self.reused.get(&line)
    }

    /// What it came to; none where its beginning is not there.
    pub fn report(&self) -> Option<RunReport> {
        let Some(Event::RunBegan(began)) = self.lines.first().map(|line| &line.event) else { return None };
        let plan = if began.shard.is_none() { self.plan() } else { &[] };
        let planned: Vec<String> = plan.iter().map(|step| step.name.clone()).collect();
        let joined = join::join(&self.parts, self.quorum());
        let (first, rest) = self.lines.split_first()?;
        let own = |line: &'_ Line| -> bool { !matches!(line.event, Event::ShardJoined(_)) };
        let entries = std::iter::once(entry(first, None))
            .chain(self.chosen(&joined).map(|(part, line)| entry(line, Some(&part.began.run))))
            .chain(rest.iter().filter(|line| own(line)).map(|line| entry(line, None)));
        let mut report = RunReport::of(entries, &planned, |entry| self.result(entry))?;
        if !began.joins.is_empty() {
            self.doubt(&mut report, joined, plan);
        }
        Some(report)
    }

    /// How many machines must agree; none where all must.
    fn quorum(&self) -> Option<u32> {
        match &self.lines.first()?.event {
            Event::RunBegan(began) => began.quorum,
            _ => None,
        }
    }

    /// The lines of the parts about steps whose result counts there.
    fn chosen<'r>(&'r self, joined: &'r Joined) -> impl Iterator<Item = (&'r Part, &'r Line)> {
        self.parts.iter().enumerate().flat_map(move |(at, part)| {
            let counts = move |line: &&Line| {
                report::step_of(&line.event).is_some_and(|step| joined.chosen.get(step) == Some(&at))
            };
            part.own().into_iter().filter(counts).map(move |line| (part, line))
        })
    }

    fn result(&self, entry: &Entry<'_>) -> Option<StepEnded> {
        let Event::StepReused(reused) = entry.event else { return None };
        match entry.part {
            None => self.reused.get(&reused.line).cloned(),
            Some(run) => result(&self.part(run)?.lines, entry),
        }
    }

    fn part(&self, run: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.began.run == run)
    }

    /// What speaks against a run that joins others.
    fn doubt(&self, report: &mut RunReport, joined: Joined, plan: &[Step]) {
        let doubt = |code: &str, message: String| Doubt { code: code.to_owned(), message };
        for run in &self.unread {
            report.doubts.push(doubt("shard-unread", format!("the lines of run {run}, which it joins, can't be read")));
        }
        for stranger in join::strangers(&self.parts) {
            report.doubts.push(doubt(stranger.code, stranger.message));
        }
        if report.check.is_some() && report.check != joined.check {
            let message = "what the rules came to is not the worst that a shard recorded".to_owned();
            report.doubts.push(doubt("check-differs", message));
        }
        for (name, note) in joined.notes {
            report.steps.iter_mut().filter(|step| step.step == name).for_each(|step| step.notes.push(note.clone()));
        }
        report.doubts.extend(joined.doubts);
        report.doubts.extend(self.run_nowhere(report, plan));
    }

    /// Tests that a step lists and no step ran.
    fn run_nowhere(&self, report: &RunReport, plan: &[Step]) -> Option<Doubt> {
        let mut all = BTreeSet::new();
        for step in plan.iter().filter(|step| listed::lists(&step.argv)) {
            all.extend(listed::read(&self.stream(&step.name, Stream::Out), &self.stream(&step.name, Stream::Err)));
        }
        if all.is_empty() {
            return None;
        }
        let objects = report.steps.iter().filter_map(|step| step.evidence.results);
        let read = |object: Digest| self.objects.read(&object).ok();
        let results: Vec<TestResult> = objects
            .filter_map(read)
            .filter_map(|bytes| serde_json::from_slice::<Vec<TestResult>>(&bytes).ok())
            .flatten()
            .collect();
        let nowhere = listed::run_nowhere(&all, &results);
        if nowhere.is_empty() {
            return None;
        }
        let named: Vec<&str> = nowhere.iter().take(NAMED).map(|test| test.name.as_str()).collect();
        let message = format!("{} of {} listed tests were run nowhere: {}", nowhere.len(), all.len(), named.join(", "));
        Some(Doubt { code: "tests-run-nowhere".to_owned(), message })
    }

    fn stream(&self, step: &str, stream: Stream) -> Vec<u8> {
        let worst = self.worst_end(step).map_or(1, |ended| ended.attempt);
        let outputs = self.outputs(step, worst);
        let outputs = outputs.into_iter().filter(|output| output.stream == stream);
        outputs.flat_map(|output| self.bytes(output).unwrap_or_default()).collect()
    }

    /// What is kept of a piece of output.
    pub fn bytes(&self, output: &StepOutput) -> Result<Vec<u8>, Error> {
        self.objects.read(&output.object)
    }

    /// The bytes of an object that the run names.
    pub fn object(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        self.objects.read(digest)
    }

    /// The lines about a step, of the machine whose result counts; for a result that was reused there, those of the run
    /// that executed it.
    fn of_step(&self, step: &str) -> Vec<&Line> {
        let is_about = |line: &&Line| report::step_of(&line.event) == Some(step);
        if self.parts.is_empty() {
            return self.lines.iter().filter(is_about).collect();
        }
        let joined = join::join(&self.parts, self.quorum());
        let Some(part) = joined.chosen.get(step).and_then(|&at| self.parts.get(at)) else { return Vec::new() };
        let own: Vec<&Line> = part.own().into_iter().filter(is_about).collect();
        let from = own.iter().find_map(|line| match &line.event {
            Event::StepReused(reused) => Some(reused.from.as_str()),
            _ => None,
        });
        match from {
            None => own,
            Some(from) => {
                let lines = crate::record::runs::of_run(&part.lines, from);
                lines.into_iter().filter(is_about).collect()
            }
        }
    }

    /// The pieces of output of an attempt, both streams, in the order in which they came.
    pub fn outputs(&self, step: &str, attempt: u32) -> Vec<&StepOutput> {
        let lines = self.of_step(step).into_iter();
        lines
            .filter_map(|line| match &line.event {
                Event::StepOutput(output) if output.attempt == attempt => Some(output),
                _ => None,
            })
            .collect()
    }

    /// The ends of all attempts of a step.
    pub fn ends(&self, step: &str) -> Vec<&StepEnded> {
        let lines = self.of_step(step).into_iter();
        lines
            .filter_map(|line| match &line.event {
                Event::StepEnded(ended) => Some(ended),
                _ => None,
            })
            .collect()
    }

    /// The end of the attempt of a step that counts: the last that did not pass, else the last.
    pub fn worst_end(&self, step: &str) -> Option<&StepEnded> {
        let mut ends = self.ends(step);
        let bad = ends.iter().rev().find(|ended| ended.state != State::Passed).copied();
        bad.or_else(|| ends.pop())
    }
}

fn entry<'a>(line: &'a Line, part: Option<&'a str>) -> Entry<'a> {
    Entry { n: line.n, at: &line.at, event: &line.event, part }
}
