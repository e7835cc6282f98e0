//! Terms as scripts. Every long node is printed once: shared ones, and those at the bottom of deep
//! nests, become definitions. So do long regular expressions that stand in several places. Equal
//! terms are one, so that a script grows with the number of distinct terms.

use super::glob::Formula;
use super::layout::lay_out;
use super::logic::Features;
use super::name::is_named;
use super::regex::Regexes;
use super::{Header, Logic, Names, Script, ScriptError, Segments, sort_text, text};
use crate::regex::Regex;
use crate::term::{Function, Part, Sharing, Sort, Symbol, Term, TermKind, postorder, symbols};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Nests deeper than this are cut by a definition.
const DEPTH: usize = 24;

/// The text of a node, or its name, and how deep the text is nested.
struct Printed {
    text: String,
    depth: usize,
}

#[derive(Default)]
struct Printer {
    names: Names,
    symbols: BTreeMap<Symbol, String>,
    functions: BTreeMap<Function, String>,
    free: FxHashMap<Term, String>,
    free_in_order: Vec<(Term, Symbol, String)>,
    regexes: Regexes,
    features: Features,
    /// By address; `kept` holds the terms that only the printer knows, so that no address is used
    /// twice.
    printed: FxHashMap<usize, Printed>,
    kept: Vec<Term>,
    body: String,
}

pub(super) fn script(assertions: &[Term], header: &Header) -> Result<Script, ScriptError> {
    if assertions.iter().any(|assertion| assertion.sort() != Sort::Bool) {
        return Err(ScriptError::NotAFormula);
    }
    let mut sharing = Sharing::default();
    let assertions = sharing.share_all(assertions);
    let nodes = postorder(&assertions);
    let mut printer = Printer { regexes: Regexes::of(&nodes), ..Printer::default() };
    printer.declare(&assertions, &nodes);
    let uses = uses(&assertions, &nodes);
    for node in &nodes {
        printer.node(node, uses.get(&node.address()).copied().unwrap_or(0))?;
    }
    for assertion in &assertions {
        let text = printer.text(assertion);
        printer.body.push_str(&lay_out("(assert ", &text));
        printer.body.push_str(")\n");
    }
    let mut constants: Vec<_> = printer.symbols.into_iter().collect();
    constants.extend(
        printer.free_in_order.iter().map(|(_, symbol, name)| (symbol.clone(), name.clone())),
    );
    let free = printer.free_in_order.into_iter().map(|(term, symbol, _)| (term, symbol)).collect();
    let exact = printer.functions.is_empty() && printer.free.is_empty();
    let logic = printer.features.logic();
    Ok(Script {
        preamble: preamble(header, logic),
        body: printer.body,
        logic,
        terms: sharing.count(),
        exact,
        assertions: assertions.len(),
        constants,
        free,
    })
}

fn preamble(header: &Header, narrowest: &str) -> String {
    let logic = match header.logic {
        Logic::All => Logic::ALL,
        Logic::Narrowest => narrowest,
    };
    format!(
        "{}(set-option :produce-models true)\n(set-logic {logic})\n",
        comments(&header.comments)
    )
}

/// Comment lines, each with its semicolon.
pub(super) fn comments(lines: &[String]) -> String {
    let lines = lines.iter().flat_map(|comment| comment.split(['\n', '\r']));
    lines.map(|line| format!("; {line}\n")).collect()
}

/// How often each node is an operand; what is mentioned several times by one operator counts more
/// than once.
fn uses(assertions: &[Term], nodes: &[&Term]) -> FxHashMap<usize, usize> {
    let mut uses = FxHashMap::default();
    for node in nodes {
        let weight = if matches!(node.kind(), TermKind::Matches(..)) { 2 } else { 1 };
        node.kind().for_each_child(|child| *uses.entry(child.address()).or_insert(0) += weight);
    }
    assertions.iter().for_each(|root| *uses.entry(root.address()).or_insert(0) += 1);
    uses
}

impl Printer {
    /// Symbols in their order, then functions in theirs.
    fn declare(&mut self, assertions: &[Term], nodes: &[&Term]) {
        for symbol in symbols(assertions) {
            let name = self.names.fresh(symbol.name());
            self.body.push_str(&format!(
                "(declare-const {} {})\n",
                text::symbol(&name),
                sort_text(symbol.sort())
            ));
            self.symbols.insert(symbol, name);
        }
        let applied = |node: &&Term| {
            if let TermKind::Apply(function, _) = node.kind() { Some(*function) } else { None }
        };
        for function in nodes.iter().filter_map(applied).collect::<BTreeSet<_>>() {
            let name = self.names.fresh(function.name);
            let (symbol, sort) = (text::symbol(&name), sort_text(function.result));
            self.body
                .push_str(&format!("; uninterpreted here, so that \"sat\" has to be confirmed\n(declare-fun {symbol} (String) {sort})\n"));
            self.functions.insert(function, name);
        }
    }

    fn text(&self, term: &Term) -> String {
        self.printed.get(&term.address()).map_or_else(String::new, |printed| printed.text.clone())
    }

