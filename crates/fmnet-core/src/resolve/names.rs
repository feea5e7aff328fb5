//! Names: who bears them, who is meant, and what was probably meant.
//!
//! In: the names of a design, by kind, and by VPC where the kind belongs to one. Out: ids,
//! or a diagnostic that offers the nearest name there is. Within a VPC a plain name means
//! its own thing first, else the only one of the design; `V2/name` means that of `V2`.
//! Words of AWS (`running`, `available`) are looked up here as well.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Home};
use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::model::VpcId;
use crate::source::Span;
use crate::spec::{Name, VpcSpec};
use crate::words::echo;

/// What is called by a name, in words and in AWS's error code for one that is missing.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) word: &'static str,
    pub(super) missing: &'static str,
    pub(super) twice: &'static str,
}

impl Kind {
    pub(super) const VPC: Self = Self::new("VPC", "InvalidVpcID.NotFound");
    pub(super) const SUBNET: Self = Self::new("subnet", "InvalidSubnetID.NotFound");
    pub(super) const ROUTE_TABLE: Self = Self::new("route table", "InvalidRouteTableID.NotFound");
    pub(super) const NETWORK_ACL: Self = Self::new("network ACL", "InvalidNetworkAclID.NotFound");
    pub(super) const SECURITY_GROUP: Self =
        Self { word: "security group", missing: "InvalidGroup.NotFound", twice: "InvalidGroup.Duplicate" };
    pub(super) const PREFIX_LIST: Self = Self::new("prefix list", "InvalidPrefixListID.NotFound");
    pub(super) const INTERNET_GATEWAY: Self = Self::new("internet gateway", "InvalidInternetGatewayID.NotFound");
    pub(super) const EGRESS_ONLY_INTERNET_GATEWAY: Self =
        Self::new("egress-only internet gateway", "InvalidEgressOnlyInternetGatewayId.NotFound");
    pub(super) const NAT_GATEWAY: Self = Self::new("NAT gateway", "NatGatewayNotFound");
    pub(super) const PEERING_CONNECTION: Self =
        Self::new("peering connection", "InvalidVpcPeeringConnectionID.NotFound");
    pub(super) const VIRTUAL_PRIVATE_GATEWAY: Self =
        Self::new("virtual private gateway", "InvalidVpnGatewayID.NotFound");
    pub(super) const CUSTOMER_GATEWAY: Self = Self::new("customer gateway", "InvalidCustomerGatewayID.NotFound");
    pub(super) const VPN_CONNECTION: Self = Self::new("VPN connection", "InvalidVpnConnectionID.NotFound");
    pub(super) const DIRECT_CONNECT_GATEWAY: Self = Self::new("Direct Connect gateway", "DirectConnectClientException");
    pub(super) const ON_PREMISES: Self = Self::new("network on premises", "unknown-name");
    pub(super) const TRANSIT_GATEWAY: Self = Self::new("transit gateway", "InvalidTransitGatewayID.NotFound");
    pub(super) const TRANSIT_GATEWAY_ATTACHMENT: Self =
        Self::new("transit gateway attachment", "InvalidTransitGatewayAttachmentID.NotFound");
    pub(super) const TRANSIT_GATEWAY_PEERING: Self =
        Self::new("transit gateway peering", "InvalidTransitGatewayAttachmentID.NotFound");
    pub(super) const TRANSIT_GATEWAY_ROUTE_TABLE: Self =
        Self::new("transit gateway route table", "InvalidRouteTableID.NotFound");
    pub(super) const INSTANCE: Self = Self::new("instance", "InvalidInstanceID.NotFound");
    pub(super) const INTERFACE: Self = Self::new("network interface", "InvalidNetworkInterfaceID.NotFound");
    pub(super) const DATABASE: Self =
        Self { word: "database", missing: "DBInstanceNotFound", twice: "DBInstanceAlreadyExists" };
    pub(super) const PLACE: Self = Self::new("place", "unknown-name");

    const fn new(word: &'static str, missing: &'static str) -> Self {
        Self { word, missing, twice: "name-taken" }
    }
}

/// The names of one kind of thing, and the id of each item of the design in file order.
pub(super) struct Names<'a, T> {
    kind: Kind,
    ids: BTreeMap<Cow<'a, str>, Id<T>>,
    in_file_order: Vec<Id<T>>,
    unplaced: BTreeSet<&'a str>,
}

