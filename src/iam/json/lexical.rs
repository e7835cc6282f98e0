//! Numbers, and how messages show characters and texts.

/// RFC 8259, section 6.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
        }
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// How a message names a character that cannot be shown.
pub(super) fn character_name(character: char) -> String {
    let name = match character {
        '\u{0}' => "null character",
        '\u{9}' => "tab",
        '\u{a}' => "line feed",
        '\u{b}' => "vertical tab",
        '\u{c}' => "form feed",
        '\u{d}' => "carriage return",
        '\u{85}' => "next line",
        '\u{a0}' => "no-break space",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{200b}' => "zero width space",
        '\u{202f}' => "narrow no-break space",
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => "typographic quotation mark",
        '\u{3000}' => "ideographic space",
        '\u{feff}' => "byte order mark",
        c if c.is_control() => "control character",
        c if c.is_whitespace() => "space character",
        _ => return format!("`{character}` (U+{:04X})", u32::from(character)),
    };
    format!("U+{:04X} ({name})", u32::from(character))
}

/// The first characters of a text, for a message.
pub(super) fn clip(text: &str) -> String {
    let mut characters = text.chars();
    let head: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() { format!("{head}…") } else { head }
}
