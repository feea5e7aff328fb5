//! Exit codes, which other people's scripts rely on.

/// What a run came to. The numbers are the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It holds, or was answered.
    Holds = 0,
    /// fmnet itself failed.
    Failed = 1,
    /// The command was not understood.
    Usage = 2,
    /// An intent failed or came out unknown, or `--expect` was not met.
    Refuted = 3,
    /// The input is not a valid network.
    BadInput = 4,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}
