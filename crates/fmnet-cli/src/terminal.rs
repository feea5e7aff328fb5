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
    /// Columns a line may take.
    pub width: usize,
    /// Whether standard output may be coloured.
    pub stdout: Style,
    /// Whether standard error may be coloured.
    pub stderr: Style,
}

impl Terminal {
    /// A reader of plain text: a file, a pipe, a test.
    pub const PIPE: Self = Self { width: PIPE_WIDTH, stdout: Style::Plain, stderr: Style::Plain };

    /// Looks at the process's streams and at `NO_COLOR`, `CLICOLOR`, `TERM`.
    #[must_use]
    pub fn detect() -> Self {
        let size = terminal_size::terminal_size_of(io::stdout());
        let width = size.map_or(PIPE_WIDTH, |(width, _)| usize::from(width.0));
        Self {
            width: width.clamp(*READABLE.start(), *READABLE.end()),
            stdout: style(AutoStream::choice(&io::stdout())),
            stderr: style(AutoStream::choice(&io::stderr())),
        }
    }
}

fn style(choice: ColorChoice) -> Style {
    match choice {
        ColorChoice::Never => Style::Plain,
        ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => Style::Coloured,
    }
}
