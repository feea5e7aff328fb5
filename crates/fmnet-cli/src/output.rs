//! What a run says, and the one place that says it.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anstream::AutoStream;

use crate::exit::Exit;

/// Everything a run has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The answer.
    pub stdout: String,
    /// The commentary.
    pub stderr: String,
    /// What the run came to.
    pub exit: Exit,
}

impl Output {
    /// An answer without commentary.
    #[must_use]
    pub fn answer(stdout: String) -> Self {
        Self { stdout, stderr: String::new(), exit: Exit::Holds }
    }

    /// Writes both streams, the commentary last, and tells the process how to end.
    ///
    /// A reader that has seen enough (`fmnet … | head`) is no failure: the run ends
    /// quietly with the status it had.
    #[must_use]
    pub fn write(&self) -> ExitCode {
        let answered = write(AutoStream::auto(io::stdout()).lock(), &self.stdout);
        let commented = write(AutoStream::auto(io::stderr()).lock(), &self.stderr);
        let is_failure = |error: &io::Error| error.kind() != ErrorKind::BrokenPipe;
        if let Some(error) = answered.as_ref().err().filter(|&error| is_failure(error)) {
            // Where even this cannot be said, the status says it.
            let _ =
                write(io::stderr().lock(), &format!("error: cannot write the answer to standard output: {error}\n"));
            return ExitCode::from(Exit::Failed.code());
        }
        match commented.err().filter(is_failure) {
            Some(_) => ExitCode::from(Exit::Failed.code()),
            None => ExitCode::from(self.exit.code()),
        }
    }
}

fn write(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
