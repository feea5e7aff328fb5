//! What cannot be answered: inputs that are no design, commands that make no sense.
//!
//! Exit code, stdout and stderr together; each refusal is a paragraph that says what to do.

#![expect(clippy::indexing_slicing, reason = "tests")]

use fmnet_tests::run::{json, says, shop};

mod inputs {
    use super::*;

    #[test]
    fn a_missing_file() {
        insta::assert_snapshot!(says("simulate tests/nowhere.yaml"), @r"
        $ fmnet simulate tests/nowhere.yaml
        --- stderr
        error: there is no file or directory tests/nowhere.yaml
        --- exit 4
        ");
    }

    #[test]
    fn a_directory_without_a_design() {
        insta::assert_snapshot!(says("simulate tests/fixtures/cli/none"), @r"
        $ fmnet simulate tests/fixtures/cli/none
        --- stderr
        error: tests/fixtures/cli/none holds no design: there is no design.yaml in it, and no *.yaml, *.yml
               or *.json file with a top-level `vpc`
        --- exit 4
        ");
    }

    #[test]
    fn a_directory_with_two() {
        insta::assert_snapshot!(says("simulate tests/fixtures/cli/several"), @r"
        $ fmnet simulate tests/fixtures/cli/several
        --- stderr
        error: tests/fixtures/cli/several holds 2 designs: name one of tests/fixtures/cli/several/left.yaml,
               tests/fixtures/cli/several/right.yml
        --- exit 4
        ");
    }

    /// A design that is refused is no empty file to the program that asked.
    #[test]
    fn a_refused_design_for_programs() {
        let design = "tests/fixtures/mistakes/aws-acl-number-twice/design.yaml";
        let report = json(&format!("simulate {design} --format json"));
        assert_eq!(report["schema"], "fmnet.simulate/1");
        let mistake = &report["rejected"][0];
        assert_eq!(mistake["severity"], "error");
        for key in ["code", "message", "line", "column", "help"] {
            assert!(!mistake[key].is_null(), "{key}");
        }
        let said = says(&format!("simulate {design} --format junit"));
        assert!(said.contains("errors=\"1\"") && said.ends_with("exit 4"), "{said}");
    }

    #[test]
    fn a_directory_with_one_under_another_name() {
        insta::assert_snapshot!(says("simulate tests/fixtures/cli/only"), @r"
        $ fmnet simulate tests/fixtures/cli/only
        only in eu-west-1, from tests/fixtures/cli/only/network.json: 1 security group

        What the internet reaches
          nothing

        What reaches the internet
          nothing

        nothing was proved: the design has no intents; write them under `expect`
        --- exit 0
        ");
    }
}

mod usage {
    use super::*;

    #[test]
    fn no_arguments_or_unknown_ones() {
        insta::assert_snapshot!(shop("query SHOP"), @r"
        $ fmnet query SHOP
        --- stderr
        error: the following required arguments were not provided:
          --from <ENDPOINT>
          --to <ENDPOINT>

        Usage: fmnet query --from <ENDPOINT> --to <ENDPOINT> <INPUT>

        For more information, try '--help'.
        --- exit 2
        ");
        insta::assert_snapshot!(shop("simulat SHOP"), @r"
        $ fmnet simulat SHOP
        --- stderr
        error: unrecognized subcommand 'simulat'

          tip: a similar subcommand exists: 'simulate'

        Usage: fmnet [OPTIONS] <COMMAND>

        For more information, try '--help'.
        --- exit 2
        ");
        insta::assert_snapshot!(shop("simulate SHOP --format yaml"), @r"
        $ fmnet simulate SHOP --format yaml
        --- stderr
        error: invalid value 'yaml' for '--format <FORMAT>'
          [possible values: text, json, markdown, junit]

        For more information, try '--help'.
        --- exit 2
        ");
        insta::assert_snapshot!(shop("simulate SHOP --jobs 0"), @r"
        $ fmnet simulate SHOP --jobs 0
        --- stderr
        error: invalid value '0' for '--jobs <N>': 0 is not in 1..=256

        For more information, try '--help'.
        --- exit 2
        ");
        insta::assert_snapshot!(shop("simulate SHOP --jobs 100000"), @r"
        $ fmnet simulate SHOP --jobs 100000
        --- stderr
        error: invalid value '100000' for '--jobs <N>': 100000 is not in 1..=256

        For more information, try '--help'.
        --- exit 2
        ");
        insta::assert_snapshot!(shop("query SHOP --batch - --from web-1"), @r"
        $ fmnet query SHOP --batch - --from web-1
        --- stderr
        error: the argument '--batch <FILE>' cannot be used with '--from <ENDPOINT>'

        Usage: fmnet query --batch <FILE> <INPUT>

        For more information, try '--help'.
        --- exit 2
        ");
    }

    #[test]
    fn endpoints() {
        insta::assert_snapshot!(shop("query SHOP --from wbe-1 --to app-1"), @r"
        $ fmnet query SHOP --from wbe-1 --to app-1
        --- stderr
        error: nothing is called `wbe-1`; did you mean `web-1`?
        --- exit 2
        ");
        insta::assert_snapshot!(shop("query SHOP --from zebra --to app-1"), @r"
        $ fmnet query SHOP --from zebra --to app-1
        --- stderr
        error: nothing is called `zebra`
        --- exit 2
        ");
        insta::assert_snapshot!(shop("query SHOP --from web- --to app-1"), @r"
        $ fmnet query SHOP --from web- --to app-1
        --- stderr
        error: `web-` may mean `web-1` or `web-2`
        --- exit 2
        ");
        insta::assert_snapshot!(shop("query SHOP --from web-1 --to 10.0.0.0/33"), @r"
        $ fmnet query SHOP --from web-1 --to 10.0.0.0/33
        --- stderr
        error: `10.0.0.0/33` is not an IPv4 or IPv6 block
        --- exit 2
        ");
        insta::assert_snapshot!(shop("query SHOP --from web-1 --to \u{1b}[2J").replace('\u{1b}', "ESC"), @r"
        $ fmnet query SHOP --from web-1 --to ESC[2J
        --- stderr
        error: the control character U+001B in `\u{1b}[2J`
        --- exit 2
        ");
    }

    #[test]
    fn traffic() {
        let ask = |rest: &str| shop(&format!("query SHOP --from web-1 --to app-1 {rest}"));
        insta::assert_snapshot!(ask("--port 443"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --port 443
        --- stderr
        error: port 443 of which protocol? name tcp or udp beside it
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto any --port 443"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto any --port 443
        --- stderr
        error: `any` has no port 443: name tcp or udp, or leave the port out
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto 50 --port 443"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto 50 --port 443
        --- stderr
        error: protocol 50 has no ports: leave the port out, or ask about tcp or udp
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto 256"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto 256
        --- stderr
        error: there is no protocol 256: protocol numbers go from 0 to 255
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto tpc"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto tpc
        --- stderr
        error: there is no protocol `tpc`: write tcp, udp, icmp, icmpv6, any, or a number from 0 to 255
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto tcp --port 90-80"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto tcp --port 90-80
        --- stderr
        error: the range 90-80 is reversed: write 80-90
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto tcp --port 65536"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto tcp --port 65536
        --- stderr
        error: `65536` is not a port: write a number from 0 to 65535, or a range such as 1-65535
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto icmp --icmp-code 0"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto icmp --icmp-code 0
        --- stderr
        error: the ICMP code 0 needs its type: give the type as the port
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto tcp --port 80 --icmp-code 0"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto tcp --port 80 --icmp-code 0
        --- stderr
        error: only icmp and icmpv6 have codes: name one of them as the protocol, or leave the ICMP code out
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto icmp --port 8 --icmp-code 300"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto icmp --port 8 --icmp-code 300
        --- stderr
        error: `300` is not an ICMP code: write a number from 0 to 255
        --- exit 2
        ");
        insta::assert_snapshot!(ask("--proto icmp --source-port 80"), @r"
        $ fmnet query SHOP --from web-1 --to app-1 --proto icmp --source-port 80
        --- stderr
        error: icmp has no source ports: leave the source port out, or ask about tcp or udp
        --- exit 2
        ");
    }
}
