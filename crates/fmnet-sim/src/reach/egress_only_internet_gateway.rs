//! Egress-only internet gateways (R127 to R129).

use fmnet_core::model::{EgressOnlyInternetGatewayId, SubnetId};

use super::{Exit, Flow, Leg, Reach};

impl Reach<'_> {
    /// Packets that a route of `subnet` sends to the gateway: IPv6, and no replies, for no
    /// request comes in by it.
    pub(super) fn out_by_egress_only(&mut self, flow: Flow, gateway: EgressOnlyInternetGatewayId, subnet: SubnetId) {
        match flow.leg {
            Leg::Forward => self.out_by(flow, Exit::EgressOnly(gateway), subnet),
            Leg::Return => self.finish(flow),
        }
    }
}
