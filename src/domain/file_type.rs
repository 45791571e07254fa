//! What a file is, by what is in it: names and headers say what the sender likes.

/// The kinds of files that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FileType {
    Pdf,
    Jpeg,
    Png,
    Heic,
    /// A text of Microsoft Word without macros.
    Docx,
    /// Plain text in UTF-8.
    Txt,
    /// A mail with its headers (RFC 5322).
    Eml,
    /// A signature or a signed document (CMS, RFC 5652), as the electronic signature of Kazakhstan makes them.
    P7s,
}

impl FileType {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Jpeg, Self::Png, Self::Heic, Self::Docx, Self::Txt, Self::Eml, Self::P7s];

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Txt => "text/plain",
            Self::Eml => "message/rfc822",
            Self::P7s => "application/pkcs7-signature",
        }
    }

    /// Endings of names that fit, the usual one first.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Heic => &["heic", "heif"],
            Self::Docx => &["docx"],
            Self::Txt => &["txt"],
            Self::Eml => &["eml"],
            Self::P7s => &["p7s", "p7m", "cms"],
        }
    }
}

/// Looks at a file while it passes by.
#[derive(Debug)]
pub struct Sniffer {
    seen: FileType,
    /// The end of what passed, where a name or a character may go on.
    tail: Vec<u8>,
    /// Of a zip: parts that were found in its directory.
    parts: Parts,
}

#[derive(Debug, Default)]
struct Parts {
    text: bool,
    types: bool,
    macros: bool,
}

/// Where the name stands in an entry of a zip's directory, and the longest that is looked for.
const ENTRY_NAME: usize = 46;
const LONGEST_NAME: usize = 19;

impl Sniffer {
    /// Looks at the beginning, of at least 64 KiB where the file is that long; `None` for what is not taken. `head` is not looked at
    /// again: it is fed as well.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let seen = if is_cms(head) {
            FileType::P7s
        } else if head.starts_with(b"PK\x03\x04") {
            FileType::Docx
        } else {
            match infer::get(head).map(|kind| kind.mime_type()) {
                Some("application/pdf") => FileType::Pdf,
                Some("image/jpeg") => FileType::Jpeg,
                Some("image/png") => FileType::Png,
                Some("image/heif") => FileType::Heic,
                Some(_) => return None,
                None if has_mail_headers(head) => FileType::Eml,
                None => FileType::Txt,
            }
        };
        Some(Self { seen, tail: Vec::new(), parts: Parts::default() })
    }

    /// Looks at the next bytes; `false` when the file is not what it seemed to be.
    pub fn feed(&mut self, bytes: &[u8]) -> bool {
        match self.seen {
            FileType::Txt => self.feed_text(bytes),
            FileType::Eml => !bytes.contains(&0),
            FileType::Docx => {
                self.feed_zip(bytes);
                !self.parts.macros
            }
            _ => true,
        }
    }

    /// What the file is, when all of it passed by.
    #[must_use]
    pub fn finish(self) -> Option<FileType> {
        let whole = match self.seen {
            FileType::Txt => self.tail.is_empty(),
            FileType::Docx => self.parts.text && self.parts.types && !self.parts.macros,
            _ => true,
        };
        whole.then_some(self.seen)
    }

    /// UTF-8 without control characters; a character may be cut in two between two calls.
    fn feed_text(&mut self, bytes: &[u8]) -> bool {
        let mut all = std::mem::take(&mut self.tail);
        all.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&all) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let (whole, cut) = all.split_at(error.valid_up_to());
                self.tail = cut.to_vec();
                std::str::from_utf8(whole).unwrap_or_default()
            }
            Err(_) => return false,
        };
        !whole.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}'))
    }

    /// Names in the directory of a zip, which stands at its end.
    fn feed_zip(&mut self, bytes: &[u8]) {
        let mut all = std::mem::take(&mut self.tail);
        all.extend_from_slice(bytes);
        for (at, window) in all.windows(4).enumerate() {
            if window != b"PK\x01\x02" {
                continue;
            }
            let name = all.get(at + ENTRY_NAME..).unwrap_or_default();
            self.parts.text |= name.starts_with(b"word/document.xml");
            self.parts.types |= name.starts_with(b"[Content_Types].xml");
            self.parts.macros |= name.starts_with(b"word/vbaProject.bin");
        }
        let keep = all.len().saturating_sub(ENTRY_NAME + LONGEST_NAME);
        self.tail = all.split_off(keep);
    }
}

