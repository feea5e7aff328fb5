//! Availability Zones: their names, which differ between accounts, and their ids, which
//! do not (R15, R225).
//!
//! In: `az` and `az_id` of subnets. Out: both for each subnet of the model; what one
//! subnet says of a zone holds for the others of its account.

use std::collections::BTreeMap;

use super::{Findings, Resolver};
use crate::diagnostic::Diagnostic;
use crate::model::VpcId;
use crate::source::Span;
use crate::spec::Name;
use crate::words::echo;

/// A zone of an account, and where something is said of it.
type Known = BTreeMap<(String, String), (String, Span)>;

/// Completes the zones of every subnet.
pub(super) fn resolve(cx: &mut Resolver<'_>) {
    let (mut ids, mut names) = (Known::new(), Known::new());
    for vpc in cx.model.vpcs.ids() {
        let account = cx.model.vpcs[vpc].account.clone();
        for subnet in &cx.home(vpc).spec.subnets {
            check(cx, vpc, subnet.zone.as_ref(), subnet.zone_id.as_ref());
            if let (Some(name), Some(id)) = (&subnet.zone, &subnet.zone_id) {
                learn(&mut ids, &account, name, id, &mut cx.found);
                learn(&mut names, &account, id, name, &mut cx.found);
            }
        }
    }
    for vpc in cx.model.vpcs.ids() {
        let account = cx.model.vpcs[vpc].account.clone();
        let known =
            |known: &Known, of: &Name| known.get(&(account.clone(), of.value.clone())).map(|(it, _)| it.clone());
        let subnets = cx.home(vpc).spec.subnets.iter().zip(cx.subnets.of(vpc).in_file_order());
        for (subnet, item) in subnets {
            let item = cx.model.subnets.get_mut(item);
            let (name, id) = (subnet.zone.as_ref(), subnet.zone_id.as_ref());
            let value = |name: &Name| name.value.clone();
            item.zone = name
                .map(value)
                .or_else(|| id.map(|id| known(&names, id).unwrap_or_else(|| value(id))))
                .unwrap_or_default();
            item.zone_id = id
                .map(value)
                .or_else(|| name.map(|name| known(&ids, name).unwrap_or_else(|| value(name))))
                .unwrap_or_default();
        }
    }
}

/// Notes that `one` is `other` in an account, and says so where it is something else too.
fn learn(known: &mut Known, account: &str, one: &Name, other: &Name, found: &mut Findings) {
    let key = (account.to_owned(), one.value.clone());
    match known.get(&key) {
        Some((first, at)) if *first != other.value => {
            let message = format!("zone {} is both {} and {}", echo(&one.value), echo(first), echo(&other.value));
            let diagnostic = Diagnostic::error("InvalidParameterValue", message, other.span, "another one");
            found.push(diagnostic.also(*at, "first said here").help("in one account, a zone has one name and one id"));
        }
        Some(_) => {}
        None => {
            known.insert(key, (other.value.clone(), other.span));
        }
    }
}

/// A subnet lies in a zone of its VPC's region.
fn check(cx: &mut Resolver<'_>, vpc: VpcId, name: Option<&Name>, id: Option<&Name>) {
    let region = cx.model.vpcs[vpc].region.as_str();
    // Local and Wavelength Zones are called `us-east-1-bos-1a`.
    let is_ours = |zone: &Name| zone.value.strip_prefix(region).is_some_and(|rest| !rest.is_empty());
    if let Some(zone) = name.filter(|zone| !is_ours(zone) && !region.is_empty()) {
        let message = format!("{} is not an availability zone of {}", echo(&zone.value), echo(region));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, zone.span, "a zone of another region")
            .help(format!("zones of this region are called `{region}a`, `{region}b` and so on"));
        cx.found.push(diagnostic);
    }
    let Some(prefix) = short(region) else { return };
    let is_ours = |id: &Name| id.value.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with('-'));
    if let Some(id) = id.filter(|id| !is_ours(id)) {
        let message = format!("{} is not the id of an availability zone of {}", echo(&id.value), echo(region));
        let diagnostic = Diagnostic::error("InvalidParameterValue", message, id.span, "a zone of another region")
            .help(format!("zones of this region have the ids `{prefix}-az1`, `{prefix}-az2` and so on"));
        cx.found.push(diagnostic);
    }
}

/// What the ids of a region's zones begin with, as `use1` for `us-east-1`; nothing for a
/// region whose name is built otherwise.
fn short(region: &str) -> Option<String> {
    const DIRECTIONS: [(&str, &str); 9] = [
        ("north", "n"),
        ("east", "e"),
        ("south", "s"),
        ("west", "w"),
        ("central", "c"),
        ("northeast", "ne"),
        ("southeast", "se"),
        ("northwest", "nw"),
        ("southwest", "sw"),
    ];
    let parts: Vec<&str> = region.split('-').collect();
    let &[area, direction, number] = parts.as_slice() else { return None };
    let (_, direction) = DIRECTIONS.into_iter().find(|(word, _)| *word == direction)?;
    let is_plain = area.len() == 2 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| format!("{area}{direction}{number}"))
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn regions_are_shortened_as_aws_does() {
        let check = |region: &str, expected: Option<&str>| assert_eq!(short(region).as_deref(), expected, "{region}");
        check("us-east-1", Some("use1"));
        check("ap-northeast-2", Some("apne2"));
        check("eu-central-1", Some("euc1"));
        check("us-gov-west-1", None);
        check("r", None);
    }
}
