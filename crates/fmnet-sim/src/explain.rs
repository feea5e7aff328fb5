//! Ids into words: what every output format says about the network.
//!
//! In: a [`Model`], and ids, gates and answers about it. Out: short texts in the words
//! of the design, lowercase, without a final period; what belongs in a design stands in
//! backticks. Names have passed [`plain`] wherever they stand in a text, so that no
//! control character of a stranger's reaches a terminal; markup is the renderer's to
//! escape. Wording is free to change here, facts are not: nothing is decided in this room.

mod addresses;
mod blocker;
mod codes;
mod cure;
mod doubt;
mod packets;
mod path;
mod public_access;
mod question;
mod rule;
mod seen;
mod transit_gateway;
mod why;

#[cfg(test)]
mod tests;

use fmnet_core::model::interface::Owner;
use fmnet_core::model::{InterfaceId, Model, SubnetId};

use crate::answer::End;
use crate::fate::Component;
use crate::matrix::{Content, MatrixEnd};

pub use addresses::{addresses, destinations, sources};
pub use blocker::blocker;
pub use cure::{Cure, Proposed, close, is_followed, open};
pub use doubt::{Assumed, assumption, assumptions, note, unmodelled};
pub use packets::{joined, packets};
pub use path::{path, reply_path};
pub use question::{endpoints, question};
pub use rule::{RuleText, rule};
pub use why::why;

/// A component by its kind and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it is, as `network ACL`.
    pub kind: &'static str,
    /// Its name as the model has it: pass it through [`plain`] before showing it.
    pub name: String,
    /// The subnet at which an ACL or a route table works, by name, likewise.
    pub subnet: Option<String>,
}

/// The kind and name of a component.
#[must_use]
pub fn component(model: &Model, component: Component) -> Named {
    let named = |kind, name: &str| Named { kind, name: name.to_owned(), subnet: None };
    let at = |kind, name: &str, subnet: SubnetId| Named {
        subnet: Some(model.subnets[subnet].name.clone()),
        ..named(kind, name)
    };
    match component {
        Component::Vpc(id) => named("VPC", &model.vpcs[id].name),
        Component::Internet => named("internet", "the internet"),
        Component::Interface(id) => named("interface", &model.interfaces[id].name),
        Component::NetworkAcl(id, subnet) => at("network ACL", &model.network_acls[id].name, subnet),
        Component::RouteTable(id, subnet) => at("route table", &model.route_tables[id].name, subnet),
        Component::InternetGateway(id) => named("internet gateway", &model.internet_gateways[id].name),
        Component::EgressOnlyInternetGateway(id) => {
            named("egress-only internet gateway", &model.egress_only_internet_gateways[id].name)
        }
        Component::NatGateway(id) => named("NAT gateway", &model.nat_gateways[id].name),
        Component::PeeringConnection(id) => named("peering connection", &model.peering_connections[id].name),
        Component::VirtualPrivateGateway(id) => {
            named("virtual private gateway", &model.virtual_private_gateways[id].name)
        }
        Component::VpnConnection(id) => named("VPN connection", &model.vpn_connections[id].name),
        Component::DirectConnectGateway(id) => named("Direct Connect gateway", &model.direct_connect_gateways[id].name),
        Component::OnPremises(id) => named("network on premises", &model.on_premises[id].name),
        Component::TransitGatewayAttachment(id) => {
            named("transit gateway attachment", &model.transit_gateway_attachments[id].name)
        }
        Component::TransitGatewayRouteTable(id) => {
            named("transit gateway route table", &model.transit_gateway_route_tables[id].name)
        }
        Component::AmazonService => named("Amazon service", "Amazon's service inside the VPC"),
    }
}

