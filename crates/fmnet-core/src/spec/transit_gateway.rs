//! Transit gateways and their peerings as typed.
//!
//! In: the nodes under `transit_gateways` and `transit_gateway_peerings`. Out:
//! [`TransitGatewaySpec`]s and [`TransitGatewayPeeringSpec`]s.

use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::route_table;
use super::same::forget;
use super::shape::{Grammar, Record, Shape, optional, required};
use super::{Name, RouteSpec, Spec, TargetSpec};
use crate::diagnostic::Diagnostic;
use crate::model::route_table::Origin;
use crate::source::Span;
use crate::words::with_form;
use crate::yaml::{Kind, Node};

/// A transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitGatewaySpec {
    /// Its name.
    pub name: Name,
    /// `region`; left out, that of the VPCs, where they have one in common.
    pub region: Option<Name>,
    /// `account`; left out, that of the VPCs, where they have one in common.
    pub account: Option<Name>,
    /// `security_group_referencing`, default false.
    pub security_group_referencing: bool,
    /// `default_route_table_association`, default true.
    pub default_association: bool,
    /// `default_route_table_propagation`, default true.
    pub default_propagation: bool,
    /// `attachments`.
    pub attachments: Vec<TransitGatewayAttachmentSpec>,
    /// `route_tables`.
    pub route_tables: Vec<TransitGatewayRouteTableSpec>,
}

/// An attachment of a VPC, or of something that is not modelled.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitGatewayAttachmentSpec {
    /// Its name.
    pub name: Name,
    /// `vpc`.
    pub vpc: Option<Name>,
    /// `subnets`, and where that stands.
    pub subnets: (Vec<Name>, Span),
    /// `appliance_mode`, default false.
    pub appliance_mode: bool,
    /// `ipv6: true`, and where.
    pub ipv6: Option<Span>,
    /// `security_group_referencing`, default true.
    pub security_group_referencing: bool,
    /// `state`, default `available`.
    pub state: Option<Name>,
    /// `created`: decides which of two VPCs with a common address was attached first (R146).
    pub created: Option<Name>,
    /// `unmodelled`, AWS's word for what it is.
    pub unmodelled: Option<Name>,
}

/// A route table of a transit gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitGatewayRouteTableSpec {
    /// Its name.
    pub name: Name,
    /// `associations`; none where it is not written.
    pub associations: Option<Vec<Name>>,
    /// `propagations`; none where it is not written.
    pub propagations: Option<Vec<Name>>,
    /// Its static routes.
    pub routes: Vec<RouteSpec>,
}

/// A peering of two transit gateways.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitGatewayPeeringSpec {
    /// Its name.
    pub name: Name,
    /// `requester`; none only where an error was reported.
    pub requester: Option<Name>,
    /// `accepter`; none only where an error was reported.
    pub accepter: Option<Name>,
    /// `state`, default `available`.
    pub state: Option<Name>,
}

const STATES: &[&str] = &[
    "available",
    "initiating",
    "initiatingRequest",
    "pendingAcceptance",
    "pending",
    "modifying",
    "rollingBack",
    "deleting",
    "deleted",
    "failed",
    "failing",
    "rejected",
    "rejecting",
];

const STATE: &str = "Its state. Default available.";

static ATTACHMENT: Record = Record {
    title: "a transit gateway attachment",
    name: "transit_gateway_attachment",
    keys: &[
        optional("vpc", "The VPC that is attached. One of `vpc` and `unmodelled` is required.", Shape::Name),
        optional("subnets", "A subnet of the VPC in each zone that is attached (R140).", Shape::List(&Shape::Name)),
        optional(
            "appliance_mode",
            "Whether both directions of a flow come in by one zone (R149). Default false.",
            Shape::Bool,
        ),
        optional("ipv6", "Whether it carries IPv6 (R153). Default false.", Shape::Bool),
        optional(
            "security_group_referencing",
            "Whether rules may name groups across it (R39). Default true.",
            Shape::Bool,
        ),
        optional("state", STATE, Shape::Word(STATES)),
        optional(
            "created",
            "When it was created, as `2026-01-31T09:00:00Z`: of VPCs with a common address the first one attached has its routes propagated (R146).",
            Shape::Text,
        ),
        optional("unmodelled", "Something real that is not modelled, as `connect` (R155).", Shape::Name),
    ],
};

