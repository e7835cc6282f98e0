//! The graph of steps, and the ways through it.

use super::super::subjects::Subject;
use super::session::{self, Session};
use super::step::{Assumed, Outcome};
use super::{Asking as Asked, Basis, Chain, Chains, Goal, Paths, Reached, Step, Wanted};
use crate::query::{Answer, QueryError, RestsOn, Witness};
use crate::unknown::Unknown;
use keyaki_evaluator::semantics;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::shape::Shape;
use petgraph::Direction;
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::{Dfs, EdgeFiltered, EdgeRef, Reversed};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// How often a chain is made longer in search of all of them: where that is not enough, the answer
/// says that there may be more.
const MOST_WORK: usize = 1_000_000;

/// How often the steps of a chain are made to fit.
const MOST_ROUNDS: usize = 4;

/// A step of a chain that is being joined.
struct Part<'a> {
    subject: Subject<'a>,
    session: Session,
    /// The role that is assumed.
    role: Option<usize>,
    witness: Witness,
    besides: Vec<Witness>,
}

/// What became of the attempt to make a step fit.
enum Fit<'a> {
    Already,
    Made(Box<Part<'a>>),
    Not,
}

/// Who may make a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// Nobody any more: the goal.
    Goal,
    /// Somebody who is no role, by its number.
    Other(usize),
    /// A session of a role.
    Role(usize, Session),
}

/// A step.
enum Link {
    /// A request was confirmed. What it is, is kept where chains are wanted.
    Sure(Option<Box<Assumed>>),
    /// Nobody knows.
    Maybe(Unknown),
}

impl Link {
    fn is_sure(&self) -> bool {
        match self {
            Self::Sure(_) => true,
            Self::Maybe(_) => false,
        }
    }
}

/// What was found out so far.
struct Map<'a> {
    graph: DiGraph<Node, Link>,
    numbers: FxHashMap<Node, NodeIndex>,
    /// Whom the numbers of [`Node::Other`] stand for.
    others: Vec<Subject<'a>>,
    asked: usize,
    refuted: usize,
    basis: Basis,
    keeps: bool,
}

/// A question to a node.
struct Job<'a> {
    from: NodeIndex,
    subject: Subject<'a>,
    session: Session,
    /// The role to assume; `None`: the request at the end.
    role: Option<usize>,
}

/// What came of it.
enum Came {
    Refused(Basis),
    Assumed(Box<Assumed>),
    Unknown(Unknown, Session),
}

impl<'a> Map<'a> {
    fn new(others: Vec<Subject<'a>>, keeps: bool, caveats: Vec<Caveat>) -> Self {
        Self {
            graph: DiGraph::new(),
            numbers: FxHashMap::default(),
            others,
            asked: 0,
            refuted: 0,
            basis: Basis::nothing(caveats),
            keeps,
        }
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        let graph = &mut self.graph;
        *self.numbers.entry(node).or_insert_with(|| graph.add_node(node))
    }

    fn subject(&self, chains: &Chains<'a>, node: NodeIndex) -> Option<(Subject<'a>, Session)> {
        match *self.graph.node_weight(node)? {
            Node::Goal => None,
            Node::Other(number) => Some((*self.others.get(number)?, Session::default())),
            Node::Role(role, session) => {
                Some((Subject::Entity(chains.index.roles.get(role)?), session))
            }
        }
    }

