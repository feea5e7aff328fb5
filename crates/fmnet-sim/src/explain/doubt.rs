//! What was not known, what was assumed, and what is worth a remark.
//!
//! In: [`Unmodelled`], [`Assumption`] and [`Note`]. Out: sentences, with the rule of the
//! project's list of AWS behaviour that each assumption is about and how to decide it.

use fmnet_core::model::block_public_access::OwnAddressEgress;
use fmnet_core::model::{InterfaceId, Model};

use super::{listed, plain, rule, subnet, transit_gateway, workload};
use crate::answer::{Assumption, Empty, Note};
use crate::fate::{ChoicePoint, Unmodelled};

/// An assumption in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// The rule it is about, as `R36`.
    pub rule: &'static str,
    /// What was assumed.
    pub text: String,
    /// How to decide it.
    pub decide: &'static str,
}

/// What would have to be known.
#[must_use]
pub fn unmodelled(model: &Model, unmodelled: &Unmodelled) -> String {
    match unmodelled {
        Unmodelled::Appliance(id) => {
            format!(
                "{} decides by itself what it forwards; if this is a network behind it, say so with `behind`",
                workload(model, *id)
            )
        }
        Unmodelled::Target(route) => {
            let route = rule(model, *route);
            format!("route `{}` of {} leads to something that is not modelled", route.text, route.holder)
        }
        Unmodelled::RoutePriority(route) => {
            let route = rule(model, *route);
            format!("AWS does not say whether route `{}` of {} wins here", route.text, route.holder)
        }
        Unmodelled::Nat64(id) => {
            format!("NAT64 at NAT gateway {} is not modelled", plain(&model.nat_gateways[*id].name))
        }
        Unmodelled::SecondTranslation(id) => {
            format!("a second translation, at NAT gateway {}, is not modelled", plain(&model.nat_gateways[*id].name))
        }
        Unmodelled::TransitGatewayAttachment(id) => transit_gateway::unknown(model, *id),
        Unmodelled::Undetermined(point) => format!("{}, and it matters here", choice(model, *point)),
        Unmodelled::SpecialAddress => {
            "nobody says what becomes of packets with a loopback, link-local, multicast or reserved address".to_owned()
        }
        Unmodelled::InconsistentSnapshot => {
            "the network changed while it was read: parts of it are of different moments; read it again".to_owned()
        }
        Unmodelled::VpnRoutePriority(id) => format!(
            "several networks announce this prefix alike to virtual private gateway {}, and AWS does not say which it takes",
            plain(&model.virtual_private_gateways[*id].name)
        ),
        Unmodelled::OnPremisesRouting(id) => format!(
            "network {} on premises has several gateways to this address, and its own routing decides between them",
            plain(&model.on_premises[*id].name)
        ),
        Unmodelled::BeyondOnPremises(id) => format!(
            "network {} on premises decides by itself what it does with packets that are not for it",
            plain(&model.on_premises[*id].name)
        ),
        Unmodelled::ForeignGroup(group, id) => {
            let group = &model.security_groups[*group];
            let vpc = group.foreign_vpc.as_deref().map(plain).unwrap_or_default();
            format!(
                "group {} of VPC {vpc} on {} may have rules that are not known",
                plain(&group.name),
                workload(model, *id)
            )
        }
    }
}

/// What AWS decides and no configuration does, in words.
fn choice(model: &Model, point: ChoicePoint) -> String {
    match point {
        ChoicePoint::EntryZone { attachment, from, .. } => transit_gateway::entry_zone(model, attachment, from),
    }
}

/// One assumption in words.
#[must_use]
pub fn assumption(model: &Model, assumption: &Assumption) -> Assumed {
    let assumed = |rule, text, decide| Assumed { rule, text, decide };
    match assumption {
        Assumption::GroupCoversEveryAddress => assumed(
            "R36",
            "a rule that names a group covers every private address of its interfaces, secondary and IPv6 ones too"
                .to_owned(),
            "name the addresses in the rule instead of the group, or test it with a secondary address",
        ),
        Assumption::ReplyLeavesTheSameInterface(id) => assumed(
            "R54",
            format!("{} replies through the interface that the request came in by", workload(model, *id)),
            "look at the routing of the instance's operating system: `ip route get ADDRESS`",
        ),
        Assumption::UnownedAddressIsDropped => assumed(
            "R81",
            "a packet to an address of the VPC that no interface owns is dropped".to_owned(),
            "AWS does not document it; ask about addresses that interfaces own",
        ),
        Assumption::LoopIsDropped => assumed(
            "R154",
            "a packet that transit gateways send round in a circle is dropped".to_owned(),
            "AWS does not document it; give the packet a route that ends somewhere",
        ),
        Assumption::Hairpin => assumed(
            "R111",
            "packets between two interfaces of a VPC by public address turn round at its internet gateway".to_owned(),
            "AWS's own analyzer does not say (IGW_NAT_REFLECTION): use the private address, or send one",
        ),
        Assumption::EgressExclusion(does) => assumed("R216", egress_exclusion(*does).to_owned(), OBSERVE_EXCLUSION),
        Assumption::PrivateAddressNotFixed(id) => private_not_fixed(model, &[*id]),
        Assumption::PublicAddressNotFixed(id) => public_not_fixed(model, &[*id]),
        Assumption::IcmpReplyCodeZero => assumed(
            "R61",
            "the reply to an ICMP request has code 0".to_owned(),
            "allow every code of the reply's type in the network ACL",
        ),
    }
}

/// How to decide what AWS's pages disagree about.
const OBSERVE_EXCLUSION: &str =
    "send a packet from such an interface, and set `own_address_egress` of `block_public_access` as you find it";