/// `ContentInfo { contentType signedData, … }` in DER or BER, or the same as PEM.
fn is_cms(head: &[u8]) -> bool {
    const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    if [&b"-----BEGIN PKCS7-----"[..], b"-----BEGIN CMS-----"].iter().any(|begin| head.starts_with(begin)) {
        return head.iter().all(|byte| byte.is_ascii_graphic() || matches!(byte, b'\r' | b'\n' | b' '));
    }
    let Some((0x30, rest)) = head.split_first().map(|(tag, rest)| (*tag, rest)) else { return false };
    let Some((length, rest)) = rest.split_first() else { return false };
    let more = if *length > 0x80 { usize::from(length & 0x7f) } else { 0 };
    more <= 4 && rest.get(more..).is_some_and(|rest| rest.starts_with(&SIGNED_DATA))
}

/// Lines `Name: value` up to an empty one, with a sender and one more that mails have.
fn has_mail_headers(head: &[u8]) -> bool {
    let (mut from, mut other) = (false, false);
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return from && other;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
        let name = line.get(..colon).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        from |= name == b"from";
        other |= [&b"date"[..], b"received", b"message-id", b"subject", b"to", b"mime-version"].contains(&&name[..]);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8], step: usize) -> Option<FileType> {
        let mut sniffer = Sniffer::of(bytes)?;
        if !bytes.chunks(step).all(|chunk| sniffer.feed(chunk)) {
            return None;
        }
        sniffer.finish()
    }

    fn entry(name: &str) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02".to_vec();
        bytes.resize(ENTRY_NAME, 0);
        bytes.extend_from_slice(name.as_bytes());
        bytes
    }

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04 contents ".to_vec();
        for name in names {
            bytes.extend(entry(name));
        }
        bytes
    }

    #[test]
    fn each_kind_is_known_by_its_content_in_steps_of_any_length() {
        let cms = [0x30, 0x82, 1, 2, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2, 0xa0];
        let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
        let known: [(&[u8], FileType); 9] = [
            (b"%PDF-1.7\n", FileType::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", FileType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", FileType::Png),
            (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", FileType::Heic),
            (&cms, FileType::P7s),
            (b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n", FileType::P7s),
            (&docx, FileType::Docx),
            ("Қайырлы күн!\r\n\tЖарайды.".as_bytes(), FileType::Txt),
            (b"From: a@example.kz\r\nSubject: x\r\n y\r\n\r\n\xff\xfe", FileType::Eml),
        ];
        for (bytes, expected) in known {
            for step in [1, 3, 7, 1000] {
                assert_eq!(kind(bytes, step), Some(expected), "{expected:?} in steps of {step}");
            }
        }
    }

    #[test]
    fn what_is_not_taken_is_told_apart() {
        let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let sheet = zip(&["[Content_Types].xml", "xl/workbook.xml"]);
        let mut cut = "Қ".as_bytes().to_vec();
        cut.pop();
        let other: [&[u8]; 9] = [
            b"MZ\x90\0\x03\0\0\0",
            b"<html><script>alert(1)</script></html>",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0",
            b"GIF89a\x01\0\x01\0",
            b"text with \0 in it",
            b"\xff\xfet\0e\0x\0t\0",
            &macros,
            &sheet,
            &cut,
        ];
        for bytes in other {
            assert_eq!(kind(bytes, 5), None, "{:?}", bytes.get(..8));
        }
    }
}
