//! The command line as scripts and people meet it: exit code, stdout and stderr together.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use fmnet_cli::render::Style;
use fmnet_cli::terminal::Terminal;
use fmnet_tests::run::{self, SHOP, json, says, shop};
use serde_json::Value;

mod query {
    use super::*;

    #[test]
    fn reachable() {
        insta::assert_snapshot!(shop("query SHOP --from web-1 --to app-1 --proto tcp --port 8080"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto tcp --port 8080
        asked     web-1 -> app-1 tcp/8080
                  web-1: 10.0.1.10 (public 198.51.100.10)
                  app-1: 10.0.2.10

        reachable - every packet of it gets an answer

        passes    tcp/8080 from web-1 to app-1
        example   tcp 10.0.1.10:49152 -> 10.0.2.10:8080
        path      web-1 -> subnet front -> subnet back -> app-1
        because   group web: `any to 0.0.0.0/0` (AWS's own)
                  group app: `tcp/8080 from group web` (design.yaml:21): web-1 carries group web

        --- exit 0
        ");
    }

    #[test]
    fn blocked() {
        insta::assert_snapshot!(shop("query SHOP --from internet --to orders"), @r"
        $ fmnet query SHOP --from internet --to orders
        asked     internet -> orders tcp/5432
                  internet: every public address outside the VPC, IPv4 and IPv6
                  orders: 10.0.2.4 in back

        blocked - no packet of it gets an answer

        stopped   tcp/5432 from the internet to orders
        example   tcp 203.0.113.77:49152 -> 10.0.2.4:5432
        path      internet -> | igw
        gate      1. orders has no public address: it is not publicly accessible
                  2. no ingress rule of group store admits tcp/5432 from the internet
        reply     3. route table private has no route back to the internet through igw

        --- exit 0
        ");
    }

    #[test]
    fn both_ends_outside() {
        let remark = "note: both ends lie outside the VPC";
        assert!(shop("query SHOP --from internet --to 8.8.8.8").contains(remark));
        for ends in
            ["--from internet --to 198.51.100.10", "--from internet --to 10.0.1.200", "--from web-1 --to 8.8.8.8"]
        {
            assert!(!shop(&format!("query SHOP {ends}")).contains(remark), "{ends}");
        }
    }

    /// What text says beside the answer, JSON says in it.
    #[test]
    fn json_both_ends_outside() {
        let codes = |ends: &str| {
            let answer = json(&format!("query {SHOP} {ends} --format json"));
            let notes = answer["notes"].as_array().unwrap().clone();
            notes.iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(codes("--from internet --to 8.8.8.8").contains(&"BOTH_ENDS_OUTSIDE".to_owned()));
        assert!(!codes("--from internet --to web-1").contains(&"BOTH_ENDS_OUTSIDE".to_owned()));
        let said = shop("query SHOP --from internet --to 8.8.8.8 --format json");
        assert!(!said.contains("--- stderr"), "{said}");
    }

    #[test]
    fn expectations() {
        let ends_with = |arguments: &str, exit: &str| {
            let said = shop(arguments);
            assert!(said.ends_with(exit), "{said}");
        };
        ends_with("query SHOP --from web-1 --to app-1 --proto tcp --port 8080 --expect reachable", "exit 0");
        ends_with("query SHOP --from web-1 --to app-1 --proto tcp --port 8080 --expect blocked", "exit 3");
        ends_with("query SHOP --from web-1 --to app-1 --proto tcp --expect reachable", "exit 3");
        ends_with("query SHOP --from web-1 --to app-1 --proto tcp --expect blocked", "exit 3");
        ends_with("query SHOP --from internet --to orders --expect blocked", "exit 0");
    }

    #[test]
    fn icmp() {
        let ask = |rest: &str| {
            json(&format!("query {SHOP} --from internet4 --to web-1 --format json {rest}"))["verdict"].clone()
        };
        assert_eq!(ask("--proto icmp --port 8"), "reachable");
        assert_eq!(ask("--proto icmp --port 8 --icmp-code 0"), "reachable");
        assert_eq!(ask("--proto icmp --port 13"), "blocked");
        assert_eq!(ask("--proto 1 --port 8"), "reachable");
    }

    /// What `docs/json.md` promises to be there.
    #[test]
    fn json_fields() {
        let answer = json(&format!("query {SHOP} --from internet --to orders --format json"));
        assert_eq!(answer["schema"], "fmnet.query/1");
        assert_eq!(answer["verdict"], "blocked");
        assert_eq!(answer["one_way"], "blocked");
        for key in ["blockers", "witness", "paths", "assumptions", "unmodelled", "parts", "placements", "notes"] {
            assert!(!answer[key].is_null(), "{key}");
        }
        let blocker = &answer["blockers"][0];
        for key in ["code", "component", "kind", "leg", "rule", "direction", "line"] {
            assert!(blocker.get(key).is_some(), "{key}");
        }
    }

    /// Gates that differ in their sentence alone are one.
    #[test]
    fn json_blockers_are_there_once() {
        let answer = json("query scenarios/foremessage --from internet --to vpc --format json");
        let mut blockers = answer["blockers"].as_array().unwrap().clone();
        let count = blockers.len();
        for blocker in &mut blockers {
            blocker.as_object_mut().unwrap().remove("text").unwrap();
        }
        let different: BTreeSet<String> = blockers.iter().map(Value::to_string).collect();
        assert_eq!(different.len(), count);
    }

    #[test]
    fn a_source_port() {
        let asked = |port: &str| {
            let said = shop(&format!("query SHOP --from web-1 --to app-1 --proto tcp --source-port {port}"));
            said.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(asked("80"), "asked     web-1 -> app-1 tcp source-port 80");
        assert_eq!(asked("80-81"), "asked     web-1 -> app-1 tcp source-port 80-81");
    }

    #[test]
    fn json_paths() {
        let answer = json(&format!("query {SHOP} --from web-1 --to app-1 --proto tcp --port 8080 --format json"));
        let hops = answer["paths"][0]["hops"].as_array().unwrap();
        let admitted =
            hops.iter().find(|hop| hop["kind"] == "security_group" && hop["direction"] == "ingress").unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(admitted).unwrap(), @r#"
        {
          "component": "security group app",
          "kind": "security_group",
          "at": "app-1",
          "leg": "forward",
          "direction": "ingress",
          "rule": "tcp/8080 from group web",
          "line": 21,
          "why": "web-1 carries group web"
        }
        "#);
    }
}

mod reports {
    use super::*;

    #[test]
    fn simulate() {
        insta::assert_snapshot!(shop("simulate SHOP"), @r"
        $ fmnet simulate SHOP
        shop in eu-west-1, from SHOP/design.yaml: 3 subnets, 4 security groups, 3
          instances, 1 database, 2 intents

        ok       allow internet -> web-1 tcp/443
        ok       deny internet -> orders any

        What the internet reaches
          web-1, web-2  from everyone: tcp/443; icmp/8

        What reaches the internet
          web-1, web-2  any

        2 of 2 intents hold
        --- exit 0
        ");
    }

    #[test]
    fn simulate_as_json() {
        let report = json(&format!("simulate {SHOP} --format json"));
        assert_eq!(report["schema"], "fmnet.simulate/1");
        assert_eq!(report["holds"], true);
        assert_eq!(report["intents"][0]["answer"]["verdict"], "reachable");
        assert_eq!(report["internet_reaches"][0]["interfaces"][0], "web-1");
    }

    #[test]
    fn simulate_as_junit() {
        insta::assert_snapshot!(shop("simulate SHOP --format junit"), @r#"
        $ fmnet simulate SHOP --format junit
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="fmnet simulate" tests="2" skipped="0" failures="0" errors="0">
            <testsuite name="shop" tests="2" skipped="0" errors="0" failures="0">
                <testcase name="allow internet -&gt; web-1 tcp/443" classname="shop" file="SHOP/design.yaml" line="32"/>
                <testcase name="deny internet -&gt; orders any" classname="shop" file="SHOP/design.yaml" line="33"/>
            </testsuite>
        </testsuites>
        --- exit 0
        "#);
    }

    /// The mends of a page count on one another, whatever its format.
    #[test]
    fn junit_numbers_mends_as_text_does() {
        const DESIGN: &str = "scenarios/foremessage-acl-drops-replies";
        for detail in ["", " --detail"] {
            let mends = |format: &str| -> Vec<String> {
                let said = says(&format!("simulate {DESIGN} --format {format}{detail}"));
                let said = said.replace("&gt;", ">").replace("&apos;", "'");
                said.lines().filter(|line| line.trim_start().starts_with("mend ")).map(str::to_owned).collect()
            };
            let (junit, text) = (mends("junit"), mends("text"));
            assert!(junit.len() > 3 && junit == text, "{junit:#?}{text:#?}");
        }
    }

    #[test]
    fn matrix() {
        insta::assert_snapshot!(shop("matrix SHOP"), @r"
        $ fmnet matrix SHOP
        rows reach columns:
        | from \ to           | internet | app-1    | orders   | web-1 and web-2 (2)            |
        |---------------------|----------|----------|----------|--------------------------------|
        | internet            | .        | .        | .        | from everyone: tcp/443; icmp/8 |
        | app-1               | .        | .        | tcp/5432 | tcp/443; icmp/8                |
        | orders              | .        | .        | .        | tcp/443; icmp/8                |
        | web-1 and web-2 (2) | any      | tcp/8080 | .        | tcp/443; icmp/8                |
        --- exit 0
        ");
        insta::assert_snapshot!(shop("matrix SHOP --by group"), @r"
        $ fmnet matrix SHOP --by group
        rows reach columns:
        | from \ to     | internet | group app | group store | group web (2)                  |
        |---------------|----------|-----------|-------------|--------------------------------|
        | internet      | .        | .         | .           | from everyone: tcp/443; icmp/8 |
        | group app     | .        | .         | tcp/5432    | tcp/443; icmp/8                |
        | group store   | .        | .         | .           | tcp/443; icmp/8                |
        | group web (2) | any      | tcp/8080  | .           | tcp/443; icmp/8                |

        Rows of several
          group web (2): web-1, web-2
        --- exit 0
        ");
        insta::assert_snapshot!(shop("matrix SHOP --by subnet"), @r"
        $ fmnet matrix SHOP --by subnet
        rows reach columns:
        | from \ to        | internet | subnet back (2) | subnet front (2)               |
        |------------------|----------|-----------------|--------------------------------|
        | internet         | .        | .               | from everyone: tcp/443; icmp/8 |
        | subnet back (2)  | .        | some: tcp/5432  | tcp/443; icmp/8                |
        | subnet front (2) | any      | some: tcp/8080  | tcp/443; icmp/8                |

        Rows of several
          subnet back (2): app-1, orders
          subnet front (2): web-1, web-2
        --- exit 0
        ");
    }

    #[test]
    fn matrix_as_json() {
        let matrix = json(&format!("matrix {SHOP} --by subnet --format json"));
        assert_eq!((&matrix["schema"], &matrix["by"]), (&"fmnet.matrix/1".into(), &"subnet".into()));
        assert_eq!(matrix["ends"][0]["kind"], "internet");
    }

    /// The quotes and escapes of YAML are no part of an intent.
    #[test]
    fn a_quoted_intent() {
        let said = says("simulate tests/fixtures/cli/quoted.json");
        assert!(said.contains("deny internet -> \"x y\" tcp/22\n"), "{said}");
    }

    #[test]
    fn help_is_an_answer() {
        for command in ["help", "help query", "--help", "query --help", "--version"] {
            let said = says(command);
            assert!(said.ends_with("exit 0") && !said.contains("--- stderr"), "{command}: {said}");
        }
    }

    #[test]
    fn schema_and_completions() {
        let schema = json("schema");
        assert!(schema["properties"]["vpc"].get("description").is_some());
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let said = says(&format!("completions {shell}"));
            assert!(said.contains("simulate") && said.ends_with("exit 0"), "{shell}");
        }
    }
}

/// Every key that is written is a key that `docs/json.md` explains.
#[test]
fn every_key_is_documented() {
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.keys().cloned());
                map.values().for_each(|value| keys(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for run in ["simulate scenarios/foremessage --format json", "matrix scenarios/foremessage --format json"] {
        keys(&json(run), &mut found);
    }
    keys(&json("query scenarios/foremessage --from internet --to vpc --format json"), &mut found);
    keys(&json("simulate tests/fixtures/mistakes/aws-acl-number-twice/design.yaml --format json"), &mut found);
    let documentation = std::fs::read_to_string("docs/json.md").unwrap();
    let missing: Vec<_> = found.iter().filter(|key| !documentation.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Colour is for terminals, and carries nothing by itself.
#[test]
fn colour_adds_nothing() {
    run::from_root().unwrap();
    let run = |terminal| {
        let arguments = ["fmnet", "simulate", SHOP, "--detail"].map(Into::into);
        fmnet_cli::run(arguments, &mut std::io::empty(), &terminal).stdout
    };
    let coloured = run(Terminal { stdout: Style::Coloured, ..Terminal::PIPE });
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(plain + rest, run(Terminal::PIPE));
}
