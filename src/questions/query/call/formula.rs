//! Formulas of paths, made once: what authorizations of one kind have in common is stated once for
//! all paths, and a path is asked under several assumptions.

use super::{CallQuery, Context, Filters, whole};
use crate::query::ground::{Ground, Posed};
use crate::query::{Encoded, QueryError, Requests};
use keyaki_encoder::call::{self, Kind};
use keyaki_encoder::feasible::Constraint;
use keyaki_encoder::{Cutter, Frame, Usages};
use keyaki_engines::engine::Limits;
use keyaki_iam::calls::{Authorization, Path, Who};
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::Shape;
use keyaki_iam::world::World;
use keyaki_logic::term::{Replacements, Term, TermKind, substitute};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What was stated so far.
#[derive(Default)]
pub(super) struct Stock {
    usages: BTreeMap<Who, Usages>,
    /// By kinds, and the spots on which authorizations may be.
    stated: BTreeMap<(Kind, Vec<usize>), Rc<Stated>>,
    cutter: Cutter,
}

/// What is said of authorizations of one kind, before it is said which one it is.
struct Stated {
    frame: Rc<Frame>,
    asked: Vec<Term>,
    /// That it is where some authorization has to be.
    wanted: Term,
    existing: Vec<Constraint>,
}

/// The formula of a path.
pub(super) struct Formula {
    /// The symbolic request of each authorization.
    pub frames: Vec<Rc<Frame>>,
    path: Path,
    pieces: Vec<Piece>,
    /// What the path says of single symbols.
    settled: Replacements,
}

/// A part of the formula.
enum Piece {
    /// What is said whatever is assumed.
    Always(Term),
    /// What can exist, for all authorizations of its kind; and for this one, once that was asked
    /// for.
    Existing(Rc<Stated>, usize, Option<Term>),
    /// What the service catalogue says of the authorization at this place, which depends on what is
    /// assumed.
    Listed(usize),
}

impl Formula {
    /// That of the path `asked`, which is `whole` but for what is not asked; within limits that
    /// have begun.
    ///
    /// # Errors
    /// As [`CallQuery::ask`].
    pub fn new(
        query: &CallQuery<'_>,
        [whole, asked]: [&Path; 2],
        context: &Context,
        stock: &mut Stock,
        limits: &Limits,
    ) -> Result<Self, QueryError> {
        let mut frames = Vec::new();
        let mut always = vec![call::shaped(asked, &Filters(query.filters).by_variable())];
        let (mut pieces, mut settled) = (Vec::new(), Replacements::default());
        let mut wanted = Vec::new();
        for (at, needed) in asked.authorizations.iter().enumerate() {
            let stated = stock.stated(query, (asked, at), needed, context, limits)?;
            let frame = &stated.frame;
            always.extend([frame.is_for(needed), frame.owns_account(needed, asked)]);
            always.extend(stated.asked.iter().cloned());
            wanted.push(stated.wanted.clone());
            pieces.push(Piece::Listed(at));
            pieces.extend(
                (0..stated.existing.len())
                    .map(|row| Piece::Existing(Rc::clone(&stated), row, None)),
            );
            frame.settle(needed, &mut settled);
            frames.push(Rc::clone(frame));
        }
        if query.wants() {
            always.push(Term::or(wanted));
        }
        for condition in &context.whole {
            always.push(condition.term(whole, asked, &frames)?);
        }
        let mut formula = Self { frames, path: asked.clone(), pieces, settled };
        let always = formula.settled(&always, &mut stock.cutter).into_iter().map(Piece::Always);
        formula.pieces = always.chain(formula.pieces).collect();
        Ok(formula)
    }

    /// The formula for such requests, each conjunct once: frames of one caller repeat each other.
    /// `None` for a path without authorizations.
    ///
    /// # Errors
    /// When the catalogue is damaged where it speaks of an authorization.
    pub fn under(
        &mut self,
        requests: Requests<'_>,
        stock: &mut Stock,
    ) -> Result<Option<Encoded>, QueryError> {
        let Some(first) = self.frames.first().cloned() else { return Ok(None) };
        self.settle_existing(requests, stock);
        let (mut assertions, mut lazy) = (Conjunction::default(), Conjunction::default());
        for piece in &self.pieces {
            match (piece, requests) {
                (Piece::Always(term), _) => assertions.add(term),
                (Piece::Existing(stated, row, term), _) => {
                    let row = stated.existing.get(*row).filter(|row| is_assumed(row, requests));
                    if let Some((row, term)) = row.zip(term.as_ref()) {
                        if row.costly { &mut lazy } else { &mut assertions }.add(term);
                    }
                }
                (Piece::Listed(at), Requests::Feasible(world)) => {
                    self.listed(*at, &world, &mut stock.cutter)?
                        .iter()
                        .for_each(|term| assertions.add(term));
                }
                (Piece::Listed(_), Requests::Any) => {}
            }
        }
        Ok(Some(Encoded::of_call(first, assertions.terms, lazy.terms)))
    }

