//! Questions of a batch that cannot be answered.

use fmnet_core::endpoint::EndpointError;
use serde::Serialize;

/// Why a line has no answer.
#[derive(Serialize)]
pub struct Refused {
    error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ambiguous: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nearest: Vec<String>,
}

impl Refused {
    /// For a reason that a sentence says.
    #[must_use]
    pub fn plain(error: &str) -> Self {
        Self { error: error.to_owned(), ambiguous: Vec::new(), nearest: Vec::new() }
    }

    /// For an endpoint that cannot be told, with the candidates or the nearest names.
    #[must_use]
    pub fn endpoint(error: &EndpointError) -> Self {
        let mut refused = Self::plain(&error.to_string());
        if let EndpointError::Unknown { nearest, .. } = error {
            refused.nearest.clone_from(nearest);
        }
        if let EndpointError::Ambiguous { candidates, .. } = error {
            refused.ambiguous.clone_from(candidates);
        }
        refused
    }

    /// As a line of a batch.
    #[must_use]
    pub fn line(&self) -> String {
        super::compact(self).unwrap_or_else(|_| "{\"error\":\"the error cannot be written as JSON\"}".to_owned())
    }
}
