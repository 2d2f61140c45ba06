//! Lists of places in one notice.

use super::input::Notice;

/// A notice names this many places; the rest are counted.
const NAMED: usize = 5;

/// A notice that names the first of these places or values and counts them all; none if there is none.
pub(super) fn notice(what: &str, items: &[String]) -> Option<Notice> {
    let named = items.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    let more = if items.len() > NAMED { "; …" } else { "" };
    (!items.is_empty()).then(|| Notice { message: format!("{what}: {named}{more}"), count: items.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_all_are_counted() {
        let text = |n: usize| {
            let items: Vec<String> = (1..=n).map(|item| item.to_string()).collect();
            notice("odd", &items).map(|notice| notice.to_string())
        };
        assert_eq!(text(0), None);
        assert_eq!(text(1).unwrap(), "odd: 1");
        assert_eq!(text(5).unwrap(), "odd: 1; 2; 3; 4; 5 (5)");
        assert_eq!(text(6).unwrap(), "odd: 1; 2; 3; 4; 5; … (6)");
    }
}