    /// Sees to it that what is assumed to exist is said of this path.
    fn settle_existing(&mut self, requests: Requests<'_>, stock: &mut Stock) {
        let mut pieces = std::mem::take(&mut self.pieces);
        let mut open: Vec<(&mut Option<Term>, Term)> = Vec::new();
        for piece in &mut pieces {
            if let Piece::Existing(stated, row, term @ None) = piece
                && let Some(row) = stated.existing.get(*row).filter(|row| is_assumed(row, requests))
            {
                open.push((term, row.term.clone()));
            }
        }
        let terms: Vec<Term> = open.iter().map(|(_, term)| term.clone()).collect();
        for ((place, _), term) in open.into_iter().zip(self.settled(&terms, &mut stock.cutter)) {
            *place = Some(term);
        }
        self.pieces = pieces;
    }

    fn listed(
        &self,
        at: usize,
        world: &World<'_>,
        cutter: &mut Cutter,
    ) -> Result<Vec<Term>, CatalogueError> {
        let (Some(frame), Some(needed)) = (self.frames.get(at), self.path.authorizations.get(at))
        else {
            return Ok(Vec::new());
        };
        Ok(self.settled(
            &[frame.is_listed(needed, world)?, frame.is_from_network(needed, world)],
            cutter,
        ))
    }

    /// The formulas with what the path says of single symbols, each for itself.
    fn settled(&self, formulas: &[Term], cutter: &mut Cutter) -> Vec<Term> {
        call::taken_apart(&substitute(formulas, &self.settled), &self.path, cutter)
    }
}

fn is_assumed(row: &Constraint, requests: Requests<'_>) -> bool {
    requests.world().is_some_and(|world| row.is_assumed(world.assumptions))
}

impl Stock {
    /// What is said of authorizations of this kind.
    fn stated(
        &mut self,
        query: &CallQuery<'_>,
        (path, at): (&Path, usize),
        needed: &Authorization,
        context: &Context,
        limits: &Limits,
    ) -> Result<Rc<Stated>, QueryError> {
        let (sets, shapes) = decided_by(query, needed, context);
        let usages = match self.usages.get(&needed.who) {
            Some(known) => known,
            None => {
                let mut usages = Usages::of(&sets, &shapes);
                if let Some(world) = query.requests.world() {
                    usages.look_up(world.catalogue)?;
                }
                self.usages.entry(needed.who).or_insert(usages)
            }
        };
        let open = query.alternatives(needed, context);
        let kind = (Kind::of(path, at, needed, usages), open.spots);
        if let Some(known) = self.stated.get(&kind) {
            known.frame.limit(limits);
            return Ok(Rc::clone(known));
        }
        let frame = Rc::new(Frame::of_kind(&sets, &shapes, usages, &kind.0));
        let ground = Ground::over(Rc::clone(&frame), query.requests);
        let (mut asked, mut wanted, mut existing) = (Vec::new(), Vec::new(), Vec::new());
        for (query, is_wanted) in &open.queries {
            let (own, rows) = Posed::new(query, &ground, limits)?.parts()?;
            if *is_wanted {
                wanted.push(Term::and(own.clone()));
            }
            asked.push(own);
            // One says of what can exist what another says, or more.
            if rows.len() > existing.len() {
                existing = rows;
            }
        }
        let asked = match <[Vec<Term>; 1]>::try_from(asked) {
            Ok([one]) => one,
            Err(several) => vec![Term::or(several.into_iter().map(Term::and))],
        };
        let stated = Rc::new(Stated { frame, asked, wanted: Term::or(wanted), existing });
        self.stated.insert(kind, Rc::clone(&stated));
        Ok(stated)
    }
}

/// The policies of who is authorized, as they stand, and the shapes of what is asked.
fn decided_by<'c>(
    query: &'c CallQuery<'_>,
    needed: &Authorization,
    context: &'c Context,
) -> (Vec<&'c Policies>, Vec<&'c Shape>) {
    let whole = context.whole.iter().map(whole::WholeCondition::shape);
    match (needed.who, query.role) {
        (Who::ServiceRole, Some(role)) => (vec![role], whole.collect()),
        (Who::ServiceRole, None) | (Who::Caller, _) => {
            let shapes = context.shape.iter().chain(whole).chain(query.shapes_of_spots());
            (query.sets_of_caller().collect(), shapes.collect())
        }
    }
}

/// Conjuncts, each once.
#[derive(Default)]
struct Conjunction {
    terms: Vec<Term>,
    seen: FxHashSet<Term>,
}

impl Conjunction {
    fn add(&mut self, formula: &Term) {
        let conjuncts = if let TermKind::And(conjuncts) = formula.kind() {
            conjuncts
        } else {
            std::slice::from_ref(formula)
        };
        self.terms.extend(
            conjuncts
                .iter()
                .filter(|term| **term != Term::truth() && self.seen.insert((*term).clone()))
                .cloned(),
        );
    }
}