    /// Asks nodes about every step that they may make; the nodes that are new. `goal` is the number
    /// of the role at the end, if it is one; nobody comes back to `start`.
    fn expand(
        &mut self,
        chains: &Chains<'a>,
        nodes: &[NodeIndex],
        goal: Option<End>,
        start: Option<usize>,
        asked: Asked<'_>,
    ) -> Result<Vec<NodeIndex>, QueryError> {
        let mut jobs = Vec::new();
        for from in nodes {
            let Some((subject, session)) = self.subject(chains, *from) else { continue };
            let job = |role| Job { from: *from, subject, session, role };
            if goal == Some(End::Request) {
                jobs.push(job(None));
            }
            for (role, may) in chains.index.that_may_trust(subject) {
                if Some(role) == start && goal != Some(End::Role(role)) {
                    continue;
                }
                // Whatever a trust policy allows, the own policies say nothing of the role.
                if may {
                    jobs.push(job(Some(role)));
                } else {
                    self.asked += 1;
                    self.refuted += 1;
                }
            }
        }
        let came: Result<Vec<Came>, QueryError> =
            jobs.par_iter().map(|job| chains.came(job, asked)).collect();
        let mut new = Vec::new();
        for (job, came) in jobs.iter().zip(came?) {
            self.asked += 1;
            let (link, session) = match came {
                Came::Refused(basis) => {
                    self.refuted += 1;
                    self.basis.add(basis);
                    continue;
                }
                Came::Assumed(assumed) => {
                    let session = assumed.session;
                    (Link::Sure(self.keeps.then_some(assumed)), session)
                }
                Came::Unknown(reason, session) => (Link::Maybe(reason), session),
            };
            let node = match job.role {
                Some(role) if goal != Some(End::Role(role)) => Node::Role(role, session),
                Some(_) | None => Node::Goal,
            };
            let known = self.graph.node_count();
            let to = self.node(node);
            if self.graph.node_count() > known && node != Node::Goal {
                new.push(to);
            }
            self.graph.add_edge(job.from, to, link);
        }
        Ok(new)
    }

    /// How many steps it is from each node to the goal by steps that are sure.
    fn distances(&self) -> FxHashMap<NodeIndex, usize> {
        let Some(goal) = self.numbers.get(&Node::Goal) else { return FxHashMap::default() };
        let sure = EdgeFiltered::from_fn(&self.graph, |edge| edge.weight().is_sure());
        dijkstra(Reversed(&sure), *goal, None, |_| 1).into_iter().collect()
    }

    /// Why it is unknown whether there are other ways to the goal than sure ones.
    fn unknown(&self) -> Option<Unknown> {
        let goal = self.numbers.get(&Node::Goal)?;
        let mut lead = FxHashSet::default();
        let back = Reversed(&self.graph);
        let mut all = Dfs::new(back, *goal);
        while let Some(node) = all.next(back) {
            lead.insert(node);
        }
        self.graph.edge_references().find_map(|edge| match edge.weight() {
            Link::Maybe(reason) if lead.contains(&edge.target()) => Some(reason.clone()),
            Link::Maybe(_) | Link::Sure(_) => None,
        })
    }

    fn session_of(&self, node: NodeIndex) -> Option<(usize, Session)> {
        match *self.graph.node_weight(node)? {
            Node::Role(role, session) => Some((role, session)),
            Node::Goal | Node::Other(_) => None,
        }
    }

    fn role_of(&self, node: NodeIndex) -> Option<usize> {
        self.session_of(node).map(|(role, _)| role)
    }
}

/// The end of chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Role(usize),
    Request,
}

/// The search for all chains of one length.
struct Search<'m, 'a> {
    map: &'m Map<'a>,
    distances: FxHashMap<NodeIndex, usize>,
    goal: NodeIndex,
    most: usize,
    found: Vec<Vec<EdgeIndex>>,
    work: usize,
    /// Whether a chain could have been longer.
    cut: bool,
    path: Vec<EdgeIndex>,
    /// The sessions on the path.
    met: Vec<(usize, Session)>,
    /// Whether a chain comes back to a role only for a session that can have more than before.
    gains: bool,
}

impl Search<'_, '_> {
    fn is_over(&self) -> bool {
        self.found.len() > self.most || self.work > MOST_WORK
    }

    fn has_met(&self, (role, session): (usize, Session)) -> bool {
        self.met.iter().filter(|(one, _)| *one == role).any(|(_, before)| match self.gains {
            true => before.can_have_what(session),
            false => *before == session,
        })
    }

    /// Finds the chains that have so many more steps.
    fn go_on(&mut self, node: NodeIndex, left: usize) {
        let map = self.map;
        // The edges of a node come last first.
        let mut edges: Vec<_> =
            map.graph.edges(node).filter(|edge| edge.weight().is_sure()).collect();
        edges.reverse();
        for edge in edges {
            if self.is_over() {
                return;
            }
            self.work += 1;
            let to = edge.target();
            if to == self.goal {
                if left == 1 {
                    self.path.push(edge.id());
                    self.found.push(self.path.clone());
                    self.path.pop();
                }
                continue;
            }
            let Some(distance) = self.distances.get(&to) else { continue };
            let Some(session) = map.session_of(to).filter(|one| !self.has_met(*one)) else {
                continue;
            };
            if distance + 1 > left {
                self.cut = true;
                continue;
            }
            self.path.push(edge.id());
            self.met.push(session);
            self.go_on(to, left - 1);
            self.met.pop();
            self.path.pop();
        }
    }
}

