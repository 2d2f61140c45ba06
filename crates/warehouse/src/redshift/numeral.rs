//! Patterns of numbers: `FM999,990.00`, and what they make of a number.

use super::pattern::ending;

/// A number as decimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) negative: bool,
    /// Digits before the point, without leading zeros; empty for 0.
    pub(super) whole: String,
    /// Digits after the point.
    pub(super) fraction: String,
}

/// Where the sign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Before the first digit, and a blank for positive numbers.
    Usual,
    /// `S`: plus or minus before the first digit or after the last.
    Always { before: bool },
    /// `MI`: minus or a blank at this place.
    Minus,
    /// `SG`: plus or minus at this place.
    Both,
    /// `PL`: plus or a blank at this place.
    Plus,
    /// `PR`: angle brackets around negative numbers.
    Brackets,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// A digit; `true` shows zeros.
    Digit(bool),
    Point,
    Group,
    Sign,
    Text(String),
    Ordinal(bool),
}

/// A pattern of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numeral {
    places: Vec<Place>,
    sign: Sign,
    unpadded: bool,
    roman: Option<bool>,
    /// Digits after a `V`: the number is multiplied by ten for each.
    shift: usize,
}

impl Numeral {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The letters that are no part of a pattern; text stands in double quotes.
    pub(super) fn read(pattern: &str) -> Result<Self, String> {
        let mut numeral = Self { places: Vec::new(), sign: Sign::Usual, unpadded: false, roman: None, shift: 0 };
        let mut rest = pattern;
        let mut shifting = false;
        while let Some(first) = rest.chars().next() {
            let begins = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            let mut length = 2;
            if begins("FM") {
                numeral.unpadded = true;
            } else if begins("MI") {
                numeral.set_sign(Sign::Minus, Some(Place::Sign), pattern)?;
            } else if begins("PL") {
                numeral.set_sign(Sign::Plus, Some(Place::Sign), pattern)?;
            } else if begins("SG") {
                numeral.set_sign(Sign::Both, Some(Place::Sign), pattern)?;
            } else if begins("PR") {
                numeral.set_sign(Sign::Brackets, None, pattern)?;
            } else if begins("RN") {
                numeral.roman = Some(first.is_uppercase());
            } else if begins("TH") {
                numeral.places.push(Place::Ordinal(first.is_uppercase()));
            } else if first == '"' {
                let text = rest[1..].split('"').next().unwrap_or_default();
                numeral.places.push(Place::Text(text.to_owned()));
                length = (text.len() + 2).min(rest.len());
            } else {
                length = first.len_utf8();
                match first.to_ascii_uppercase() {
                    '9' | '0' => {
                        numeral.places.push(Place::Digit(first == '0'));
                        numeral.shift += usize::from(shifting);
                    }
                    '.' | 'D' => numeral.places.push(Place::Point),
                    ',' | 'G' => numeral.places.push(Place::Group),
                    'V' => shifting = true,
                    'S' => {
                        let before = !numeral.places.iter().any(|place| matches!(place, Place::Digit(_)));
                        numeral.set_sign(Sign::Always { before }, None, pattern)?;
                    }
                    'L' | '$' => numeral.places.push(Place::Text("$".into())),
                    other if other.is_alphabetic() => {
                        let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
                        return Err(format!(
                            "{word:?} in the pattern {pattern:?}: text in a pattern stands in double quotes"
                        ));
                    }
                    _ => numeral.places.push(Place::Text(first.to_string())),
                }
            }
            rest = &rest[length..];
        }
        if numeral.places.iter().filter(|place| **place == Place::Point).count() > 1 {
            return Err(format!("two points in the pattern {pattern:?}"));
        }
        Ok(numeral)
    }

    fn set_sign(&mut self, sign: Sign, place: Option<Place>, pattern: &str) -> Result<(), String> {
        if self.sign != Sign::Usual {
            return Err(format!("two signs in the pattern {pattern:?}"));
        }
        self.sign = sign;
        self.places.extend(place);
        Ok(())
    }

    /// Digits after the point that the pattern shows.
    pub(super) fn decimals(&self) -> usize {
        let after = self.places.iter().skip_while(|place| **place != Place::Point);
        after.filter(|place| matches!(place, Place::Digit(_))).count()
    }

    /// Powers of ten by which the number is multiplied before it is written.
    pub(super) const fn shift(&self) -> usize {
        self.shift
    }

