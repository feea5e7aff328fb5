//! A design as text again.
//!
//! In: a [`Spec`]. Out: a design that parses to the same [`Spec`], places apart, in the
//! order and with the keys that the language's own page uses. Comments are not kept. What
//! each key holds is printed beside its parser.
//!
//! INVARIANT: `parse(print(spec))` is `spec` for every `spec` that `parse` returned without errors.

mod scalar;

pub use self::scalar::line_name;
pub(super) use self::scalar::{line_tag, line_vpc, quoted, text};
use super::design::PARTS;
use super::part::Of;
use super::{AddressSpec, Name, Spanned, Spec, VpcSpec};
use crate::traffic::{PortRange, Protocol, Traffic};

/// Writes a design in the language: a VPC by itself at the top level, several under `vpcs`.
#[must_use]
pub fn print(spec: &Spec) -> String {
    let mut page = Page { out: String::new(), base: 0 };
    let only = match spec.vpcs.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    match only {
        Some(vpc) => {
            page.name(0, "vpc", vpc.name.as_ref());
            page.vpc(vpc);
        }
        None => page.vpcs(spec),
    }
    for part in &PARTS {
        match (part, only) {
            (Of::Vpc(part), Some(vpc)) => (part.print)(&mut page, vpc),
            (Of::Vpc(_), None) => {}
            (Of::Design(part), _) => (part.print)(&mut page, spec),
        }
    }
    page.out
}

/// Text, line by line.
pub(super) struct Page {
    out: String,
    /// How deep the page stands in another.
    base: usize,
}

impl Page {
    /// `KEY:`, with more below it.
    pub(super) fn key(&mut self, depth: usize, key: &str) {
        self.indent(depth);
        self.out.push_str(&text(key));
        self.out.push_str(":\n");
    }

    /// `KEY: VALUE`, the value as it is.
    pub(super) fn pair(&mut self, depth: usize, key: &str, value: impl ToString) {
        self.indent(depth);
        self.entry(key, value);
    }

