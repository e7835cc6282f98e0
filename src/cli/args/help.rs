//! What every `--help` says besides its flags: which flags belong together, examples, exit codes.

use clap::{Arg, Command};

/// Headings, and the flags under them, in the order in which they are shown.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Policies",
        &[
            "estates",
            "estate",
            "asker",
            "managed",
            "identity",
            "policies",
            "boundary",
            "session",
            "resource_policy",
            "scp",
            "rcp",
            "endpoint",
            "guardrail_policy",
            "kind",
            "together",
            "parameter",
            "defaults",
            "placeholders",
            "legacy_duplicates",
            "strict_not_principal",
        ],
    ),
    (
        "Question",
        &[
            "request",
            "example",
            "from",
            "to",
            "to_action",
            "action",
            "not_action",
            "resource",
            "not_resource",
            "principal",
            "not_principal",
            "condition",
            "statement",
            "account",
            "resource_account",
            "through",
            "only",
            "values",
            "why",
            "allow_vacuous",
            "rule",
            "explain",
            "batch",
            "questions",
            "by",
            "all",
            "all_chains",
            "limit",
            "through_roles",
            "changed",
            "git",
            "claims",
        ],
    ),
    (
        "Calls",
        &[
            "call",
            "model_like",
            "model_not_like",
            "filter",
            "service_role",
            "profile",
            "calls",
            "paths",
        ],
    ),
    (
        "Requests",
        &[
            "requests",
            "no_assume",
            "assume",
            "unknown_actions",
            "unknown_keys",
            "partition",
            "catalogue",
            "no_project",
        ],
    ),
    ("Engine", &["engine", "timeout", "most_queries", "stats", "jobs"]),
    ("Findings", &["fail_on", "baseline", "write_baseline"]),
    ("Output", &["format", "output", "license", "caveats", "quiet", "colour", "schema"]),
];

/// Commands that are not questions about policies. Their own flags stay together.
const NO_QUESTIONS: &[&str] =
    &["again", "catalogue", "completions", "explain", "import", "man", "schema"];

/// A flag whose name means something else in one command.
const ELSEWHERE: &[(&str, &str, &str)] = &[("check", "filter", "Question")];

/// What the help of a command ends with.
struct Page {
    command: &'static str,
    /// What each example does, and its line.
    examples: &'static [(&'static str, &'static str)],
    /// What exit code 0 means.
    nothing: &'static str,
    /// What 1 means, where there is 1.
    found: Option<&'static str>,
    /// Whether an answer may be unknown.
    unknown: bool,
}

