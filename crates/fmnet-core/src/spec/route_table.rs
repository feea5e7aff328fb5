//! Route tables as typed.
//!
//! In: the nodes under `route_tables`. Out: [`RouteTableSpec`]s.

use super::address::{BlockOf, block, looks_like_net};
use super::part::Part;
use super::print::{Page, line_name, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{Grammar, Record, Shape, optional};
use super::{DestinationSpec, Name, RouteSpec, RouteTableSpec, Spanned, TargetSpec, VpcSpec};
use crate::diagnostic::Diagnostic;
use crate::model::route_table::Origin;
use crate::source::Span;
use crate::words::{Words, with_form};
use crate::yaml::{Kind, Node};

pub(super) const ROUTE_TABLES: Part<VpcSpec> = Part {
    key: optional(
        "route_tables",
        "Route tables, by name. Without one that says `main: true`, AWS's own is named `main`.",
        Shape::Named(&SHAPE),
    ),
    read: |reader, at, vpc| vpc.route_tables = reader.each(at, Reader::route_table),
    print,
    forget: |vpc| {
        for table in &mut vpc.route_tables {
            forget([&mut table.name]);
            table.main = table.main.map(|_| Span::NOWHERE);
            forget(&mut table.propagating);
            table.routes.iter_mut().for_each(forget_route);
        }
    },
};

static ROUTE_TABLE: Record = Record {
    title: "a route table",
    name: "route_table",
    keys: &[
        optional("main", "Whether subnets without a table of their own use it (R78).", Shape::Bool),
        optional(
            "propagating",
            "The virtual private gateway that propagates routes to it (R157).",
            Shape::OneOrMore(&Shape::Name),
        ),
        optional("routes", "Its routes, without the local ones.", ROUTES),
    ],
};

const ROUTES: Shape = Shape::List(&Shape::Line(&Grammar {
    name: "route",
    about: "`DESTINATION -> TARGET`, as `0.0.0.0/0 -> FM_igw`; the destination is a block or `list NAME`; the target a gateway, an instance, an interface, `blackhole` or `unmodelled NAME`; then `propagated`, `advertised` or `filtered`",
    pattern: r"^\s*\S.*\s->\s+\S.*$",
}));

/// A list of routes, or a record.
const SHAPE: Shape = Shape::Either(&[ROUTES, Shape::Record(&ROUTE_TABLE)]);

const HELP: &str =
    "a route is `DESTINATION -> TARGET`, as `0.0.0.0/0 -> NAME`, `10.8.0.0/16 -> blackhole` or `list NAME -> NAME`";

fn print(page: &mut Page, vpc: &VpcSpec) {
    if !vpc.route_tables.is_empty() {
        page.key(0, "route_tables");
    }
    for table in &vpc.route_tables {
        if table.main.is_some() || !table.propagating.is_empty() {
            page.key(1, &table.name.value);
            page.option(2, "main", table.main.map(|_| true));
            page.items(2, "propagating", table.propagating.iter().map(|name| text(&name.value)));
            page.list(2, "routes", table.routes.iter().map(line));
        } else {
            page.list(1, &table.name.value, table.routes.iter().map(line));
        }
    }
}

/// Forgets where a route stands.
pub(super) fn forget_route(route: &mut RouteSpec) {
    forget([&mut route.destination]);
    forget([&mut route.target]);
    route.span = Span::NOWHERE;
}

/// A route as a line again.
pub(super) fn line(route: &RouteSpec) -> String {
    let destination = match &route.destination.value {
        DestinationSpec::Cidr(block) => block.to_string(),
        DestinationSpec::PrefixList(name) => format!("list {}", line_name(name)),
    };
    let target = match &route.target.value {
        TargetSpec::Name(name) => line_name(name),
        TargetSpec::Blackhole => "blackhole".to_owned(),
        TargetSpec::Unmodelled(name) => format!("unmodelled {}", line_name(name)),
    };
    let origin = match route.origin {
        Origin::Static => "",
        Origin::Propagated => " propagated",
        Origin::Advertised => " advertised",
    };
    let filtered = if route.filtered { " filtered" } else { "" };
    format!("{destination} -> {target}{origin}{filtered}")
}

impl<'s> Reader<'s> {
    fn route_table(&mut self, name: Name, node: &Node<'s>) -> RouteTableSpec {
        let mut table = RouteTableSpec { name, main: None, propagating: Vec::new(), routes: Vec::new() };
        if matches!(node.kind, Kind::List(_)) {
            table.routes = self.routes(node);
            return table;
        }
        if matches!(node.kind, Kind::Scalar { .. }) {
            self.wrong_kind(node, "a list of routes");
            return table;
        }
        let Some(section) = self.open(node, &ROUTE_TABLE, table.name.span) else { return table };
        if let Some(node) = section.get("main") {
            table.main = self.boolean(node).filter(|&main| main).map(|_| node.span);
        }
        if let Some(node) = section.get("propagating") {
            let items = self.one_or_more(node);
            let what = "the name of a virtual private gateway";
            table.propagating = items.iter().filter_map(|item| self.name(item, what)).collect();
        }
        if let Some(node) = section.get("routes") {
            table.routes = self.routes(node);
        }
        table
    }

    fn routes(&mut self, node: &Node<'s>) -> Vec<RouteSpec> {
        let items = self.list(node, "a list of routes");
        items
            .iter()
            .filter_map(|item| {
                let words = self.words(item, "a route, `DESTINATION -> TARGET`")?;
                let route = route(words).map_err(|diagnostic| with_form(diagnostic, HELP));
                self.keep(route)
            })
            .collect()
    }
}

/// Reads `DESTINATION -> TARGET`.
pub(super) fn route(mut words: Words<'_>) -> Result<RouteSpec, Diagnostic> {
    let span = words.line();
    let destination = destination(&mut words)?;
    words.expect("->")?;
    let target = target(&mut words)?;
    let mut route = RouteSpec { destination, target, origin: Origin::Static, filtered: false, span };
    while let Some(word) = words.next_word()? {
        if word.is("filtered") {
            route.filtered = true;
            continue;
        }
        let origin = if word.is("propagated") {
            Origin::Propagated
        } else if word.is("advertised") {
            Origin::Advertised
        } else {
            return Err(word.unexpected_of(
                "`propagated`, `advertised`, `filtered` or the end of the line",
                &["propagated", "advertised", "filtered"],
            ));
        };
        if route.origin != Origin::Static && route.origin != origin {
            return Err(word.unexpected("one origin: a route is propagated or advertised"));
        }
        route.origin = origin;
    }
    Ok(route)
}

fn destination(words: &mut Words<'_>) -> Result<Spanned<DestinationSpec>, Diagnostic> {
    let what = "a block or `list NAME`";
    let word = words.take(what)?;
    word.without_arrow()?;
    if word.is("list") {
        let name = words.take("the name of a prefix list")?;
        let span = Span { start: word.span.start, end: name.span.end };
        return Ok(Spanned { value: DestinationSpec::PrefixList(name.text.into_owned()), span });
    }
    if word.quoted || !looks_like_net(&word.text) {
        return Err(word.unexpected(what));
    }
    let value = DestinationSpec::Cidr(block(&word.text, word.span, BlockOf::Rule)?);
    Ok(Spanned { value, span: word.span })
}

fn target(words: &mut Words<'_>) -> Result<Spanned<TargetSpec>, Diagnostic> {
    let word = words.take("a target")?;
    let mut span = word.span;
    let value = if word.is("blackhole") {
        TargetSpec::Blackhole
    } else if word.is("unmodelled") {
        let name = words.take("the name of what is not modelled")?;
        span.end = name.span.end;
        TargetSpec::Unmodelled(name.text.into_owned())
    } else if word.is("local") {
        return Err(Diagnostic::error(
            "bad-word",
            "local routes are not written",
            span,
            "AWS adds them to every table",
        )
        .help("remove this line: the VPC's blocks are routed inside the VPC always (R80)"));
    } else {
        TargetSpec::Name(word.text.into_owned())
    };
    Ok(Spanned { value, span })
}