impl<'a> Chains<'a> {
    fn came(&self, job: &Job<'a>, asked: Asked<'_>) -> Result<Came, QueryError> {
        let Some(role) = job.role else {
            let verdict = self.last(job.subject, job.session, asked)?;
            return Ok(match verdict.answer {
                Answer::No => Came::Refused(verdict.into()),
                Answer::Unknown(reason) => Came::Unknown(reason, job.session),
                Answer::Yes(witness) => Came::Assumed(Box::new(Assumed {
                    witness: *witness,
                    besides: Vec::new(),
                    session: job.session,
                    whole: true,
                    basis: Basis {
                        rests_on: verdict.rests_on,
                        caveats: verdict.caveats,
                        about: verdict.about,
                    },
                })),
            });
        };
        Ok(match self.step(job.subject, job.session, role, asked)? {
            Outcome::Refused(basis) => Came::Refused(basis),
            Outcome::Assumed(assumed) => Came::Assumed(assumed),
            Outcome::Unknown(reason, session) => Came::Unknown(reason, session),
        })
    }

    /// Where somebody starts.
    fn start(&self, subject: Subject<'a>, number: usize) -> Node {
        let role = subject.entity().filter(|entity| entity.is_role());
        let role = role.and_then(|role| self.index.number(&role.arn));
        role.map_or(Node::Other(number), |role| Node::Role(role, Session::default()))
    }

    /// The chains from somebody to a goal. Where there is none, that is one: every step that leaves
    /// what can be reached was refuted. The work is shared among the threads of Rayon's pool.
    ///
    /// # Errors
    /// As [`Query::ask`](crate::query::Query::ask).
    pub fn paths(
        &self,
        from: Subject<'a>,
        goal: Goal<'_>,
        wanted: Wanted,
        asked: Asked<'_>,
    ) -> Result<Paths, QueryError> {
        let end = match goal {
            Goal::Role(arn) => self.index.number(arn).map(End::Role),
            Goal::Request => Some(End::Request),
        };
        let mut map = Map::new(vec![from], true, self.caveats());
        let start = map.node(self.start(from, 0));
        let own = map.role_of(start);
        let mut frontier = vec![start];
        while !frontier.is_empty() {
            frontier = map.expand(self, &frontier, end, own, asked)?;
            if wanted == Wanted::Shortest && map.distances().contains_key(&start) {
                break;
            }
        }
        let (found, limit_reached) = self.ways(&map, start, wanted);
        let unknown = match found.is_empty() || wanted != Wanted::Shortest {
            true => map.unknown(),
            false => None,
        };
        let mut caveats = std::mem::take(&mut map.basis.caveats);
        let mut chains = Vec::new();
        for way in &found {
            chains.push(self.joined(&map, way, &mut caveats, asked)?);
        }
        let is_chained = |chain: &Chain| {
            let assumed = chain.steps.iter().filter(|step| step.to.is_some());
            assumed.count() > usize::from(own.is_none())
        };
        caveats.extend(chains.iter().any(is_chained).then_some(Caveat::RoleChaining));
        let reached = map.graph.node_indices().filter(|node| *node != start);
        let reached = reached.filter_map(|node| self.index.roles.get(map.role_of(node)?));
        let mut reached: BTreeSet<String> = reached.map(|role| role.arn.clone()).collect();
        if let (Goal::Role(arn), false) = (goal, found.is_empty()) {
            reached.insert(arn.to_owned());
        }
        Ok(Paths {
            chains,
            limit_reached,
            unknown,
            reached,
            asked: (map.asked, map.refuted),
            rests_on: map.basis.rests_on,
            caveats: Caveat::in_order(caveats),
            about: map.basis.about,
        })
    }

