//! `cargo xtask`: the project's commands.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use xtask::component::Variant;
use xtask::{Project, Result, bench, build, conformance, dist, fuzz, gallery, process, serve, test};

/// The project's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the component and print its path, size and imports.
    Build {
        /// With the tools of the toolset `core` alone: half as large.
        #[arg(long, group = "variant")]
        core: bool,
        /// For hosts that have no `wasi:keyvalue` store: tools under a limit are refused there.
        #[arg(long, group = "variant")]
        portable: bool,
        /// For Spin, SpinKube and Akamai Functions, whose variables it reads.
        #[arg(long, group = "variant")]
        spin: bool,
        /// For hosts that call functions, such as Wassette: every tool is one.
        #[arg(long, group = "variant")]
        tools: bool,
        /// `mlflow-mcp`, the program with the component inside, for machines like this one.
        #[arg(long, group = "variant")]
        host: bool,
    },
    /// Measure the product: sizes, start, memory.
    Bench {
        /// Something else instead. `compat`: our tools beside the other server's and bare REST calls; `connections`:
        /// those to MLflow, kept or not; `endurance`: a hundred thousand calls; `growth`: tools over many runs; `hosts`:
        /// the component under several hosts; `policy`: what the policy takes of a call.
        what: Option<Measurement>,
    },
    /// Compare each tool's answers with those of the MLflow MCP server whose names it keeps.
    Compat,
    /// Run the official conformance suite of the protocol against the component.
    Conformance,
    /// Make what a release has: components, bill of materials, OCI images, checksums.
    Dist {
        /// Build the components once more, in another folder, and fail where one differs.
        #[arg(long)]
        check: bool,
    },
    /// Fuzz the protocol core.
    Fuzz {
        /// For how long, each target.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// `jsonrpc` or `transport` [default: one after the other].
        target: Option<String>,
    },
    /// Draw the pictures of the tests into target/gallery, with a page that shows them.
    Gallery,
    /// Serve MLflow to MCP clients: yours, or a local one with sample data.
    Serve {
        /// Where to listen.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000")]
        listen: String,
        /// The MLflow server [default: MLFLOW_TRACKING_URI, else a local server is started].
        #[arg(long, value_name = "URL")]
        tracking_uri: Option<String>,
        /// More arguments for the host.
        #[arg(last = true)]
        host: Vec<String>,
    },
    /// Run every check: format, lints, all tests, also against a real MLflow.
    Test {
        /// Leave out format and lints.
        #[arg(long)]
        no_lint: bool,
        /// More arguments for `cargo test`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

/// What else can be measured.
#[derive(Clone, Copy, ValueEnum)]
enum Measurement {
    /// Requests, bytes, time and memory of what works runs out, with 10, 1 000 and 10 000 of them.
    Analysis,
    /// Time per tool.
    Compat,
    /// Connections to MLflow, kept or not.
    Connections,
    /// Failures and memory over a hundred thousand calls.
    Endurance,
    /// Time of what looks at many runs, with 10, 1 000 and 10 000 of them.
    Growth,
    /// Requests per second under several hosts.
    Hosts,
    /// Time per call that the policy takes.
    Policy,
}

/// The comparison is one of the end-to-end tests; alone, it shows its summary.
fn compat() -> Vec<String> {
    ["--test", "e2e", "--", "compat::", "--nocapture"].map(str::to_owned).into()
}

fn variant(core: bool, portable: bool, spin: bool, tools: bool) -> Variant {
    match (core, portable, spin, tools) {
        (true, ..) => Variant::Core,
        (_, true, ..) => Variant::Portable,
        (_, _, true, _) => Variant::Spin,
        (.., true) => Variant::Tools,
        _ => Variant::Store,
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(error.code())
        }
    }
}

fn run(command: Command) -> Result<()> {
    process::catch_signals()?;
    let project = Project::here()?;
    match command {
        Command::Bench { what: None } => bench::bench(&project),
        Command::Bench { what: Some(Measurement::Analysis) } => bench::compat::analysis(&project),
        Command::Bench { what: Some(Measurement::Compat) } => bench::compat::compat(&project),
        Command::Bench { what: Some(Measurement::Growth) } => bench::compat::growth(&project),
        Command::Bench { what: Some(Measurement::Connections) } => bench::connections::connections(&project),
        Command::Bench { what: Some(Measurement::Endurance) } => bench::endurance::endurance(&project),
        Command::Bench { what: Some(Measurement::Hosts) } => bench::hosts::hosts(&project),
        Command::Bench { what: Some(Measurement::Policy) } => bench::policy(&project),
        Command::Compat => test::test(&project, &test::Options { lint: false, arguments: compat() }),
        Command::Build { host: true, .. } => build::host(&project),
        Command::Build { core, portable, spin, tools, .. } => {
            build::build(&project, variant(core, portable, spin, tools))
        }
        Command::Conformance => conformance::conformance(&project),
        Command::Dist { check } => dist::dist(&project, check),
        Command::Fuzz { seconds, target } => {
            let time = Duration::from_secs(seconds);
            fuzz::fuzz(&project, &fuzz::Options { target, time, verbose: true })
        }
        Command::Gallery => gallery::gallery(&project),
        Command::Serve { listen, tracking_uri, host } => {
            let given = || project.shell.text("MLFLOW_TRACKING_URI").map(str::to_owned);
            let tracking_uri = tracking_uri.or_else(given);
            serve::serve(&project, &serve::Options { listen, tracking_uri, host })
        }
        Command::Test { no_lint, arguments } => {
            test::test(&project, &test::Options { lint: !no_lint, arguments })
        }
    }
}
