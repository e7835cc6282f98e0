//! A review as workflow commands of GitHub Actions: a line for each thing that is told, which
//! becomes an annotation of the pull request, and a notice that sums up.

use super::review_items::{Item, Review};
use keyaki_iam::finding::Level;
use keyaki_iam::visible::visible;

/// A review as lines.
pub fn lines(review: &Review) -> String {
    let mut text: String = review.told().map(|(_, item)| command(item)).collect();
    let tally = review.tally();
    let said = format!("{}: {}", review.what(tally.cases), tally.words());
    let title = property(&format!("keyaki {}", review.command));
    text.push_str(&format!("::notice title={title}::{}\n", data(&said)));
    text
}

fn command(item: &Item) -> String {
    let word = match item.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &item.place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.start.line));
        properties.push(format!("col={}", place.start.column));
        properties.push(format!("endLine={}", place.end.line));
        // Of several lines the runner takes no column.
        if place.start.line == place.end.line {
            properties.push(format!("endColumn={}", place.end.column));
        }
    }
    properties.push(format!("title={}", property(&visible(item.rule))));
    let mut said = item.message.clone();
    if let Some(help) = &item.help {
        said.push_str(&format!("\nhelp: {help}"));
    }
    if let Some(evidence) = &item.evidence {
        said.push_str(&format!("\n{}", evidence.trim_end()));
    }
    format!("::{word} {}::{}\n", properties.join(","), data(&said))
}

/// A message. What is no escape and ends a line would begin a command of its own.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at `,` or `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("a%0A\r\n::error::b,c"), "a%250A%0D%0A::error::b,c");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
