//! From the arguments of the verbs of proofs to their answers and exit codes.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::attesting;
use crate::commands::authority;
use crate::commands::cli::Shared;
use crate::commands::cli_proof::ProveArgs;
use crate::commands::cli_proof::VerifyArgs;
use crate::commands::examine::Examined;
use crate::commands::exit;
use crate::commands::governed;
use crate::commands::governing;
use crate::commands::merging;
use crate::commands::output;
use crate::commands::own_folders;
use crate::commands::packing;
use crate::commands::policy;
use crate::commands::proving;
use crate::commands::resolve;
use crate::commands::shown;
use crate::commands::signing;
use crate::commands::surroundings;
use crate::commands::verifying;
use crate::error::Error;
use crate::proof::names::Role;
use crate::proof::summary::Word;
use crate::proof::verified::Stands;
use crate::record::store::Store;
use crate::render::proof;
use crate::render::proof::script;
use crate::render::run::Shown;
use crate::world::checkout::Checkout;

/// `prove`.
pub(crate) fn prove(shared: &Shared, args: &ProveArgs) -> u8 {
    governing::ended(prove_answered(shared, args), &args.format)
}

fn prove_answered(shared: &Shared, args: &ProveArgs) -> Result<u8, Error> {
    let folder = resolve::folder(shared)?;
    let mut checkout = Checkout::open(&folder, None)?;
    let site = governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.clone()))?;
    let head = Examined::take(&mut checkout, None);
    let key = args.sign.as_deref().map(|key| resolve::path(shared, key));
    let role = [Role::Policy, Role::Waivers].into_iter().find(|role| role.as_str() == args.what);
    if let (Some(key), Some(role)) = (&key, role) {
        let text = changed(&folder, &head, role, args.base.as_deref())?;
        let written = signing::change(&site.root, role, &text, key)?;
        output::answer(&written.map(|path| format!("{}\n", path.display())).concat())?;
        return Ok(exit::ACCEPTED);
    }
    let facts = head.facts;
    let from: Vec<PathBuf> = args.merge.iter().map(|folder| resolve::path(shared, folder)).collect();
    let joined = if from.is_empty() { None } else { Some(merging::merge(&folder, &from)?) };
    let opened = shown::open(&site.record)?;
    let run = match &joined {
        Some(joined) => joined.report.began.run.clone(),
        None => opened.named(args.run.as_deref())?,
    };
    let mut assembled = proving::assemble(&site, &opened, &run)?;
    let path = if let Some(out) = &args.out {
        resolve::path(shared, out)
    } else {
        own_folders::refuse_links(&facts)?;
        proving::folder(&site.root, &facts).join(proving::PROOF)
    };
    if let Some(key) = &key {
        signing::proof(&site, &mut assembled, key, args.bare)?;
    }
    if !proving::is_kept(opened.lines()?, &assembled) {
        proving::keep(&Store::in_folder(&site.record)?, &assembled, &run)?;
    }
    proving::write(&assembled, &path)?;
    if let Some(file) = &args.export {
        packing::write(&resolve::path(shared, file), &site, &assembled, &run)?;
    }
    if let Some(folder) = &args.attest {
        attesting::write(&resolve::path(shared, folder), &assembled)?;
    }
    let place = path.display().to_string();
    if let Some(joined) = joined {
        let verdict = governing::exit_of(joined.report.verdict.as_deref());
        let shown = Shown { proof: Some(place), ..joined };
        return governing::answer_run(&shown, &args.format, surroundings::look(shared)).map(|()| verdict);
    }
    output::answer(&match args.format.as_str() {
        "json" => proof::json::made(&assembled.bundle, &place),
        _ => surroundings::look(shared).charset.encode(&proof::human::made(&assembled.bundle, &place)),
    })?;
    Ok(match assembled.bundle.root.predicate().governed.verdict {
        Word::Accepted => exit::ACCEPTED,
        Word::Refused => exit::REFUSED,
        Word::Unproven => exit::UNPROVEN,
    })
}

/// What a signature over the policy or the waivers is about: the change from a base, which must be named.
fn changed(folder: &Path, head: &Examined, role: Role, base: Option<&str>) -> Result<String, Error> {
    let Some(base) = base else {
        return Err(Error::usage("no-base", format!("sign a change of the {}: it has no base", role.as_str()))
            .help("name the branch that it is merged into: --base origin/main"));
    };
    let base = Examined::read(Checkout::open_base(folder, base, None)?, None);
    let (before, after) = (policy::of_tree(&base.facts)?, policy::of_tree(&head.facts)?);
    Ok(match role {
        Role::Waivers => authority::waivers_text((head, &after), (&base, &before)),
        _ => authority::policy_text(head, &base, &before),
    })
}

/// `verify`.
pub(crate) fn verify(shared: &Shared, args: &VerifyArgs) -> u8 {
    governing::ended(verify_answered(shared, args), &args.format)
}

fn verify_answered(shared: &Shared, args: &VerifyArgs) -> Result<u8, Error> {
    let asked = verifying::Asked {
        folder: resolve::folder(shared)?,
        proof: args.proof.as_deref().map(|proof| resolve::path(shared, proof)),
        rev: args.rev.clone(),
        base: args.base.clone(),
    };
    let (bundle, verified, place) = verifying::verify(&asked)?;
    let charset = surroundings::look(shared).charset;
    let text = match (&bundle, args.format.as_str()) {
        (Some(bundle), _) if args.explain => script::lines(bundle, &place.proof, &place.signers),
        (bundle, "json") => proof::json::verified(bundle.as_ref(), &verified, &place.proof),
        (bundle, _) => charset.encode(&proof::human::verified(bundle.as_ref(), &verified, &place.proof)),
    };
    output::answer(&text)?;
    Ok(match verified.stands() {
        Stands::Verifies => exit::ACCEPTED,
        Stands::Not => exit::REFUSED,
        Stands::Unproven => exit::UNPROVEN,
    })
}
