//! Reads the tables of a manifest one by one.

use toml::de::DeValue;

use crate::facts::manifest::dependency::Dependency;
use crate::facts::manifest::dependency::DependencyKind;
use crate::facts::manifest::feature::Badge;
use crate::facts::manifest::feature::Feature;
use crate::facts::manifest::package::Inherit;
use crate::facts::manifest::package::PackageKeys;
use crate::facts::manifest::package::PackageTable;
use crate::facts::manifest::package::PathOrFlag;
use crate::facts::manifest::package::Publish;
use crate::facts::manifest::target::TargetKind;
use crate::facts::manifest::target::TargetTable;
use crate::facts::manifest::workspace::WorkspaceTable;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::toml::Table;
use crate::facts::toml::Value;

/// Reads `[package]`.
pub(super) fn package(table: Table<'_>) -> PackageTable {
    PackageTable {
        name: table.string("name"),
        keys: keys(table),
        build: table.get("build").and_then(|value| path_or_flag(table, value)),
        default_run: table.string("default-run"),
        workspace: table.string("workspace"),
        autolib: table.flag("autolib"),
        autobins: table.flag("autobins"),
        autoexamples: table.flag("autoexamples"),
        autotests: table.flag("autotests"),
        autobenches: table.flag("autobenches"),
        span: table.span,
    }
}

/// Reads `[workspace]`.
pub(super) fn workspace(table: Table<'_>) -> WorkspaceTable {
    let mut dependencies = Vec::new();
    if let Some(table) = table.table("dependencies") {
        read_dependencies(table, DependencyKind::Workspace, None, &mut dependencies);
    }
    WorkspaceTable {
        members: table.strings("members").unwrap_or_default(),
        default_members: table.strings("default-members").unwrap_or_default(),
        exclude: table.strings("exclude").unwrap_or_default(),
        resolver: table.string("resolver"),
        package: table.table("package").map(keys).unwrap_or_default(),
        dependencies,
        span: table.span,
    }
}

fn keys(table: Table<'_>) -> PackageKeys {
    let string = |key: &str| inherit(table, key, |value| table.as_string(value));
    let strings =
        |key: &str| inherit(table, key, |value| Some(Spanned::new(table.as_strings(value), value.span().into())));
    PackageKeys {
        version: string("version"),
        edition: string("edition"),
        rust_version: string("rust-version"),
        description: string("description"),
        license: string("license"),
        license_file: string("license-file"),
        readme: inherit(table, "readme", |value| path_or_flag(table, value)),
        repository: string("repository"),
        homepage: string("homepage"),
        documentation: string("documentation"),
        publish: inherit(table, "publish", |value| Some(publish(table, value))),
        include: strings("include"),
        exclude: strings("exclude"),
    }
}

fn inherit<'d, T>(
    table: Table<'d>,
    key: &str,
    own: impl Fn(&'d Value<'d>) -> Option<Spanned<T>>,
) -> Option<Inherit<T>> {
    let value = table.get(key)?;
    if let Some(inner) = table.as_table(value) {
        return inner.flag("workspace").filter(|flag| flag.value).map(|flag| Inherit::Workspace(flag.span));
    }
    own(value).map(Inherit::Own)
}

fn path_or_flag<'d>(table: Table<'d>, value: &'d Value<'d>) -> Option<Spanned<PathOrFlag>> {
    match value.get_ref() {
        DeValue::Boolean(flag) => Some(Spanned::new(PathOrFlag::Flag(*flag), value.span().into())),
        // Several build scripts are an unstable form that nothing here compares.
        DeValue::Array(_) => None,
        _ => table.as_string(value).map(|path| Spanned::new(PathOrFlag::Path(path.value), path.span)),
    }
}

fn publish<'d>(table: Table<'d>, value: &'d Value<'d>) -> Spanned<Publish> {
    let publish = if let DeValue::Boolean(flag) = value.get_ref() {
        Publish::Flag(*flag)
    } else {
        Publish::Registries(table.as_strings(value).into_iter().map(|registry| registry.value).collect())
    };
    Spanned::new(publish, value.span().into())
}

