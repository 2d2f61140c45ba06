//! One update: what a sender says of a provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is said of a provider in one specialty. As it is sent, so it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    /// The provider's number in its list, which is text.
    pub(super) provider: String,
    /// NUCC taxonomy code; empty for the provider as a whole.
    #[serde(default)]
    pub(super) specialty: String,
    #[serde(default)]
    pub(super) accepting_new_patients: Option<bool>,
    #[serde(default)]
    pub(super) telehealth: Option<bool>,
    #[serde(default)]
    pub(super) insurances: Vec<String>,
    /// When this was so.
    pub(super) updated_at: DateTime<Utc>,
    /// What tells this update from all others: chosen by the sender, once.
    pub(super) nonce: String,
    /// When it was accepted; a sender does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) received_at: Option<DateTime<Utc>>,
}

/// Longest text of a field, bytes.
const LONGEST: usize = 100;
/// Most insurances.
const MOST_INSURANCES: usize = 100;

impl Update {
    /// Reads what was sent.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let update: Self =
            serde_json::from_slice(body).map_err(|error| crate::error::brief(&error.to_string()).to_owned())?;
        if update.received_at.is_some() {
            return Err("received_at is set by the service".into());
        }
        let nonce = update.nonce.len();
        if !(8..=LONGEST).contains(&nonce) || !update.nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("nonce has 8 to 100 visible letters, and is new in each update: a UUID".into());
        }
        if update.insurances.len() > MOST_INSURANCES {
            return Err(format!("insurances has at most {MOST_INSURANCES} names"));
        }
        let wrong = |text: &String| text.len() > LONGEST || text.chars().any(char::is_control);
        let fields = [&update.provider, &update.specialty];
        if update.provider.is_empty() || fields.into_iter().chain(&update.insurances).any(wrong) {
            return Err(format!(
                "provider is a number, and no text is longer than {LONGEST} bytes or has control characters"
            ));
        }
        let code = &update.specialty;
        let taxonomy = code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if !code.is_empty() && !taxonomy {
            return Err("specialty is a NUCC taxonomy code, such as 207RC0000X, or is left out".into());
        }
        Ok(update)
    }

    /// Provider and specialty.
    pub(super) fn key(&self) -> (String, String) {
        (self.provider.clone(), self.specialty.clone())
    }

    /// As everyone may read it.
    pub(super) fn told(&self) -> Value {
        json!({
            "provider": self.provider, "specialty": self.specialty, "accepting_new_patients": self.accepting_new_patients,
            "telehealth": self.telehealth, "insurances": self.insurances, "updated_at": self.updated_at.to_rfc3339(),
        })
    }
}
