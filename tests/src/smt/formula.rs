//! Formulas over one header, with constants folded away as they are made.
//!
//! In: comparisons of header fields with constants. Out: a [`Formula`], shared where it
//! is used twice, which [`super::solver`] writes down for the solver.

use std::rc::Rc;

/// An address variable of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// As it left the origin.
    Source,
    /// As it left the origin.
    Destination,
}

/// An address somewhere on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A variable of the header.
    Variable(Variable),
    /// A constant it was rewritten to.
    Constant(u128),
}

/// A port field somewhere on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Port {
    /// The port, or ICMP type and code.
    Asked,
    /// The source port.
    AskedSource,
    /// The source port that a NAT gateway writes.
    Translated,
}

/// A statement about the header. Ranges include both ends.
#[derive(Clone, Debug)]
pub enum Formula {
    /// Always.
    True,
    /// Never.
    False,
    /// An address variable lies in a range.
    Address(Variable, (u128, u128)),
    /// The protocol lies in a range.
    Protocol((u128, u128)),
    /// A port field lies in a range.
    Port(Port, (u128, u128)),
    /// The negation.
    Not(Rc<Formula>),
    /// All of them.
    And(Rc<[Formula]>),
    /// Any of them.
    Or(Rc<[Formula]>),
    /// One of the two, and not both.
    Differ(Rc<(Formula, Formula)>),
}

impl Formula {
    /// Whether it is known to be so.
    #[must_use]
    pub fn known(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// An address lies in a range.
    #[must_use]
    pub fn within(address: Address, range: (u128, u128)) -> Self {
        match address {
            Address::Constant(one) => Self::known(range.0 <= one && one <= range.1),
            Address::Variable(_) if range == (0, u128::MAX) => Self::True,
            Address::Variable(variable) => Self::Address(variable, range),
        }
    }

    /// The protocol lies in a range.
    #[must_use]
    pub fn protocol_within(range: (u128, u128)) -> Self {
        if range == (0, 255) { Self::True } else { Self::Protocol(range) }
    }

    /// The protocol is this number.
    #[must_use]
    pub fn is_protocol(number: u8) -> Self {
        Self::Protocol((number.into(), number.into()))
    }

    /// A port field lies in a range.
    #[must_use]
    pub fn port_within(port: Port, range: (u128, u128)) -> Self {
        if range == (0, 65535) { Self::True } else { Self::Port(port, range) }
    }

    /// The negation.
    #[expect(clippy::should_implement_trait, reason = "a constructor beside `and` and `or`")]
    #[must_use]
    pub fn not(inner: Self) -> Self {
        match inner {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => (*inner).clone(),
            inner @ (Self::Address(..)
            | Self::Protocol(_)
            | Self::Port(..)
            | Self::And(_)
            | Self::Or(_)
            | Self::Differ(_)) => Self::Not(Rc::new(inner)),
        }
    }

    /// All of them.
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            if matches!(part, Self::False) {
                return Self::False;
            }
            if !matches!(part, Self::True) {
                kept.push(part);
            }
        }
        match <[Self; 1]>::try_from(kept) {
            Ok([only]) => only,
            Err(kept) if kept.is_empty() => Self::True,
            Err(kept) => Self::And(kept.into()),
        }
    }

    /// Any of them.
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            if matches!(part, Self::True) {
                return Self::True;
            }
            if !matches!(part, Self::False) {
                kept.push(part);
            }
        }
        match <[Self; 1]>::try_from(kept) {
            Ok([only]) => only,
            Err(kept) if kept.is_empty() => Self::False,
            Err(kept) => Self::Or(kept.into()),
        }
    }

    /// One of the two, and not both.
    #[must_use]
    pub fn differ(one: Self, other: Self) -> Self {
        match (one, other) {
            (Self::False, other) => other,
            (one, Self::False) => one,
            (Self::True, other) => Self::not(other),
            (one, Self::True) => Self::not(one),
            (one, other) => Self::Differ(Rc::new((one, other))),
        }
    }
}
