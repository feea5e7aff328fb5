//! Amazon's own services inside every VPC (R73, R77).

use std::net::IpAddr;

use fmnet_core::address::number;
use fmnet_core::model::SubnetId;

use super::{Encoding, in_any, nets};
use crate::smt::formula::{Address, Formula};

impl Encoding<'_> {
    /// Addresses at which Amazon answers, and all that are kept for it.
    pub(super) fn amazon(&self, subnet: SubnetId, address: Address) -> (Formula, Formula) {
        let subnet = &self.model.subnets[subnet];
        let vpc = &self.model.vpcs[subnet.vpc];
        let nth = |base: IpAddr, offset: u128| Formula::within(address, (number(base) + offset, number(base) + offset));
        let v4 = subnet.ipv4.map(|net| IpAddr::V4(net.network()));
        let v6 = subnet.ipv6.map(|net| IpAddr::V6(net.network()));
        let primary = vpc.ipv4.first().map(|net| IpAddr::V4(net.network()));
        let mut services = nets(&[
            "169.254.169.254/32",
            "169.254.169.123/32",
            "169.254.169.250/31",
            "169.254.170.2/32",
            "fd00:ec2::254/128",
            "fd00:ec2::123/128",
            "fd00:ec2::250/127",
        ]);
        services.dedup();
        let routers = v4.into_iter().chain(v6).map(|base| nth(base, 1));
        let services = Formula::or(routers.chain([in_any(address, services)]));
        let resolvers = v4.into_iter().chain(primary).map(|base| nth(base, 2));
        let resolvers =
            Formula::or(resolvers.chain([in_any(address, nets(&["169.254.169.253/32", "fd00:ec2::253/128"]))]));
        let local = in_any(address, nets(&["169.254.168.0/22", "fd00:ec2::/32"]));
        let resolves = Formula::and([Formula::known(vpc.dns_support), resolvers.clone()]);
        (Formula::or([services.clone(), resolves]), Formula::or([services, resolvers, local]))
    }
}