/// Reads all dependency tables of a manifest but `[workspace.dependencies]`, in order of the text.
pub(super) fn dependencies(root: Table<'_>) -> Vec<Dependency> {
    let mut found = Vec::new();
    read_kinds(root, None, &mut found);
    for (condition, value) in root.table("target").map(Table::entries).unwrap_or_default() {
        if let Some(table) = root.as_table(value) {
            read_kinds(table, Some(&condition), &mut found);
        }
    }
    for (_, value) in root.table("patch").map(Table::entries).unwrap_or_default() {
        if let Some(table) = root.as_table(value) {
            read_dependencies(table, DependencyKind::Patch, None, &mut found);
        }
    }
    if let Some(table) = root.table("replace") {
        read_dependencies(table, DependencyKind::Patch, None, &mut found);
    }
    found.sort_by_key(|dependency| dependency.key.span);
    found
}

fn read_kinds(table: Table<'_>, target: Option<&Spanned<String>>, found: &mut Vec<Dependency>) {
    for (name, kind) in [
        ("dependencies", DependencyKind::Normal),
        ("dev-dependencies", DependencyKind::Dev),
        ("dev_dependencies", DependencyKind::Dev),
        ("build-dependencies", DependencyKind::Build),
        ("build_dependencies", DependencyKind::Build),
    ] {
        if let Some(table) = table.table(name) {
            read_dependencies(table, kind, target, found);
        }
    }
}

fn read_dependencies(
    table: Table<'_>,
    kind: DependencyKind,
    target: Option<&Spanned<String>>,
    found: &mut Vec<Dependency>,
) {
    for (key, value) in table.entries() {
        let mut dependency = Dependency {
            key,
            kind,
            target: target.cloned(),
            package: None,
            version: None,
            path: None,
            git: None,
            registry: None,
            workspace: None,
            optional: false,
            default_features: None,
            features: Vec::new(),
            span: Span::from(value.span()),
        };
        match table.as_table(value) {
            Some(inner) => read_long_form(inner, &mut dependency),
            None => dependency.version = table.as_string(value),
        }
        found.push(dependency);
    }
}

fn read_long_form(table: Table<'_>, dependency: &mut Dependency) {
    dependency.package = table.string("package");
    dependency.version = table.string("version");
    dependency.path = table.string("path");
    dependency.git = table.string("git");
    dependency.registry = table.string("registry").or_else(|| table.string("registry-index"));
    dependency.workspace = table.flag("workspace").filter(|flag| flag.value).map(|flag| flag.span);
    dependency.optional = table.flag("optional").is_some_and(|flag| flag.value);
    dependency.default_features =
        table.flag("default-features").or_else(|| table.flag("default_features")).map(|flag| flag.value);
    dependency.features = table.strings("features").unwrap_or_default();
}

/// Reads `[features]`.
pub(super) fn features(root: Table<'_>) -> Vec<Feature> {
    let Some(table) = root.table("features") else { return Vec::new() };
    table.entries().into_iter().map(|(name, value)| Feature { name, enables: table.as_strings(value) }).collect()
}

/// Reads the target tables, in order of the text.
pub(super) fn targets(root: Table<'_>) -> Vec<TargetTable> {
    let mut found: Vec<_> = root.table("lib").map(|table| target(table, TargetKind::Lib)).into_iter().collect();
    for (key, kind) in [
        ("bin", TargetKind::Bin),
        ("example", TargetKind::Example),
        ("test", TargetKind::Test),
        ("bench", TargetKind::Bench),
    ] {
        found.extend(root.tables(key).into_iter().map(|table| target(table, kind)));
    }
    found.sort_by_key(|target| target.span);
    found
}

fn target(table: Table<'_>, kind: TargetKind) -> TargetTable {
    TargetTable {
        kind,
        name: table.string("name"),
        path: table.string("path"),
        test: table.flag("test"),
        doctest: table.flag("doctest"),
        bench: table.flag("bench"),
        harness: table.flag("harness"),
        proc_macro: table.flag("proc-macro").or_else(|| table.flag("proc_macro")).is_some_and(|flag| flag.value),
        crate_types: table
            .strings("crate-type")
            .or_else(|| table.strings("crate_type"))
            .unwrap_or_default()
            .into_iter()
            .map(|one| one.value)
            .collect(),
        required_features: table.strings("required-features").unwrap_or_default(),
        span: table.span,
    }
}

/// Reads `[badges]`.
pub(super) fn badges(root: Table<'_>) -> Vec<Badge> {
    let services = root.table("badges").map(Table::entries).unwrap_or_default();
    services
        .into_iter()
        .map(|(service, value)| {
            let values = root.as_table(value).map(Table::entries).unwrap_or_default();
            let strings = values.into_iter().filter_map(|(key, value)| match value.get_ref() {
                DeValue::String(_) => Some((key.value, root.as_string(value)?)),
                _ => None,
            });
            Badge { service, values: strings.collect() }
        })
        .collect()
}
