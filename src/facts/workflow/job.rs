//! The jobs of a workflow and their steps, as written.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::workflow::matrix::Matrix;
use crate::facts::workflow::value::Pair;

/// `defaults.run`, or what a job says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunDefaults {
    /// `shell`.
    pub shell: Option<Spanned<String>>,
    /// `working-directory`.
    pub working_directory: Option<Spanned<String>>,
}

/// `permissions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// `read-all` or `write-all`, where one word stands for all.
    pub all: Option<Spanned<String>>,
    /// The scopes and what each may do.
    pub scopes: Vec<Pair>,
    /// Where the value stands.
    pub span: Span,
}

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The key under `jobs`.
    pub id: Spanned<String>,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `needs`.
    pub needs: Vec<Spanned<String>>,
    /// `if`.
    pub condition: Option<Spanned<String>>,
    /// `strategy.matrix`.
    pub matrix: Option<Matrix>,
    /// `runs-on`: the labels, of a group the labels it lists.
    pub runs_on: Vec<Spanned<String>>,
    /// `env`.
    pub env: Vec<Pair>,
    /// `defaults.run`.
    pub defaults: RunDefaults,
    /// `permissions`.
    pub permissions: Option<Permissions>,
    /// `continue-on-error`, as written.
    pub continue_on_error: Option<Spanned<String>>,
    /// The names under `outputs`.
    pub outputs: Vec<Spanned<String>>,
    /// Whether the job runs in a container, where another toolchain may be installed.
    pub container: bool,
    /// The image of that container.
    pub image: Option<Spanned<String>>,
    /// `environment`, its name.
    pub environment: Option<Spanned<String>>,
    /// The reusable workflow that the job calls.
    pub uses: Option<Uses>,
    /// The inputs of the call.
    pub with: Vec<Pair>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The whole job, from its key.
    pub span: Span,
}

impl Job {
    /// The step of an id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id.as_ref().is_some_and(|own| own.value == id))
    }

    /// The name that a person reads: `name`, else the id.
    pub fn title(&self) -> &Spanned<String> {
        self.name.as_ref().unwrap_or(&self.id)
    }
}

/// One step of a job or of a composite action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// `id`.
    pub id: Option<Spanned<String>>,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `if`.
    pub condition: Option<Spanned<String>>,
    /// `uses`.
    pub uses: Option<Uses>,
    /// `with`.
    pub with: Vec<Pair>,
    /// `env`.
    pub env: Vec<Pair>,
    /// `run`: the script. Where a part of it stands in the file tells [`crate::facts::yaml::around::locate`].
    pub run: Option<Spanned<String>>,
    /// `shell`.
    pub shell: Option<Spanned<String>>,
    /// `working-directory`.
    pub working_directory: Option<Spanned<String>>,
    /// `continue-on-error`, as written.
    pub continue_on_error: Option<Spanned<String>>,
    /// The whole step.
    pub span: Span,
}

impl Step {
    /// The input of a name, found whatever its case.
    pub fn input(&self, name: &str) -> Option<&Spanned<String>> {
        input(&self.with, name)
    }
}

/// The value of a key among pairs, found whatever its case.
pub fn input<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a Spanned<String>> {
    pairs.iter().find(|(key, _)| key.value.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// `uses`: an action, a reusable workflow, or a container image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// The whole value.
    pub text: Spanned<String>,
    /// What stands before the `@`: `owner/name`, `owner/name/path`, `./path`, `docker://image`.
    pub target: String,
    /// What stands behind the `@`.
    pub reference: Option<Spanned<String>>,
    /// The comment behind it on its line: `v4.1.0`.
    pub comment: Option<Spanned<String>>,
}

impl Uses {
    /// Takes the value of a `uses` key apart.
    pub fn new(text: Spanned<String>, comment: Option<Spanned<String>>) -> Self {
        let (target, reference) = match text.value.rsplit_once('@') {
            Some((target, reference)) => {
                let start = text.span.start + target.len() + 1;
                let span = Span::new(start.min(text.span.end), text.span.end);
                (target.to_owned(), Some(Spanned::new(reference.to_owned(), span)))
            }
            None => (text.value.clone(), None),
        };
        Self { text, target, reference, comment }
    }

    /// Says whether the action is the one of a name, whatever the case: `dtolnay/rust-toolchain`.
    pub fn is(&self, target: &str) -> bool {
        self.target.eq_ignore_ascii_case(target)
    }

    /// The path of a local action or workflow from the root of the tree, without the `./`.
    pub fn local(&self) -> Option<&str> {
        self.text.value.strip_prefix("./")
    }

    /// The reference, where it is a full commit id.
    pub fn pin(&self) -> Option<&Spanned<String>> {
        let reference = self.reference.as_ref()?;
        (reference.value.len() == 40 && reference.value.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then_some(reference)
    }
}
