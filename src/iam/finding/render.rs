//! Findings as text for people.

use super::{Finding, Level};
use crate::source::Span;
use crate::visible::{escaped, message, visible};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level as Title, Origin, Renderer, Snippet};
use std::ops::Range;

/// The longest line that is shown whole; longer ones are cropped around the mark.
const WIDTH: usize = 140;

/// How many bytes of a line before and after the start of a mark are rendered; more than fit in
/// [`WIDTH`].
const WINDOW: usize = 800;

/// The longest mark, in characters.
const LONGEST_MARK: usize = 80;

/// How findings are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Colour by ANSI escapes.
    pub color: bool,
}

/// All findings, each with its line of the document and the text concerned underlined; plain text,
/// one blank line between two.
pub fn render(diagnostics: &[Finding]) -> String {
    render_with(diagnostics, Style::default())
}

/// As [`render`], in a style.
pub fn render_with(diagnostics: &[Finding], style: Style) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let rendered: Vec<String> = diagnostics.iter().map(|finding| one(finding, &renderer)).collect();
    if rendered.is_empty() { String::new() } else { rendered.join("\n\n") + "\n" }
}

/// One finding in one line, `policy.json:3:14: error[unknown-element]: ... (Statement[0])`, for
/// logs and editors.
pub fn one_line(finding: &Finding) -> String {
    let place = finding.position();
    let route = if finding.route.is_empty() {
        String::new()
    } else {
        format!(" ({})", visible(&finding.route))
    };
    let (name, text) = (visible(finding.source.name()), message(&finding.message));
    format!(
        "{name}:{}:{}: {}[{}]: {text}{route}",
        place.line,
        place.column,
        finding.level.word(),
        finding.rule
    )
}

fn one(finding: &Finding, renderer: &Renderer) -> String {
    let place = finding.position();
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let (text, span) = finding.source.in_file(finding.span);
    let excerpt = Excerpt::new(text, span);
    let mark = AnnotationKind::Primary.span(excerpt.marked.clone());
    let snippet = Snippet::source(&excerpt.line).line_start(place.line).annotation(mark);
    let name = visible(finding.source.name());
    let origin = Origin::path(name.as_ref()).line(place.line).char_column(place.column);
    let title = message(&finding.message);
    let mut group =
        level.primary_title(title.as_ref()).id(finding.rule).element(origin).element(snippet);
    let route = format!("at {}", visible(&finding.route));
    if !finding.route.is_empty() {
        group = group.element(Title::NOTE.message(&route));
    }
    if let Some(help) = &finding.help {
        group = group.element(Title::HELP.message(message(help).into_owned()));
    }
    without_spacer(&renderer.render(&[group]))
}

/// The renderer draws a line of `:::` (the fourth) between an origin and a snippet without path,
/// since they could be of different files.
fn without_spacer(rendered: &str) -> String {
    let spacer = |at: usize, line: &str| at == 3 && line.contains(":::") && !line.contains('|');
    let lines: Vec<&str> = rendered
        .lines()
        .enumerate()
        .filter(|(at, line)| !spacer(*at, line))
        .map(|(_, line)| line)
        .collect();
    lines.join("\n")
}

/// The line where a finding begins, every character visible, and what is to be underlined in it.
struct Excerpt {
    line: String,
    marked: Range<usize>,
}

impl Excerpt {
    fn new(text: &str, span: Span) -> Self {
        let start = floor_boundary(text, span.start);
        let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = rest.find('\n').map_or(text.len(), |at| start + at);
        let line = text.get(line_start..line_end).unwrap_or_default().trim_end_matches('\r');
        // Rendering a line takes time with its length.
        let window_start = floor_boundary(line, (start - line_start).saturating_sub(WINDOW));
        let window_end = floor_boundary(line, start - line_start + WINDOW);
        let line = line.get(window_start..window_end).unwrap_or_default();
        let line_start = line_start + window_start;
        let mark = start.saturating_sub(line_start).min(line.len());
        let end = floor_boundary(line, span.end.saturating_sub(line_start).max(mark));
        // A mark that is longer than anyone reads says no more than its beginning.
        let end = line
            .get(mark..end)
            .and_then(|marked| marked.char_indices().nth(LONGEST_MARK))
            .map_or(end, |(at, _)| mark + at);
        let part = |range: Range<usize>| shown(line.get(range).unwrap_or_default());
        let (before, marked, after) = (part(0..mark), part(mark..end), part(end..line.len()));
        Self { marked: before.len()..before.len() + marked.len(), line: before + &marked + &after }
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// A part of a line of the document, with tabulators, which the renderer makes blanks of.
fn shown(part: &str) -> String {
    part.split('\t').map(escaped).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn finding(text: &str, start: usize, end: usize) -> Finding {
        Finding {
            rule: "unknown-element",
            level: Level::Error,
            message: "`Conditions` is not an element of a statement".to_owned(),
            source: Source::new("policy.json", text),
            span: Span { start, end },
            route: "Statement[0].Conditions".to_owned(),
            help: Some("did you mean `Condition`?".to_owned()),
        }
    }

    #[test]
    fn a_finding_shows_its_line_the_mark_the_route_and_the_help() {
        let text = "{\n  \"Conditions\": {}\n}";
        let expected = "\
error[unknown-element]: `Conditions` is not an element of a statement
 --> policy.json:2:3
  |
2 |   \"Conditions\": {}
  |   ^^^^^^^^^^^^
  |
  = note: at Statement[0].Conditions
  = help: did you mean `Condition`?
";
        assert_eq!(render(&[finding(text, 4, 16)]), expected);
        let line = "policy.json:2:3: error[unknown-element]: `Conditions` is not an element of a statement (Statement[0].Conditions)";
        assert_eq!(one_line(&finding(text, 4, 16)), line);
    }

    #[test]
    fn long_lines_are_cropped_around_the_mark() {
        let text = format!("{}\"Conditions\"{}", "é".repeat(50_000), "x".repeat(50_000));
        let shown = render(&[finding(&text, 100_000, 100_012)]);
        assert!(shown.lines().all(|line| line.chars().count() < WIDTH + 20), "{shown}");
        assert!(shown.contains("policy.json:1:50001"), "{shown}");
        assert!(
            shown.contains("éé\"Conditions\"xx") && shown.contains(" ^^^^^^^^^^^^\n"),
            "{shown}"
        );
    }

    #[test]
    fn any_span_of_any_text_renders() {
        let text = "{\r\n\té\u{a0}\u{1b}[31m\n\n";
        for start in 0..text.len() + 3 {
            for end in start..text.len() + 3 {
                let shown = render(&[finding(text, start, end)]);
                assert!(
                    shown.contains("policy.json:") && !shown.contains('\u{1b}'),
                    "{start} {end}: {shown}"
                );
            }
        }
        assert!(render(&[finding("", 0, 0)]).contains("policy.json:1:1"));
    }

    #[test]
    fn colour_is_an_option() {
        let shown = render_with(&[finding("{}", 0, 1)], Style { color: true });
        assert!(shown.contains('\u{1b}') && !shown.contains(":::"), "{shown}");
        assert_eq!(render(&[]), "");
    }
}
