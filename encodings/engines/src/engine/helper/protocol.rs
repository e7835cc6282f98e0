//! What Keyaki and the program `keyaki-z3` say to each other: a JSON value a line.
//!
//! The program speaks first, a [`Greeting`]. Then each line that it reads is [`Asked`], and each
//! line that it writes is [`Answered`], in the same order, until its input ends.
//!
//! A question is an SMT-LIB script, or clauses: what terms become, not terms. Terms hold functions
//! as code, which no text can carry; what only their exact meaning decides (refinement, and whether
//! a model is one) stays with who asks.

use keyaki_logic::smtlib::Script;
use keyaki_logic::term::Sort;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The number of this protocol. It changes whenever a message does.
pub const PROTOCOL: u32 = 1;

/// What the program is called.
pub const PROGRAM: &str = "keyaki-z3";

/// The release of Keyaki that this is part of.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// The first line of the program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Greeting {
    /// [`PROGRAM`].
    pub program: String,
    /// The release of Keyaki that the program belongs to.
    pub release: String,
    /// The number of the protocol that it speaks.
    pub protocol: u32,
    /// The version of the Z3 that it loaded.
    pub z3: String,
    /// Why it answers nothing, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

impl Greeting {
    /// Why whoever says this is not asked; nothing where all is well.
    pub fn objection(&self) -> Option<String> {
        let Greeting { program, release, protocol, z3: _, refusal } = self;
        match refusal {
            _ if program != PROGRAM => Some(format!("it is `{program}`, not `{PROGRAM}`")),
            _ if (release.as_str(), *protocol) != (RELEASE, PROTOCOL) => Some(format!(
                "it is of Keyaki {release} (protocol {protocol}), and this is Keyaki {RELEASE} (protocol {PROTOCOL}): \
                 install both of one release"
            )),
            refusal => refusal.clone(),
        }
    }
}

/// A question with its number, which the answer repeats.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    /// The number.
    pub number: u64,
    /// The time that the answer may take, in microseconds.
    pub microseconds: u64,
    /// What is asked.
    pub question: Question,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Question {
    /// Whether a script has a model.
    Script(ScriptQuestion),
    /// Whether clauses have a model.
    Clauses(ClausesQuestion),
}

/// A script, see [`Script`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScriptQuestion {
    /// Declarations, definitions and assertions.
    pub body: String,
    /// How many `assert` commands the body has.
    pub assertions: usize,
    /// The constants whose values are wanted.
    pub constants: Vec<Constant>,
    /// Units of work, see [`keyaki_logic::limits::Limits::effort`]; without a bound where there is
    /// none.
    pub effort: Option<u32>,
}

/// A declared constant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Constant {
    /// Its name in the script, not quoted.
    pub name: String,
    /// Its sort.
    pub sort: ConstantSort,
}

/// The sort of a constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConstantSort {
    /// Truth values.
    Bool,
    /// Strings.
    String,
    /// Exact numbers.
    Real,
    /// Bit-vectors of this width.
    BitVec(u32),
}

impl From<Sort> for ConstantSort {
    fn from(sort: Sort) -> ConstantSort {
        match sort {
            Sort::Bool => ConstantSort::Bool,
            Sort::String => ConstantSort::String,
            Sort::Real => ConstantSort::Real,
            Sort::BitVec(width) => ConstantSort::BitVec(width),
        }
    }
}

/// Clauses, in addition to those that were stated since the last beginning.
///
/// A literal is the number of a variable, from 1, and negative where the variable is to be false.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClausesQuestion {
    /// Whether what was stated before is forgotten first.
    pub begin: bool,
    /// How many variables there are, all together.
    pub variables: u32,
    /// The new clauses.
    pub clauses: Vec<Vec<i32>>,
    /// Literals that are to hold, in this question only.
    pub assumptions: Vec<i32>,
}

/// An answer with the number of its question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answered {
    /// The number.
    pub number: u64,
    /// The answer.
    pub answer: Answer,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// A script has a model: the values of the constants, in their order, as SMT-LIB writes them.
    Values(Vec<String>),
    /// Clauses have a model: the variables that are true in it.
    True(Vec<u32>),
    /// There is no model.
    Unsatisfiable,
    /// Time is up.
    Timeout,
    /// Another limit was reached: which.
    Resource(String),
    /// Z3 says that it does not know, and why.
    Incomplete(String),
    /// Z3 failed, or the question is none.
    Failed(String),
}

impl ScriptQuestion {
    /// The question of a script.
    pub fn of(script: &Script, effort: Option<u32>) -> ScriptQuestion {
        let constants = script.constants.iter();
        ScriptQuestion {
            body: script.body.clone(),
            assertions: script.assertions,
            constants: constants
                .map(|(symbol, name)| Constant { name: name.clone(), sort: symbol.sort().into() })
                .collect(),
            effort,
        }
    }
}

/// A message as a line, with its end.
///
/// # Errors
/// Where a message has no text, which none of this file is.
pub fn line(message: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(message)
        .map(|text| format!("{text}\n"))
        .map_err(|error| error.to_string())
}

/// The message of a line.
///
/// # Errors
/// What is wrong with the line.
pub fn read<M: DeserializeOwned>(line: &str) -> Result<M, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}