    /// The ways to the goal by steps that are sure, and whether there may be more.
    fn ways(&self, map: &Map<'a>, start: NodeIndex, wanted: Wanted) -> (Vec<Vec<EdgeIndex>>, bool) {
        let distances = map.distances();
        let Some((goal, shortest)) =
            map.numbers.get(&Node::Goal).zip(distances.get(&start).copied())
        else {
            return (Vec::new(), false);
        };
        let most = match wanted {
            Wanted::Shortest => 1,
            Wanted::All(most) => most,
        };
        let search = |gains| {
            let mut one = Search {
                map,
                distances: distances.clone(),
                goal: *goal,
                most,
                found: Vec::new(),
                work: 0,
                cut: true,
                path: Vec::new(),
                met: map.session_of(start).into_iter().collect(),
                gains,
            };
            let mut length = shortest;
            while one.cut && !one.is_over() {
                one.cut = false;
                one.go_on(start, length);
                length += 1;
                if !gains {
                    break;
                }
            }
            one
        };
        let mut all = search(wanted != Wanted::Shortest);
        // Where it is unknown what a session can do, one that can have less may be known to.
        if all.found.is_empty() {
            all = search(false);
        }
        let more = wanted != Wanted::Shortest && all.is_over();
        all.found.truncate(most);
        (all.found, more)
    }

