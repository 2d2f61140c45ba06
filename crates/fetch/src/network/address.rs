//! Addresses that may be asked, and those that a redirect may lead to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use serde::Deserialize;

/// An address that may be asked: `https`, or `http` on this machine itself, so that mirrors and tests work without certificates.
///
/// It is shown without its query: that of a redirect may be a signed permission.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it: another scheme than `https`, a name or password in it, no host.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "is not a web address".to_owned())?;
        let authority = uri.authority().ok_or("names no host")?;
        if authority.as_str().contains('@') {
            return Err("holds a name or password; give a token by a variable of the environment".to_owned());
        }
        let address = Self { uri };
        match address.uri.scheme_str() {
            Some("https") => Ok(address),
            Some("http") if address.is_loopback() => Ok(address),
            Some("http") => Err("begins with http: only https is asked, and http on 127.0.0.1 or [::1]".to_owned()),
            _ => Err("does not begin with https".to_owned()),
        }
    }

    /// Host without port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// The number of the host, if it is given by one. A name is never taken for this machine, whatever it resolves to.
    fn number(&self) -> Option<IpAddr> {
        self.host().trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// Whether the host is this machine itself, by number.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.number().is_some_and(|number| number.is_loopback())
    }

    /// Whether both are served by the same host, port and scheme: a token for one may be sent to the other.
    pub(crate) fn is_same_origin(&self, other: &Self) -> bool {
        (self.uri.scheme_str(), self.host(), self.uri.port_u16())
            == (other.uri.scheme_str(), other.host(), other.uri.port_u16())
    }

    /// The address that an answer of this one redirects to.
    ///
    /// # Errors
    /// Where it may not be followed: to `http`, or from a publisher to this machine or to any host given by number.
    pub(crate) fn redirect(&self, location: &str) -> Result<Self, String> {
        let (scheme, authority) = (self.uri.scheme_str().unwrap_or("https"), self.uri.authority());
        let whole = if let Some(rest) = location.strip_prefix("//") {
            format!("{scheme}://{rest}")
        } else if location.starts_with('/') {
            format!("{scheme}://{}{location}", authority.map_or("", |authority| authority.as_str()))
        } else {
            location.to_owned()
        };
        let to = Self::parse(&whole)?;
        if to.number().is_some() && !(self.is_loopback() && to.is_loopback()) {
            return Err("names a host by number".to_owned());
        }
        Ok(to)
    }

    /// The address with these parameters added to its query; names and values must be of the query's own letters.
    #[must_use]
    pub(crate) fn with_query(&self, parameters: &[(&str, &str)]) -> Self {
        let mut text = self.uri.to_string();
        for (name, value) in parameters {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.push_str(&format!("{name}={value}"));
        }
        // The parameters are our own, and of letters that a query may have.
        text.parse().map_or_else(|_| self.clone(), |uri| Self { uri })
    }

    /// The whole address, to be asked.
    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(f, "{}://{authority}{}", self.uri.scheme_str().unwrap_or_default(), self.uri.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|problem| serde::de::Error::custom(format!("the address {problem}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn only_https_is_asked_and_http_on_this_machine() {
        for good in ["https://data.cdc.gov/a.csv", "http://127.0.0.1:80/a", "http://127.8.9.1/a", "http://[::1]:8080/a"]
        {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for (bad, part) in [
            ("http://data.cdc.gov/a.csv", "only https"),
            ("http://localhost/a.csv", "only https"),
            ("http://127.0.0.1.example.org/a", "only https"),
            ("ftp://data.cdc.gov/a.csv", "https"),
            ("file:///etc/passwd", ""),
            ("https://me:secret@data.cdc.gov/a", "password"),
            ("/a.csv", "no host"),
        ] {
            let problem = Address::parse(bad).unwrap_err();
            assert!(problem.contains(part) && !problem.contains("secret"), "{bad}: {problem}");
        }
    }

    #[test]
    fn redirects_lead_to_https_and_never_from_a_publisher_to_a_number() {
        let from = address("https://data.cdc.gov/a.csv");
        let to = |location: &str| from.redirect(location).map(|to| to.uri().to_string());
        assert_eq!(to("/b.csv?x=1").unwrap(), "https://data.cdc.gov/b.csv?x=1");
        assert_eq!(to("//cdn.example/b").unwrap(), "https://cdn.example/b");
        assert_eq!(to("https://cdn.example/b").unwrap(), "https://cdn.example/b");
        for bad in ["http://data.cdc.gov/a.csv", "http://127.0.0.1/a", "https://127.0.0.1/a", "https://10.0.0.1/a", "b"]
        {
            assert!(to(bad).is_err(), "{bad}");
        }
        let local = address("http://127.0.0.1:8000/a");
        assert!(local.redirect("http://127.0.0.1:9000/b").is_ok() && local.redirect("https://cdn.example/b").is_ok());
        assert!(local.redirect("http://cdn.example/b").is_err() && local.redirect("https://10.0.0.1/b").is_err());
    }

    #[test]
    fn a_query_is_added_and_never_shown() {
        let page = address("https://data.cdc.gov/a.csv").with_query(&[("$limit", "5"), ("$order", ":id")]);
        assert_eq!(page.uri().to_string(), "https://data.cdc.gov/a.csv?$limit=5&$order=:id");
        assert_eq!(format!("{page} {page:?}"), "https://data.cdc.gov/a.csv https://data.cdc.gov/a.csv");
        assert!(page.is_same_origin(&address("https://data.cdc.gov/b")));
        assert!(!page.is_same_origin(&address("https://data.cdc.gov:444/b")));
        assert!(!page.is_same_origin(&address("https://cdc.gov/b")));
    }
}
