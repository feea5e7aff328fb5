//! The `fmnet` binary: hands the process's arguments, streams and terminal to the library.

use std::io;
use std::process::ExitCode;

use fmnet_cli::terminal::Terminal;

fn main() -> ExitCode {
    let output = fmnet_cli::stream(std::env::args_os(), &mut io::stdin(), &mut io::stdout(), &Terminal::detect());
    output.write()
}
