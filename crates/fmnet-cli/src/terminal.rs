//! What is known of whoever reads the output.

use std::io;

use anstream::{AutoStream, ColorChoice};

use crate::render::Style;

/// Columns of text that no terminal shows.
pub const PIPE_WIDTH: usize = 100;

/// Widths beyond which lines grow hard to read, and below which nothing fits.
const READABLE: std::ops::RangeInclusive<usize> = 40..=160;

/// The reader's terminal, or its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Columns a line of standard output may take.
    pub width: usize,
    /// Columns a line of standard error may take.
    pub stderr_width: usize,
    /// What becomes of lines of a design that are longer than that.
    pub excerpts: Excerpts,
    /// Whether standard output may be coloured.
    pub stdout: Style,
    /// Whether standard error may be coloured.
    pub stderr: Style,
}

/// What becomes of a design's long lines on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excerpts {
    /// A terminal is shown what fits around the mistake.
    Cut,
    /// A pipe gets everything.
    Whole,
}

impl Terminal {
    /// A reader of plain text: a file, a pipe, a test.
    pub const PIPE: Self = Self {
        width: PIPE_WIDTH,
        stderr_width: PIPE_WIDTH,
        excerpts: Excerpts::Whole,
        stdout: Style::Plain,
        stderr: Style::Plain,
    };

    /// Looks at the process's streams and at `NO_COLOR`, `CLICOLOR`, `TERM`.
    #[must_use]
    pub fn detect() -> Self {
        let stderr = terminal_size::terminal_size_of(io::stderr());
        Self {
            width: width(terminal_size::terminal_size_of(io::stdout())),
            stderr_width: width(stderr),
            excerpts: if stderr.is_some() { Excerpts::Cut } else { Excerpts::Whole },
            stdout: style(AutoStream::choice(&io::stdout())),
            stderr: style(AutoStream::choice(&io::stderr())),
        }
    }
}

fn width(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    let width = size.map_or(PIPE_WIDTH, |(width, _)| usize::from(width.0));
    width.clamp(*READABLE.start(), *READABLE.end())
}

fn style(choice: ColorChoice) -> Style {
    match choice {
        ColorChoice::Never => Style::Plain,
        ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => Style::Coloured,
    }
}
