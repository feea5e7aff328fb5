//! VPC peering connections (R130 to R137).

use fmnet_core::model::{PeeringConnectionId, VpcId};

use super::{At, Flow, Reach, Via};
use crate::fate::{Code, Component, Leg};

impl Reach<'_> {
    /// Packets that go from `vpc` over a peering connection.
    pub(super) fn over_peering(&mut self, flow: Flow, connection: PeeringConnectionId, vpc: VpcId) {
        let Some(other) = self.graph.model.peering_connections[connection].other(vpc) else { return };
        let at = At::new(Component::PeeringConnection(connection));
        let code = Code::PcxRequiresAddressInVpcCidr;
        let (near, far) = (self.blocks(vpc), self.blocks(other));
        let destination = flow.header.destination;
        let (flow, beyond) = self.parted_by(flow, destination, &far);
        if let Some(beyond) = beyond {
            self.wall(beyond, at, code, None);
        }
        let Some(flow) = flow else { return };
        let source = flow.header.source;
        let (own, foreign) = match flow.leg {
            Leg::Forward => self.parted_by(flow, source, &near),
            Leg::Return => (Some(flow), None),
        };
        if let Some(mut own) = own {
            own.hop(at, None);
            self.arrive_over_peering(own, connection, other);
        }
        if let Some(foreign) = foreign.and_then(|flow| self.blocked(flow, at, code, None)) {
            self.arrive_over_peering(foreign, connection, other);
        }
    }

    fn arrive_over_peering(&mut self, mut flow: Flow, connection: PeeringConnectionId, vpc: VpcId) {
        if flow.leg == Leg::Forward {
            flow.entered(vpc, Via::PeeringConnection(connection));
        }
        self.deliver(flow, vpc, None);
    }
}
