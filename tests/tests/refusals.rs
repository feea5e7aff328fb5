//! What cannot be answered: inputs that are no design, commands that make no sense.
//!
//! Exit code, stdout and stderr together; each refusal is a paragraph that says what to do.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::fs;

use fmnet_cli::terminal::{Excerpts, Terminal};
use fmnet_tests::run::{self, json, says, shop};

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
        insta::assert_snapshot!(says("simulate tests/fixtures/cli/none"), @"
        $ fmnet simulate tests/fixtures/cli/none
        --- stderr
        error: tests/fixtures/cli/none holds no design: there is no design.yaml in it, and no *.yaml, *.yml
               or *.json file with a top-level key of the design language, as `vpc`
        --- exit 4
        ");
    }

    #[test]
    fn a_directory_with_two() {
        insta::assert_snapshot!(says("simulate tests/fixtures/cli/several"), @"
        $ fmnet simulate tests/fixtures/cli/several
        --- stderr
        error[duplicate-key]: `vpc` is written in two files of the design
         --> tests/fixtures/cli/several/right.yml:1:1
          |
        1 | vpc: right
          | ^^^ again here
          |
         ::: tests/fixtures/cli/several/left.yaml:1:1
          |
        1 | vpc: left
          | --- first here
          |
          = help: several VPCs are written under `vpcs`, by name

        error[duplicate-key]: `region` is written in two files of the design
         --> tests/fixtures/cli/several/right.yml:2:1
          |
        2 | region: eu-west-1
          | ^^^^^^ again here
          |
         ::: tests/fixtures/cli/several/left.yaml:2:1
          |
        2 | region: eu-west-1
          | ------ first here
          |
          = help: keep one of the two

        error[duplicate-key]: `cidr` is written in two files of the design
         --> tests/fixtures/cli/several/right.yml:3:1
          |
        3 | cidr: 10.1.0.0/16
          | ^^^^ again here
          |
         ::: tests/fixtures/cli/several/left.yaml:3:1
          |
        3 | cidr: 10.0.0.0/16
          | ---- first here
          |
          = help: keep one of the two

        error: tests/fixtures/cli/several is not a valid network: 3 errors
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

/// What is said of every mistake fits a terminal, up to words that cannot be parted.
#[test]
fn diagnostics_fit_the_terminal() {
    run::from_root().unwrap();
    let mut wide = Vec::new();
    for entry in fs::read_dir("tests/fixtures/mistakes").unwrap() {
        let path = entry.unwrap().path().join("design.yaml");
        for width in [60, 80] {
            let terminal = Terminal { stderr_width: width, excerpts: Excerpts::Cut, ..Terminal::PIPE };
            let arguments = ["fmnet".into(), "simulate".into(), path.clone().into_os_string()];
            let said = fmnet_cli::run(arguments, &mut std::io::empty(), &terminal).stderr;
            let is_wide = |line: &&str| line.chars().count() > width && !line.contains("tests/fixtures/");
            wide.extend(said.lines().filter(is_wide).map(|line| format!("{width}: {line}")));
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// The README shows a refusal as a pipe gets it, whole.
#[test]
fn the_readme_shows_what_is_said() {
    run::from_root().unwrap();
    let said = run::fmnet(&["simulate", "scenarios/foremessage-as-written"], b"").stderr;
    assert!(fs::read_to_string("README.md").unwrap().contains(&format!("as-written\n{said}```")), "{said}");
    assert!(!said.contains('…'), "{said}");
}

/// A refused design has its mistakes in the Markdown that was asked for, every name escaped.
#[test]
fn mistakes_in_markdown() {
    insta::assert_snapshot!(says("simulate scenarios/foremessage-as-written --format markdown").split("--- stderr").next().unwrap(), @r"
    $ fmnet simulate scenarios/foremessage-as-written --format markdown
    ### fmnet: not a valid network

    scenarios/foremessage-as-written/design.yaml: 1 error

    - **error** \[InvalidSubnet.Conflict\] subnets `FM_public_subnet_2c` and `FM_public_subnet_2a` overlap (scenarios/foremessage-as-written/design.yaml:21:53)
      - help: subnets of one VPC may not share an address
      - help: use the next free block: `10.30.2.0/24`
    ");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("markup.yaml");
    fs::write(&path, "vpc: x\nregion: eu-west-1\ncidr: 10.0.0.0/16\n'<b>*@x*|`': 1\n").unwrap();
    let said = |command: &[&str]| {
        let output = run::fmnet(&[command, &[path.to_str().unwrap(), "--format", "markdown"]].concat(), b"");
        assert_eq!(output.exit.code(), 4);
        output.stdout
    };
    let simulated = said(&["simulate"]);
    insta::assert_snapshot!(simulated.lines().find(|line| line.starts_with("- ")).unwrap().split(" (").next().unwrap(), @r"- **error** \[unknown-key\] a design has no key `<b>*@x*|`\`");
    assert_eq!(said(&["matrix"]), simulated);
    assert_eq!(said(&["query", "--from", "internet", "--to", "vpc"]), simulated);
}