/// `text` with every character that could steer a terminal or reorder a line written out, as `\u{1b}`.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            safe.extend(letter.escape_default());
        } else if steers(letter) {
            safe.extend(letter.escape_unicode());
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Whether a character shows nothing by itself but changes how others are shown.
fn steers(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The name people know an interface by: a database's, wherever its primary is, else its own.
#[must_use]
pub fn workload(model: &Model, id: InterfaceId) -> String {
    let interface = &model.interfaces[id];
    match interface.owner {
        Owner::Database(database) => plain(&model.databases[database].name),
        Owner::Instance(_) | Owner::Nobody => plain(&interface.name),
    }
}

/// One end of a part: `the internet`, `api-1`, `fm-db`, `web-1 and 39 more alike`.
#[must_use]
pub fn end(model: &Model, end: &End) -> String {
    match end {
        End::Internet => "the internet".to_owned(),
        End::Interfaces(ids) => interfaces(model, ids),
        End::Behind(id) => format!("a network behind {}", workload(model, *id)),
        End::OnPremises(id) => format!("{} on premises", plain(&model.on_premises[*id].name)),
        End::AmazonService => "Amazon's service inside the VPC".to_owned(),
        End::Nobody => "an address that nothing owns".to_owned(),
    }
}

/// One row of a matrix, without its count: `internet`, `api-1`, `web-1 and others`.
#[must_use]
pub fn matrix_end(model: &Model, end: &MatrixEnd) -> String {
    match end {
        MatrixEnd::Internet => "internet".to_owned(),
        MatrixEnd::Class(ids) => match names(model, ids, 3) {
            (names, count) if count > 3 => {
                format!("{} and others", names.first().map(String::as_str).unwrap_or_default())
            }
            (names, _) => listed(&names, "and"),
        },
    }
}

/// What one end reaches at another, a line for each set of sources: `tcp/443`, `from vpn
/// (203.0.113.7): tcp/22`, `unknown: udp/53`. What every host of the internet reaches is
/// said to be from everyone, so that no line is read as limited like another.
#[must_use]
pub fn content(model: &Model, from: &MatrixEnd, content: &Content) -> Vec<String> {
    let is_limited = content.partly.iter().any(|partly| !partly.from.is_empty());
    let everyone = match from {
        MatrixEnd::Internet => Some("everyone"),
        MatrixEnd::Class(_) => is_limited.then_some("each of its addresses"),
    };
    let partly = content.partly.iter().map(|partly| {
        let from = match partly.from.as_str() {
            "" => everyone.map(|everyone| format!("from {everyone}")),
            "any IPv4 address" if *from != MatrixEnd::Internet => Some("over IPv4".to_owned()),
            "any IPv6 address" if *from != MatrixEnd::Internet => Some("over IPv6".to_owned()),
            sources => Some(format!("from {}", addresses::named(model, sources))),
        };
        let to = match partly.to.as_str() {
            "" => None,
            destinations => Some(format!("to {}", addresses::named(model, destinations))),
        };
        let word = match () {
            () if partly.is_whole => None,
            // Source ports are said with the traffic.
            () if to.is_none() && !partly.traffic.contains("(source port") => Some("partly, depending on the address"),
            () => Some("partly"),
        };
        group(from.as_deref(), to.as_deref(), word, &partly.traffic)
    });
    let said = |who, what, text: &str| (!text.is_empty()).then(|| group(who, None, what, text));
    let everyone = everyone.map(|everyone| format!("from {everyone}"));
    let answered = said(everyone.as_deref(), None, &content.answered);
    let unknown = said(None, Some("unknown"), &content.unknown);
    let unanswered = said(None, Some("arrives, but no reply comes back"), &content.unanswered);
    answered.into_iter().chain(partly).chain(unknown).chain(unanswered).collect()
}

/// `from vpn, partly: tcp/22`.
fn group(from: Option<&str>, to: Option<&str>, word: Option<&str>, traffic: &str) -> String {
    let ends: Vec<&str> = [from, to].into_iter().flatten().collect();
    let head: Vec<String> =
        [Some(ends.join(" ")).filter(|ends| !ends.is_empty()), word.map(str::to_owned)].into_iter().flatten().collect();
    if head.is_empty() { traffic.to_owned() } else { format!("{}: {traffic}", head.join(", ")) }
}

/// Interfaces that behave alike. The places of one database are one thing; of more than
/// three things the first is named and the others counted.
#[must_use]
pub fn interfaces(model: &Model, ids: &[InterfaceId]) -> String {
    let (names, count) = names(model, ids, 3);
    match names.as_slice() {
        few if count <= 3 => listed(few, "and"),
        [first, ..] => format!("{first} and {} more alike", count - 1),
        [] => String::new(),
    }
}

/// Interfaces by name, up to six, else the first three and a count.
#[must_use]
pub fn several(model: &Model, ids: &[InterfaceId]) -> String {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    let (names, count) = names(model, &sorted, 6);
    match names.as_slice() {
        few if count <= 6 => few.join(", "),
        many => {
            let first: Vec<String> = many.iter().take(3).cloned().collect();
            format!("{} and {} more", first.join(", "), count - first.len())
        }
    }
}

/// Interfaces by name, up to `most`, else the first `most` and a count.
#[must_use]
pub fn members(model: &Model, ids: &[InterfaceId], most: usize) -> String {
    let (names, count) = names(model, ids, most);
    let shown: Vec<String> = names.into_iter().take(most).collect();
    let more = if count > most { format!(" and {} more", count - most) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// The first names of interfaces, the places of a database once, and how many there are in all.
fn names(model: &Model, ids: &[InterfaceId], most: usize) -> (Vec<String>, usize) {
    let mut names: Vec<String> = Vec::new();
    for &id in ids {
        let name = place_of(model, id, ids);
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() > most {
            return (names, count_things(model, ids).max(most + 1));
        }
    }
    let count = names.len();
    (names, count)
}

/// The name of `id`, with its subnet where it is one place of a database among others not in `ids`.
fn place_of(model: &Model, id: InterfaceId, ids: &[InterfaceId]) -> String {
    let interface = &model.interfaces[id];
    match interface.owner {
        Owner::Database(database) if !model.databases[database].candidates.iter().all(|other| ids.contains(other)) => {
            format!("{} in {}", workload(model, id), subnet(model, interface.subnet))
        }
        Owner::Database(_) | Owner::Instance(_) | Owner::Nobody => workload(model, id),
    }
}

/// How many workloads `ids` are, the places of one database counted once.
#[must_use]
pub fn count_things(model: &Model, ids: &[InterfaceId]) -> usize {
    let mut databases = Vec::new();
    let mut count = 0;
    for &id in ids {
        match model.interfaces[id].owner {
            Owner::Database(database) if databases.contains(&database) => {}
            Owner::Database(database) => {
                databases.push(database);
                count += 1;
            }
            Owner::Instance(_) | Owner::Nobody => count += 1,
        }
    }
    count
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// The name of a subnet, safe to show.
fn subnet(model: &Model, id: SubnetId) -> String {
    plain(&model.subnets[id].name)
}
