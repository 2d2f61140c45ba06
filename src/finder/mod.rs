//! The treatment finder: who has a disease among those infected, and who treats it nearby.
//!
//! ```text
//! config/diseases ─┬→ prevalence by age × a county's ages × infected by age → share of infections, admissions, deaths
//! CDC PLACES ──────┘
//! CMS, HIFLD, NPPES → providers with their places  ← postal codes, county centres
//! a health department's file → availability, with its day
//! ```

pub mod availability;
pub mod disease;
pub mod estimate;
pub mod postal;
pub mod prevalence;
pub mod providers;
mod table;

use std::collections::HashSet;
use std::path::PathBuf;

use availability::Availability;
use disease::Disease;
use postal::PostalCodes;
use prevalence::Prevalence;
use providers::{Centres, Provider};

use crate::error::Error;

/// Files that the finder is made from.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Lists of providers, or folders with such lists.
    pub providers: Vec<PathBuf>,
    /// What a health department knows of their availability.
    pub availability: Option<PathBuf>,
    /// Prevalence by county: a table of CDC PLACES.
    pub prevalence: Option<PathBuf>,
    /// Postal codes and their points: a table of the Census Gazetteer.
    pub postal_codes: Option<PathBuf>,
    /// Folder of diseases in the place of those that the program knows.
    pub diseases: Option<PathBuf>,
}

/// All that the finder knows besides the run.
#[derive(Debug, Clone)]
pub struct Finder {
    /// Diseases with a section `[finder]`, by name.
    pub diseases: Vec<Disease>,
    /// Prevalence by county, if a table was given.
    pub prevalence: Option<Prevalence>,
    /// Providers that treat one of the diseases.
    pub providers: Vec<Provider>,
    /// Providers that no distance can be told of: neither their point, nor their postal code's, nor their county is known.
    pub unlocated: usize,
    /// Availability, if a file was given.
    pub availability: Option<Availability>,
    /// Postal codes, if a table was given.
    pub postal_codes: Option<PostalCodes>,
}

impl Finder {
    /// Reads all files; `centres` are those of counties, where providers lie of which no more is known.
    ///
    /// # Errors
    /// [`Error::Input`] for the first file that is not of its layout, with line and column.
    pub fn read(request: &Request, centres: &Centres) -> Result<Self, Error> {
        let diseases = request.diseases.as_deref().map_or_else(disease::shipped, disease::read)?;
        let prevalence = request.prevalence.as_deref().map(Prevalence::read).transpose()?;
        let postal_codes = request.postal_codes.as_deref().map(PostalCodes::read).transpose()?;
        let all = providers::read(&request.providers, &diseases, postal_codes.as_ref(), centres)?;
        let (providers, without): (Vec<_>, Vec<_>) = all.into_iter().partition(|provider| provider.place.is_some());
        let mut availability = request.availability.as_deref().map(Availability::read).transpose()?;
        if let Some(availability) = &mut availability {
            let known: HashSet<&str> = providers.iter().map(|provider| provider.number.as_str()).collect();
            availability.keep(|number| known.contains(number));
        }
        Ok(Self { diseases, prevalence, providers, unlocated: without.len(), availability, postal_codes })
    }
}
