//! Long expressions over several lines: white space is all that this adds.

/// Lines are broken to stay within so many columns; closing parentheses may stand out.
const WIDTH: usize = 120;

/// What the layout of a list depends on.
#[derive(Default)]
struct Shape {
    /// On one line, parentheses included.
    width: usize,
    elements: usize,
    /// Whether an element is itself a list.
    nested: bool,
}

/// A list whose closing parenthesis is still to come.
struct Open<'a> {
    shape: &'a Shape,
    flat: bool,
    /// Where its broken lines begin.
    indent: usize,
    /// Elements printed so far.
    printed: usize,
}

/// `prefix` and, behind it, the expression: on one line if it fits, otherwise with the operands of
/// long lists on lines of their own.
pub(super) fn lay_out(prefix: &str, expression: &str) -> String {
    let tokens = tokens(expression);
    let shapes = shapes(&tokens);
    let mut shapes = shapes.iter();
    let mut layout =
        Layout { text: prefix.to_owned(), column: prefix.len(), line_indent: 0, open: Vec::new() };
    for token in tokens {
        match token {
            "(" => layout.open(shapes.next()),
            ")" => layout.close(),
            atom => {
                layout.separate(atom.len());
                layout.write(atom);
            }
        }
    }
    layout.text
}

struct Layout<'a> {
    text: String,
    column: usize,
    /// The indent of the current line.
    line_indent: usize,
    open: Vec<Open<'a>>,
}

impl<'a> Layout<'a> {
    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.len();
    }

    /// What stands before the next element, which is `width` wide. A sole operand stays beside its
    /// operator, and a list of atoms fills its lines.
    fn separate(&mut self, width: usize) {
        let Some(list) = self.open.last_mut() else { return };
        list.printed += 1;
        let fits = self.column + 1 + width <= WIDTH;
        let beside = list.flat || list.shape.elements == 2 || (!list.shape.nested && fits);
        match (list.printed, beside, list.indent) {
            (1, ..) => {}
            (_, true, _) => self.write(" "),
            (_, false, indent) => {
                self.text.push('\n');
                self.text.extend(std::iter::repeat_n(' ', indent));
                (self.column, self.line_indent) = (indent, indent);
            }
        }
    }

    fn open(&mut self, shape: Option<&'a Shape>) {
        let Some(shape) = shape else { return };
        self.separate(shape.width);
        let flat =
            self.open.last().is_some_and(|list| list.flat) || self.column + shape.width <= WIDTH;
        self.open.push(Open { shape, flat, indent: self.line_indent + 2, printed: 0 });
        self.write("(");
    }

    fn close(&mut self) {
        self.open.pop();
        self.write(")");
    }
}

/// Parentheses, and the atoms between them: string literals and quoted symbols are atoms, whatever
/// they contain.
pub(super) fn tokens(expression: &str) -> Vec<&str> {
    let (mut tokens, mut start, mut quote) = (Vec::new(), None, None);
    for (at, c) in expression.char_indices() {
        if let Some(closing) = quote {
            if c == closing {
                quote = None;
            }
            continue;
        }
        if matches!(c, '(' | ')' | ' ' | '\n') {
            tokens.extend(start.take().and_then(|start| expression.get(start..at)));
            tokens.extend(if c.is_whitespace() { None } else { expression.get(at..=at) });
            continue;
        }
        if matches!(c, '"' | '|') {
            quote = Some(c);
        }
        start = start.or(Some(at));
    }
    tokens.extend(start.and_then(|start| expression.get(start..)));
    tokens
}

/// The shapes of the lists, in the order in which they open.
fn shapes(tokens: &[&str]) -> Vec<Shape> {
    let (mut shapes, mut open): (Vec<Shape>, Vec<usize>) = (Vec::new(), Vec::new());
    for token in tokens {
        let (width, is_list) = match *token {
            "(" => {
                open.push(shapes.len());
                shapes.push(Shape::default());
                continue;
            }
            ")" => (open.pop().and_then(|at| shapes.get_mut(at)).map_or(0, Shape::close), true),
            atom => (atom.len(), false),
        };
        if let Some(list) = open.last().and_then(|at| shapes.get_mut(*at)) {
            list.width += width;
            list.elements += 1;
            list.nested |= is_list;
        }
    }
    shapes
}

impl Shape {
    /// Adds the parentheses and the spaces between elements; the width of the whole list.
    fn close(&mut self) -> usize {
        self.width += 2 + self.elements.saturating_sub(1);
        self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_on_its_line() {
        for expression in ["x", "()", "(and p (not |q (r|) (= s \"a \"\"(b\"))", "(get-value ())"] {
            assert_eq!(lay_out("(assert ", expression), format!("(assert {expression}"));
        }
    }

    #[test]
    fn operands_of_long_lists_have_lines_of_their_own() {
        let long = "y".repeat(60);
        let found =
            lay_out("(assert ", &format!("(not (or (= {long} \"( |\") (and p (= {long} b))))"));
        assert_eq!(
            found,
            format!("(assert (not (or\n  (= {long} \"( |\")\n  (and p (= {long} b))))")
        );
    }

    #[test]
    fn atoms_fill_lines() {
        let atoms = vec!["|a b|"; 60].join(" ");
        let found = lay_out("", &format!("({atoms})"));
        assert!(
            found.lines().count() == 4 && found.lines().all(|line| line.len() <= WIDTH + 1),
            "{found}"
        );
        assert_eq!(found.split_whitespace().collect::<Vec<_>>().join(" "), format!("({atoms})"));
    }

    #[test]
    fn only_white_space_is_added_to_a_deep_nest() {
        let mut nest = "x".to_owned();
        for _ in 0..200 {
            nest = format!("(f \"  \" {nest})");
        }
        let found = lay_out("", &nest);
        assert_eq!(tokens(&found), tokens(&nest));
        assert!(found.len() > nest.len());
    }
}
