//! What the language knows: every key of every mapping, what it means and what it takes.
//!
//! In: the records beside the parsers of their sections. Out: what the parser compares
//! keys with, and what the JSON Schema says to editors. A key is added in one place.

/// A mapping with fixed keys.
#[derive(Debug)]
pub(crate) struct Record {
    /// What it describes, as `a subnet`.
    pub(crate) title: &'static str,
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// Its keys, in the order they are printed.
    pub(crate) keys: &'static [Key],
}

/// A key of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it means, in a sentence.
    pub(crate) about: &'static str,
    /// What it takes.
    pub(crate) shape: Shape,
    /// Whether it may be left out.
    pub(crate) need: Need,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Text of 1 to 255 printable characters.
    Name,
    /// Any text, number or boolean, as typed.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number in a range, both ends included.
    Number(i64, u64),
    /// A number or a name, as a protocol is one.
    NumberOrName,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A line in a grammar of its own.
    Line(&'static Grammar),
    /// A list.
    List(&'static Shape),
    /// A value, or a list of such.
    OneOrMore(&'static Shape),
    /// A mapping with fixed keys.
    Record(&'static Record),
    /// A mapping from names to such values.
    Named(&'static Shape),
    /// A mapping from names to such mappings.
    Records(&'static Record),
    /// One of these.
    Either(&'static [Shape]),
}

/// The grammar of a line.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// What it is, with an example.
    pub(crate) about: &'static str,
    /// What an editor checks it against: never stricter than the parser.
    pub(crate) pattern: &'static str,
}

impl Record {
    /// The names of the keys.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|key| key.name)
    }
}

/// A key that must be written.
pub(super) const fn required(name: &'static str, about: &'static str, shape: Shape) -> Key {
    Key { name, about, shape, need: Need::Required }
}

/// A key that may be left out.
pub(super) const fn optional(name: &'static str, about: &'static str, shape: Shape) -> Key {
    Key { name, about, shape, need: Need::Optional }
}

/// A whole number that fits the computer.
pub(super) const COUNT: Shape = Shape::Number(0, i64::MAX as u64);
/// An IPv4 or IPv6 block.
pub(super) const CIDR: Shape = Shape::Line(&Grammar {
    name: "cidr",
    about: "an IPv4 or IPv6 block, as `10.0.0.0/16` or `2001:db8::/56`",
    pattern: r"^[0-9A-Fa-f:.]+/[0-9]{1,3}$",
});
/// An IPv4 block.
pub(super) const CIDR4: Shape = Shape::Line(&Grammar {
    name: "cidr4",
    about: "an IPv4 block, as `10.0.0.0/16`",
    pattern: r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
});
/// An IPv6 block.
pub(super) const CIDR6: Shape = Shape::Line(&Grammar {
    name: "cidr6",
    about: "an IPv6 block, as `2001:db8::/56`",
    pattern: r"^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/[0-9]{1,3}$",
});
/// An IPv4 or IPv6 address.
pub(super) const ADDRESS: Shape = Shape::Line(&Grammar {
    name: "address",
    about: "an IPv4 or IPv6 address, as `10.0.0.5` or `2001:db8::5`",
    pattern: r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$",
});
/// An IPv4 address.
pub(super) const ADDRESS4: Shape = Shape::Line(&Grammar {
    name: "address4",
    about: "an IPv4 address, as `10.0.0.5`",
    pattern: r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$",
});
/// An IPv6 address.
pub(super) const ADDRESS6: Shape = Shape::Line(&Grammar {
    name: "address6",
    about: "an IPv6 address, as `2001:db8::5`",
    pattern: r"^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$",
});
/// An address or a block.
pub(super) const NET: Shape = Shape::Line(&Grammar {
    name: "net",
    about: "an address or a block, IPv4 or IPv6",
    pattern: r"^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$",
});
/// A range of ports.
pub(super) const PORTS: Shape = Shape::Either(&[
    Shape::Number(0, 65535),
    Shape::Line(&Grammar {
        name: "ports",
        about: "a port or a range of ports, as `443` or `1024-65535`",
        pattern: r"^[0-9]{1,5}(-[0-9]{1,5})?$",
    }),
]);

#[cfg(test)]
/// Calls `visit` with every record that can be reached from `shape`, and how a value gets there:
/// `way` with `VALUE` in the place of the record.
pub(crate) fn reach(shape: &Shape, way: &str, visit: &mut impl FnMut(&'static Record, &str)) {
    match *shape {
        Shape::Record(record) => {
            visit(record, way);
            for key in record.keys {
                reach(&key.shape, &way.replace("VALUE", &format!("{{{}: VALUE}}", key.name)), visit);
            }
        }
        Shape::Records(record) => reach(&Shape::Record(record), &way.replace("VALUE", "{x: VALUE}"), visit),
        Shape::List(inner) => reach(inner, &way.replace("VALUE", "[VALUE]"), visit),
        Shape::Named(inner) => reach(inner, &way.replace("VALUE", "{x: VALUE}"), visit),
        Shape::OneOrMore(inner) => reach(inner, way, visit),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| reach(shape, way, visit)),
        Shape::Name
        | Shape::Text
        | Shape::Bool
        | Shape::Number(..)
        | Shape::NumberOrName
        | Shape::Word(_)
        | Shape::Line(_) => {}
    }
}
