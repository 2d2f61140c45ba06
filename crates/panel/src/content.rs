//! The text of a file, however it is packed and encoded: told by its first bytes, never by its name.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::{Error, InputError};
use crate::unpack::{GZIP, MOST, unpacked};

/// Most bytes of a header: many years of days have some tens of thousands. A file without line ends is not a table.
const MOST_HEADER: u64 = 1 << 20;
/// Most blank lines in front of a header.
const MOST_BLANK_LINES: usize = 8;

/// The bytes of a file.
///
/// # Errors
/// Where it cannot be read, or is larger than a table can be.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let size = path.metadata().map_err(|source| Error::read(path, source))?.len();
    if size > MOST {
        let problem = format!("has {size} bytes, where a table has at most {MOST}");
        return Err(InputError::new(path, problem, "leave out the days and places that are not needed").into());
    }
    std::fs::read(path).map_err(|source| Error::read(path, source))
}

/// The whole text of a file with these bytes, in UTF-8 as far as it is text at all.
///
/// # Errors
/// Where it cannot be unpacked, or holds more than a table can.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    if !bytes.starts_with(GZIP) {
        return Ok(decoded(bytes));
    }
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(6));
    unpacked(bytes.as_slice(), bytes.len() as u64)
        .read_to_end(&mut text)
        .map_err(|error| cannot_be_unpacked(path, &error.to_string()))?;
    Ok(decoded(text))
}

fn cannot_be_unpacked(path: &Path, problem: &str) -> InputError {
    InputError::new(path, format!("cannot be unpacked: {problem}"), "download the file again, or unpack it yourself")
}

/// The first line of a file that is not blank; an empty text if there is none.
///
/// # Errors
/// Where the file cannot be read, or not be unpacked up to there.
pub(crate) fn first_line(path: &Path) -> Result<String, InputError> {
    let read = |source| InputError::unreadable(path, &source);
    let file = File::open(path).map_err(read)?;
    let size = file.metadata().map_err(read)?.len();
    let mut file = BufReader::new(file);
    let packed = file.fill_buf().map_err(read)?.starts_with(GZIP);
    let stream: Box<dyn Read> = if packed { Box::new(unpacked(file, size)) } else { Box::new(file) };
    let (mut text, mut start) = (BufReader::new(stream.take(MOST_HEADER)), Vec::new());
    for _ in 0..=MOST_BLANK_LINES {
        text.read_until(b'\n', &mut start)
            .map_err(|source| if packed { cannot_be_unpacked(path, &source.to_string()) } else { read(source) })?;
        let decoded = decoded(start.clone());
        let lines = String::from_utf8_lossy(&decoded);
        if let Some(line) = lines.split(['\r', '\n']).find(|line| !line.trim().is_empty()) {
            return Ok(line.to_owned());
        }
    }
    Ok(String::new())
}

/// Text without its byte order mark, from UTF-16 to UTF-8 where it has the mark or the zeros of Latin letters in UTF-16.
fn decoded(bytes: Vec<u8>) -> Vec<u8> {
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [1..=0xff, 0, 1..=0xff, 0, ..] => utf_16(&bytes, u16::from_le_bytes),
        [0, 1..=0xff, 0, 1..=0xff, ..] => utf_16(&bytes, u16::from_be_bytes),
        _ => bytes,
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let letters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn text_is_the_same_however_it_is_written() {
        let plain = "date,county\r\n2020-03-01,Doña Ana\r\n";
        let halves = [&packed(b"date,county\r\n")[..], &packed("2020-03-01,Doña Ana\r\n".as_bytes())].concat();
        for (what, bytes) in [
            ("plain", plain.as_bytes().to_vec()),
            ("with a mark", format!("\u{feff}{plain}").into_bytes()),
            ("packed", packed(plain.as_bytes())),
            ("packed twice in a row", halves),
            ("UTF-16, little end first", utf_16(&format!("\u{feff}{plain}"), u16::to_le_bytes)),
            ("UTF-16, big end first", utf_16(&format!("\u{feff}{plain}"), u16::to_be_bytes)),
            ("UTF-16 without a mark", utf_16(plain, u16::to_le_bytes)),
            ("UTF-16 without a mark, big end first", utf_16(plain, u16::to_be_bytes)),
            ("UTF-16, packed", packed(&utf_16(&format!("\u{feff}{plain}"), u16::to_le_bytes))),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f.csv");
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(String::from_utf8(text(&path, bytes).unwrap()).unwrap(), plain, "{what}");
            assert_eq!(first_line(&path).unwrap(), "date,county", "{what}");
        }
    }

    #[test]
    fn a_file_larger_than_a_table_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        File::create(&path).unwrap().set_len(MOST + 1).unwrap();
        let error = bytes(&path).unwrap_err().to_string();
        assert!(error.contains("f.csv: has 1073741825 bytes, where a table has at most 1073741824"), "{error}");
    }

    #[test]
    fn what_cannot_be_unpacked_is_an_error() {
        let whole = packed(b"date,county\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv.gz");
        for (what, bytes) in [
            ("a mark alone", GZIP.to_vec()),
            ("cut", whole[..whole.len() - 9].to_vec()),
            ("followed by something else", [&whole[..], b"text"].concat()),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            let error = text(&path, bytes).unwrap_err().to_string();
            assert!(error.contains("f.csv.gz: cannot be unpacked: "), "{what}: {error}");
        }
    }
}