    /// `KEY: VALUE`, where there is one.
    pub(super) fn option(&mut self, depth: usize, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.pair(depth, key, value);
        }
    }

    fn entry(&mut self, key: &str, value: impl ToString) {
        self.out.push_str(&text(key));
        self.out.push_str(": ");
        self.out.push_str(&value.to_string());
        self.out.push('\n');
    }

    /// `- KEY: VALUE`, the first key of an item; more follow one level deeper.
    pub(super) fn item_pair(&mut self, depth: usize, key: &str, value: &str) {
        self.indent(depth);
        self.out.push_str("- ");
        self.entry(key, value);
    }

    /// `KEY: NAME`, where there is one.
    pub(super) fn name(&mut self, depth: usize, key: &str, name: Option<&Name>) {
        if let Some(name) = name {
            self.pair(depth, key, text(&name.value));
        }
    }

    /// `KEY: ADDRESS`, or the word for one that AWS chooses.
    pub(super) fn address(&mut self, depth: usize, key: &str, address: Option<&Spanned<AddressSpec>>, chosen: &str) {
        let Some(address) = address else { return };
        self.pair(depth, key, address_text(address.value, chosen));
    }

    /// `KEY: true` or `KEY: false`, where it is not what is left out.
    pub(super) fn flag(&mut self, depth: usize, key: &str, value: bool, left_out: bool) {
        if value != left_out {
            self.pair(depth, key, value);
        }
    }

    /// `KEY:` with a list below it; nothing for an empty list.
    pub(super) fn items(&mut self, depth: usize, key: &str, items: impl Iterator<Item = String>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.key(depth, key);
            for item in items {
                self.item(depth + 1, &item);
            }
        }
    }

    /// As [`Page::items`], with `[]` for an empty list.
    pub(super) fn list(&mut self, depth: usize, key: &str, items: impl Iterator<Item = String>) {
        let before = self.out.len();
        self.items(depth, key, items);
        if self.out.len() == before {
            self.pair(depth, key, "[]");
        }
    }

    pub(super) fn item(&mut self, depth: usize, item: &str) {
        self.indent(depth);
        self.out.push_str("- ");
        self.out.push_str(&text(item));
        self.out.push('\n');
    }

    /// The name of something, its keys below; `{}` where `below` writes none.
    pub(super) fn named(&mut self, depth: usize, name: &Name, below: impl FnOnce(&mut Self)) {
        self.key(depth, &name.value);
        let before = self.out.len();
        below(self);
        if self.out.len() == before {
            self.out.truncate(before - 1);
            self.out.push_str(" {}\n");
        }
    }

    /// Names, where there is a list of them, even an empty one.
    pub(super) fn names(&mut self, depth: usize, key: &str, names: Option<&[Name]>) {
        if let Some(names) = names {
            self.list(depth, key, names.iter().map(|name| name.value.clone()));
        }
    }

    /// The tags of a workload.
    pub(super) fn tags(&mut self, tags: &[(Name, Name)]) {
        if tags.is_empty() {
            return;
        }
        self.key(2, "tags");
        for (key, value) in tags {
            self.pair(3, &key.value, text(&value.value));
        }
    }

    fn vpc(&mut self, vpc: &VpcSpec) {
        self.name(0, "region", vpc.region.as_ref());
        self.option(0, "account", vpc.account.as_ref().map(|account| quoted(&account.value)));
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..self.base + depth {
            self.out.push_str("  ");
        }
    }

    /// Every VPC, by name, two levels further in.
    fn vpcs(&mut self, spec: &Spec) {
        if !spec.vpcs.is_empty() {
            self.key(0, "vpcs");
        }
        for vpc in &spec.vpcs {
            let Some(name) = &vpc.name else { continue };
            self.named(1, name, |page| {
                page.base += 2;
                page.vpc(vpc);
                for part in &PARTS {
                    if let Of::Vpc(part) = part {
                        (part.print)(page, vpc);
                    }
                }
                page.base -= 2;
            });
        }
    }
}

pub(super) fn address_text(address: AddressSpec, chosen: &str) -> String {
    match address {
        AddressSpec::Known(address) => text(&address.to_string()),
        AddressSpec::Chosen => chosen.to_owned(),
        AddressSpec::None => "false".to_owned(),
    }
}

/// `tcp/80,443+udp/53`.
pub(super) fn print_traffic(list: &[Spanned<Traffic>]) -> String {
    let same = |a: &Spanned<Traffic>, b: &Spanned<Traffic>| match (a.value, b.value) {
        (Traffic::Of { protocol: a, .. }, Traffic::Of { protocol: b, .. }) => a == b && a.has_ports(),
        (Traffic::Any, _) | (_, Traffic::Any) => false,
    };
    let runs = list.chunk_by(same).map(|run| match run {
        [Spanned { value: Traffic::Any, .. }] => "any".to_owned(),
        [Spanned { value: Traffic::Of { protocol, ports }, .. }] => one_traffic(*protocol, *ports),
        run => ports_of(run),
    });
    runs.collect::<Vec<_>>().join("+")
}

/// `tcp/80,443`; every entry has the protocol of the first.
fn ports_of(run: &[Spanned<Traffic>]) -> String {
    let mut protocol = String::from("any");
    let mut list = Vec::new();
    for traffic in run {
        if let Traffic::Of { protocol: of, ports } = traffic.value {
            protocol = of.to_string();
            list.push(range(ports));
        }
    }
    format!("{protocol}/{}", list.join(","))
}

fn one_traffic(protocol: Protocol, ports: PortRange) -> String {
    if protocol.has_ports() || protocol.has_types() {
        Traffic::Of { protocol, ports }.to_string()
    } else {
        format!("protocol/{}", protocol.0)
    }
}

pub(super) fn range(ports: PortRange) -> String {
    if ports.first == ports.last { ports.first.to_string() } else { format!("{}-{}", ports.first, ports.last) }
}
