//! What a database listens to.
//!
//! In: a packet at an interface. Out: whether something listens there.

use fmnet_core::model::InterfaceId;
use fmnet_core::model::interface::Owner;
use fmnet_core::traffic::Protocol;

use super::walk::Walk;
use crate::fate::{Code, Component};

/// Tests that a packet to a database is TCP to the port of its endpoint (R210). What
/// an instance listens to is its own affair.
///
/// AWS: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Endpoint.html>.
pub(super) fn test(walk: &mut Walk<'_>, id: InterfaceId) {
    let port = match walk.model.interfaces[id].owner {
        Owner::Database(database) => walk.model.databases[database].port,
        Owner::Instance(_) | Owner::Nobody => return,
    };
    if walk.packet.protocol != Protocol::TCP || walk.packet.port != port {
        walk.block(Code::NothingListens, Component::Interface(id), None);
    }
}
