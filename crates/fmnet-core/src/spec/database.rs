//! Databases as typed.
//!
//! In: the nodes under `databases`. Out: [`DatabaseSpec`]s.

use super::part::Part;
use super::read::Reader;
use super::same::{forget, forget_tags};
use super::shape::{Record, Shape, optional};
use super::{DatabaseSpec, Name, VpcSpec};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::yaml::Node;

const ENGINES: &[&str] = &["postgres", "mysql", "mariadb", "sqlserver", "oracle", "redshift"];

pub(super) const DATABASES: Part<VpcSpec> = Part {
    key: optional("databases", "Databases, by name.", Shape::Records(&DATABASE)),
    read: |reader, at, vpc| vpc.databases = reader.each(at, Reader::database),
    print: |page, vpc| {
        if !vpc.databases.is_empty() {
            page.key(0, "databases");
        }
        for database in &vpc.databases {
            page.named(1, &database.name, |page| {
                page.name(2, "engine", database.engine.as_ref());
                page.option(2, "port", database.port.as_ref().map(|port| port.value));
                page.items(2, "subnet_group", database.subnet_group.iter().map(|subnet| subnet.value.clone()));
                page.names(2, "groups", database.groups.as_deref());
                page.flag(2, "publicly_accessible", database.publicly_accessible, false);
                page.name(2, "az", database.zone.as_ref());
                page.tags(&database.tags);
            });
        }
    },
    forget: |vpc| {
        for database in &mut vpc.databases {
            forget([&mut database.name].into_iter().chain(&mut database.engine).chain(&mut database.zone));
            forget(&mut database.port);
            forget(database.subnet_group.iter_mut().chain(database.groups.iter_mut().flatten()));
            database.subnet_group_span = Span::NOWHERE;
            forget_tags(&mut database.tags);
        }
    },
};

static DATABASE: Record = Record {
    title: "a database",
    name: "database",
    keys: &[
        optional("engine", "Its engine, which gives the default port (R210).", Shape::Word(ENGINES)),
        optional("port", "The port it listens on.", Shape::Number(0, 65535)),
        optional(
            "subnet_group",
            "The subnets it may stand in, in at least two Availability Zones (R205).",
            Shape::List(&Shape::Name),
        ),
        optional("groups", "Its security groups. Left out, the group `default`.", Shape::List(&Shape::Name)),
        optional("publicly_accessible", "Whether it has a public address. Default false.", Shape::Bool),
        optional(
            "az",
            "The Availability Zone of the primary. Left out, it may be in any of the subnet group (R206).",
            Shape::Name,
        ),
        optional("tags", "Its tags, `{KEY: VALUE}`.", Shape::Named(&Shape::Text)),
    ],
};

impl<'s> Reader<'s> {
    fn database(&mut self, name: Name, node: &Node<'s>) -> DatabaseSpec {
        let span = name.span;
        let mut database = DatabaseSpec {
            name,
            engine: None,
            port: None,
            subnet_group: Vec::new(),
            subnet_group_span: span,
            groups: None,
            publicly_accessible: false,
            zone: None,
            tags: Vec::new(),
        };
        let Some(section) = self.open(node, &DATABASE, span) else { return database };
        database.engine = section.get("engine").and_then(|node| self.word(node, ENGINES));
        database.port = section.get("port").and_then(|node| self.number(node, "a port"));
        if let Some(port) = &database.port
            && port.value > 65535
        {
            let message = format!("the port `{}` is over 65535", port.value);
            self.report(Diagnostic::error("bad-port", message, port.span, "ports are 0 to 65535"));
        }
        if let Some(node) = section.get("subnet_group") {
            database.subnet_group = self.names(node, "subnets");
            database.subnet_group_span = node.span;
        }
        database.groups = section.get("groups").map(|node| self.names(node, "security groups"));
        database.publicly_accessible =
            section.get("publicly_accessible").and_then(|node| self.boolean(node)).unwrap_or(false);
        database.zone = section.get("az").and_then(|node| self.name(node, "an Availability Zone"));
        database.tags = section.get("tags").map(|node| self.tags(node)).unwrap_or_default();
        database
    }
}