const ROUTES: Shape = Shape::List(&Shape::Line(&Grammar {
    name: "transit_gateway_route",
    about: "`DESTINATION -> ATTACHMENT`, as `0.0.0.0/0 -> egress`; the destination is a block or `list NAME`; the target an attachment, a peering or `blackhole`",
    pattern: r"^\s*\S.*\s->\s+\S.*$",
}));

static TABLE: Record = Record {
    title: "a transit gateway route table",
    name: "transit_gateway_route_table",
    keys: &[
        optional("associations", "The attachments whose packets it routes (R142).", Shape::List(&Shape::Name)),
        optional("propagations", "The attachments whose routes it gets (R143).", Shape::List(&Shape::Name)),
        optional("routes", "Its static routes.", ROUTES),
    ],
};

static TRANSIT_GATEWAY: Record = Record {
    title: "a transit gateway",
    name: "transit_gateway",
    keys: &[
        optional("region", "Its region. Left out, that of the VPCs.", Shape::Name),
        optional("account", "Its account. Left out, that of the VPCs.", super::vpc::ACCOUNT_SHAPE),
        optional(
            "security_group_referencing",
            "Whether rules may name groups of other attached VPCs (R39). Default false.",
            Shape::Bool,
        ),
        optional(
            "default_route_table_association",
            "Whether attachments that no table names are associated with the table `default` (R152). Default true.",
            Shape::Bool,
        ),
        optional(
            "default_route_table_propagation",
            "Whether every attachment propagates into the table `default` (R152). Default true.",
            Shape::Bool,
        ),
        optional("attachments", "Its attachments, by name.", Shape::Records(&ATTACHMENT)),
        optional(
            "route_tables",
            "Its route tables, by name: a list of routes, or more.",
            Shape::Named(&Shape::Either(&[ROUTES, Shape::Record(&TABLE)])),
        ),
    ],
};

static PEERING: Record = Record {
    title: "a transit gateway peering",
    name: "transit_gateway_peering",
    keys: &[
        required("requester", "The transit gateway that asked for it.", Shape::Name),
        required("accepter", "The transit gateway that was asked.", Shape::Name),
        optional("state", STATE, Shape::Word(STATES)),
    ],
};

const HELP: &str = "a route of a transit gateway is `DESTINATION -> ATTACHMENT`, as `0.0.0.0/0 -> egress`, \
                    `10.8.0.0/16 -> blackhole` or `list NAME -> egress`";

pub(super) const TRANSIT_GATEWAYS: Part<Spec> = Part {
    key: optional("transit_gateways", "Transit gateways, by name.", Shape::Records(&TRANSIT_GATEWAY)),
    read: |reader, at, spec| spec.transit_gateways = reader.each(at, Reader::transit_gateway),
    print: |page, spec| {
        if !spec.transit_gateways.is_empty() {
            page.key(0, "transit_gateways");
        }
        for gateway in &spec.transit_gateways {
            page.named(1, &gateway.name, |page| print(page, gateway));
        }
    },
    forget: |spec| spec.transit_gateways.iter_mut().for_each(forget_places),
};

pub(super) const TRANSIT_GATEWAY_PEERINGS: Part<Spec> = Part {
    key: optional("transit_gateway_peerings", "Peerings of transit gateways, by name.", Shape::Records(&PEERING)),
    read: |reader, at, spec| spec.transit_gateway_peerings = reader.each(at, Reader::transit_gateway_peering),
    print: |page, spec| {
        if !spec.transit_gateway_peerings.is_empty() {
            page.key(0, "transit_gateway_peerings");
        }
        for peering in &spec.transit_gateway_peerings {
            page.named(1, &peering.name, |page| {
                page.name(2, "requester", peering.requester.as_ref());
                page.name(2, "accepter", peering.accepter.as_ref());
                page.name(2, "state", peering.state.as_ref());
            });
        }
    },
    forget: |spec| {
        for peering in &mut spec.transit_gateway_peerings {
            let names = [&mut peering.name].into_iter().chain(&mut peering.requester);
            forget(names.chain(&mut peering.accepter).chain(&mut peering.state));
        }
    },
};

