//! The reply: a packet of its own, with the header turned round (R1, R50, R60, R91).

use super::{At, Flow, Header, Leg, Reach, Receiver};
use crate::fate::{Component, Direction};

impl Reach<'_> {
    /// Walks the reply to a request that came to its receiver.
    pub(super) fn reply(&mut self, flow: Flow) {
        let without = self.without_reply();
        let (without, flow) = self.parted(flow, without);
        if let Some(without) = without {
            self.finish(without);
        }
        let Some(mut flow) = flow else { return };
        flow.turn();
        match flow.receiver {
            Some(Receiver::Internet) => self.come_back_in(flow),
            Some(Receiver::Interface(interface) | Receiver::Behind(interface)) => {
                flow.hop(At::way(Component::Interface(interface), Direction::Egress), None);
                self.send_on(flow, self.subnet_of(interface));
            }
            Some(Receiver::OnPremises(network)) => self.leave_premises(flow, network),
            Some(Receiver::AmazonService) | None => self.finish(flow),
        }
    }
}

impl Flow {
    /// From request to reply, as the receiver saw the request.
    fn turn(&mut self) {
        let Header { source, destination, port, source_port } = self.header;
        self.seen = Some(source);
        self.leg = Leg::Return;
        self.header = Header { source: destination, destination: source, port: source_port, source_port: port };
    }
}
