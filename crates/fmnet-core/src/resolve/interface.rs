//! Network interfaces (R20, R21, R24 to R30).
//!
//! In: the interfaces of instances, of databases and of nobody. Out: the model's
//! interfaces in order of their names, so that what depends on their order does not
//! depend on the order of the file.

mod addresses;

use std::borrow::Cow;

use ipnet::IpNet;

use super::names::{self, Titles};
use super::{Home, Resolver, block, security_group};
use crate::diagnostic::Diagnostic;
use crate::model::interface::{Interface, InterfaceState, Owner, SourceDestCheck};
use crate::model::{DatabaseId, InstanceId, InterfaceId, SecurityGroupId, SubnetId, VpcId};
use crate::source::Span;
use crate::spec::{InterfaceSpec, Name};
use crate::words::echo;
pub(super) use addresses::{unknown, unknown_public};

/// An interface on its way into the model.
pub(super) struct Draft {
    /// The VPC in whose section it is written; it is called by its plain name there.
    pub(super) vpc: VpcId,
    /// What it is called there.
    pub(super) plain: String,
    pub(super) interface: Interface,
    /// Its place among those of its owner.
    pub(super) slot: usize,
    /// Whether its subnet is known; if not, it is not given an address.
    pub(super) has_home: bool,
}

/// Who holds an interface, and what follows from that.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub(super) owner: Owner,
    /// State of an attached interface.
    pub(super) state: InterfaceState,
    /// Whether an auto-assigned public address is kept (R20).
    pub(super) keeps_auto: bool,
    /// Whether it is launched alone, so that the subnet may give it a public address.
    pub(super) is_alone: bool,
    /// Its place among those of its owner.
    pub(super) slot: usize,
}

/// What workloads and the interfaces of each VPC are called.
pub(super) fn titles(homes: &[Home<'_>]) -> Titles {
    Titles::of(homes, |spec| {
        let mut names: Vec<Cow<'_, str>> = Vec::new();
        for instance in &spec.instances {
            names.push(instance.name.value.as_str().into());
            if instance.names_interfaces {
                names.extend(instance.interfaces.iter().map(|one| plain(&instance.name.value, one).into()));
            }
        }
        names.extend(spec.interfaces.iter().map(|one| one.name.value.as_str().into()));
        for database in &spec.databases {
            names.push(database.name.value.as_str().into());
            let places = database.subnet_group.iter();
            names.extend(places.map(|subnet| format!("{}@{}", database.name.value, subnet.value).into()));
        }
        names
    })
}

/// What an interface of an instance with several is called.
pub(super) fn plain(instance: &str, interface: &InterfaceSpec) -> String {
    format!("{instance}.{}", interface.name.value)
}

/// Reads one interface, which is written in the section of `vpc`.
pub(super) fn draft(
    cx: &mut Resolver<'_>,
    vpc: VpcId,
    spec: &InterfaceSpec,
    plain: String,
    holder: Holder,
) -> Option<Draft> {
    let name = cx.workloads.title(vpc, &plain);
    let home = home(cx, vpc, spec, holder);
    // Its groups are those of the VPC it lies in.
    let inside = home.map_or(vpc, |home| cx.model.vpc_of(home));
    let groups = groups(cx, inside, spec.groups.as_deref(), spec.name.span);
    let state = state(cx, spec, &name, holder);
    let behind = behind(cx, inside, spec, &name);
    // Where the subnet is unknown, any stands for it: the model is not going to leave.
    let subnet = home.or_else(|| cx.model.subnets.ids().next())?;
    let addresses = match home {
        Some(home) => addresses::addresses(cx, spec, &name, home, holder),
        None => vec![unknown(false)],
    };
    let check = if spec.source_dest_check_off.is_some() { SourceDestCheck::Off } else { SourceDestCheck::On };
    addresses::denies_elastic(cx, spec, &addresses);
    let interface = Interface {
        name,
        owner: holder.owner,
        subnet,
        addresses,
        groups,
        source_dest_check: check,
        behind,
        deny_internet_ipv6: spec.deny_internet_ipv6,
        state,
        span: spec.name.span,
    };
    Some(Draft { vpc, plain, interface, slot: holder.slot, has_home: home.is_some() })
}

/// The subnet of an interface: one of its VPC; that of an instance's further interface may
/// be of another VPC of the account, in the same zone.
fn home(cx: &mut Resolver<'_>, vpc: VpcId, spec: &InterfaceSpec, holder: Holder) -> Option<SubnetId> {
    let name = spec.subnet.as_ref()?;
    let is_further = matches!(holder.owner, Owner::Instance(_)) && holder.slot > 0;
    if !is_further {
        return cx.subnets.find(vpc, &name.value, name.span, &mut cx.found);
    }
    let home = cx.subnets.find_anywhere(vpc, &name.value, name.span, &mut cx.found)?;
    let (mine, theirs) = (&cx.model.vpcs[vpc], &cx.model.vpcs[cx.model.vpc_of(home)]);
    if (&mine.account, &mine.region) != (&theirs.account, &theirs.region) {
        let message = format!("subnet {} is of another account or region", echo(&name.value));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, name.span, "not for this instance");
        cx.found.push(diagnostic.help("an instance's interfaces may lie in several VPCs of one account, in one zone"));
    }
    Some(home)
}