fn egress_exclusion(does: OwnAddressEgress) -> &'static str {
    match does {
        OwnAddressEgress::Stopped => {
            "an `allow-egress` exclusion lets out what goes through a NAT gateway or an egress-only internet gateway, and no interface with its own public address"
        }
        OwnAddressEgress::Passes => {
            "an `allow-egress` exclusion lets an interface out with its own public address, and the replies in"
        }
    }
}

/// Assumptions in words, in order, those that differ only by interface said together.
#[must_use]
pub fn assumptions(model: &Model, all: &[Assumption]) -> Vec<Assumed> {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut texts = Vec::new();
    let (mut private, mut public) = (Vec::new(), Vec::new());
    for one in &sorted {
        match one {
            Assumption::PrivateAddressNotFixed(id) => private.push(*id),
            Assumption::PublicAddressNotFixed(id) => public.push(*id),
            Assumption::GroupCoversEveryAddress
            | Assumption::ReplyLeavesTheSameInterface(_)
            | Assumption::UnownedAddressIsDropped
            | Assumption::LoopIsDropped
            | Assumption::Hairpin
            | Assumption::EgressExclusion(_)
            | Assumption::IcmpReplyCodeZero => texts.push(assumption(model, one)),
        }
    }
    if !private.is_empty() {
        texts.push(private_not_fixed(model, &private));
    }
    if !public.is_empty() {
        texts.push(public_not_fixed(model, &public));
    }
    texts
}

fn private_not_fixed(model: &Model, ids: &[InterfaceId]) -> Assumed {
    let stand_in = |id: InterfaceId| {
        let first = model.interfaces[id].addresses.iter().find(|address| address.is_assumed);
        first.map(|address| address.address.to_string())
    };
    Assumed {
        rule: "R19",
        text: not_fixed(model, ids, "private", "the lowest free ones stand for them", stand_in),
        decide: "give it with `address`, or ask again when AWS has chosen",
    }
}

fn public_not_fixed(model: &Model, ids: &[InterfaceId]) -> Assumed {
    let stand_in = |id: InterfaceId| {
        let mut public = model.interfaces[id].addresses.iter().filter_map(|address| address.public);
        public.find(|public| public.is_assumed).map(|public| public.address.to_string())
    };
    Assumed {
        rule: "R20",
        text: not_fixed(model, ids, "public", "addresses of 198.18.0.0/15 stand for them", stand_in),
        decide: "give it with `public_address` or `elastic_ip`, or ask again when AWS has chosen",
    }
}

/// `AWS has still to choose the public addresses of api-1 (shown as 198.18.0.1) and …`.
fn not_fixed(
    model: &Model,
    ids: &[InterfaceId],
    kind: &str,
    many: &str,
    stand_in: impl Fn(InterfaceId) -> Option<String>,
) -> String {
    if ids.len() > 6 {
        let first: Vec<String> = ids.iter().take(3).map(|&id| place(model, id)).collect();
        let rest = format!("{} more", ids.len() - first.len());
        return format!("AWS has still to choose the {kind} addresses of {} and {rest}; {many}", first.join(", "));
    }
    let shown = |&id: &InterfaceId| match stand_in(id) {
        Some(address) => format!("{} (shown as {address})", place(model, id)),
        None => place(model, id),
    };
    let names: Vec<String> = ids.iter().map(shown).collect();
    let word = if ids.len() == 1 { "address" } else { "addresses" };
    format!("AWS has still to choose the {kind} {word} of {}", listed(&names, "and"))
}

/// An interface, a database with the subnet where it may be.
fn place(model: &Model, id: InterfaceId) -> String {
    super::interfaces(model, &[id])
}

/// A remark in words.
#[must_use]
pub fn note(model: &Model, note: &Note) -> String {
    match note {
        Note::AvailabilityZoneCrossed(id) => {
            let at = model.interfaces[*id].subnet;
            let zone = plain(&model.subnets[at].zone);
            format!(
                "{} in {} ({zone}) uses a NAT gateway of another zone: it stops working if that zone does, and crossing costs money",
                workload(model, *id),
                subnet(model, at)
            )
        }
        Note::Undetermined(point) => format!("{}; whichever it is, the answer is the same", choice(model, *point)),
        Note::NoPublicAddress(id) => {
            format!("{} has no public address, so nothing on the internet can name it", workload(model, *id))
        }
        Note::RequestsArrive => {
            "requests do arrive, although no reply comes back: harm that needs no reply is not prevented".to_owned()
        }
        Note::NothingAsked(why) => format!("the question is about no packet: {}", empty(model, *why)),
    }
}

/// Why a question is about no packet.
fn empty(model: &Model, why: Empty) -> String {
    match why {
        Empty::NobodyOwns(net) if net.prefix_len() == net.max_prefix_len() => {
            format!("{} lies in the VPC, and nobody owns it", net.addr())
        }
        Empty::NobodyOwns(net) => format!("{net} lies in the VPC, and nobody owns any of its addresses"),
        Empty::NobodyCarries(id) => {
            format!("nobody carries group {}", plain(&model.security_groups[id].name))
        }
        Empty::NobodyIn(id) => format!("nobody lies in subnet {}", subnet(model, id)),
        Empty::NobodyAtAll => "the VPC has no interfaces".to_owned(),
        Empty::EverythingExcepted => "everything that one of its sides names is excepted there".to_owned(),
        Empty::NoSharedFamily => "its ends share no address family".to_owned(),
        Empty::SameEnds => "its ends are one and the same".to_owned(),
        Empty::NoPacketFits => "none has such ends, traffic and source ports at once".to_owned(),
    }
}
