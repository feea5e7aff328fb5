//! Protocols and ports, as rules and questions name them.
//!
//! In: nothing but numbers. Out: [`Protocol`], [`PortRange`] and [`Traffic`], the
//! unit in which a rule or a question speaks of traffic.
//!
//! Every protocol has two 16-bit fields here, "port" and "source port". For ICMP and
//! `ICMPv6` the port holds `type * 256 + code` and the source port is unused; for
//! protocols without ports both are unused. An unused field is unconstrained.

use std::fmt;

/// An IP protocol number, 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// ICMP for IPv4, number 1.
    pub const ICMP: Self = Self(1);
    /// TCP, number 6.
    pub const TCP: Self = Self(6);
    /// UDP, number 17.
    pub const UDP: Self = Self(17);
    /// `ICMPv6`, number 58.
    pub const ICMPV6: Self = Self(58);

    /// Whether packets of this protocol carry a source and a destination port.
    #[must_use]
    pub fn has_ports(self) -> bool {
        self == Self::TCP || self == Self::UDP
    }

    /// Whether packets of this protocol carry an ICMP type and code.
    #[must_use]
    pub fn has_types(self) -> bool {
        self == Self::ICMP || self == Self::ICMPV6
    }

    /// The type of the reply to a request of ICMP type `kind`; none where no reply
    /// is expected, as for errors and for replies themselves.
    #[must_use]
    pub fn icmp_reply_type(self, kind: u8) -> Option<u8> {
        match (self, kind) {
            (Self::ICMP, 8) => Some(0),
            (Self::ICMP, 13) => Some(14),
            (Self::ICMP, 15) => Some(16),
            (Self::ICMP, 17) => Some(18),
            (Self::ICMPV6, 128) => Some(129),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ICMP => f.write_str("icmp"),
            Self::TCP => f.write_str("tcp"),
            Self::UDP => f.write_str("udp"),
            Self::ICMPV6 => f.write_str("icmpv6"),
            Self(number) => write!(f, "protocol {number}"),
        }
    }
}

/// An inclusive range of ports, or of `type * 256 + code` for ICMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The lowest, inclusive.
    pub first: u16,
    /// The highest, inclusive; never below `first`.
    pub last: u16,
}

impl PortRange {
    /// Every value of the field.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };
    /// The source ports of ordinary clients (R1, R61): 32768 to 65535.
    pub const CLIENTS: Self = Self { first: 32768, last: u16::MAX };
    /// The source ports a NAT gateway writes (R113): 1024 to 65535.
    pub const NAT: Self = Self { first: 1024, last: u16::MAX };

    /// The single port `port`.
    #[must_use]
    pub fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// Every code of ICMP type `kind`.
    #[must_use]
    pub fn icmp_type(kind: u8) -> Self {
        let first = u16::from(kind) << 8;
        Self { first, last: first | 0xff }
    }

    /// The one ICMP type and code.
    #[must_use]
    pub fn icmp(kind: u8, code: u8) -> Self {
        Self::one(u16::from(kind) << 8 | u16::from(code))
    }

    /// Whether `port` lies inside.
    #[must_use]
    pub fn contains(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

/// Traffic of one shape: any protocol, or one protocol with a range of its port field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Traffic {
    /// Every protocol and port (AWS writes `-1`).
    Any,
    /// One protocol; `ports` is [`PortRange::ALL`] where the protocol has none (R41).
    Of {
        /// The protocol.
        protocol: Protocol,
        /// Destination ports, or ICMP `type * 256 + code`.
        ports: PortRange,
    },
}

impl Traffic {
    /// Every packet of `protocol`.
    #[must_use]
    pub fn all_of(protocol: Protocol) -> Self {
        Self::Of { protocol, ports: PortRange::ALL }
    }

    /// Whether a packet of `protocol` with `port` in its port field is of this shape.
    #[must_use]
    pub fn contains(self, protocol: Protocol, port: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Of { protocol: mine, ports } => mine == protocol && ports.contains(port),
        }
    }
}

impl fmt::Display for Traffic {
    /// As the design language writes it: `any`, `tcp`, `tcp/443`, `udp/1-99`, `icmp/8`, `icmp/8/0`, `protocol 50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Of { protocol, ports } = *self else {
            return f.write_str("any");
        };
        if ports == PortRange::ALL || !(protocol.has_ports() || protocol.has_types()) {
            return write!(f, "{protocol}");
        }
        let PortRange { first, last } = ports;
        if protocol.has_types() {
            let (kind, code) = (first >> 8, first & 0xff);
            return match last - first {
                0 => write!(f, "{protocol}/{kind}/{code}"),
                255 if code == 0 => write!(f, "{protocol}/{kind}"),
                _ => write!(f, "{protocol}/{kind}/{code}-{}/{}", last >> 8, last & 0xff),
            };
        }
        if first == last { write!(f, "{protocol}/{first}") } else { write!(f, "{protocol}/{first}-{last}") }
    }
}
