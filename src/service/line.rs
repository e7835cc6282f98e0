//! Questions as lines of JSON, and their answers as such.

use super::{INTERNAL, Piece, Question, Says, Service, Told};
use keyaki_iam::finding::{self, Finding, codes};
use keyaki_iam::input::{self, Documents, Rejected};
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::layers::{self, NotPrincipalReading, Policies};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::closest;
use keyaki_iam::shape::{Scope, Shape, Through};
use keyaki_iam::source::Source;
use keyaki_iam::value;
use keyaki_iam::world::World;
use keyaki_questions::compare::Direction;
use keyaki_questions::names;
use keyaki_questions::query::Requests;
use keyaki_reports::json;
use serde_json::Value;

/// Why a line has no answer: a code and a message.
#[derive(Debug)]
pub struct LineError {
    code: String,
    message: String,
}

impl LineError {
    /// An error with a stable code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<Rejected> for LineError {
    /// The first error speaks for the line; the message says where in the line it is.
    fn from(findings: Rejected) -> Self {
        match findings.iter().find(|finding| finding.is_error()).or(findings.first()) {
            Some(first) => Self::new(first.rule, one_line(first)),
            None => Self::new("unreadable", finding::render(&findings)),
        }
    }
}

fn one_line(finding: &Finding) -> String {
    let position = finding.position();
    let route =
        if finding.route.is_empty() { String::new() } else { format!(" at {}", finding.route) };
    let help = finding.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
    format!("{}{route} (column {}){help}", finding.message, position.column)
}

/// What the lines of a batch ask.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// `{"policies", "request"}`
    Eval,
    /// `{"policies", "statement"}`
    Can {
        /// Whether a "no" says why.
        why: bool,
    },
    /// `{"old", "new", "kind", "statement"}`
    Compare {
        /// One direction; none: both.
        only: Option<Direction>,
        /// Whether "nothing" says why.
        why: bool,
    },
}

impl What {
    /// The members that may be documents.
    fn documents(self) -> &'static [&'static str] {
        match self {
            Self::Eval | Self::Can { .. } => &["policies"],
            Self::Compare { .. } => &["old", "new"],
        }
    }
}

/// How lines are read: each is an object, with an `id` of its own if it likes.
#[derive(Debug, Clone)]
pub struct Lines {
    /// What they ask.
    pub what: What,
    /// How documents are read, and those of the lines so far.
    pub documents: Documents,
    /// How `NotPrincipal` in a Deny is read.
    pub not_principal: NotPrincipalReading,
    /// What is asked of requests beyond the policy language, where a line does not say something
    /// else.
    pub scope: Scope,
}

/// A line as it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its bytes, without the line break; none if it is longer than the limit.
    pub bytes: Option<Vec<u8>>,
}

impl Service<'_> {
    /// Answers a line of a text of that name.
    pub fn answer_line(&self, lines: &Lines, name: &str, line: Line) -> Told {
        let number = line.number;
        let error = |id: &Value, LineError { code, message }: LineError, says: Says| {
            Told::one(Piece::Json(json::error(id, number, &code, &message).into()), says)
        };
        let wrong = |id: &Value, found: LineError| error(id, found, Says::Unreadable);
        let Some(bytes) = line.bytes else {
            let bound = lines.documents.options().limits.json.bytes;
            return wrong(
                &Value::Null,
                LineError::new(
                    codes::DOCUMENT_TOO_LARGE,
                    format!("the line is longer than {bound} bytes"),
                ),
            );
        };
        let source = match Source::from_bytes(format!("{name}, line {number}"), &bytes) {
            Ok(source) => source,
            Err(finding) => return wrong(&Value::Null, vec![*finding].into()),
        };
        let read = |line: &Parsed<'_>| {
            line.no_slips()?;
            let requests = line.requests(self.requests)?;
            Ok((requests, lines.question(line, requests)?))
        };
        let id_of =
            |id: Option<&JsonValue>| id.map_or(Value::Null, |id| input::as_written(id, &source));
        // What is wrong, the whole line tells.
        let in_parts =
            input::Line::of(&source, &lines.documents, lines.what.documents()).and_then(|line| {
                let id = id_of(line.member("id"));
                let line = Parsed { source: &source, members: Members::InParts(&line) };
                Some((id, read(&line).ok()?))
            });
        let (id, (requests, question)) = match in_parts {
            Some(read) => read,
            None => {
                let value = match input::parse(&source, lines.documents.options()) {
                    Ok(value) => value,
                    Err(findings) => return wrong(&Value::Null, findings.into()),
                };
                let id = id_of(value.member("id"));
                let unique = input::no_duplicates(&value, &source, "").map_err(LineError::from);
                let line = Parsed { source: &source, members: Members::Whole(&value) };
                match unique.and_then(|()| read(&line)) {
                    Ok(read) => (id, read),
                    Err(error) => return wrong(&id, error),
                }
            }
        };
        match self.ask_about(requests, &question) {
            Ok(mut answer) => {
                answer.of_line(number);
                let pieces = self.json(&id, &answer).into_iter().map(Piece::Json).collect();
                Told { pieces, says: self.weighed(answer.says()), ..Told::default() }
            }
            Err(inside) => {
                error(&id, LineError::new(INTERNAL, (self.internal)(&inside)), Says::Internal)
            }
        }
    }
}