impl<'a, T> Names<'a, T> {
    /// No name yet.
    pub(super) fn empty(kind: Kind) -> Self {
        Self { kind, ids: BTreeMap::new(), in_file_order: Vec::new(), unplaced: BTreeSet::new() }
    }

    /// Pushes an item for each of `names` in name order, so that ids do not depend on
    /// the order of the file; a name that is there twice is a mistake.
    pub(super) fn declare(
        kind: Kind,
        names: impl Iterator<Item = (&'a str, Span)>,
        arena: &mut Arena<T>,
        mut make: impl FnMut(&'a str, Span) -> T,
        found: &mut Findings,
    ) -> Self {
        let mut order: Vec<(usize, (&str, Span))> = names.enumerate().collect();
        order.sort_by_key(|&(_, (name, _))| name);
        let mut ids = BTreeMap::new();
        let mut in_file_order = Vec::with_capacity(order.len());
        let mut before: Option<(&str, Span)> = None;
        for (position, (name, span)) in order {
            let id = arena.push(make(name, span));
            in_file_order.push((position, id));
            match before {
                Some((first, first_span)) if first == name => {
                    found.push(taken(kind.twice, kind.word, name, span, first_span));
                }
                Some(_) | None => {
                    ids.insert(Cow::Borrowed(name), id);
                    before = Some((name, span));
                }
            }
        }
        in_file_order.sort_by_key(|&(position, _)| position);
        let in_file_order = in_file_order.into_iter().map(|(_, id)| id).collect();
        Self { kind, ids, in_file_order, unplaced: BTreeSet::new() }
    }

    /// Names of things that cannot be made, as what they belong to is missing; that has
    /// been told, and using them is no further mistake.
    pub(super) fn unplaced(kind: Kind, names: impl Iterator<Item = (&'a str, Span)>) -> Self {
        Self { unplaced: names.map(|(name, _)| name).collect(), ..Self::empty(kind) }
    }

    /// Whether it is the name of a thing that could not be made.
    pub(super) fn is_unplaced(&self, name: &str) -> bool {
        self.unplaced.contains(name)
    }

    /// Takes a further name; the id that has it already, if one does.
    pub(super) fn insert(&mut self, name: String, id: Id<T>) -> Option<Id<T>> {
        let first = self.get(&name);
        if first.is_none() {
            self.ids.insert(Cow::Owned(name), id);
        }
        first
    }

    /// The id of the first name.
    pub(super) fn first(&self) -> Option<Id<T>> {
        self.ids.values().next().copied()
    }

    /// The ids of the design's items in file order, to be zipped with them; what AWS
    /// makes by itself comes last.
    pub(super) fn in_file_order(&self) -> Vec<Id<T>> {
        self.in_file_order.clone()
    }

    /// Whose name it is, if anybody's.
    pub(super) fn get(&self, name: &str) -> Option<Id<T>> {
        self.ids.get(name).copied()
    }

    /// Whose name it is, or a diagnostic at `span`.
    pub(super) fn find(&self, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        let id = self.get(name);
        if id.is_none() {
            self.unknown(self.kind.missing, name, span, found);
        }
        id
    }

    /// Tells of a name that nobody has.
    fn unknown(&self, code: &'static str, name: &str, span: Span, found: &mut Findings) {
        // Where a part could not be read, a kind without a name is probably in it.
        let is_told = found.is_misread && self.ids.keys().all(|name| ["default", "main"].contains(&&**name));
        if !is_told {
            let message = format!("no {} is called {}", self.kind.word, echo(name));
            found.unknown(code, message, name, span, self.all());
        }
    }

    /// Every name.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> + '_ {
        self.ids.keys().map(|name| &**name)
    }
}

/// The names of a kind of which each VPC has its own.
pub(super) struct Scoped<'a, T> {
    kind: Kind,
    vpcs: Vec<(VpcId, &'a str)>,
    of: Vec<Names<'a, T>>,
}

/// Whom a name means, seen from a VPC.
pub(super) enum Meant<T> {
    /// What the VPC itself calls so.
    Own(Id<T>),
    /// What this other VPC calls so.
    Elsewhere(VpcId, Id<T>),
    /// Things of several others.
    Several(Vec<VpcId>),
    /// Nobody.
    Nobody,
}

impl<'a, T> Scoped<'a, T> {
    /// Declares the names of each VPC, one VPC after another.
    pub(super) fn declare(kind: Kind, homes: &[Home<'a>], mut names: impl FnMut(&Home<'a>) -> Names<'a, T>) -> Self {
        let vpcs = homes.iter().map(|home| (home.id, home.name())).collect();
        Self { kind, vpcs, of: homes.iter().map(&mut names).collect() }
    }

    /// The names of one VPC.
    pub(super) fn of(&self, vpc: VpcId) -> &Names<'a, T> {
        #[expect(clippy::indexing_slicing, reason = "there are names for each VPC")]
        &self.of[vpc.index()]
    }

    /// The names of one VPC, to take more.
    pub(super) fn of_mut(&mut self, vpc: VpcId) -> &mut Names<'a, T> {
        #[expect(clippy::indexing_slicing, reason = "there are names for each VPC")]
        &mut self.of[vpc.index()]
    }

