//! Why a command gave no answer.

use fmnet_core::diagnostic::Diagnostic;
use fmnet_core::source::Source;

use crate::exit::Exit;
use crate::output::Output;
use crate::render::diagnostic;
use crate::terminal::Terminal;

/// Why a command gave no answer: a paragraph, or the mistakes in a design.
#[derive(Debug)]
pub enum Failure {
    /// A paragraph, and the status it ends with.
    Said {
        /// What is wrong and what to do, without control characters of others.
        message: String,
        /// The status.
        exit: Exit,
    },
    /// The design is refused.
    Rejected {
        /// The file.
        source: Box<Source>,
        /// Its mistakes and warnings.
        diagnostics: Vec<Diagnostic>,
    },
}

impl Failure {
    /// The command was not understood.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Said { message: message.into(), exit: Exit::Usage }
    }

    /// The input is not a network.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::Said { message: message.into(), exit: Exit::BadInput }
    }

    /// fmnet itself could not go on.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Said { message: message.into(), exit: Exit::Failed }
    }

    /// The commentary and the status.
    #[must_use]
    pub fn render(&self, terminal: &Terminal) -> Output {
        let (stderr, exit) = match self {
            Self::Said { message, exit } => (diagnostic::paragraph(message, terminal), *exit),
            Self::Rejected { source, diagnostics } => {
                let mut text = diagnostic::list(source, diagnostics, terminal);
                text.push_str(&diagnostic::rejection(source, diagnostics, terminal));
                (text, Exit::BadInput)
            }
        };
        Output { stdout: String::new(), stderr, exit }
    }
}