fn print(page: &mut Page, gateway: &TransitGatewaySpec) {
    page.name(2, "region", gateway.region.as_ref());
    if let Some(account) = &gateway.account {
        page.pair(2, "account", text(&account.value));
    }
    page.flag(2, "security_group_referencing", gateway.security_group_referencing, false);
    page.flag(2, "default_route_table_association", gateway.default_association, true);
    page.flag(2, "default_route_table_propagation", gateway.default_propagation, true);
    if !gateway.attachments.is_empty() {
        page.key(2, "attachments");
    }
    for attachment in &gateway.attachments {
        page.named(3, &attachment.name, |page| {
            page.name(4, "vpc", attachment.vpc.as_ref());
            page.items(4, "subnets", attachment.subnets.0.iter().map(|name| name.value.clone()));
            page.flag(4, "appliance_mode", attachment.appliance_mode, false);
            page.flag(4, "ipv6", attachment.ipv6.is_some(), false);
            page.flag(4, "security_group_referencing", attachment.security_group_referencing, true);
            page.name(4, "state", attachment.state.as_ref());
            page.name(4, "created", attachment.created.as_ref());
            page.name(4, "unmodelled", attachment.unmodelled.as_ref());
        });
    }
    if !gateway.route_tables.is_empty() {
        page.key(2, "route_tables");
    }
    for table in &gateway.route_tables {
        let routes = || table.routes.iter().map(route_table::line);
        if table.associations.is_none() && table.propagations.is_none() {
            page.list(3, &table.name.value, routes());
            continue;
        }
        page.key(3, &table.name.value);
        for (key, names) in [("associations", &table.associations), ("propagations", &table.propagations)] {
            if let Some(names) = names {
                page.list(4, key, names.iter().map(|name| name.value.clone()));
            }
        }
        page.items(4, "routes", routes());
    }
}

fn forget_places(gateway: &mut TransitGatewaySpec) {
    forget([&mut gateway.name].into_iter().chain(&mut gateway.region).chain(&mut gateway.account));
    for attachment in &mut gateway.attachments {
        let names = [&mut attachment.name].into_iter().chain(&mut attachment.vpc).chain(&mut attachment.subnets.0);
        let names = names.chain(&mut attachment.state).chain(&mut attachment.created);
        forget(names.chain(&mut attachment.unmodelled));
        attachment.subnets.1 = Span::NOWHERE;
        attachment.ipv6 = attachment.ipv6.map(|_| Span::NOWHERE);
    }
    for table in &mut gateway.route_tables {
        let lists = table.associations.iter_mut().chain(&mut table.propagations).flatten();
        forget([&mut table.name].into_iter().chain(lists));
        table.routes.iter_mut().for_each(route_table::forget_route);
    }
}

impl<'s> Reader<'s> {
    fn transit_gateway(&mut self, name: Name, node: &Node<'s>) -> TransitGatewaySpec {
        let mut gateway = TransitGatewaySpec {
            name,
            region: None,
            account: None,
            security_group_referencing: false,
            default_association: true,
            default_propagation: true,
            attachments: Vec::new(),
            route_tables: Vec::new(),
        };
        let Some(section) = self.open(node, &TRANSIT_GATEWAY, gateway.name.span) else { return gateway };
        gateway.region = section.get("region").and_then(|node| self.name(node, "the name of a region"));
        gateway.account = section.get("account").and_then(|node| self.account(node));
        let mut flag = |key, left_out| section.get(key).and_then(|node| self.boolean(node)).unwrap_or(left_out);
        gateway.security_group_referencing = flag("security_group_referencing", false);
        gateway.default_association = flag("default_route_table_association", true);
        gateway.default_propagation = flag("default_route_table_propagation", true);
        if let Some(at) = section.at("attachments") {
            gateway.attachments = self.each(at, Self::transit_gateway_attachment);
        }
        if let Some(at) = section.at("route_tables") {
            gateway.route_tables = self.each(at, Self::transit_gateway_route_table);
        }
        gateway
    }

    fn transit_gateway_attachment(&mut self, name: Name, node: &Node<'s>) -> TransitGatewayAttachmentSpec {
        let subnets = (Vec::new(), name.span);
        let mut attachment = TransitGatewayAttachmentSpec {
            name,
            vpc: None,
            subnets,
            appliance_mode: false,
            ipv6: None,
            security_group_referencing: true,
            state: None,
            created: None,
            unmodelled: None,
        };
        let Some(section) = self.open(node, &ATTACHMENT, attachment.name.span) else { return attachment };
        if let (None, None) = (section.get("vpc"), section.get("unmodelled")) {
            self.missing_key(ATTACHMENT.title, "vpc", attachment.name.span);
        }
        if let (Some(_), None) = (section.get("vpc"), section.get("subnets")) {
            self.missing_key(ATTACHMENT.title, "subnets", attachment.name.span);
        }
        if let (Some(_), Some(span)) = (section.get("vpc"), section.key("unmodelled")) {
            let message = "an attachment is of a VPC, or of something that is not modelled";
            let diagnostic = Diagnostic::error("two-kinds", message, span, "beside `vpc`");
            self.report(diagnostic.help("leave out one of `vpc` and `unmodelled`"));
        }
        attachment.vpc = section.get("vpc").and_then(|node| self.name(node, "the name of a VPC"));
        if let Some(node) = section.get("subnets") {
            attachment.subnets = (self.names(node, "subnets"), node.span);
        }
        let mut flag = |key, left_out| section.get(key).and_then(|node| self.boolean(node)).unwrap_or(left_out);
        attachment.appliance_mode = flag("appliance_mode", false);
        attachment.security_group_referencing = flag("security_group_referencing", true);
        attachment.ipv6 = section.get("ipv6").filter(|node| self.boolean(node) == Some(true)).map(|node| node.span);
        attachment.state = section.get("state").and_then(|node| self.word(node, STATES));
        attachment.created = section.get("created").and_then(|node| self.moment(node));
        attachment.unmodelled = section.get("unmodelled").and_then(|node| self.name(node, "a word for it"));
        attachment
    }