    /// Whose name it is, seen from `vpc`.
    pub(super) fn meant(&self, vpc: VpcId, name: &str) -> Meant<T> {
        if let Some(id) = self.of(vpc).get(name) {
            return Meant::Own(id);
        }
        for &(other, prefix) in &self.vpcs {
            let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
            if let Some(id) = rest.and_then(|rest| self.of(other).get(rest)) {
                return if other == vpc { Meant::Own(id) } else { Meant::Elsewhere(other, id) };
            }
        }
        let others = self.vpcs.iter().filter_map(|&(other, _)| Some((other, self.of(other).get(name)?)));
        match others.collect::<Vec<_>>().as_slice() {
            [] => Meant::Nobody,
            &[(other, id)] => Meant::Elsewhere(other, id),
            several => Meant::Several(several.iter().map(|&(other, _)| other).collect()),
        }
    }

    /// Whose name it is within `vpc`, if anybody's.
    pub(super) fn get(&self, vpc: VpcId, name: &str) -> Option<Id<T>> {
        match self.meant(vpc, name) {
            Meant::Own(id) => Some(id),
            Meant::Elsewhere(..) | Meant::Several(_) | Meant::Nobody => None,
        }
    }

    /// Whether it is the name of a thing that could not be made.
    pub(super) fn is_unplaced(&self, vpc: VpcId, name: &str) -> bool {
        self.of(vpc).unplaced.contains(name)
    }

    /// Whose name it is within `vpc`, or a diagnostic at `span`.
    pub(super) fn find(&self, vpc: VpcId, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        self.find_as(self.kind.missing, vpc, name, span, found)
    }

    /// Likewise, with another code for a name that is missing.
    pub(super) fn find_as(
        &self,
        code: &'static str,
        vpc: VpcId,
        name: &str,
        span: Span,
        found: &mut Findings,
    ) -> Option<Id<T>> {
        match self.meant(vpc, name) {
            Meant::Own(id) => return Some(id),
            Meant::Elsewhere(other, _) => found.push(self.stranger(name, span, other, vpc)),
            Meant::Several(_) | Meant::Nobody => self.of(vpc).unknown(code, name, span, found),
        }
        None
    }

    /// Whose name it is, of `vpc` or of another, or a diagnostic at `span`.
    pub(super) fn find_anywhere(&self, vpc: VpcId, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        match self.meant(vpc, name) {
            Meant::Own(id) | Meant::Elsewhere(_, id) => return Some(id),
            Meant::Several(vpcs) => found.push(self.ambiguous(name, span, &vpcs)),
            Meant::Nobody => self.of(vpc).unknown(self.kind.missing, name, span, found),
        }
        None
    }

    /// Whose name it is, said of the design as a whole, or a diagnostic at `span`.
    pub(super) fn find_in_design(&self, name: &str, span: Span, found: &mut Findings) -> Option<Id<T>> {
        let own = self.vpcs.iter().filter_map(|&(vpc, _)| Some((vpc, self.of(vpc).get(name)?)));
        match own.collect::<Vec<_>>().as_slice() {
            &[(_, only)] => Some(only),
            [] => {
                let &(first, _) = self.vpcs.first()?;
                self.find_anywhere(first, name, span, found)
            }
            several => {
                let vpcs: Vec<VpcId> = several.iter().map(|&(vpc, _)| vpc).collect();
                found.push(self.ambiguous(name, span, &vpcs));
                None
            }
        }
    }

