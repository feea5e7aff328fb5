//! Endpoints by name: what a word of a command or an intent means.
//!
//! In: a [`Model`] and text such as `internet except vpn`. Out: an [`EndpointSet`], what
//! it was taken to mean in words, or why it cannot be told. In a command a name may be
//! shortened to a prefix that fits only one, and its case does not matter.

mod rank;
mod describe;

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::intent::{Endpoint, EndpointSet, Intent, Question};
use crate::model::{Model, VpcId};
use crate::resolve;
use crate::spec::intent::{parse_endpoints, parse_line};
use crate::spec::print::line_name;
use crate::spec::{EndpointSpec, Spanned};
use crate::traffic::{PortRange, Traffic};
use crate::words::{echo, nearest};
use rank::{Fits, Rank};

/// Why text names no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// Nothing is called so.
    Unknown {
        /// As typed.
        text: String,
        /// What was probably meant, the likeliest first.
        nearest: Vec<String>,
    },
    /// Several things may be meant.
    Ambiguous {
        /// As typed.
        text: String,
        /// Each of them, as it may be typed.
        candidates: Vec<String>,
    },
    /// It is not written as an endpoint is.
    Malformed(Box<Diagnostic>),
}

impl std::error::Error for EndpointError {}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { text, nearest } if nearest.is_empty() => {
                write!(f, "nothing is called {}", echo(text))
            }
            Self::Unknown { text, nearest } => {
                write!(f, "nothing is called {}; did you mean {}?", echo(text), listed(nearest))
            }
            Self::Ambiguous { text, candidates } => {
                write!(f, "{} may mean {}", echo(text), listed(candidates))
            }
            Self::Malformed(diagnostic) => {
                f.write_str(&diagnostic.message)?;
                diagnostic.help.iter().try_for_each(|help| write!(f, "; {help}"))
            }
        }
    }
}

/// `a`, `b` or `c`, and how many more.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| echo(name)).collect();
    if names.len() > SHOWN {
        shown.push(format!("{} more", names.len() - SHOWN));
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Every name of a model that an endpoint may have. Looking a name up takes no longer in
/// a large network, so make one and keep it where many are looked up.
pub struct Directory<'m> {
    model: &'m Model,
    /// Workloads, places and networks on premises.
    workloads: Rank<'m>,
    /// Network interfaces.
    interfaces: Rank<'m>,
    subnets: Rank<'m>,
    groups: Rank<'m>,
    vpcs: Rank<'m>,
    tags: BTreeMap<(&'m str, &'m str), Vec<Endpoint>>,
}

/// The words that mean endpoints by themselves.
const WORDS: [(&str, Endpoint); 3] =
    [("internet", Endpoint::Internet), ("internet4", Endpoint::Internet4), ("internet6", Endpoint::Internet6)];

/// The word that means the VPC, where there is one.
const VPC: &str = "vpc";

