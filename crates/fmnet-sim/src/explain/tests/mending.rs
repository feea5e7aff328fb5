//! Cures are tried: a design edited as the cures of all its gates say, together, keeps
//! the promise that it broke before.

use super::*;

/// The text of a design after one edit, written as a cure says it.
fn edited(text: &str, edit: &str) -> String {
    let code: Vec<&str> = edit.split('`').skip(1).step_by(2).collect();
    let after = |marker: &str| edit.split(marker).nth(1).unwrap().split([',', ' ']).next().unwrap().to_owned();
    let insert = |text: &str, head: &str, line: &str| {
        assert!(text.contains(head), "{head:?} is not in the design");
        text.replacen(head, &format!("{head}{line}"), 1)
    };
    let mut text = text.to_owned();
    let (rules, rest) = edit.split_once(", and ").unwrap_or((edit, ""));
    if let Some(name) = rules.split(" on ").nth(1).filter(|_| edit.starts_with("set ")) {
        return insert(&text, &format!("  {name}: {{"), &format!("{}, ", code.first().unwrap()));
    }
    if edit.starts_with("give ") {
        let name = edit.split(' ').nth(1).unwrap();
        return insert(
            &text.replace(", public_address: false", ""),
            &format!("  {name}: {{"),
            "public_address: true, ",
        );
    }
    if edit.starts_with("remove or narrow ") {
        return text.replacen(&format!("      - {}\n", code.first().unwrap()), "", 1);
    }
    if edit.starts_with("write ") {
        let name = edit.split(" in group ").nth(1).unwrap().split(',').next().unwrap();
        return insert(&text, &format!("\n  {name}:\n"), &format!("    {}\n", code.first().unwrap()));
    }
    assert!(edit.starts_with("add "), "{edit}");
    let list = ["ingress", "egress"].into_iter().find(|list| edit.contains(&format!(" to the {list} of ")));
    for line in code.iter().filter(|line| !line.starts_with("public_address")) {
        text = match list {
            Some(list) => {
                let name = after(&format!(" to the {list} of ")).replace("group", &after_group(edit));
                let (head, tail) = text.split_once(&format!("\n  {name}:\n")).unwrap();
                let own: usize =
                    tail.lines().take_while(|line| line.starts_with("    ")).map(|line| line.len() + 1).sum();
                let (own, tail) = tail.split_at(own);
                let own = own.replacen(&format!("    {list}: []\n"), &format!("    {list}:\n"), 1);
                let own = insert(&own, &format!("    {list}:\n"), &format!("      - {line}\n"));
                format!("{head}\n  {name}:\n{own}{tail}")
            }
            None => insert(&text, &format!("  {}:\n", after("` to ")), &format!("    - {line}\n")),
        };
    }
    if rest.starts_with("give ") { edited(&text, rest) } else { text }
}

fn after_group(edit: &str) -> String {
    edit.split(" of group ").nth(1).unwrap_or_default().to_owned()
}

/// `intent` fails, and holds once its cures are followed.
fn check(intent: &str) {
    let mut text = NET.to_owned();
    for round in 0..2 {
        let (design, proof) = proof(&text, intent);
        assert_ne!(proof.holds(), round == 0, "{intent}, round {round}: {:?}", proof.answer.parts);
        let mut edits: Vec<String> = Vec::new();
        let mut proposed = Proposed::default();
        proposed.about(&proof.answer);
        let bad: Vec<&Part> = proof
            .answer
            .parts
            .iter()
            .filter(|part| (part.outcome == Outcome::Answered) == intent.starts_with("deny"))
            .collect();
        for part in joined(&design.model, &bad) {
            let cures = if intent.starts_with("deny") {
                close(&design.model, &part)
            } else {
                open(&design.model, &part, &mut proposed)
            };
            edits.extend(cures.into_iter().map(|cure| cure.text));
        }
        edits.sort();
        edits.dedup();
        text = edits.iter().fold(text, |text, edit| edited(&text, edit));
    }
}