const PAGES: &[Page] = &[
    Page {
        command: "keyaki",
        examples: &[
            (
                "Does this policy allow anybody to delete objects?",
                "keyaki can policy.json --action s3:DeleteObject",
            ),
            (
                "What does the new policy allow that the old one does not?",
                "keyaki compare old.json new.json",
            ),
            ("Do all claims in a file hold? (for a pipeline)", "keyaki check claims.toml"),
            ("What do the flags of a command mean?", "keyaki can --help"),
        ],
        nothing: "nothing was found: no such request, no difference, every claim holds",
        found: Some("found: a request, a difference, a violated claim, a vacuous question"),
        unknown: true,
    },
    Page {
        command: "keyaki eval",
        examples: &[
            (
                "Make a request file, to be changed with an editor.",
                "keyaki eval --example -o request.json",
            ),
            ("What does this request get?", "keyaki eval policy.json --request request.json"),
            (
                "The same under a service control policy, for a program.",
                "keyaki eval policy.json --scp scp.json --request request.json -f json",
            ),
            ("Many cases, one on each line.", "keyaki eval --batch cases.jsonl"),
        ],
        nothing: "the request was decided, whatever the decision is",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki can",
        examples: &[
            (
                "May anything in this bucket be deleted?",
                "keyaki can policy.json -a 's3:Delete*' -r 'arn:aws:s3:::reports/*'",
            ),
            (
                "May objects be read without TLS?",
                "keyaki can policy.json -a s3:GetObject -c 'Bool aws:SecureTransport false'",
            ),
            (
                "If not, which policies stand in the way?",
                "keyaki can policy.json --boundary boundary.json -a s3:PutObject --why",
            ),
            (
                "May a model be called, by any path?",
                "keyaki can policy.json --call bedrock:InvokeModel",
            ),
        ],
        nothing: "no such request is allowed",
        found: Some("such a request is allowed, or the question is vacuous"),
        unknown: true,
    },
    Page {
        command: "keyaki compare",
        examples: &[
            ("What changes?", "keyaki compare old.json new.json"),
            (
                "Does the new policy allow anything more?",
                "keyaki compare old.json new.json --only added",
            ),
            (
                "The same for bucket policies, about one action.",
                "keyaki compare old-bucket.json new-bucket.json -k resource -a s3:GetObject",
            ),
        ],
        nothing: "the policies allow the same; with --only, nothing was added or removed",
        found: Some("the policies differ, or the question is vacuous"),
        unknown: true,
    },
    Page {
        command: "keyaki check",
        examples: &[
            ("Check a file.", "keyaki check claims.toml"),
            ("Check all files of a folder, on four threads.", "keyaki check claims -j 4"),
            (
                "Check some claims, and tell the exit code alone.",
                "keyaki check claims --filter reports -q",
            ),
            ("Make a file for code scanning.", "keyaki check claims -f sarif -o claims.sarif"),
        ],
        nothing: "every claim is as expected",
        found: Some("a claim is not as expected, or is vacuous"),
        unknown: true,
    },
    Page {
        command: "keyaki matrix",
        examples: &[
            ("Compare all policies of a folder.", "keyaki matrix policies"),
            ("The same for a program.", "keyaki matrix policies -f json -o matrix.jsonl"),
        ],
        nothing: "each policy is contained in each other one",
        found: Some("a policy allows something that another one does not"),
        unknown: true,
    },
    Page {
        command: "keyaki review",
        examples: &[
            (
                "What does this version allow that the other does not?",
                "keyaki review old.json new.json",
            ),
            (
                "All policies of two folders, and whether the claims still hold.",
                "keyaki review policies policies --claims claims",
            ),
            (
                "What may everybody in an account do that they could not yesterday?",
                "keyaki review estate-before.json estate.json",
            ),
        ],
        nothing: "nothing is allowed that was not allowed, and every claim is as expected",
        found: Some("something more is allowed, or a claim is not as expected"),
        unknown: true,
    },
    Page {
        command: "keyaki encode",
        examples: &[
            (
                "One script of a question.",
                "keyaki encode can policy.json -a s3:GetObject -o question.smt2",
            ),
            (
                "The scripts that are decided, one a case, in a new folder.",
                "keyaki encode compare old.json new.json --only added -o scripts",
            ),
            ("The same of every claim.", "keyaki encode check claims.toml -o of-claims"),
        ],
        nothing: "the scripts were written, whatever the answer is",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki encode can",
        examples: &[
            (
                "One script of a question.",
                "keyaki encode can policy.json -a s3:GetObject -o question.smt2",
            ),
            (
                "The scripts that are decided for it, one a case, in a new folder.",
                "keyaki encode can policy.json -a s3:GetObject -o scripts",
            ),
            (
                "The scripts of a call, one a path.",
                "keyaki encode can policy.json --call s3:CopyObject -o of-call",
            ),
        ],
        nothing: "the scripts were written, whatever the answer is",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki encode compare",
        examples: &[
            (
                "One script of what one policy adds to another.",
                "keyaki encode compare old.json new.json --only added",
            ),
            (
                "The scripts that are decided for it, one a case, in a new folder.",
                "keyaki encode compare old.json new.json --only added -o scripts",
            ),
        ],
        nothing: "the scripts were written, whatever the answer is",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki encode check",
        examples: &[
            ("The scripts of every claim.", "keyaki encode check claims.toml -o scripts"),
            (
                "Of some claims, with a licence.",
                "keyaki encode check claims --filter read --license CC0-1.0 -o some",
            ),
        ],
        nothing: "the scripts were written, whatever the verdicts are",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki validate",
        examples: &[
            ("Is this an identity-based policy?", "keyaki validate policy.json"),
            ("Is this the trust policy of a role?", "keyaki validate trust.json -k trust"),
            ("Read standard input.", "keyaki validate - < policy.json"),
        ],
        nothing: "every document is valid",
        found: Some("a document is not valid"),
        unknown: false,
    },
    Page {
        command: "keyaki lint",
        examples: &[
            ("What in this policy has no effect?", "keyaki lint policy.json"),
            ("One rule, many policies.", "keyaki lint policies/*.json --rule dead-entry"),
            (
                "Keep what is found today; with --baseline a later run leaves it out.",
                "keyaki lint policies --write-baseline baseline.json",
            ),
            ("Which rules are there?", "keyaki lint --explain all"),
        ],
        nothing: "nothing was found",
        found: Some("there are findings"),
        unknown: true,
    },
    Page {
        command: "keyaki guardrails",
        examples: &[(
            "What do enforced guardrails change for this principal?",
            "keyaki guardrails effective.json policy.json",
        )],
        nothing: "nothing breaks, and every way is guarded",
        found: Some("something breaks, or a way is open"),
        unknown: true,
    },
    Page {
        command: "keyaki who-can",
        examples: &[
            (
                "Who can invoke a model that is not Haiku, and can anybody else?",
                "keyaki who-can estate.json -a bedrock:InvokeModel --not-resource 'arn:aws:bedrock:*:*:*/*haiku*'",
            ),
            (
                "Who may assume a role?",
                "keyaki who-can estate.json -a sts:AssumeRole -r arn:aws:iam::111122223333:role/admin",
            ),
            (
                "Who can invoke a model of Anthropic, with every authorization that the call needs?",
                "keyaki who-can estate.json --call bedrock:InvokeModel --model-like 'anthropic.*'",
            ),
        ],
        nothing: "nobody can",
        found: Some("somebody can, or the question is vacuous"),
        unknown: true,
    },
    Page {
        command: "keyaki paths",
        examples: &[
            (
                "Does somebody of another account come to this role, and by which roles?",
                "keyaki paths estate.json --from anyAccount --to arn:aws:iam::111122223333:role/admin",
            ),
            (
                "By which roles can anybody who does not sign read an object? Every way",
                "keyaki paths estate.json --from anonymous --to-action s3:GetObject --all",
            ),
        ],
        nothing: "no chain of roles leads there",
        found: Some("a chain does, or the question is vacuous"),
        unknown: true,
    },
    Page {
        command: "keyaki import",
        examples: &[
            (
                "Make one file of an account.",
                "keyaki import account.json --managed aws-managed.json -o estate.json",
            ),
            (
                "What is known of an organization, and what is not?",
                "keyaki import organization --report",
            ),
        ],
        nothing: "the estate was read",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki catalogue",
        examples: &[
            ("What is known of an action?", "keyaki catalogue s3:GetObject"),
            ("What is known of a condition key?", "keyaki catalogue aws:SourceIp"),
            ("All that a service has, for a program.", "keyaki catalogue bedrock -f json"),
        ],
        nothing: "the answer was printed",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki explain",
        examples: &[
            ("What does a code mean?", "keyaki explain no-resource-policy"),
            ("List all codes.", "keyaki explain"),
        ],
        nothing: "the answer was printed",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki schema",
        examples: &[
            ("List the forms.", "keyaki schema"),
            ("The form of an answer of `can`.", "keyaki schema can -o can.schema.json"),
        ],
        nothing: "the schema was printed",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki again",
        examples: &[
            (
                "Keep an answer with its question.",
                "keyaki can policy.json -a s3:DeleteObject -f json -o answer.json",
            ),
            ("Is it still the answer?", "keyaki again answer.json"),
        ],
        nothing: "every answer is the same",
        found: Some("an answer is another one"),
        unknown: true,
    },
    Page {
        command: "keyaki completions",
        examples: &[
            ("For the Bash that runs now.", "eval \"$(keyaki completions bash)\""),
            ("For Zsh, in a folder of `$fpath`.", "keyaki completions zsh -o _keyaki"),
            ("For fish.", "keyaki completions fish -o keyaki.fish"),
        ],
        nothing: "the script was printed",
        found: None,
        unknown: false,
    },
    Page {
        command: "keyaki man",
        examples: &[
            ("The page of keyaki.", "keyaki man -o keyaki.1"),
            ("The page of a command.", "keyaki man can -o keyaki-can.1"),
            ("The page of a command below a command.", "keyaki man encode can"),
        ],
        nothing: "the page was printed",
        found: None,
        unknown: false,
    },
];