impl<'m> Directory<'m> {
    /// Collects the names of a model.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        let (mut workloads, mut interfaces) = (Rank::default(), Rank::default());
        let (mut subnets, mut groups, mut vpcs) = (Rank::default(), Rank::default(), Rank::default());
        let mut tags: BTreeMap<(&str, &str), Vec<Endpoint>> = BTreeMap::new();
        for (id, instance) in model.instances.iter() {
            workloads.add(&instance.name, Endpoint::Instance(id));
            for (key, value) in &instance.tags {
                tags.entry((key, value)).or_default().push(Endpoint::Instance(id));
            }
        }
        for (id, database) in model.databases.iter() {
            workloads.add(&database.name, Endpoint::Database(id));
            for (key, value) in &database.tags {
                tags.entry((key, value)).or_default().push(Endpoint::Database(id));
            }
        }
        for (id, place) in model.places.iter() {
            workloads.add(&place.name, Endpoint::Place(id));
        }
        for (id, network) in model.on_premises.iter() {
            workloads.add(&network.name, Endpoint::OnPremises(id));
        }
        for (id, interface) in model.interfaces.iter() {
            if workloads.get(&interface.name).is_none() {
                interfaces.add(&interface.name, Endpoint::Interface(id));
            }
        }
        for (id, subnet) in model.subnets.iter() {
            subnets.add(&subnet.name, Endpoint::Subnet(id));
        }
        for (id, group) in model.security_groups.iter() {
            groups.add(&group.name, Endpoint::Group(id));
        }
        for (id, vpc) in model.vpcs.iter() {
            vpcs.add(&vpc.name, Endpoint::Vpc(id));
        }
        Self { model, workloads, interfaces, subnets, groups, vpcs, tags }
    }

    /// The VPC that an endpoint belongs to, where it belongs to one.
    fn vpc_of(&self, endpoint: Endpoint) -> Option<VpcId> {
        let model = self.model;
        match endpoint {
            Endpoint::Interface(id) => Some(model.vpc_of_interface(id)),
            Endpoint::Instance(id) => Some(model.vpc_of_interface(*model.instances[id].interfaces.first()?)),
            Endpoint::Database(id) => Some(model.vpc_of_interface(*model.databases[id].candidates.first()?)),
            Endpoint::Group(id) => Some(model.security_groups[id].vpc),
            Endpoint::Subnet(id) => Some(model.vpc_of(id)),
            Endpoint::Internet
            | Endpoint::Internet4
            | Endpoint::Internet6
            | Endpoint::Place(_)
            | Endpoint::OnPremises(_)
            | Endpoint::Net(_)
            | Endpoint::Vpc(_) => None,
        }
    }

    /// `name` without the name of a VPC before it, and which VPC that is.
    fn without_vpc<'n>(&self, name: &'n str) -> impl Iterator<Item = (VpcId, &'n str)> {
        let prefixed = name.contains('/').then(|| self.model.vpcs.iter()).into_iter().flatten();
        prefixed.filter_map(move |(id, vpc)| Some((id, name.strip_prefix(&vpc.name)?.strip_prefix('/')?)))
    }

    /// What a name means, be it called so or with its VPC's name before it.
    fn called(&self, rank: &Rank<'m>, name: &str) -> Option<Vec<Endpoint>> {
        let in_vpc = || {
            self.without_vpc(name).find_map(|(vpc, rest)| {
                let meanings = rank.get(rest)?.iter().copied();
                only(Some(&meanings.filter(|&end| self.vpc_of(end) == Some(vpc)).collect::<Vec<_>>()))
            })
        };
        only(rank.get(name)).or_else(in_vpc)
    }

    /// How each of several things may be named that an endpoint may mean, of several VPCs.
    pub(crate) fn candidates(&self, spec: &EndpointSpec) -> Vec<String> {
        let (ranks, name): (Vec<(&str, &Rank<'m>)>, &str) = match spec {
            EndpointSpec::Name(name) if name == VPC && self.model.vpcs.len() > 1 => {
                return self.model.vpcs.iter().map(|(_, vpc)| keyed(VPC, &vpc.name)).collect();
            }
            EndpointSpec::Name(name) => (vec![("", &self.workloads), ("", &self.interfaces)], name),
            EndpointSpec::Group(name) => (vec![("group", &self.groups)], name),
            EndpointSpec::Subnet(name) => (vec![("subnet", &self.subnets)], name),
            EndpointSpec::Vpc(_) | EndpointSpec::Tag(..) | EndpointSpec::Net(_) => return Vec::new(),
        };
        let in_vpcs = |(keyword, rank): (&str, &Rank<'m>)| -> Vec<String> {
            let names = self.model.vpcs.iter().map(|(_, vpc)| format!("{}/{name}", vpc.name));
            names.filter(|name| rank.get(name).is_some()).map(|name| keyed(keyword, &name)).collect()
        };
        ranks.into_iter().map(in_vpcs).find(|names| !names.is_empty()).unwrap_or_default()
    }

    /// What an endpoint means, its name written in full; nothing where there is none, or
    /// several of the name.
    #[must_use]
    pub fn exact(&self, spec: &EndpointSpec) -> Option<Vec<Endpoint>> {
        match spec {
            EndpointSpec::Net(net) => Some(vec![Endpoint::Net(net.trunc())]),
            EndpointSpec::Group(name) => self.called(&self.groups, name),
            EndpointSpec::Subnet(name) => self.called(&self.subnets, name),
            EndpointSpec::Vpc(name) => only(self.vpcs.get(name)),
            EndpointSpec::Tag(key, value) => self.tags.get(&(key.as_str(), value.as_str())).cloned(),
            EndpointSpec::Name(name) => {
                let word = WORDS.into_iter().find(|(word, _)| word == name).map(|(_, endpoint)| vec![endpoint]);
                let word = word.or_else(|| self.only_vpc(name).map(|endpoint| vec![endpoint]));
                let workload = || self.called(&self.workloads, name);
                word.or_else(workload).or_else(|| self.called(&self.interfaces, name))
            }
        }
    }

    /// The VPC, where the word for it is meant and there is one.
    fn only_vpc(&self, word: &str) -> Option<Endpoint> {
        let mut ids = self.model.vpcs.ids();
        let first = ids.next().filter(|_| word == VPC)?;
        ids.next().is_none().then_some(Endpoint::Vpc(first))
    }

    /// What text such as `internet except vpn` means in a command.
    ///
    /// # Errors
    ///
    /// See [`EndpointError`].
    pub fn lookup(&self, text: &str) -> Result<EndpointSet, EndpointError> {
        let spec = parse_endpoints(text, 0).map_err(|malformed| EndpointError::Malformed(Box::new(malformed)))?;
        Ok(EndpointSet { include: self.all(&spec.include)?, except: self.all(&spec.except)? })
    }

    /// The question that a command asks; without `traffic` it is about a database's own
    /// port, or about any.
    ///
    /// # Errors
    ///
    /// As [`Directory::lookup`].
    pub fn question(
        &self,
        from: &str,
        to: &str,
        traffic: Option<&[Traffic]>,
        source_ports: Option<PortRange>,
    ) -> Result<Question, EndpointError> {
        let (from, to) = (self.lookup(from)?, self.lookup(to)?);
        let traffic = match traffic {
            Some(traffic) if !traffic.is_empty() => traffic.to_vec(),
            Some(_) | None => resolve::default_traffic(self.model, &to),
        };
        Ok(Question { from, to, traffic, traffic_except: Vec::new(), source_ports })
    }

    /// One line of intent, its names written in full.
    ///
    /// # Errors
    ///
    /// The first mistake in it; its places are those in `text`.
    pub fn intent(&self, text: &str) -> Result<Intent, Diagnostic> {
        let spec = parse_line(text, 0)?;
        let mut unknown = Vec::new();
        let from = resolve::ends(self, &spec.from, &mut unknown);
        let to = resolve::ends(self, &spec.to, &mut unknown);
        match unknown.first() {
            Some(end) => Err(resolve::mistake(self, end, &mut usize::MAX.clone())),
            None => Ok(resolve::assemble(self.model, &spec, from, to)),
        }
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        let ranks = [&self.workloads, &self.interfaces, &self.subnets, &self.groups];
        ranks.iter().map(|rank| rank.exact.len()).sum()
    }

    /// The endpoint most like one that is unknown, as it is to be typed.
    pub(crate) fn nearest(&self, spec: &EndpointSpec) -> Option<String> {
        match spec {
            EndpointSpec::Net(_) => None,
            EndpointSpec::Group(name) => nearest(name, self.groups.names()).map(|near| keyed("group", near)),
            EndpointSpec::Subnet(name) => nearest(name, self.subnets.names()).map(|near| keyed("subnet", near)),
            EndpointSpec::Vpc(name) => nearest(name, self.vpcs.names()).map(|near| keyed(VPC, near)),
            EndpointSpec::Tag(key, value) => {
                let typed = format!("{key}={value}");
                let known: BTreeMap<String, String> =
                    self.tags.keys().map(|(key, value)| (format!("{key}={value}"), keyed_tag(key, value))).collect();
                nearest(&typed, known.keys().map(String::as_str)).and_then(|near| known.get(near).cloned())
            }
            EndpointSpec::Name(name) => {
                if self.groups.get(name).is_some() {
                    return Some(keyed("group", name));
                }
                if self.subnets.get(name).is_some() {
                    return Some(keyed("subnet", name));
                }
                // The right name, of another VPC.
                let known = |rest: &&str| self.workloads.get(rest).is_some() || self.interfaces.get(rest).is_some();
                if let Some(rest) = self.without_vpc(name).map(|(_, rest)| rest).find(known) {
                    return Some(line_name(rest));
                }
                let words = WORDS.into_iter().map(|(word, _)| word).chain([VPC]);
                nearest(name, words.chain(self.workloads.names()).chain(self.interfaces.names())).map(line_name)
            }
        }
    }

    fn all(&self, specs: &[Spanned<EndpointSpec>]) -> Result<Vec<Endpoint>, EndpointError> {
        let mut all = Vec::with_capacity(specs.len());
        for spec in specs {
            all.extend(self.loose(&spec.value)?);
        }
        Ok(all)
    }

    /// What an endpoint means where its name may be shortened.
    fn loose(&self, spec: &EndpointSpec) -> Result<Vec<Endpoint>, EndpointError> {
        if let Some(exact) = self.exact(spec) {
            return Ok(exact);
        }
        let (workloads, interfaces) = (("", &self.workloads), ("", &self.interfaces));
        let (subnets, groups, vpcs) = (("subnet", &self.subnets), ("group", &self.groups), (VPC, &self.vpcs));
        let (tiers, name): (Vec<Vec<(&'static str, &Rank<'m>)>>, &str) = match spec {
            EndpointSpec::Name(name) => {
                let word = WORDS.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
                if let Some((_, endpoint)) = word {
                    return Ok(vec![endpoint]);
                }
                if name.eq_ignore_ascii_case(VPC) {
                    let spec = EndpointSpec::Name(VPC.to_owned());
                    return self.exact(&spec).ok_or_else(|| EndpointError::Ambiguous {
                        text: name.clone(),
                        candidates: self.candidates(&spec),
                    });
                }
                (vec![vec![workloads], vec![interfaces], vec![subnets, groups]], name)
            }
            EndpointSpec::Group(name) => (vec![vec![groups]], name),
            EndpointSpec::Subnet(name) => (vec![vec![subnets]], name),
            EndpointSpec::Vpc(name) => (vec![vec![vpcs]], name),
            EndpointSpec::Tag(..) | EndpointSpec::Net(_) => (Vec::new(), ""),
        };
        for fits in [Rank::called, Rank::in_any_case, Rank::with_prefix] {
            for tier in &tiers {
                match self.fitting(tier, name, fits).as_slice() {
                    [] => {}
                    [(_, _, [endpoint])] => return Ok(vec![*endpoint]),
                    several => {
                        let names = several.iter().map(|&(keyword, name, _)| keyed(keyword, name));
                        return Err(EndpointError::Ambiguous { text: name.to_owned(), candidates: names.collect() });
                    }
                }
            }
        }
        let text = match spec {
            EndpointSpec::Tag(key, value) => format!("tag {key}={value}"),
            EndpointSpec::Group(name) => format!("group {name}"),
            EndpointSpec::Subnet(name) => format!("subnet {name}"),
            EndpointSpec::Vpc(name) => format!("vpc {name}"),
            EndpointSpec::Name(name) => name.clone(),
            EndpointSpec::Net(net) => net.to_string(),
        };
        Err(EndpointError::Unknown { text, nearest: self.nearest(spec).into_iter().collect() })
    }

    /// The names of a tier that fit, each with its keyword and what it means. Where there
    /// are several VPCs, a VPC's name may stand before what was typed, or be left out of it.
    fn fitting<'d>(
        &self,
        tier: &[(&'static str, &'d Rank<'m>)],
        name: &str,
        fits: Fits<'m>,
    ) -> Vec<(&'static str, &'m str, &'d [Endpoint])> {
        let several = self.model.vpcs.len() > 1;
        let behind = self.model.vpcs.iter().filter(|_| several).map(|(_, vpc)| format!("{}/{name}", vpc.name));
        let behind: Vec<String> = behind.collect();
        let mut found: Vec<(&'static str, &'m str, &'d [Endpoint])> = Vec::new();
        for &(keyword, rank) in tier {
            let mut add = |typed: &str, vpc: Option<VpcId>| {
                for name in fits(rank, typed) {
                    let Some(ends) = rank.get(name) else { continue };
                    let is_there = vpc.is_none() || ends.iter().all(|&end| self.vpc_of(end) == vpc);
                    if is_there && !found.iter().any(|&(word, known, _)| (word, known) == (keyword, name)) {
                        found.push((keyword, name, ends));
                    }
                }
            };
            add(name, None);
            behind.iter().for_each(|name| add(name, None));
            self.without_vpc(name).for_each(|(vpc, rest)| add(rest, Some(vpc)));
        }
        found
    }
}

fn only(meanings: Option<&[Endpoint]>) -> Option<Vec<Endpoint>> {
    meanings.filter(|meanings| meanings.len() == 1).map(<[Endpoint]>::to_vec)
}

/// A name as it is to be typed.
fn keyed(keyword: &str, name: &str) -> String {
    if keyword.is_empty() { line_name(name) } else { format!("{keyword} {}", line_name(name)) }
}

/// A tag as it is to be typed.
fn keyed_tag(key: &str, value: &str) -> String {
    let is_word = |word: &str| line_name(word) == word;
    let tag = format!("{key}={value}");
    if is_word(key) && is_word(value) { format!("tag {tag}") } else { keyed("tag", &tag) }
}

/// What text such as `internet except vpn` means in a command.
///
/// # Errors
///
/// See [`EndpointError`].
pub fn lookup(model: &Model, text: &str) -> Result<EndpointSet, EndpointError> {
    Directory::new(model).lookup(text)
}

/// The question that a command asks; see [`Directory::question`].
///
/// # Errors
///
/// As [`lookup`].
pub fn question(
    model: &Model,
    from: &str,
    to: &str,
    traffic: Option<&[Traffic]>,
    source_ports: Option<PortRange>,
) -> Result<Question, EndpointError> {
    Directory::new(model).question(from, to, traffic, source_ports)
}

/// One line of intent, against a finished model; see [`Directory::intent`].
///
/// # Errors
///
/// The first mistake in it; its places are those in `text`.
pub fn intent(model: &Model, text: &str) -> Result<Intent, Diagnostic> {
    Directory::new(model).intent(text)
}

/// What endpoints were taken to mean, in words: `api-1 (interface api-1, 10.30.1.4, public 198.18.0.1)`.
#[must_use]
pub fn describe(model: &Model, set: &EndpointSet) -> String {
    describe::describe(model, set)
}

#[cfg(test)]
mod tests;