#[test]
fn cures_together_open() {
    check("allow vpn -> web-1 tcp/8080");
    check("allow internet -> web-1 udp/53+tcp/1000-2000,3000+icmp/8");
    check("allow internet -> web-1 any");
    check("allow office -> web-1 tcp/9000");
    check("allow internet -> store tcp/5432");
    check("allow app-1 -> internet tcp/443");
    check("allow lone -> internet any");
    check("allow internet -> lone tcp/443");
    check("allow shut -> store tcp/5432");
    check("allow vpn -> web-2 tcp/22");
    check("allow vpn -> web-2 tcp/22 source-port 1000-50000");
    check("allow web-2 -> internet udp/53+icmp/8");
    check("allow internet -> web-2 any");
    check("allow web-2 -> vpn any");
    check("allow app-1, web-2 -> shut tcp/22");
    check("allow shut -> web-2 tcp/22,25");
}

#[test]
fn closing_together_stops() {
    check("deny vpn -> web-1 tcp/22");
    check("deny office -> web-1 tcp/8443");
    check("deny app-1 -> store any");
    check("deny web-1 -> app-1 any");
    check("deny web-1 -> internet any");
}

/// Every edit of several intents of one page.
fn page(text: &str, intents: &[&str]) -> Vec<String> {
    let mut proposed = Proposed::default();
    let mut edits = Vec::new();
    for intent in intents {
        let (design, proof) = proof(text, intent);
        proposed.about(&proof.answer);
        let bad: Vec<&Part> = proof.answer.parts.iter().filter(|part| part.outcome != Outcome::Answered).collect();
        for part in joined(&design.model, &bad) {
            edits.extend(open(&design.model, &part, &mut proposed).into_iter().map(|cure| cure.text));
        }
    }
    edits
}

#[test]
fn edits_of_a_page_share_no_number() {
    let edits =
        page(NET, &["allow vpn -> web-2 tcp/22", "allow vpn -> web-2 tcp/22", "allow office -> web-2 tcp/8443"]);
    let mut lines: Vec<&str> = edits.iter().flat_map(|edit| edit.split('`').skip(1).step_by(2)).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut numbers: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), lines.len(), "{lines:?}");
    assert!(lines.len() > 1, "{lines:?}");
}

#[test]
fn edits_say_what_they_do() {
    let spaced = NET.replace("vpn: 203", "\"head office\": 203").replace("from vpn", "from \"head office\"");
    let check = |text: &str, intent: &str, expected: &str| assert_eq!(page(text, &[intent]), [expected], "{intent}");
    check(
        &spaced,
        "allow \"head office\" -> web-1 tcp/23",
        "add `tcp/23 from \"head office\"` to the ingress of group web",
    );
    check(
        &NET.replace("groups: [app], address: 10.0.10.10", "address: 10.0.10.10"),
        "allow web-1 -> app-1 tcp/22",
        "write group default under `security_groups` with `any from self` and `tcp/22 from group web` in its ingress, AWS's own rule kept",
    );
    check(
        NET,
        "allow internet except vpn -> web-1 tcp/9000",
        "add `tcp/9000 from 0.0.0.0/0` to the ingress of group web; that admits vpn (203.0.113.7) as well",
    );
}

/// Two lists written for one group would take each other's place.
#[test]
fn edits_of_a_page_write_a_list_once() {
    let bare = NET.replace("groups: [app], address: 10.0.10.10", "address: 10.0.10.10");
    let edits = page(&bare, &["allow web-1 -> app-1 tcp/22", "allow web-1 -> app-1 tcp/25"]);
    let all = "`any from self`, `tcp/22 from group web` and `tcp/25 from group web` in its ingress";
    assert!(edits.last().is_some_and(|edit| edit.contains(all)), "{edits:?}");
}