    /// A way as a chain, in which each step gives what the next one wants of its session, and the
    /// next one has what it gives.
    fn joined(
        &self,
        map: &Map<'a>,
        way: &[EdgeIndex],
        caveats: &mut Vec<Caveat>,
        asked: Asked<'_>,
    ) -> Result<Chain, QueryError> {
        let mut parts = Vec::new();
        let mut is_joined = true;
        for edge in way {
            let Some((from, to)) = map.graph.edge_endpoints(*edge) else { continue };
            let Some((subject, session)) = map.subject(self, from) else { continue };
            let Some(Link::Sure(Some(assumed))) = map.graph.edge_weight(*edge) else { continue };
            caveats.extend(assumed.basis.caveats.iter().cloned());
            is_joined &= assumed.whole;
            let at_goal = map.graph.node_weight(to) == Some(&Node::Goal) && self.last.is_some();
            let resource = &assumed.witness.request.resource;
            let role = self.index.number(resource).filter(|_| !at_goal);
            let (witness, besides) = (assumed.witness.clone(), assumed.besides.clone());
            parts.push(Part { subject, session, role, witness, besides });
        }
        if !is_joined || !self.join(&mut parts, asked)? {
            caveats.push(Caveat::ChainSessions);
        }
        let step = |part: Part<'a>| {
            let role = part.role.and_then(|number| self.index.roles.get(number).copied());
            let request = &part.witness.request;
            Step {
                from: part.subject.name(self.estate),
                to: role.map(|role| role.arn.clone()),
                needs: role.map(|role| self.needs(role, request)).unwrap_or_default(),
                witness: part.witness,
                besides: part.besides,
            }
        };
        Ok(Chain { steps: parts.into_iter().map(step).collect() })
    }

    /// Makes the steps of a chain fit, from its end and then from its beginning, until nothing
    /// changes any more; whether they do.
    fn join(&self, parts: &mut [Part<'a>], asked: Asked<'_>) -> Result<bool, QueryError> {
        for _ in 0..MOST_ROUNDS {
            let mut changed = false;
            let backwards = (0..parts.len()).rev().map(|number| (number, false));
            for (number, forwards) in backwards.chain((0..parts.len()).map(|number| (number, true)))
            {
                match self.fit(parts, number, forwards, asked)? {
                    Fit::Already => {}
                    Fit::Made(part) => {
                        changed = true;
                        if let Some(place) = parts.get_mut(number) {
                            *place = *part;
                        }
                    }
                    Fit::Not => return Ok(false),
                }
            }
            if !changed {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A step that gives what the next one wants; `forwards`: and has what the one before gives.
    fn fit(
        &self,
        parts: &[Part<'a>],
        number: usize,
        forwards: bool,
        asked: Asked<'_>,
    ) -> Result<Fit<'a>, QueryError> {
        let Some(part) = parts.get(number) else { return Ok(Fit::Already) };
        let role = part.role.and_then(|number| self.index.roles.get(number));
        let mut wanted = Vec::new();
        if let Some(role) = role {
            wanted.extend(session::kept(&part.witness.request));
            let next = parts.get(number + 1);
            wanted.extend(
                next.into_iter().flat_map(|next| session::wanted(role, &next.witness.request)),
            );
        }
        let before =
            number.checked_sub(1).and_then(|before| parts.get(before)).filter(|_| forwards);
        wanted.extend(before.into_iter().flat_map(|part| session::carried(&part.witness.request)));
        let given = Shape::under(wanted.clone());
        if wanted.is_empty() || semantics::matches_shape(&given, &part.witness.request) {
            return Ok(Fit::Already);
        }
        let Part { subject, session, role, .. } = *part;
        let made = match role {
            Some(number) => self
                .step_that_gives(subject, session, number, wanted, asked)?
                .map(|other| (other.witness, other.besides)),
            None => self
                .last_that_has(subject, session, wanted, asked)?
                .map(|witness| (witness, Vec::new())),
        };
        Ok(match made {
            Some((witness, besides)) => {
                Fit::Made(Box::new(Part { subject, session, role, witness, besides }))
            }
            None => Fit::Not,
        })
    }

    /// Who reaches which role, from anywhere. The work is shared among the threads of Rayon's pool.
    ///
    /// # Errors
    /// As [`Query::ask`](crate::query::Query::ask).
    pub fn reach(&self, asked: Asked<'_>) -> Result<Reach, QueryError> {
        let subjects = Subject::all(self.estate);
        let mut map = Map::new(subjects.clone(), false, Vec::new());
        let starts: Vec<NodeIndex> = subjects
            .iter()
            .enumerate()
            .map(|(number, subject)| map.node(self.start(*subject, number)))
            .collect();
        let mut frontier = starts.clone();
        while !frontier.is_empty() {
            frontier = map.expand(self, &frontier, None, None, asked)?;
        }
        let mut ends: FxHashMap<String, Vec<NodeIndex>> = FxHashMap::default();
        for node in map.graph.node_indices() {
            if let Some(role) = map.role_of(node).and_then(|role| self.index.roles.get(role)) {
                ends.entry(role.arn.clone()).or_default().push(node);
            }
        }
        let names = subjects.iter().map(|subject| subject.name(self.estate));
        let Basis { rests_on, caveats, about: _ } = map.basis;
        let (starts, asked) = (names.zip(starts).collect(), map.asked);
        Ok(Reach { graph: map.graph, starts, ends, asked, rests_on, caveats })
    }
}

/// Who reaches which role.
pub struct Reach {
    graph: DiGraph<Node, Link>,
    /// Everybody, in the order of answers.
    starts: Vec<(String, NodeIndex)>,
    /// The sessions of each role, by its ARN.
    ends: FxHashMap<String, Vec<NodeIndex>>,
    /// How many steps were asked about.
    pub asked: usize,
    /// What every refuted step rests on.
    pub rests_on: RestsOn,
    /// What it depends on.
    pub caveats: Vec<Caveat>,
}

impl Reach {
    /// Who reaches the role with that ARN; `None`: the estate has no such role.
    pub fn of(&self, arn: &str) -> Option<Reached> {
        let ends = self.ends.get(arn)?;
        let [sure, any] = [true, false].map(|sure| leading(&self.graph, ends, sure));
        let mut reached = Reached::default();
        // Whoever is there already need not come.
        for (name, start) in self.starts.iter().filter(|(name, _)| name != arn) {
            if sure.contains(start) {
                reached.by.push(name.clone());
            } else if any.contains(start) {
                reached.unknown.push(name.clone());
            }
        }
        Some(reached)
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.graph.edge_count()
    }
}

/// The nodes from which a step or more lead to the ends.
fn leading(graph: &DiGraph<Node, Link>, ends: &[NodeIndex], sure: bool) -> FxHashSet<NodeIndex> {
    let mut found = FxHashSet::default();
    let mut left = ends.to_vec();
    while let Some(node) = left.pop() {
        for edge in graph.edges_directed(node, Direction::Incoming) {
            let counts = !sure || edge.weight().is_sure();
            if counts && found.insert(edge.source()) {
                left.push(edge.source());
            }
        }
    }
    found
}