    /// A moment, in a form that is compared as text.
    fn moment(&mut self, node: &Node<'s>) -> Option<Name> {
        let name = Name { value: self.text(node, "a moment")?.to_owned(), span: node.span };
        let form = "dddd-dd-ddTdd:dd:ddZ";
        let fits = |(letter, form): (char, char)| if form == 'd' { letter.is_ascii_digit() } else { letter == form };
        let is_moment = name.value.len() == form.len() && name.value.chars().zip(form.chars()).all(fits);
        if !is_moment {
            let message = format!("{} is no moment", crate::words::echo(&name.value));
            let diagnostic = Diagnostic::error("bad-moment", message, name.span, "as `2026-01-31T09:00:00Z`");
            self.report(diagnostic);
        }
        Some(name)
    }

    fn transit_gateway_route_table(&mut self, name: Name, node: &Node<'s>) -> TransitGatewayRouteTableSpec {
        let mut table =
            TransitGatewayRouteTableSpec { name, associations: None, propagations: None, routes: Vec::new() };
        if matches!(node.kind, Kind::List(_)) {
            table.routes = self.transit_gateway_routes(node);
            return table;
        }
        if matches!(node.kind, Kind::Scalar { .. }) {
            self.wrong_kind(node, "a list of routes");
            return table;
        }
        let Some(section) = self.open(node, &TABLE, table.name.span) else { return table };
        table.associations = section.get("associations").map(|node| self.names(node, "attachments"));
        table.propagations = section.get("propagations").map(|node| self.names(node, "attachments"));
        if let Some(node) = section.get("routes") {
            table.routes = self.transit_gateway_routes(node);
        }
        table
    }

    fn transit_gateway_routes(&mut self, node: &Node<'s>) -> Vec<RouteSpec> {
        let items = self.list(node, "a list of routes");
        let route = |item| {
            let words = self.words(item, "a route, `DESTINATION -> ATTACHMENT`")?;
            let route = route_table::route(words).and_then(only_static);
            self.keep(route.map_err(|diagnostic| with_form(diagnostic, HELP)))
        };
        items.iter().filter_map(route).collect()
    }

    fn transit_gateway_peering(&mut self, name: Name, node: &Node<'s>) -> TransitGatewayPeeringSpec {
        let mut peering = TransitGatewayPeeringSpec { name, requester: None, accepter: None, state: None };
        let Some(section) = self.open(node, &PEERING, peering.name.span) else { return peering };
        let what = "the name of a transit gateway";
        peering.requester = section.get("requester").and_then(|node| self.name(node, what));
        peering.accepter = section.get("accepter").and_then(|node| self.name(node, what));
        peering.state = section.get("state").and_then(|node| self.word(node, STATES));
        peering
    }
}

/// What is written of a transit gateway's table is static, and leads to an attachment.
fn only_static(route: RouteSpec) -> Result<RouteSpec, Diagnostic> {
    if let TargetSpec::Unmodelled(_) = route.target.value {
        let message = "a route of a transit gateway leads to an attachment";
        return Err(Diagnostic::error("bad-word", message, route.target.span, "no attachment")
            .help("write an attachment with `unmodelled: NAME`, and its name here"));
    }
    if route.origin != Origin::Static || route.filtered {
        let message = "only static routes of a transit gateway are written";
        return Err(Diagnostic::error("bad-word", message, route.span, "not static")
            .help("what attachments propagate is said with `propagations`"));
    }
    Ok(route)
}
