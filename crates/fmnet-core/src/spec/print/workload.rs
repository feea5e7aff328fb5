//! Instances, interfaces and databases as text again.
//!
//! In: their specs. Out: their lines of the page.

use super::super::{DatabaseSpec, InstanceSpec, InterfaceSpec, Name, Spec};
use super::scalar::text;
use super::{Page, address_text};

impl Page {
    pub(super) fn workloads(&mut self, spec: &Spec) {
        if !spec.instances.is_empty() {
            self.key(0, "instances");
        }
        for instance in &spec.instances {
            self.named(1, &instance.name, |page| page.instance(instance));
        }
        if !spec.interfaces.is_empty() {
            self.key(0, "interfaces");
        }
        for interface in &spec.interfaces {
            self.named(1, &interface.name, |page| page.interface(2, interface));
        }
        if !spec.databases.is_empty() {
            self.key(0, "databases");
        }
        for database in &spec.databases {
            self.named(1, &database.name, |page| page.database(database));
        }
    }

    fn instance(&mut self, instance: &InstanceSpec) {
        self.name(2, "state", instance.state.as_ref());
        self.tags(&instance.tags);
        if !instance.names_interfaces {
            for interface in &instance.interfaces {
                self.interface(2, interface);
            }
            return;
        }
        self.key(2, "interfaces");
        for interface in &instance.interfaces {
            self.named(3, &interface.name, |page| page.interface(4, interface));
        }
    }

    fn interface(&mut self, depth: usize, interface: &InterfaceSpec) {
        self.name(depth, "subnet", interface.subnet.as_ref());
        self.names(depth, "groups", interface.groups.as_deref());
        if let Some(address) = &interface.address {
            self.pair(depth, "address", text(&address.value.to_string()));
        }
        if !interface.addresses.is_empty() {
            self.key(depth, "addresses");
        }
        for (address, elastic_ip) in &interface.addresses {
            let address = address.value.to_string();
            match elastic_ip {
                None => self.item(depth + 1, &address),
                Some(elastic_ip) => {
                    self.item_pair(depth + 1, "address", &text(&address));
                    self.pair(depth + 2, "elastic_ip", address_text(elastic_ip.value, "new"));
                }
            }
        }
        self.address(depth, "ipv6", interface.ipv6.as_ref(), "auto");
        self.address(depth, "public_address", interface.public_address.as_ref(), "true");
        self.address(depth, "elastic_ip", interface.elastic_ip.as_ref(), "new");
        self.flag(depth, "source_dest_check", interface.source_dest_check_off.is_none(), true);
        self.items(depth, "behind", interface.behind.iter().map(|block| block.value.to_string()));
        self.flag(depth, "deny_internet_ipv6", interface.deny_internet_ipv6, false);
        self.name(depth, "state", interface.state.as_ref());
    }

    fn database(&mut self, database: &DatabaseSpec) {
        self.name(2, "engine", database.engine.as_ref());
        if let Some(port) = &database.port {
            self.pair(2, "port", port.value);
        }
        self.items(2, "subnet_group", database.subnet_group.iter().map(|subnet| subnet.value.clone()));
        self.names(2, "groups", database.groups.as_deref());
        self.flag(2, "publicly_accessible", database.publicly_accessible, false);
        self.name(2, "az", database.zone.as_ref());
        self.tags(&database.tags);
    }

    /// Names, where there is a list of them, even an empty one.
    fn names(&mut self, depth: usize, key: &str, names: Option<&[Name]>) {
        if let Some(names) = names {
            self.list(depth, key, names.iter().map(|name| name.value.clone()));
        }
    }

    fn tags(&mut self, tags: &[(Name, Name)]) {
        if tags.is_empty() {
            return;
        }
        self.key(2, "tags");
        for (key, value) in tags {
            self.pair(3, &key.value, text(&value.value));
        }
    }
}
