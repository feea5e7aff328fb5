//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Says what an AWS network lets through, before any of it exists.
#[derive(Debug, Parser)]
#[command(name = "fmnet", version, propagate_version = true)]
#[command(after_help = "\
Exit status: 0 it holds or was answered, 1 fmnet failed, 2 usage, 3 refuted (an intent \
failed or came out unknown, --expect unmet), 4 the input is not a valid network.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How many threads to use (256 at most); the answer is the same whatever it is.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prove every intent; say what is exposed, and what was assumed.
    Simulate(SimulateArgs),
    /// Answer one question, or a file of them.
    Query(QueryArgs),
    /// Print who reaches whom.
    Matrix(MatrixArgs),
    /// Print the JSON Schema of a design, for editors.
    Schema,
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
}

/// Arguments of `fmnet simulate`.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// A design file, or a directory that holds exactly one.
    pub input: PathBuf,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Show every gate and every part of each answer.
    #[arg(long)]
    pub detail: bool,
}

/// Arguments of `fmnet query`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An endpoint is a name in the design (or its beginning), an IP address or CIDR, `internet`, \
`internet4`, `internet6`, `group NAME`, `subnet NAME`, `tag KEY=VALUE`, `vpc`, several joined \
by commas, or `X except Y`.\n\n\
A line of FILE is {\"from\": …, \"to\": …} with, where wanted, \"proto\" (a word or a number), \
\"port\" and \"source_port\" (a number or \"A-B\") and \"icmp_code\".")]
pub struct QueryArgs {
    /// A design file, or a directory that holds exactly one.
    pub input: PathBuf,
    /// Where the packets start.
    #[arg(long, value_name = "ENDPOINT", required_unless_present = "batch")]
    pub from: Option<String>,
    /// Where they are to end.
    #[arg(long, value_name = "ENDPOINT", required_unless_present = "batch")]
    pub to: Option<String>,
    /// tcp, udp, icmp, icmpv6, any, or a protocol number.
    #[arg(long, value_name = "PROTOCOL", allow_negative_numbers = true)]
    pub proto: Option<String>,
    /// A destination port or range; for icmp and icmpv6 the type.
    #[arg(long, value_name = "P|A-B")]
    pub port: Option<String>,
    /// A source port or range; without it, the ports of ordinary clients.
    #[arg(long, value_name = "P|A-B")]
    pub source_port: Option<String>,
    /// The code beside an ICMP type; without it, every code.
    #[arg(long, value_name = "N")]
    pub icmp_code: Option<String>,
    /// End with status 3 unless this is the verdict.
    #[arg(long, value_enum)]
    pub expect: Option<Expectation>,
    /// Answer each line of FILE (`-`: standard input) by one line of JSON.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "from", "to", "proto", "port", "source_port", "icmp_code", "expect", "format", "detail",
    ])]
    pub batch: Option<PathBuf>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Show every gate and every part of the answer.
    #[arg(long)]
    pub detail: bool,
}

/// Arguments of `fmnet matrix`.
#[derive(Debug, clap::Args)]
pub struct MatrixArgs {
    /// A design file, or a directory that holds exactly one.
    pub input: PathBuf,
    /// What a row stands for.
    #[arg(long, value_enum, default_value_t = Grouping::Interface)]
    pub by: Grouping,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Say every cell in words and name every member of a row.
    #[arg(long)]
    pub detail: bool,
}

/// Arguments of `fmnet completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, at a terminal or in a pipe.
    Text,
    /// For programs; `docs/json.md` says what is in it.
    Json,
    /// For a pull request.
    Markdown,
}

/// Forms of a report on intents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people, at a terminal or in a pipe.
    Text,
    /// For programs; `docs/json.md` says what is in it.
    Json,
    /// For a pull request.
    Markdown,
    /// For continuous integration: a test case an intent.
    Junit,
}

/// What a query is expected to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Expectation {
    /// All of it gets an answer.
    Reachable,
    /// None of it does.
    Blocked,
}

/// What a row of a matrix stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Grouping {
    /// Interfaces that no rule tells apart.
    Interface,
    /// Interfaces that carry the same security groups.
    Group,
    /// Interfaces of one subnet.
    Subnet,
}
