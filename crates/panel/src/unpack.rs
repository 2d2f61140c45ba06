//! Gzip files, of which what they hold is bounded by their size.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

/// Bytes that any packed file may hold, and for each of its own bytes: publishers' tables have ten at most, zeros a thousand.
const FEW: u64 = 16 << 20;
const FOR_EACH_BYTE: u64 = 100;
/// Most bytes of any file, packed or not: some ten times the longest of any publisher.
pub(crate) const MOST: u64 = 1 << 30;

/// The first bytes of a gzip file.
pub(crate) const GZIP: &[u8] = &[0x1f, 0x8b];

/// The text of a file, unpacked if its first bytes are those of gzip, whatever its name is.
///
/// A packed file that holds more than a hundred times its size, and more than 16 MiB, or more than 1 GiB, is no table but made to
/// fill the memory: reading it ends in an error.
///
/// # Errors
/// Where it cannot be opened or read.
pub fn opened(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut file = BufReader::new(file);
    let is_packed = file.fill_buf()?.starts_with(GZIP);
    Ok(if is_packed { Box::new(unpacked(file, size)) } else { Box::new(file) })
}

/// Unpacks a gzip file of any number of members and of so many bytes.
pub(crate) fn unpacked<R: BufRead>(packed: R, size: u64) -> impl Read {
    let most = FOR_EACH_BYTE.saturating_mul(size).clamp(FEW, MOST);
    Unpacked { text: MultiGzDecoder::new(packed), most, left: most }
}

struct Unpacked<R> {
    text: MultiGzDecoder<R>,
    most: u64,
    left: u64,
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(format!("it holds more than {} bytes", self.most)))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(bytes: u64) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut io::repeat(b'0').take(bytes), &mut packed).unwrap();
        packed.flush().unwrap();
        packed.finish().unwrap()
    }

    fn unpack(packed: &[u8], size: usize) -> Result<u64, String> {
        io::copy(&mut unpacked(packed, size as u64), &mut io::sink()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_file_holds_is_bounded_by_its_size() {
        let few = packed(FEW);
        assert_eq!(unpack(&few, few.len()), Ok(FEW), "any file may hold a little");
        let more = packed(FEW + 1);
        assert_eq!(unpack(&more, more.len()), Err(format!("it holds more than {FEW} bytes")));
        // A larger file may hold more.
        assert_eq!(unpack(&more, (FEW / FOR_EACH_BYTE) as usize + 1), Ok(FEW + 1));
    }

    #[test]
    fn members_count_together() {
        let half = packed(FEW / 2 + 1);
        let twice = [&half[..], &half[..]].concat();
        assert_eq!(unpack(&half, half.len()), Ok(FEW / 2 + 1));
        assert_eq!(unpack(&twice, twice.len()), Err(format!("it holds more than {FEW} bytes")));
    }
}
