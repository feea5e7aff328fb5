//! VPC Block Public Access (R213 to R222).
//!
//! In: `block_public_access`. Out: the model's settings, one for an account and a Region.

use std::collections::BTreeMap;

use super::Resolver;
use super::names;
use crate::diagnostic::Diagnostic;
use crate::model::VpcId;
use crate::model::block_public_access::{
    BlockMode, BlockPublicAccess, Excluded, Exclusion, ManagedBy, OwnAddressEgress,
};
use crate::source::Span;
use crate::spec::Name;
use crate::spec::block_public_access::{BlockPublicAccessSpec, ExcludedSpec, ExclusionSpec};
use crate::words::echo;

const MODES: [(&str, BlockMode); 3] =
    [("off", BlockMode::Off), ("block-bidirectional", BlockMode::Bidirectional), ("block-ingress", BlockMode::Ingress)];
const HOLDERS: [(&str, ManagedBy); 2] =
    [("account", ManagedBy::Account), ("declarative-policy", ManagedBy::DeclarativePolicy)];
const CHOICES: [(&str, OwnAddressEgress); 2] =
    [("stopped", OwnAddressEgress::Stopped), ("passes", OwnAddressEgress::Passes)];

/// Completes every setting.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let spec = cx.spec;
    let mut written: BTreeMap<(String, String), Span> = BTreeMap::new();
    for set in &spec.block_public_access {
        let Some((account, region)) = whose(cx, set) else { continue };
        if let Some(&first) = written.get(&(account.clone(), region.clone())) {
            let message = format!("VPC Block Public Access of {} is set twice", place(&account, &region));
            let diagnostic = Diagnostic::error("second-setting", message, set.span, "set again here");
            cx.found.push(diagnostic.also(first, "set here").help("an account has one setting in a Region"));
            continue;
        }
        written.insert((account.clone(), region.clone()), set.span);
        let found = &mut cx.found;
        let mode = names::word("mode", set.mode.as_ref(), &MODES, found).unwrap_or(BlockMode::Off);
        let holder = names::word("managed_by", set.managed_by.as_ref(), &HOLDERS, found);
        let own = names::word("own_address_egress", set.own_address_egress.as_ref(), &CHOICES, found);
        let exclusions = exclusions(cx, set, (&account, &region));
        cx.model.block_public_access.push(BlockPublicAccess {
            account,
            region,
            mode,
            managed_by: holder.unwrap_or(ManagedBy::Account),
            exclusions,
            own_address: own.unwrap_or_default(),
            span: set.span,
        });
    }
}

fn place(account: &str, region: &str) -> String {
    if account.is_empty() { echo(region) } else { format!("account {} in {}", echo(account), echo(region)) }
}

/// The account and Region of a setting: what it says, else those of every VPC.
fn whose(cx: &mut Resolver<'_>, set: &BlockPublicAccessSpec) -> Option<(String, String)> {
    let mut vpcs = cx.model.vpcs.iter().map(|(_, vpc)| (vpc.account.as_str(), vpc.region.as_str()));
    let said = |name: &Option<Name>| name.as_ref().map(|name| name.value.clone());
    let (first_account, first_region) = vpcs.next()?;
    let account = said(&set.account).or_else(|| {
        cx.model.vpcs.iter().all(|(_, vpc)| vpc.account == first_account).then(|| first_account.to_owned())
    });
    let region = said(&set.region)
        .or_else(|| cx.model.vpcs.iter().all(|(_, vpc)| vpc.region == first_region).then(|| first_region.to_owned()));
    for (key, missing) in [("account", account.is_none()), ("region", region.is_none())] {
        if missing {
            let message = format!("the VPCs are of several {key}s, so VPC Block Public Access must say of which it is");
            let label = format!("of which {key}?");
            let diagnostic = Diagnostic::error("missing-key", message, set.span, label);
            cx.found.push(diagnostic.help(format!("write a setting for each, with `{key}: …`")));
        }
    }
    Some((account?, region?))
}

fn exclusions(cx: &mut Resolver<'_>, set: &BlockPublicAccessSpec, owner: (&str, &str)) -> Vec<Exclusion> {
    let refused = set.exclusions_allowed.as_ref().filter(|word| word.value == "not-allowed");
    let mut kept = Vec::with_capacity(set.exclusions.len());
    let mut written: Vec<(Excluded, Span)> = Vec::new();
    for exclusion in &set.exclusions {
        let Some(of) = excluded(cx, exclusion, owner) else { continue };
        if let Some(&(_, first)) = written.iter().find(|(other, _)| *other == of) {
            let message = format!("{} is excluded twice", echo(&exclusion.name.value));
            let diagnostic = Diagnostic::error("second-exclusion", message, exclusion.span, "again here");
            cx.found.push(diagnostic.also(first, "first here").help("a VPC or subnet has one exclusion: remove one"));
            continue;
        }
        written.push((of, exclusion.span));
        // R222: one that the policy switched off counts as absent.
        if exclusion.disabled {
            continue;
        }
        if let Some(word) = refused {
            let message = "the organisation's policy allows no exclusions";
            let diagnostic = Diagnostic::error("exclusions-not-allowed", message, exclusion.span, "an exclusion");
            let diagnostic = diagnostic.also(word.span, "not allowed").help("remove it");
            cx.found.push(diagnostic.help("one that was there before the policy is written with `disabled` after it"));
            continue;
        }
        kept.push(Exclusion { of, mode: exclusion.mode });
    }
    kept
}

/// What an exclusion exempts, which the owner of the setting owns.
fn excluded(cx: &mut Resolver<'_>, exclusion: &ExclusionSpec, owner: (&str, &str)) -> Option<Excluded> {
    let Name { value, span } = &exclusion.name;
    let (of, vpc) = match exclusion.of {
        ExcludedSpec::Vpc => {
            let vpc = cx.vpcs.find(value, *span, &mut cx.found)?;
            (Excluded::Vpc(vpc), vpc)
        }
        ExcludedSpec::Subnet => {
            let subnet = cx.subnets.find_in_design(value, *span, &mut cx.found)?;
            (Excluded::Subnet(subnet), cx.model.vpc_of(subnet))
        }
    };
    owned(cx, exclusion, vpc, owner)?;
    Some(of)
}

fn owned(cx: &mut Resolver<'_>, exclusion: &ExclusionSpec, vpc: VpcId, (account, region): (&str, &str)) -> Option<()> {
    let home = &cx.model.vpcs[vpc];
    if home.account == account && home.region == region {
        return Some(());
    }
    let code = match exclusion.of {
        ExcludedSpec::Vpc => "InvalidVpcID.NotFound",
        ExcludedSpec::Subnet => "InvalidSubnetID.NotFound",
    };
    let message = format!("{} is of {}", echo(&exclusion.name.value), place(&home.account, &home.region));
    let label = format!("not of {}", place(account, region));
    let diagnostic = Diagnostic::error(code, message, exclusion.name.span, label);
    cx.found.push(diagnostic.help("the account that owns a VPC excludes it, in its Region"));
    None
}
