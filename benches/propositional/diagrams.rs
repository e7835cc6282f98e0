//! A propositional solver by reduced ordered binary decision diagrams, as small as one can be:
//! variables in the order in which the engine makes them, one diagram for the conjunction of all
//! clauses, no quantification of the variables that stand for subformulas.
//!
//! R. Bryant: Graph-based algorithms for Boolean function manipulation, 1986.

use keyaki_engines::engine::Deadline;
use keyaki_engines::engine::finite::propositional::{Lit, Propositional, Search, Var};
use rustc_hash::FxHashMap;

/// Nodes of one question; beyond, it is given up.
const NODES: usize = 1 << 20;

const FALSE: u32 = 0;
const TRUE: u32 = 1;
/// The variable of both leaves: below all others.
const LEAF: u32 = u32::MAX;

/// Too many nodes, or no more time.
struct GivenUp;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    variable: u32,
    low: u32,
    high: u32,
}

struct Diagrams {
    nodes: Vec<Node>,
    unique: FxHashMap<Node, u32>,
    products: FxHashMap<(u32, u32), u32>,
    variables: u32,
    /// Clauses that are not in the diagram yet.
    open: Vec<Vec<Lit>>,
    all: Result<u32, GivenUp>,
    model: Vec<bool>,
    deadline: Deadline,
}

/// Decision diagrams as a propositional solver.
pub fn diagrams(deadline: Deadline) -> Box<dyn Search> {
    let leaf = |value| Node { variable: LEAF, low: value, high: value };
    Box::new(Diagrams {
        nodes: vec![leaf(FALSE), leaf(TRUE)],
        unique: FxHashMap::default(),
        products: FxHashMap::default(),
        variables: 0,
        open: Vec::new(),
        all: Ok(TRUE),
        model: Vec::new(),
        deadline,
    })
}

impl Diagrams {
    fn node(&mut self, node: Node) -> Result<u32, GivenUp> {
        if node.low == node.high {
            return Ok(node.low);
        }
        if let Some(known) = self.unique.get(&node) {
            return Ok(*known);
        }
        if self.nodes.len() >= NODES
            || (self.nodes.len().is_multiple_of(4096) && self.deadline.is_reached())
        {
            return Err(GivenUp);
        }
        let number = self.nodes.len() as u32;
        self.nodes.push(node);
        self.unique.insert(node, number);
        Ok(number)
    }

    /// The conjunction. As deep as there are variables.
    fn and(&mut self, a: u32, b: u32) -> Result<u32, GivenUp> {
        match (a.min(b), a.max(b)) {
            (FALSE, _) => return Ok(FALSE),
            (TRUE, other) => return Ok(other),
            (a, b) if a == b => return Ok(a),
            _ => {}
        }
        let key = (a.min(b), a.max(b));
        if let Some(known) = self.products.get(&key) {
            return Ok(*known);
        }
        let (one, other) = (self.nodes[a as usize], self.nodes[b as usize]);
        let variable = one.variable.min(other.variable);
        let below = |node: Node, itself: u32| {
            if node.variable == variable { (node.low, node.high) } else { (itself, itself) }
        };
        let ((low_a, high_a), (low_b, high_b)) = (below(one, a), below(other, b));
        let low = self.and(low_a, low_b)?;
        let high = self.and(high_a, high_b)?;
        let product = self.node(Node { variable, low, high })?;
        self.products.insert(key, product);
        Ok(product)
    }

    /// A clause, or a cube: literals that lead to `end`, each of which leads to the other leaf
    /// elsewhere.
    fn chain(&mut self, literals: &[Lit], is_clause: bool) -> Result<u32, GivenUp> {
        let mut own = literals.to_vec();
        own.sort_unstable_by_key(|literal| std::cmp::Reverse(literal.idx()));
        own.dedup();
        if own.windows(2).any(|pair| pair[0] == !pair[1]) {
            return Ok(if is_clause { TRUE } else { FALSE });
        }
        let (mut below, elsewhere) = if is_clause { (FALSE, TRUE) } else { (TRUE, FALSE) };
        for literal in own {
            // A clause holds where the literal does; a cube fails where it does not.
            let leaves_when = literal.sign() == is_clause;
            let (low, high) = if leaves_when { (below, elsewhere) } else { (elsewhere, below) };
            below = self.node(Node { variable: literal.var().idx(), low, high })?;
        }
        Ok(below)
    }

    fn conjunction(&mut self, mut all: u32, assumptions: &[Lit]) -> Result<(u32, u32), GivenUp> {
        for clause in std::mem::take(&mut self.open) {
            let clause = self.chain(&clause, true)?;
            all = self.and(all, clause)?;
        }
        let cube = self.chain(assumptions, false)?;
        let under = self.and(all, cube)?;
        Ok((all, under))
    }
}

impl Search for Diagrams {
    fn variable(&mut self) -> Lit {
        self.variables += 1;
        Lit::new(Var::unsafe_from_idx(self.variables - 1), true)
    }

    fn clause(&mut self, literals: &mut Vec<Lit>) {
        self.open.push(std::mem::take(literals));
    }

    fn solve(&mut self, assumptions: &[Lit]) -> Propositional {
        let Ok(all) = self.all else { return Propositional::Stopped };
        let under = match self.conjunction(all, assumptions) {
            Ok((all, under)) => {
                self.all = Ok(all);
                under
            }
            Err(given_up) => {
                self.all = Err(given_up);
                return Propositional::Stopped;
            }
        };
        if under == FALSE {
            return Propositional::Unsatisfiable;
        }
        self.model = vec![false; self.variables as usize];
        let mut at = under;
        while at != TRUE {
            let node = self.nodes[at as usize];
            self.model[node.variable as usize] = node.low == FALSE;
            at = if node.low == FALSE { node.high } else { node.low };
        }
        Propositional::Satisfiable
    }

    fn holds(&self, literal: Lit) -> bool {
        self.model[literal.var().idx() as usize] == literal.sign()
    }
}
