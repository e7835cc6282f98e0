//! A review as Markdown, for a comment on a pull request: a table of counts, and each thing that is
//! told, folded.
//!
//! Foreign text stands in blocks of code and, in a summary, in HTML that Markdown does not look
//! into: so it makes no markup, no link and no mention.

use super::fate::Accepted;
use super::review_items::{Item, Review, number};
use keyaki_iam::visible::visible;

/// GitHub takes fewer characters than this; bytes are no less than characters.
const LONGEST: usize = 65_536;

/// Left for the sentence that says how many are left out.
const RESERVE: usize = 400;

/// The longest piece of evidence that is shown whole, in characters.
const LONGEST_EVIDENCE: usize = 4_000;

/// A review as a comment.
pub fn comment(review: &Review) -> String {
    let tally = review.tally();
    let mut text = format!("### `keyaki {}`: {}\n\n", review.command, tally.words());
    let passed = if review.command == "check" { "as expected" } else { "without a finding" };
    let examined = match review.command {
        "check" => "claims",
        "review" => "changes and claims",
        _ => "files",
    };
    text.push_str("| | number |\n|---|---|\n");
    for (what, count) in [
        (examined, tally.cases),
        (passed, tally.passed),
        ("errors", tally.errors),
        ("warnings", tally.warnings),
        ("notes", tally.notes),
        ("unknown", tally.unknown),
        ("not read or not answered", tally.broken),
        ("waived", tally.waived),
        ("in the baseline", tally.known),
    ] {
        if count > 0 || what == examined {
            text.push_str(&format!("| {what} | {count} |\n"));
        }
    }
    let told = review.told().map(|(_, item)| folded(item, None));
    let waived = review.waived().map(|(item, accepted)| folded(item, Some(accepted)));
    let items: Vec<String> = told.chain(waived).collect();
    for (shown, piece) in items.iter().enumerate() {
        if text.len() + piece.len() + RESERVE > LONGEST {
            let left = number(items.len() - shown, "finding");
            text.push_str(&format!(
                "\n{left} more, left out because a comment has no room for them: `keyaki {}` prints all.\n",
                review.command
            ));
            break;
        }
        text.push_str(piece);
    }
    text
}

/// An item: its place and what is the matter, and below that what shows it, and what accepts it.
fn folded(item: &Item, accepted: Option<&Accepted>) -> String {
    let place = item.place.as_ref().map(|place| {
        let (file, start) = (visible(&place.file), place.start);
        format!("{file}:{}:{}", start.line, start.column)
    });
    let mut body = Vec::new();
    body.extend(place.clone());
    body.push(item.message.clone());
    body.extend(accepted.map(|Accepted { reason, expires, file, line }| {
        let until = expires.as_ref().map_or(String::new(), |day| format!(" until {day}"));
        format!("waived{until} by {}:{line}: {}", visible(file), visible(reason))
    }));
    body.extend(item.help.as_ref().map(|help| format!("help: {help}")));
    body.extend(item.evidence.as_deref().map(|evidence| cut(evidence.trim_end())));
    let body = body.join("\n");
    let place = place.map_or(String::new(), |place| format!(" <code>{}</code>", html(&place)));
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    format!(
        "\n<details>\n<summary>{} {}{place} <code>{}</code></summary>\n\n{fence}text\n{body}\n{fence}\n\n</details>\n",
        if accepted.is_some() { "waived" } else { item.level.word() },
        item.rule,
        html(&item.message),
    )
}

/// The beginning of a text that is too long.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_EVIDENCE) {
        None => text.to_owned(),
        Some((end, _)) => {
            format!("{}\n(the rest is left out)", text.get(..end).unwrap_or_default())
        }
    }
}

/// How many backticks stand side by side at most.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// A text of one line inside of HTML.
fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fate::Fate;
    use crate::review_items::tests::review;

    #[test]
    fn a_comment_is_short_enough_and_says_what_is_left_out() {
        // Texts of every length, so that some piece ends at the bound.
        for length in [1, 10, 333, 1_500] {
            let text = comment(&review(2_000, &"é".repeat(length)));
            assert!(text.len() < LONGEST && text.len() > LONGEST - 20_000, "{}", text.len());
            let shown = text.matches("<details>").count();
            let said = format!("\n{} findings more, left out because", 2_000 - shown);
            assert!(text.contains(&said), "{said}");
            assert_eq!(shown, text.matches("</details>").count());
        }
        let whole = comment(&review(2, "x"));
        assert!(!whole.contains("left out") && whole.matches("<details>").count() == 2);
    }

    #[test]
    fn what_is_waived_is_told_last() {
        let mut review = review(2, "x");
        review.cases[0].items[0].fate = Fate::Waived(Accepted {
            reason: "as planned".to_owned(),
            expires: Some("2027-01-15".to_owned()),
            file: "keyaki.toml".to_owned(),
            line: 3,
        });
        let text = comment(&review);
        let (told, waived) = text.rsplit_once("<details>").unwrap();
        assert!(!told.contains("as planned") && told.contains("<summary>error"), "{text}");
        assert!(waived.contains("<summary>waived "), "{text}");
        assert!(waived.contains("waived until 2027-01-15 by keyaki.toml:3: as planned"), "{text}");
    }

    #[test]
    fn a_piece_of_evidence_is_cut() {
        let mut review = review(1, "x");
        review.cases[0].items[0].evidence = Some("é".repeat(LONGEST_EVIDENCE + 1));
        let text = comment(&review);
        assert!(text.contains(&("é".repeat(LONGEST_EVIDENCE) + "\n(the rest is left out)\n")));
    }

    #[test]
    fn foreign_text_makes_no_markup() {
        let hostile = "</code></summary><img src=x> ```` @octocat [a](http://b) # \n\n## c";
        let text = comment(&review(1, hostile));
        // Once in a summary, as HTML, and once in a block that it cannot end.
        assert!(
            text.contains("<code>&lt;/code&gt;&lt;/summary&gt;&lt;img src=x&gt; ```` @octocat")
        );
        assert!(text.contains("\n`````text\np.json:1:1\n</code></summary>"));
        assert!(text.lines().all(|line| !line.starts_with('#') || line.starts_with("### `keyaki")));
        let open = text.lines().filter(|line| line.starts_with("`````")).count();
        assert_eq!(open, 2);
    }
}