/// The groups of an interface: the default one where none is written.
pub(super) fn groups(cx: &mut Resolver<'_>, vpc: VpcId, names: Option<&[Name]>, at: Span) -> Vec<SecurityGroupId> {
    let Some(names) = names else {
        return cx.security_groups.of(vpc).get(security_group::DEFAULT).into_iter().collect();
    };
    if names.is_empty() && !cx.is_misread {
        let message = "an interface has at least one security group";
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, at, "has none");
        cx.found.push(diagnostic.help("leave `groups` out for the group `default`"));
    }
    let mut groups: Vec<SecurityGroupId> = Vec::with_capacity(names.len());
    for name in names {
        if let Some(id) = cx.security_groups.find_anywhere(vpc, &name.value, name.span, &mut cx.found) {
            security_group::usable(cx, vpc, id, name.span);
            groups.push(id);
        }
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn state(cx: &mut Resolver<'_>, spec: &InterfaceSpec, name: &str, holder: Holder) -> InterfaceState {
    const STATES: [(&str, bool); 2] = [("attached", true), ("detached", false)];
    let attached = names::word("state", spec.state.as_ref(), &STATES, &mut cx.found);
    let span = spec.state.as_ref().map_or(spec.name.span, |state| state.span);
    match (holder.owner, attached) {
        (Owner::Nobody, Some(true)) => {
            let message = format!("interface {} is attached to nothing", echo(name));
            let diagnostic =
                Diagnostic::error("conflicting-keys", message, span, "`attached`, and no instance holds it");
            cx.found.push(diagnostic.help("write it under an instance's `interfaces`"));
            InterfaceState::Detached
        }
        (Owner::Nobody, Some(false) | None) => InterfaceState::Detached,
        (Owner::Instance(_), Some(false)) => {
            if holder.slot == 0 {
                let message = format!("{} is its instance's primary interface", echo(name));
                let diagnostic = Diagnostic::error("OperationNotPermitted", message, span, "cannot be detached");
                cx.found.push(diagnostic.help("only further interfaces can be detached"));
            }
            InterfaceState::Detached
        }
        (Owner::Instance(_) | Owner::Database(_), Some(true) | None) | (Owner::Database(_), Some(false)) => {
            holder.state
        }
    }
}

fn behind(cx: &mut Resolver<'_>, vpc: VpcId, spec: &InterfaceSpec, name: &str) -> Vec<IpNet> {
    let mut networks: Vec<IpNet> = Vec::with_capacity(spec.behind.len());
    for typed in &spec.behind {
        let stored = block::stored(typed, &mut cx.found);
        if let Some(&(within, at)) = cx.home(vpc).blocks.iter().find(|&&(net, _)| block::overlap(net, stored)) {
            let message = format!("`{stored}` behind {} overlaps the VPC", echo(name));
            let diagnostic =
                Diagnostic::error("behind-overlaps-vpc", message, typed.span, format!("overlaps `{within}`"));
            cx.found.push(
                diagnostic.also(at, "the VPC's block").help("the VPC's own addresses are reached by its local route"),
            );
        }
        networks.push(stored);
    }
    if let (Some(first), None) = (spec.behind.first(), spec.source_dest_check_off) {
        let message = format!("{} routes for other networks with its source/destination check on", echo(name));
        let diagnostic =
            Diagnostic::error("behind-needs-forwarding", message, first.span, "would be dropped by the check");
        cx.found.push(diagnostic.help("add `source_dest_check: false`"));
    }
    networks
}

/// Pushes the drafts in order of their names, and tells their owners.
pub(super) fn admit(cx: &mut Resolver<'_>) {
    let mut drafts = std::mem::take(&mut cx.drafts);
    drafts.sort_by(|a, b| (a.vpc, &a.plain).cmp(&(b.vpc, &b.plain)));
    let mut of_instances: Vec<(InstanceId, usize, InterfaceId)> = Vec::new();
    let mut of_databases: Vec<(DatabaseId, usize, InterfaceId)> = Vec::new();
    for draft in drafts {
        let (owner, span) = (draft.interface.owner, draft.interface.span);
        let id = cx.model.interfaces.push(draft.interface);
        if !draft.has_home {
            cx.homeless_interfaces.insert(id);
        }
        match owner {
            Owner::Instance(instance) => of_instances.push((instance, draft.slot, id)),
            Owner::Database(database) => of_databases.push((database, draft.slot, id)),
            Owner::Nobody => {}
        }
        if let Some(first) = cx.interfaces.of_mut(draft.vpc).insert(draft.plain.clone(), id) {
            same_name(cx, first, id, &draft.plain, span);
        }
    }
    of_instances.sort_unstable();
    for (instance, _, id) in of_instances {
        cx.model.instances.get_mut(instance).interfaces.push(id);
    }
    of_databases.sort_unstable();
    for (database, _, id) in of_databases {
        cx.model.databases.get_mut(database).candidates.push(id);
    }
}

fn same_name(cx: &mut Resolver<'_>, first: InterfaceId, second: InterfaceId, name: &str, span: Span) {
    let (a, b) = (&cx.model.interfaces[first], &cx.model.interfaces[second]);
    let told_of_owner = match (a.owner, b.owner) {
        (Owner::Instance(a), Owner::Instance(b)) => a != b && cx.model.instances[a].name == cx.model.instances[b].name,
        (Owner::Database(_), Owner::Database(_)) => true,
        (Owner::Instance(_) | Owner::Database(_) | Owner::Nobody, _) => false,
    };
    if !told_of_owner {
        let first = a.span;
        let (first, second) = if first <= span { (first, span) } else { (span, first) };
        cx.found.push(names::taken("name-taken", "network interface", name, second, first));
    }
}