/// A line that was parsed, or of which what is asked for is parsed.
struct Parsed<'a> {
    /// Its name says which line of which file.
    source: &'a Source,
    members: Members<'a>,
}

/// The members of a line.
enum Members<'a> {
    Whole(&'a JsonValue),
    /// Each once; nothing is wrong with those that are there.
    InParts(&'a input::Line<'a>),
}

/// The members of a line that have a meaning. Others are ignored: what a test expects, for example.
const MEMBERS: [&str; 15] = [
    "id",
    "policies",
    "request",
    "statement",
    "old",
    "new",
    "kind",
    "account",
    "resourceAccount",
    "resource_account",
    "through",
    "unknownActions",
    "unknown_actions",
    "unknownKeys",
    "unknown_keys",
];

impl Parsed<'_> {
    /// No member is a slip of one that has a meaning: it would be ignored.
    fn no_slips(&self) -> Result<(), LineError> {
        let slip = |name: &str| {
            if MEMBERS.contains(&name) {
                return Ok(());
            }
            // Short words are near to each other by chance.
            let near = closest(name, MEMBERS.into_iter().filter(|known| known.len() > 3), 1);
            near.first().map_or(Ok(()), |near| {
                Err(LineError::new(
                    codes::UNKNOWN_MEMBER,
                    format!("`{name}` has no meaning in a line; did you mean `{near}`?"),
                ))
            })
        };
        match self.members {
            Members::Whole(JsonValue { data: JsonData::Object(members), .. }) => {
                members.iter().try_for_each(|Member { name, .. }| slip(name))
            }
            Members::Whole(_) => Ok(()),
            Members::InParts(line) => line.names().try_for_each(slip),
        }
    }

    /// A member, if it is there.
    fn optional(&self, name: &str) -> Option<&JsonValue> {
        match self.members {
            Members::Whole(value) => value.member(name),
            Members::InParts(line) => line.member(name),
        }
    }

    /// The requests that the line is about: `unknownActions` and `unknownKeys` (or, as in claims,
    /// with a `_`) go before what all lines say.
    fn requests<'r>(&self, all: Requests<'r>) -> Result<Requests<'r>, LineError> {
        let flag = |names: [&str; 2], otherwise: bool| {
            let given = names.into_iter().find_map(|name| Some((name, self.optional(name)?)));
            match given.map(|(name, value)| (name, &value.data)) {
                None => Ok(otherwise),
                Some((_, JsonData::Bool(says))) => Ok(*says),
                Some((
                    name,
                    JsonData::Null
                    | JsonData::Number(_)
                    | JsonData::String(_)
                    | JsonData::Array(_)
                    | JsonData::Object(_),
                )) => {
                    Err(LineError::new(codes::WRONG_TYPE, format!("`{name}` is `true` or `false`")))
                }
            }
        };
        let usual = all.world();
        let unknown_actions = flag(
            ["unknownActions", "unknown_actions"],
            usual.is_some_and(|world| world.unknown_actions),
        )?;
        let unknown_keys =
            flag(["unknownKeys", "unknown_keys"], usual.is_some_and(|world| world.unknown_keys))?;
        Ok(match all {
            Requests::Feasible(world) => {
                Requests::Feasible(World { unknown_actions, unknown_keys, ..world })
            }
            Requests::Any => Requests::Any,
        })
    }

    /// A member that the line must have.
    fn member(&self, name: &str) -> Result<&JsonValue, LineError> {
        self.optional(name).ok_or_else(|| {
            LineError::new(codes::MISSING_MEMBER, format!("the line has no member `{name}`"))
        })
    }
}

