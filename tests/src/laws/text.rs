//! Laws of the text: what is printed reads the same, and the order of a file says nothing.
//!
//! In: the text of a design and randomness. Out: counts, or two texts that should mean
//! the same and do not.

use std::collections::BTreeMap;

use fmnet_core::graph::Graph;
use fmnet_core::intent::Question;
use fmnet_core::model::Model;
use fmnet_core::source::Source;
use fmnet_core::spec::print::print;
use fmnet_core::spec::{self, Spec, VpcSpec};
use fmnet_sim::answer::{Answer, Verdict};
use fmnet_sim::query;
use fmnet_sim::set::{PacketSet, Sets};

use super::{Checked, Counts, contradiction};
use crate::arb::packets::Landmarks;
use crate::arb::{self, questions};
use crate::random::Random;

fn parse(text: &str) -> Spec {
    spec::parse(&Source::new("random.yaml".to_owned(), text.to_owned())).0
}

/// Printing and parsing is the identity, and the design answers as before.
///
/// # Errors
///
/// What is not the same.
pub fn round_trips(text: &str, random: &mut Random) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let spec = parse(text);
    let printed = print(&spec);
    if !parse(&printed).same_as(&spec) {
        return Err(contradiction(text, format!("reads otherwise once printed:\n{printed}")));
    }
    let Some(again) = arb::read(&printed) else {
        return Err(contradiction(text, format!("is refused once printed:\n{printed}")));
    };
    let questions = some_questions(&design.model, random);
    for question in &questions {
        let one = query::answer(&Graph::build(&design.model), question);
        let other = query::answer(&Graph::build(&again.model), question);
        if format!("{one:?}") != format!("{other:?}") {
            return Err(contradiction(text, format!("{question:?} is answered otherwise once printed:\n{printed}")));
        }
    }
    Ok(Counts { designs: 1, questions: questions.len() as u64, ..Counts::default() })
}

/// A design in another order gives the same answers.
///
/// # Errors
///
/// The question that it answers otherwise, and the other order.
pub fn order_says_nothing(text: &str, random: &mut Random) -> Checked {
    let Some(design) = arb::read(text) else { return Ok(Counts::REFUSED) };
    let mut spec = parse(text);
    shuffle(&mut spec, random);
    let shuffled = print(&spec);
    let Some(again) = arb::read(&shuffled) else {
        return Err(contradiction(text, format!("is refused in another order:\n{shuffled}")));
    };
    let questions = some_questions(&design.model, random);
    for question in &questions {
        let mut sets = Sets::new();
        let one = gist(&mut sets, &query::answer(&Graph::build(&design.model), question));
        let other = gist(&mut sets, &query::answer(&Graph::build(&again.model), question));
        if !agree(&one, &other) {
            return Err(contradiction(
                text,
                format!("{question:?} is answered otherwise in another order:\n{shuffled}"),
            ));
        }
    }
    Ok(Counts { designs: 1, questions: questions.len() as u64, ..Counts::default() })
}

fn some_questions(model: &Model, random: &mut Random) -> Vec<Question> {
    let landmarks = Landmarks::of(model);
    (0..3).map(|_| questions::question(model, &landmarks, random)).collect()
}

/// What an answer says, positions of rules and routes aside: names order the ids, so
/// ids may stay. Which rule admits first decides how packets are split into parts, and so
/// whether a list of boxes is cut short: of those only that they are there is said.
fn gist(sets: &mut Sets, answer: &Answer) -> (Verdict, BTreeMap<String, Option<PacketSet>>) {
    let mut parts: BTreeMap<String, Option<PacketSet>> = BTreeMap::new();
    for part in &answer.parts {
        let blockers: Vec<_> = part.blockers.iter().map(|it| (it.leg, it.code, it.component, it.direction)).collect();
        let hops: Vec<_> = part.hops.iter().map(|hop| (hop.leg, hop.component, hop.direction)).collect();
        let key = format!("{:?} {:?} {:?} {blockers:?} {hops:?}", part.outcome, part.from, part.to);
        let cubes: Vec<PacketSet> = part.packets.iter().map(|cube| sets.cube(cube)).collect();
        let packets = sets.union_all(cubes);
        let known = parts.entry(key).or_insert(Some(PacketSet::EMPTY));
        *known = known.filter(|_| !part.is_cut).map(|known| sets.union(known, packets));
    }
    (answer.verdict, parts)
}

/// Whether two gists say the same, as far as both have every packet.
fn agree(
    (verdict, parts): &(Verdict, BTreeMap<String, Option<PacketSet>>),
    (other_verdict, others): &(Verdict, BTreeMap<String, Option<PacketSet>>),
) -> bool {
    let same =
        |(one, other): (&Option<PacketSet>, &Option<PacketSet>)| one.is_none() || other.is_none() || one == other;
    verdict == other_verdict && parts.keys().eq(others.keys()) && parts.values().zip(others.values()).all(same)
}

/// Another order of everything that AWS keeps in no order.
fn shuffle(spec: &mut Spec, random: &mut Random) {
    random.shuffle(&mut spec.vpcs);
    spec.vpcs.iter_mut().for_each(|vpc| shuffle_vpc(vpc, random));
    random.shuffle(&mut spec.places);
    for (_, nets) in &mut spec.places {
        random.shuffle(nets);
    }
    random.shuffle(&mut spec.prefix_lists);
    for list in &mut spec.prefix_lists {
        random.shuffle(&mut list.entries);
    }
    random.shuffle(&mut spec.peering_connections);
}

fn shuffle_vpc(vpc: &mut VpcSpec, random: &mut Random) {
    // The first IPv4 block is the primary one.
    if let Some((_, others)) = vpc.cidr.split_first_mut() {
        random.shuffle(others);
    }
    random.shuffle(&mut vpc.ipv6);
    random.shuffle(&mut vpc.nat_gateways);
    random.shuffle(&mut vpc.route_tables);
    for table in &mut vpc.route_tables {
        random.shuffle(&mut table.routes);
    }
    random.shuffle(&mut vpc.network_acls);
    for acl in &mut vpc.network_acls {
        random.shuffle(&mut acl.ingress);
        random.shuffle(&mut acl.egress);
    }
    random.shuffle(&mut vpc.subnets);
    random.shuffle(&mut vpc.security_groups);
    for group in &mut vpc.security_groups {
        random.shuffle(&mut group.ingress);
        random.shuffle(group.egress.as_deref_mut().unwrap_or_default());
    }
    random.shuffle(&mut vpc.instances);
    random.shuffle(&mut vpc.interfaces);
    random.shuffle(&mut vpc.databases);
}
