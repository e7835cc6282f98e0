//! A check of what a search learnt: each clause follows from those before it by unit propagation, and so
//! does the empty one (E. Goldberg, Y. Novikov: Verification of proofs of unsatisfiability, 2003). Slow,
//! and written for nothing but this.

/// A clause: a variable counts from 1, and is negative where it is negated.
type Clause = Vec<i64>;

/// Checks a refutation in the texts that other checkers read.
///
/// # Errors
/// The first clause that does not follow, or that the empty clause is not there.
pub fn check(dimacs: &str, drat: &str) -> Result<(), String> {
    let mut lines = dimacs.lines();
    let header = lines.next().unwrap_or_default();
    let mut words = header.strip_prefix("p cnf ").ok_or("no header")?.split(' ');
    let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
    let (variables, count) = number().zip(number()).ok_or("no numbers in the header")?;
    let mut clauses: Vec<Clause> = lines.map(clause).collect::<Result<_, _>>()?;
    if clauses.len() != count {
        return Err(format!("{} clauses, and {count} in the header", clauses.len()));
    }
    if clauses.iter().flatten().any(|one| one.unsigned_abs() as usize > variables) {
        return Err("a variable that is not in the header".to_owned());
    }
    for learnt in drat.lines() {
        let learnt = clause(learnt)?;
        if !follows(&clauses, &learnt) {
            return Err(format!("{learnt:?} does not follow"));
        }
        if learnt.is_empty() {
            return Ok(());
        }
        clauses.push(learnt);
    }
    Err("the empty clause is not there".to_owned())
}

fn clause(line: &str) -> Result<Clause, String> {
    let numbers: Result<Clause, _> = line.split_whitespace().map(str::parse).collect();
    let mut numbers = numbers.map_err(|error| format!("{line}: {error}"))?;
    (numbers.pop() == Some(0)).then_some(numbers).ok_or_else(|| format!("{line}: no end"))
}

/// Whether the clauses and the opposite of one more contradict each other by unit propagation.
fn follows(clauses: &[Clause], learnt: &[i64]) -> bool {
    let mut holds: std::collections::HashSet<i64> = learnt.iter().map(|one| -one).collect();
    loop {
        let mut changed = false;
        for clause in clauses {
            if clause.iter().any(|one| holds.contains(one)) {
                continue;
            }
            let mut open = clause.iter().filter(|one| !holds.contains(&-**one));
            match (open.next(), open.next()) {
                (None, _) => return true,
                (Some(last), None) => changed |= holds.insert(*last),
                (Some(_), Some(_)) => {}
            }
        }
        if !changed {
            return false;
        }
    }
}

#[test]
fn what_does_not_follow_is_refused() {
    let dimacs = "p cnf 2 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 0\n";
    assert_eq!(check(dimacs, "1 0\n0\n"), Ok(()));
    assert_eq!(check(dimacs, "0\n"), Err("[] does not follow".to_owned()));
    assert_eq!(check(dimacs, "1 0\n"), Err("the empty clause is not there".to_owned()));
    assert!(check("p cnf 2 3\n1 2 0\n-1 2 0\n1 -2 0\n", "1 0\n0\n").is_err());
    assert!(check("p cnf 1 2\n1 0\n", "0\n").is_err());
    assert!(check("p cnf 1 1\n2 0\n", "0\n").is_err());
    assert!(check("p cnf 1 1\n1\n", "0\n").is_err());
}
