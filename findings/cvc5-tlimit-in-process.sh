#!/bin/sh
# cvc5 1.4.2 takes the option `tlimit`, a limit for the whole run, from its Python API and does not heed
# it: a question that takes seconds is answered with a limit of 200 ms. `tlimit-per`, the limit for one
# question, is heeded. It is the program `cvc5` that keeps `tlimit`, not the library, and nothing says so.
#
# Seen with cvc5 1.4.2 of PyPI (nine pigeons, eight holes: about two seconds):
#   tlimit-per: unknown, within the limit
#   tlimit: unsat, beyond the limit
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cvc5==1.4.2
cat > "$folder/ask.py" <<'PYTHON'
import time
import cvc5
from cvc5 import Kind

HOLES, LIMIT = 8, 0.2

for option in ("tlimit-per", "tlimit"):
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption(option, str(int(LIMIT * 1000)))
    solver.setLogic("QF_UF")
    sits = [[terms.mkConst(terms.getBooleanSort(), f"p{pigeon}h{hole}") for hole in range(HOLES)] for pigeon in range(HOLES + 1)]
    for places in sits:
        solver.assertFormula(terms.mkTerm(Kind.OR, *places))
    for hole in range(HOLES):
        for one in range(HOLES + 1):
            for other in range(one):
                both = terms.mkTerm(Kind.AND, sits[one][hole], sits[other][hole])
                solver.assertFormula(terms.mkTerm(Kind.NOT, both))
    start = time.monotonic()
    answer = "unknown" if solver.checkSat().isUnknown() else "unsat"
    late = time.monotonic() - start > 3 * LIMIT
    print(f"{option}: {answer}, {'beyond' if late else 'within'} the limit")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
cat > "$folder/expected" <<'TEXT'
tlimit-per: unknown, within the limit
tlimit: unsat, beyond the limit
TEXT
diff "$folder/expected" "$folder/seen"