    /// A number by the pattern, rounded before to as many decimals as the pattern has.
    pub(super) fn write(&self, digits: &Digits) -> String {
        if let Some(upper) = self.roman {
            let text =
                roman(digits).map_or_else(|| "#".repeat(15), |text| if upper { text } else { text.to_lowercase() });
            return if self.unpadded { text } else { format!("{text:>15}") };
        }
        let point = self.places.iter().position(|place| *place == Place::Point).unwrap_or(self.places.len());
        let is_digit = |place: &&Place| matches!(place, Place::Digit(_));
        let before = self.places[..point].iter().filter(is_digit).count();
        let full = digits.whole.len() > before;
        let zeros_from = self.places[..point].iter().filter(is_digit).position(|place| *place == Place::Digit(true));
        let shown_from = zeros_from.map_or(usize::MAX, |from| from).min(before.saturating_sub(digits.whole.len()));
        // A lone point needs a digit before it where the number has a fraction only.
        let needs_zero = digits.whole.is_empty() && self.decimals() == 0 && shown_from >= before;
        let shown_from = if needs_zero { before.saturating_sub(1) } else { shown_from };
        let last_kept = self.last_kept(digits);
        let mut text = String::new();
        let mut number = (0, 0);
        let mut signed = false;
        let mut any = false;
        for (i, place) in self.places.iter().enumerate() {
            match place {
                Place::Digit(_) if i < point => {
                    let at = number.0;
                    number.0 += 1;
                    if at < shown_from {
                        self.blank(&mut text);
                        continue;
                    }
                    self.sign_before(&mut text, digits.negative, &mut signed);
                    any = true;
                    let from_end = before - at;
                    let digit = digits.whole.len().checked_sub(from_end).and_then(|i| digits.whole.get(i..=i));
                    text.push_str(if full { "#" } else { digit.unwrap_or("0") });
                }
                Place::Digit(_) => {
                    let at = number.1;
                    number.1 += 1;
                    if self.unpadded && at >= last_kept {
                        continue;
                    }
                    any = true;
                    text.push_str(if full { "#" } else { digits.fraction.get(at..=at).unwrap_or("0") });
                }
                Place::Point => {
                    self.sign_before(&mut text, digits.negative, &mut signed);
                    text.push('.');
                }
                Place::Group if any => text.push(','),
                Place::Group => self.blank(&mut text),
                Place::Sign => self.sign_here(&mut text, digits.negative),
                Place::Text(word) => text.push_str(word),
                Place::Ordinal(upper) if !digits.negative && self.decimals() == 0 => {
                    let last = digits.whole.get(digits.whole.len().saturating_sub(2)..).unwrap_or_default();
                    let ending = ending(last.parse().unwrap_or(0));
                    text.push_str(&if *upper { ending.to_uppercase() } else { ending.to_owned() });
                }
                Place::Ordinal(_) => {}
            }
        }
        self.sign_after(&mut text, digits.negative);
        text
    }

    /// Digits after the point that `FM` keeps: to the last that is not zero, or that a `0` asks for.
    fn last_kept(&self, digits: &Digits) -> usize {
        let point = self.places.iter().position(|place| *place == Place::Point).unwrap_or(self.places.len());
        let after = self.places[point..].iter().filter(|place| matches!(place, Place::Digit(_)));
        let asked = after.enumerate().filter(|(_, place)| **place == Place::Digit(true)).map(|(i, _)| i + 1).max();
        let needed = digits.fraction.trim_end_matches('0').len();
        asked.unwrap_or(0).max(needed)
    }

    fn blank(&self, text: &mut String) {
        if !self.unpadded {
            text.push(' ');
        }
    }

    fn sign_before(&self, text: &mut String, negative: bool, signed: &mut bool) {
        if std::mem::replace(signed, true) {
            return;
        }
        match self.sign {
            Sign::Usual if negative => text.push('-'),
            Sign::Usual => self.blank(text),
            Sign::Always { before: true } => text.push(if negative { '-' } else { '+' }),
            Sign::Brackets if negative => text.push('<'),
            Sign::Brackets => self.blank(text),
            _ => {}
        }
    }

    fn sign_here(&self, text: &mut String, negative: bool) {
        match (self.sign, negative) {
            (Sign::Minus | Sign::Both, true) => text.push('-'),
            (Sign::Both | Sign::Plus, false) => text.push('+'),
            _ => self.blank(text),
        }
    }

    fn sign_after(&self, text: &mut String, negative: bool) {
        match self.sign {
            Sign::Always { before: false } => text.push(if negative { '-' } else { '+' }),
            Sign::Brackets if negative => text.push('>'),
            Sign::Brackets => self.blank(text),
            _ => {}
        }
    }
}

/// A whole number from 1 to 3,999 in Roman numerals.
fn roman(digits: &Digits) -> Option<String> {
    let mut number: u32 = digits.whole.parse().ok()?;
    if digits.negative || !(1..=3_999).contains(&number) {
        return None;
    }
    let numerals = [
        (1_000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut text = String::new();
    for (value, numeral) in numerals {
        while number >= value {
            text.push_str(numeral);
            number -= value;
        }
    }
    Some(text)
}
