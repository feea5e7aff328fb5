//! The answer to a question: its packets, partitioned exactly, with evidence.
//!
//! In: a question and a graph. Out: an [`Answer`]: every packet asked about
//! lies in exactly one [`Part`], each part with what became of it, why, and one of
//! its packets. Nothing here is text for people; [`crate::explain`] makes that.

use std::fmt;
use std::net::IpAddr;

use fmnet_core::intent::Question;
use fmnet_core::model::block_public_access::OwnAddressEgress;
use fmnet_core::model::{DatabaseId, InterfaceId, OnPremisesId, SecurityGroupId, SubnetId};
use fmnet_core::traffic::PortRange;
use ipnet::IpNet;

use crate::fate::{Blocker, ChoicePoint, Hop, Leg, Origin, Outcome, Unmodelled};
use crate::packet::Packet;
use crate::set::cube::Cube;

/// The word for a whole question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// All of it.
    Reachable,
    /// Some of it.
    Partial,
    /// None of it.
    Blocked,
    /// What is not known could change the word.
    Unknown,
}

impl Verdict {
    /// The word, as the command line's contract has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Partial => "partial",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of a question's packets.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// The source ports it was asked about.
    pub source_ports: PortRange,
    /// How many of the packets get an answer.
    pub verdict: Verdict,
    /// How many are delivered, replies aside.
    pub one_way: Verdict,
    /// The partition: first what is answered, then lost replies, blocked, unknown;
    /// within each in order of the ends. Never empty unless no packet was asked about.
    pub parts: Vec<Part>,
    /// Where the word depends on where a database's primary lands (R206): each place
    /// with its own word. Empty where it does not.
    pub placements: Vec<Placement>,
    /// Where source ports that were not asked about fare differently: those below what was
    /// asked, or else those above, and the word for them alone (R1).
    pub other_source_ports: Option<(PortRange, Verdict)>,
    /// What the answer relied on.
    pub assumptions: Vec<Assumption>,
    /// Facts that change no word.
    pub notes: Vec<Note>,
}

/// Packets of one question that share their fate.
#[derive(Clone, Debug)]
pub struct Part {
    /// What becomes of them.
    pub outcome: Outcome,
    /// Where its packets start.
    pub origin: Origin,
    /// Where they start.
    pub from: End,
    /// Where they end, or would.
    pub to: End,
    /// The packets, as disjoint boxes of header ranges.
    pub packets: Vec<Cube>,
    /// Whether `packets` was cut short because there were too many boxes.
    pub is_cut: bool,
    /// The packets' traffic in words, as `tcp/443` (all source ports asked about).
    pub traffic: String,
    /// Every gate that stops them, in the order met.
    pub blockers: Vec<Blocker>,
    /// What was not known.
    pub unmodelled: Vec<(Leg, Unmodelled)>,
    /// What no configuration determines, and makes no difference to the outcome (R9).
    pub choices: Vec<ChoicePoint>,
    /// Gates passed, with the rule that admitted them.
    pub hops: Vec<Hop>,
    /// The source address the receiver sees, where it is one address.
    pub seen_from: Option<IpAddr>,
    /// One of the packets.
    pub witness: Packet,
}

/// One end of a part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Hosts on the internet.
    Internet,
    /// Interfaces that no rule tells apart; the witness is of the first. Never empty.
    Interfaces(Vec<InterfaceId>),
    /// A network behind an appliance.
    Behind(InterfaceId),
    /// Hosts in a network on premises.
    OnPremises(OnPremisesId),
    /// A service of Amazon's inside the VPC (R73).
    AmazonService,
    /// An address that nothing owns.
    Nobody,
}

/// A place where a database's primary may be, and the word if it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The database.
    pub database: DatabaseId,
    /// Its interface in that subnet.
    pub interface: InterfaceId,
    /// The word.
    pub verdict: Verdict,
}

/// Something the documentation leaves open, or the design does, that an answer relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// A group reference covers secondary and IPv6 addresses (R36).
    GroupCoversEveryAddress,
    /// A reply leaves by the interface that received the request (R54).
    ReplyLeavesTheSameInterface(InterfaceId),
    /// An address inside the VPC that nothing owns is dropped there (R81).
    UnownedAddressIsDropped,
    /// Packets between two interfaces of a VPC by public address turn round at its internet
    /// gateway (R111).
    Hairpin,
    /// What an `allow-egress` exclusion of VPC Block Public Access does for an interface that
    /// uses its own public address (R216).
    EgressExclusion(OwnAddressEgress),
    /// AWS has still to choose this interface's private address.
    PrivateAddressNotFixed(InterfaceId),
    /// AWS has still to choose this interface's public address.
    PublicAddressNotFixed(InterfaceId),
    /// The reply of an ICMP request has code 0.
    IcmpReplyCodeZero,
    /// What transit gateways send round in a circle is dropped (R154).
    LoopIsDropped,
}

/// A fact that changes no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// Reachability Analyzer's `AVAILABILITY_ZONE_CROSSED`: a gateway in another zone is used (R93).
    AvailabilityZoneCrossed(InterfaceId),
    /// A workload asked about from the internet has no public address.
    NoPublicAddress(InterfaceId),
    /// Requests of a denied question arrive, although no reply comes back (R1).
    RequestsArrive,
    /// What no configuration determines, and makes no difference (R9).
    Undetermined(ChoicePoint),
    /// No packet is of the question, and why.
    NothingAsked(Empty),
}

/// Why no packet is of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Empty {
    /// Nobody in the VPC has an address of this part of it.
    NobodyOwns(IpNet),
    /// No interface carries the group.
    NobodyCarries(SecurityGroupId),
    /// No interface lies in the subnet.
    NobodyIn(SubnetId),
    /// The VPC has no interfaces.
    NobodyAtAll,
    /// What was named on one side was excepted there as well.
    EverythingExcepted,
    /// The two sides never have addresses of one family.
    NoSharedFamily,
    /// Both sides are one and the same interface, or places of one database.
    SameEnds,
    /// None of these: no packet has such ends, traffic and source ports at once.
    NoPacketFits,
}
