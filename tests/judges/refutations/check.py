"""Checks refutations by dratify, and by drat-trim where it is installed."""

import pathlib
import shutil
import subprocess
import sys

from dratify import check_proof, parse_dimacs

folder = pathlib.Path(sys.argv[1])
trim = shutil.which("drat-trim")
checked = trimmed = learnt = 0
for cnf in sorted(folder.glob("*.cnf")):
    proof = cnf.with_suffix(".drat")
    text, steps = cnf.read_text(), proof.read_text()
    if not check_proof(parse_dimacs(text), steps).ok:
        sys.exit(f"{cnf}: dratify refuses the refutation")
    checked += 1
    learnt += len(steps.splitlines()) - 1
    if trim:
        said = subprocess.run([trim, cnf, proof], capture_output=True, text=True, check=False)
        # What unit propagation refutes by itself needs no step.
        if "s VERIFIED" not in said.stdout and "trivial UNSAT" not in said.stdout:
            sys.exit(f"{cnf}: drat-trim refuses the refutation:\n{said.stdout}")
        trimmed += 1

# A checker that accepts everything would say nothing.
header, *clauses = "p cnf 2 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 0\n".splitlines()
whole = "\n".join([header, *clauses]) + "\n"
less = "\n".join(["p cnf 2 3", *clauses[:3]]) + "\n"
if not check_proof(parse_dimacs(whole), "1 0\n0\n").ok or check_proof(parse_dimacs(less), "1 0\n0\n").ok:
    sys.exit("dratify accepts what does not follow, or refuses what does")
if not checked:
    sys.exit("no refutation was written")
print(f"{checked} refutations with {learnt} learnt clauses: dratify accepts all")
print(f"drat-trim accepts {trimmed}" if trim else "there is no drat-trim here")