/// The command with all its commands, explained.
pub fn explained(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, above: &str) -> Command {
    let own = command.get_name().to_owned();
    let path = if above.is_empty() { own.clone() } else { format!("{above} {own}") };
    let closing: Vec<String> =
        closing(&path).iter().map(|(heading, text)| format!("{heading}:\n{text}")).collect();
    command
        .after_help(closing.join("\n\n"))
        .mut_args(|arg| grouped(arg, &own))
        .mut_subcommands(|command| below(command, &path))
}

/// The flag under its heading, in its place there. What has no name stands first, as everywhere.
fn grouped(arg: Arg, command: &str) -> Arg {
    if arg.is_positional() {
        return arg;
    }
    let id = arg.get_id().as_str();
    let elsewhere = ELSEWHERE.iter().find(|(of, name, _)| *of == command && *name == id);
    let all = GROUPS.iter().flat_map(|(heading, ids)| ids.iter().map(|id| (*heading, *id)));
    let Some((place, (usual, _))) = all.enumerate().find(|(_, (_, known))| *known == id) else {
        return arg;
    };
    let heading = elsewhere.map_or(usual, |(.., heading)| *heading);
    if heading == "Output" || !NO_QUESTIONS.contains(&command) {
        arg.help_heading(heading).display_order(place)
    } else {
        arg
    }
}

