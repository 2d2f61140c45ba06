//! Alerts by place as feeds to subscribe to: RSS 2.0 and JSON Feed 1.1.

use std::collections::BTreeMap;
use std::fmt::Write;

use countycast_engine::{Date, Fips, Level};
use serde_json::{Value, json};

use super::alerts::{self, Alert, Kind};
use super::content::Content;
use crate::output::places::Listed;

/// Files by name: two for each place.
pub(super) fn all(content: &Content) -> BTreeMap<String, String> {
    let as_of = content.run.manifest.as_of;
    let feeds = content.run.places.iter().flat_map(|row| {
        let feed = Feed { place: row, as_of, alerts: alerts::of(row, content), address: content.address.as_deref() };
        [(format!("feeds/{}.xml", row.fips), feed.rss()), (format!("feeds/{}.json", row.fips), feed.json())]
    });
    feeds.collect()
}

/// A place's alerts on a day.
struct Feed<'a> {
    place: &'a Listed,
    as_of: Date,
    alerts: Vec<Alert>,
    /// Where the site will lie; without it, addresses are relative to the feed.
    address: Option<&'a str>,
}

impl Feed<'_> {
    fn title(&self) -> String {
        format!("Alerts of {}", self.place.name)
    }

    /// The place's page.
    fn page(&self) -> String {
        let fips = self.place.fips;
        let kind = match fips.level() {
            Level::County => format!("county/{fips}"),
            Level::State => format!("state/{fips}"),
            Level::Nation => String::new(),
        };
        let site = self.address.map_or_else(|| "../".to_owned(), |site| format!("{}/", site.trim_end_matches('/')));
        format!("{site}index.html#/{kind}")
    }

    /// An alert keeps its name while a run on the same day repeats it, and gets another one the next day.
    fn id(&self, alert: &Alert) -> String {
        format!("countycast:{}:{}:{}", self.place.fips, self.as_of, word(alert.kind))
    }

    fn rss(&self) -> String {
        let (page, mut items) = (escaped(&self.page()), String::new());
        // Midnight after the last day of data, in the form that RSS asks for.
        let date = self.as_of.strftime("%a, %d %b %Y 23:59:59 GMT");
        for alert in &self.alerts {
            let [title, text] = [heading(alert.kind), &alert.text].map(escaped);
            // Writing to a string does not fail.
            let _ = writeln!(
                items,
                "<item><title>{title}: {}</title><link>{page}</link><description>{text}</description><category>{}</category>\
                 <guid isPermaLink=\"false\">{}</guid><pubDate>{date}</pubDate></item>",
                escaped(&self.place.name),
                word(alert.kind),
                escaped(&self.id(alert)),
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title><link>{page}</link>\
             <description>{}</description><language>en-US</language><lastBuildDate>{date}</lastBuildDate>\n{items}</channel></rss>\n",
            escaped(&self.title()),
            escaped(DESCRIPTION),
        )
    }

    fn json(&self) -> String {
        let date = format!("{}T23:59:59Z", self.as_of);
        let item = |alert: &Alert| {
            json!({
                "id": self.id(alert), "url": self.page(), "title": format!("{}: {}", heading(alert.kind), self.place.name),
                "content_text": alert.text, "date_published": date, "tags": [word(alert.kind)],
            })
        };
        let items: Vec<Value> = self.alerts.iter().map(item).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1", "title": self.title(), "description": DESCRIPTION,
            "home_page_url": self.page(), "language": "en-US", "items": items,
        });
        format!("{feed}\n")
    }
}

const DESCRIPTION: &str = "Likely rises of COVID-19 cases and hospital gaps, by countycast.";

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Rise => "rise",
        Kind::Gap => "gap",
    }
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Rise => "Cases likely to rise",
        Kind::Gap => "Hospital gap",
    }
}

/// Text within XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML 1.0 has no way to write other control characters.
            _ if letter.is_control() && !matches!(letter, '\t' | '\n' | '\r') => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

/// Counties with an alert of each kind, as the nation's and a state's pages tell.
pub(super) fn raised(whole: Fips, content: &Content) -> [usize; 2] {
    let inside =
        |row: &&Listed| row.fips.level() == Level::County && (whole == Fips::US || row.fips.state() == Some(whole));
    let mut counts = [0; 2];
    for alert in content.run.places.iter().filter(inside).flat_map(|row| alerts::of(row, content)) {
        counts[alert.kind as usize] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::PhaseKind;

    fn place(name: &str) -> Listed {
        Listed {
            fips: "36061".parse().unwrap(),
            name: name.to_owned(),
            population: None,
            phase: PhaseKind::Independent,
            reproduction: None,
            remarks: Vec::new(),
        }
    }

    fn feed<'a>(place: &'a Listed, address: Option<&'a str>) -> Feed<'a> {
        let alerts = vec![Alert { kind: Kind::Rise, text: "1 < 2 & \"so on\"".to_owned() }];
        Feed { place, as_of: "2020-11-21".parse().unwrap(), alerts, address }
    }

    #[test]
    fn what_is_a_name_stays_one() {
        let place = place("<b>New & York</b>\u{7}");
        let rss = feed(&place, None).rss();
        assert!(rss.contains("<title>Alerts of &lt;b&gt;New &amp; York&lt;/b&gt;\u{fffd}</title>"), "{rss}");
        assert!(rss.contains("<description>1 &lt; 2 &amp; &quot;so on&quot;</description>"), "{rss}");
        assert!(rss.contains("<pubDate>Sat, 21 Nov 2020 23:59:59 GMT</pubDate>"), "{rss}");
    }

    #[test]
    fn pages_are_found_from_the_feed_or_at_the_sites_address() {
        let place = place("New York, NY");
        let link = |address| {
            let read: Value = serde_json::from_str(&feed(&place, address).json()).unwrap();
            read["items"][0]["url"].as_str().unwrap().to_owned()
        };
        assert_eq!(link(None), "../index.html#/county/36061");
        assert_eq!(
            link(Some("https://health.example/covid/")),
            "https://health.example/covid/index.html#/county/36061"
        );
    }
}