impl Lines {
    fn question(
        &self,
        line: &Parsed<'_>,
        requests: Requests<'_>,
    ) -> Result<Question<'static>, LineError> {
        Ok(match self.what {
            What::Eval => {
                let mut policies = self.policies(line, "policies", Kind::Identity)?;
                one_form(&mut [&mut policies], None)?;
                let request = input::request(line.member("request")?, line.source, "request")?;
                policies
                    .has_values(&request)
                    .map_err(|wrong| LineError::new(codes::MISSING_MEMBER, wrong.to_string()))?;
                Question::Eval { policies, request, estate: None }
            }
            What::Can { why } => {
                let mut policies = self.policies(line, "policies", Kind::Identity)?;
                let mut shape =
                    self.read_shape(line.member("statement")?, line.source, requests)?;
                one_form(&mut [&mut policies], Some(&mut shape))?;
                Question::Can { policies, shape: Shape { scope: self.scope(line)?, ..shape }, why }
            }
            What::Compare { only, why } => {
                let kind = kind(line)?;
                let (mut old, mut new) =
                    (self.policies(line, "old", kind)?, self.policies(line, "new", kind)?);
                let mut shape = self.shape(line, requests)?;
                one_form(&mut [&mut old, &mut new], shape.as_mut())?;
                Question::Compare { old, new, shape, only, why, estate: None }
            }
        })
    }

    fn policies(&self, line: &Parsed<'_>, member: &str, kind: Kind) -> Result<Policies, LineError> {
        let known = match line.members {
            Members::Whole(_) => None,
            Members::InParts(line) => line.known(member, kind),
        };
        let read = match known {
            Some(known) => known,
            None => {
                let value = line.member(member)?;
                input::policies_known(value, line.source, &self.documents, member, kind)?.value
            }
        };
        Ok(Policies { not_principal: self.not_principal, ..read })
    }

    /// The shape of a line that compares, if it has one: its `statement`, and its scope.
    fn shape(&self, line: &Parsed<'_>, requests: Requests<'_>) -> Result<Option<Shape>, LineError> {
        let scope = self.scope(line)?;
        let read = match line.optional("statement") {
            None if scope == Scope::default() => return Ok(None),
            None => {
                let nothing = Source::new("no statement", "{}");
                let value = input::parse(&nothing, self.documents.options())?;
                input::shape(&value, &nothing, self.documents.options(), "")?.value
            }
            Some(statement) => self.read_shape(statement, line.source, requests)?,
        };
        Ok(Some(Shape { scope, ..read }))
    }

    /// The shape in the member `statement`, with names that somebody knows.
    fn read_shape(
        &self,
        statement: &JsonValue,
        source: &Source,
        requests: Requests<'_>,
    ) -> Result<Shape, LineError> {
        let read = input::shape(statement, source, self.documents.options(), "statement")?.value;
        if let Some(world) = requests.world() {
            let unlisted = names::in_shape(&read, statement, source, "statement", &world)
                .map_err(|error| LineError::new(INTERNAL, error.to_string()))?;
            if !unlisted.is_empty() {
                return Err(unlisted.into());
            }
        }
        Ok(read)
    }

    /// What a line says of requests beyond the policy language, where it says nothing what all of
    /// them say: `account` and `resourceAccount` (or, as in claims, `resource_account`), each the
    /// id of an account or a list of them, and `through`.
    fn scope(&self, line: &Parsed<'_>) -> Result<Scope, LineError> {
        let accounts = |names: &[&str], otherwise: &Vec<String>| {
            let given = names.iter().find_map(|name| Some((*name, line.optional(name)?)));
            given.map_or_else(|| Ok(otherwise.clone()), |(name, value)| ids(name, value))
        };
        let through = line.optional("through").map(|value| {
            let way = value.as_str().and_then(Through::of);
            way.ok_or_else(|| {
                LineError::new(codes::UNKNOWN_WAY, "`through` is `endpoint`, `past` or `both`")
            })
        });
        let all = &self.scope;
        Ok(Scope {
            accounts: accounts(&["account"], &all.accounts)?,
            resource_accounts: accounts(
                &["resourceAccount", "resource_account"],
                &all.resource_accounts,
            )?,
            through: through.transpose()?.or(all.through),
            own: all.own.clone(),
            management: all.management,
        })
    }
}

/// Gives parameters of one name one form in all that a line is about.
fn one_form(sets: &mut [&mut Policies], shape: Option<&mut Shape>) -> Result<(), LineError> {
    layers::one_form(sets, shape)
        .map_err(|clash| LineError::new(codes::PLACEHOLDER_CLASH, clash.to_string()))
}

/// What single documents of a line are: identity-based policies unless it says otherwise.
fn kind(line: &Parsed<'_>) -> Result<Kind, LineError> {
    match line.optional("kind").map(JsonValue::as_str) {
        None | Some(Some("identity")) => Ok(Kind::Identity),
        Some(Some("resource")) => Ok(Kind::Resource),
        Some(_) => Err(LineError::new(codes::UNKNOWN_KIND, "`kind` is `identity` or `resource`")),
    }
}

/// The ids of accounts: one, or a list.
fn ids(name: &str, value: &JsonValue) -> Result<Vec<String>, LineError> {
    let values = match &value.data {
        JsonData::Array(values) => values.iter().collect(),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => vec![value],
    };
    let id =
        |value: &JsonValue| value.as_str().filter(|id| value::is_account(id)).map(str::to_owned);
    let wrong = || {
        LineError::new(
            codes::INVALID_ACCOUNT,
            format!("`{name}` is an account of twelve digits, a text, or a list of such"),
        )
    };
    values.into_iter().map(|value| id(value).ok_or_else(wrong)).collect()
}