    /// What `vpc` itself calls a thing of its own.
    pub(super) fn plain(&self, vpc: VpcId, id: Id<T>) -> Option<&str> {
        self.of(vpc).ids.iter().find(|&(_, &one)| one == id).map(|(name, _)| &**name)
    }

    /// The mistake of naming what belongs to another VPC.
    pub(super) fn stranger(&self, name: &str, span: Span, other: VpcId, vpc: VpcId) -> Diagnostic {
        let (other, here) = (echo(self.vpc_name(other)), echo(self.vpc_name(vpc)));
        let message = format!("{} {} belongs to VPC {other}", self.kind.word, echo(name));
        Diagnostic::error("InvalidParameterValue", message, span, format!("not of VPC {here}"))
            .help(format!("name a {} of VPC {here}", self.kind.word))
    }

    fn ambiguous(&self, name: &str, span: Span, vpcs: &[VpcId]) -> Diagnostic {
        let names: Vec<String> = vpcs.iter().map(|&vpc| echo(&format!("{}/{name}", self.vpc_name(vpc)))).collect();
        let message = format!("several VPCs have a {} called {}", self.kind.word, echo(name));
        let diagnostic = Diagnostic::error("ambiguous-name", message, span, "of which VPC?");
        diagnostic.help(format!("write {}", names.join(" or ")))
    }

    fn vpc_name(&self, vpc: VpcId) -> &'a str {
        self.vpcs.get(vpc.index()).map_or("", |&(_, name)| name)
    }
}

/// How things are called where the whole design is spoken of: by their plain name where
/// nothing else has it, else with their VPC's before it.
pub(super) struct Titles {
    /// None where there is one VPC, and nothing to be told apart.
    shared: Option<BTreeSet<String>>,
    prefixes: Vec<String>,
}

impl Titles {
    /// Takes the plain names of each VPC.
    pub(super) fn of<'a>(homes: &[Home<'a>], names: impl Fn(&'a VpcSpec) -> Vec<Cow<'a, str>>) -> Self {
        let prefixes = homes.iter().map(|home| format!("{}/", home.name())).collect();
        if homes.len() < 2 {
            return Self { shared: None, prefixes };
        }
        let mut seen: BTreeMap<Cow<'a, str>, VpcId> = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for home in homes {
            for name in names(home.spec) {
                if seen.get(&name).is_some_and(|&other| other != home.id) {
                    shared.insert(name.into_owned());
                } else {
                    seen.insert(name, home.id);
                }
            }
        }
        Self { shared: Some(shared), prefixes }
    }

    /// What `name` of `vpc` is called.
    pub(super) fn title(&self, vpc: VpcId, name: &str) -> String {
        let Some(shared) = &self.shared else { return name.to_owned() };
        // A name that looks like another VPC's would be taken for it.
        let is_prefixed = || self.prefixes.iter().any(|prefix| name.starts_with(prefix));
        match self.prefixes.get(vpc.index()) {
            Some(prefix) if shared.contains(name) || is_prefixed() => format!("{prefix}{name}"),
            Some(_) | None => name.to_owned(),
        }
    }
}

/// The mistake of naming two things alike.
pub(super) fn taken(code: &'static str, word: &str, name: &str, span: Span, first: Span) -> Diagnostic {
    let message = format!("the name {} is used twice for a {word}", echo(name));
    Diagnostic::error(code, message, span, "used again here")
        .also(first, "first used here")
        .help(format!("give one {word} another name"))
}

/// One of AWS's words, by name.
pub(super) fn word<T: Copy>(
    key: &str,
    name: Option<&Name>,
    words: &[(&'static str, T)],
    found: &mut Findings,
) -> Option<T> {
    let name = name?;
    let known = words.iter().find(|(word, _)| *word == name.value);
    if known.is_none() {
        let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let message = format!("`{key}` cannot be {}", echo(&name.value));
        found.unknown("unknown-word", message, &name.value, name.span, words.iter().map(|&(word, _)| word));
        found.help_last(format!("it is one of {}", all.join(", ")));
    }
    known.map(|&(_, meaning)| meaning)
}