    /// Prints a node whose operands are printed.
    fn node(&mut self, node: &Term, uses: usize) -> Result<(), ScriptError> {
        let leaf = matches!(node.kind(), TermKind::Var(_) | TermKind::Value(_));
        let mut depth = 0;
        node.kind().for_each_child(|child| {
            depth =
                depth.max(self.printed.get(&child.address()).map_or(0, |printed| printed.depth + 1))
        });
        let text = self.operator(node)?;
        self.features.add(node, &text);
        let shared = is_named(text.len(), uses);
        let printed = if !leaf && (shared || depth >= DEPTH) && text.starts_with('(') {
            Printed { text: self.define(node.sort(), &text), depth: 0 }
        } else {
            Printed { text, depth }
        };
        self.printed.insert(node.address(), printed);
        Ok(())
    }

    fn define(&mut self, sort: Sort, text: &str) -> String {
        define(&mut self.names, &mut self.body, ("t", &sort_text(sort)), text)
    }

    fn regex(&mut self, regex: &Regex) -> Result<String, ScriptError> {
        let (names, body) = (&mut self.names, &mut self.body);
        self.regexes.text(regex, &mut |text| define(names, body, ("r", "RegLan"), text))
    }

    fn operator(&mut self, node: &Term) -> Result<String, ScriptError> {
        let list = |operator: &str, terms: &[&Term]| {
            let texts: Vec<_> = terms.iter().map(|term| self.text(term)).collect();
            format!("({operator} {})", texts.join(" "))
        };
        Ok(match node.kind() {
            TermKind::Var(symbol) => {
                text::symbol(self.symbols.get(symbol).map_or("", String::as_str))
            }
            TermKind::Value(value) => text::value(value)?,
            TermKind::Not(a) => list("not", &[a]),
            TermKind::And(terms) => list("and", &terms.iter().collect::<Vec<_>>()),
            TermKind::Or(terms) => list("or", &terms.iter().collect::<Vec<_>>()),
            TermKind::Concat(terms) => list("str.++", &terms.iter().collect::<Vec<_>>()),
            TermKind::Ite(cond, a, b) => list("ite", &[cond, a, b]),
            TermKind::Eq(a, b) => list("=", &[a, b]),
            TermKind::Lt(a, b) => list("<", &[a, b]),
            TermKind::Le(a, b) => list("<=", &[a, b]),
            TermKind::InRegex(subject, regex) => {
                let regex = self.regex(regex)?;
                format!("(str.in_re {} {regex})", self.text(subject))
            }
            TermKind::Apply(function, argument) => list(
                &text::symbol(self.functions.get(function).map_or("", String::as_str)),
                &[argument],
            ),
            TermKind::PrefixBits { bits, len, value } => {
                prefix_bits(&self.text(bits), bits.sort(), *len, *value)
            }
            TermKind::Matches(subject, parts) => self.matches(node, subject, parts)?,
        })
    }

    fn matches(
        &mut self,
        node: &Term,
        subject: &Term,
        parts: &[Part],
    ) -> Result<String, ScriptError> {
        let segments = Segments::of(parts);
        if !segments.is_functional() {
            return Ok(self.free_boolean(node));
        }
        // The parts' constants and concatenations are new terms: print them first, so that printing
        // cannot fail below.
        let pieces = segments.terms();
        for piece in postorder(&pieces) {
            if !self.printed.contains_key(&piece.address()) {
                self.node(piece, 1)?;
            }
        }
        self.kept.extend(pieces);
        let subject = self.text(subject);
        let (printed, names, body) = (&self.printed, &mut self.names, &mut self.body);
        let mut text_of = |term: &Term| {
            printed.get(&term.address()).map_or_else(String::new, |printed| printed.text.clone())
        };
        let mut integer = |text: String| define(names, body, ("t", "Int"), &text);
        Ok(Formula { subject: &subject, text_of: &mut text_of, define: &mut integer }
            .print(&segments))
    }

    fn free_boolean(&mut self, node: &Term) -> String {
        if let Some(name) = self.free.get(node) {
            return text::symbol(name);
        }
        let name = self.names.fresh("glob");
        let declared = text::symbol(&name);
        self.body.push_str(&format!(
            "; a glob without a functional form, so that \"sat\" has to be confirmed\n(declare-const {declared} Bool)\n"
        ));
        self.free.insert(node.clone(), name.clone());
        self.free_in_order.push((node.clone(), Symbol::new(name.as_str(), Sort::Bool), name));
        declared
    }
}

/// Names a text by a letter, with a number where that is taken.
fn define(
    names: &mut Names,
    body: &mut String,
    (letter, sort): (&str, &str),
    text: &str,
) -> String {
    let name = text::symbol(&names.fresh(letter));
    body.push_str(&lay_out(&format!("(define-fun {name} () {sort} "), text));
    body.push_str(")\n");
    name
}

/// The leading bits: the value's bits below them are zero.
fn prefix_bits(bits: &str, sort: Sort, len: u32, value: u128) -> String {
    let width = if let Sort::BitVec(width) = sort { width } else { len };
    let low = width.saturating_sub(len);
    let expected = text::bits(len, value.checked_shr(low).unwrap_or(0));
    format!("(= ((_ extract {} {low}) {bits}) {expected})", width.saturating_sub(1))
}
