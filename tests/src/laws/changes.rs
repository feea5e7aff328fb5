//! Laws of change: what one more rule may do, and what the number of threads may not.
//!
//! In: the text of a design and randomness. Out: counts, or a change that took away
//! what it should not.

use fmnet_core::graph::Graph;
use fmnet_core::model::Model;
use fmnet_core::model::security_group::{GroupRule, Peer};
use fmnet_core::source::Span;
use fmnet_core::traffic::{PortRange, Traffic};
use fmnet_sim::fate::{Origin, Outcome};
use fmnet_sim::reach::{Evidence, Reach};
use fmnet_sim::set::PacketSet;
use ipnet::IpNet;

use super::agreement::everything;
use super::{Checked, Counts, contradiction, header, origin_name};
use crate::arb;
use crate::arb::packets::{self, Landmarks};
use crate::random::Random;

/// One more rule of a security group takes no reachability away.
///
/// # Errors
///
/// A packet that is answered only without the rule.
pub fn a_rule_takes_nothing_away(text: &str, random: &mut Random) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let before = &design.model;
    let mut after = before.clone();
    let Some(what) = add_rule(&mut after, random) else { return Ok(Counts::default()) };
    let mut origins = packets::origins(before);
    random.shuffle(&mut origins);
    origins.truncate(4);
    for &origin in &origins {
        let (graph, other) = (Graph::build(before), Graph::build(&after));
        let mut one = Reach::new(&graph, Evidence::Outcome);
        let mut two = Reach::new(&other, Evidence::Outcome);
        let (answered, still) = (answered(&mut one, origin), answered(&mut two, origin));
        let still = one.sets.adopt(&two.sets, still);
        let lost = one.sets.subtract(answered, still);
        if let Some(packet) = one.sets.witness(lost, &[]) {
            let from = origin_name(before, origin);
            return Err(contradiction(text, format!("from {from}: {} is lost by {what}", header(&packet))));
        }
    }
    Ok(Counts { designs: 1, questions: origins.len() as u64, ..Counts::default() })
}

fn answered(reach: &mut Reach<'_>, origin: Origin) -> PacketSet {
    let asked = everything(&mut reach.sets);
    let pieces = reach.reach(origin, asked);
    let answered = pieces.iter().filter(|piece| piece.outcome() == Outcome::Answered).map(|piece| piece.packets);
    reach.sets.union_all(answered)
}

/// Adds a random rule to a random group; what it did.
fn add_rule(model: &mut Model, random: &mut Random) -> Option<String> {
    let landmarks = Landmarks::of(model);
    let groups: Vec<_> = model.security_groups.ids().collect();
    let group = *random.one_of(&groups)?;
    let protocol = landmarks.protocol(random);
    let (first, last) = (landmarks.port(protocol, random), landmarks.port(protocol, random));
    let ports = PortRange { first: first.min(last), last: first.max(last) };
    let has_ports = protocol.has_ports() || protocol.has_types();
    let traffic = if random.chance(40) {
        Traffic::Any
    } else {
        Traffic::Of { protocol, ports: if has_ports { ports } else { PortRange::ALL } }
    };
    let address = landmarks.address(random);
    let peer = match random.below(3) {
        0 => Peer::Group(*random.one_of(&groups)?),
        1 => Peer::Cidr(IpNet::from(address)),
        _ => Peer::Cidr(IpNet::new(address, if address.is_ipv4() { 8 } else { 32 }).ok()?.trunc()),
    };
    let rule = GroupRule { traffic, peer, span: Span::NOWHERE };
    let ingress = random.chance(50);
    let item = model.security_groups.get_mut(group);
    let rules = if ingress { &mut item.ingress } else { &mut item.egress };
    let at = random.below(rules.len() + 1);
    rules.insert(at, rule);
    let way = if ingress { "ingress" } else { "egress" };
    Some(format!("one more rule in the {way} of {}: {traffic} {peer:?}", item.name))
}