/// The headings with which the help of a command ends, and what stands under each.
pub fn closing(command: &str) -> Vec<(&'static str, String)> {
    let page = PAGES.iter().find(|page| page.command == command);
    page.map(|page| vec![("Examples", page.examples()), ("Exit codes", page.codes())])
        .unwrap_or_default()
}

impl Page {
    fn examples(&self) -> String {
        let lines = self.examples.iter().map(|(what, line)| format!("  {what}\n    {line}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn codes(&self) -> String {
        let mut lines = vec![format!("  0    {}", self.nothing)];
        lines.extend(self.found.map(|found| format!("  1    {found}")));
        lines.push(
            "  2    some input was wrong, or the answer could not be written; what could be decided is\n       printed"
                .to_owned(),
        );
        if self.unknown {
            lines.push("  3    at least one answer is unknown".to_owned());
        }
        lines
            .push("  130  interrupted with Ctrl-C; what was decided by then is printed".to_owned());
        if self.unknown {
            let order = "  If several apply, 2 outweighs 1, 1 outweighs 3, and 3 outweighs 0.";
            lines.push(order.to_owned());
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::command;

    /// Every command with its path.
    fn all() -> Vec<(String, Command)> {
        fn walk(command: &Command, above: &str, all: &mut Vec<(String, Command)>) {
            let path = format!("{above} {}", command.get_name()).trim().to_owned();
            all.push((path.clone(), command.clone()));
            for command in command.get_subcommands().filter(|command| command.get_name() != "help")
            {
                walk(command, &path, all);
            }
        }
        let mut command = command();
        command.build();
        let mut found = Vec::new();
        walk(&command, "", &mut found);
        found
    }

    #[test]
    fn every_command_has_examples_and_every_page_a_command() {
        let mut commands: Vec<String> = all().into_iter().map(|(path, _)| path).collect();
        let mut pages: Vec<String> = PAGES.iter().map(|page| page.command.to_owned()).collect();
        commands.sort();
        pages.sort();
        assert_eq!(commands, pages);
        for page in PAGES {
            let all = page.examples() + "\n" + &page.codes();
            assert!(all.lines().all(|line| line.len() <= 100), "{all}");
        }
    }

    #[test]
    fn every_flag_of_a_question_has_a_heading() {
        let mut seen = Vec::new();
        for (path, command) in all() {
            let name = command.get_name();
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                seen.push(id.to_owned());
                if ["help", "version"].contains(&id) || arg.is_positional() {
                    continue;
                }
                let whole = NO_QUESTIONS.contains(&name) || name == "encode" || name == "keyaki";
                assert!(whole || arg.get_help_heading().is_some(), "{path}: {id}");
            }
        }
        for id in GROUPS.iter().flat_map(|(_, ids)| *ids) {
            assert!(seen.iter().any(|seen| seen == id), "no command has `{id}`");
        }
    }
}
