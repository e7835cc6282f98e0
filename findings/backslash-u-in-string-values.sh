#!/bin/sh
# The same text of Python is another string to Z3 than to cvc5. `z3.StringVal` reads `\u{41}` in it as
# SMT-LIB does in a literal, as one character, `A`; cvc5's `mkString` takes six characters, unless one
# says `useEscSequences=True`. So a foreign text with a backslash (a policy, a path, a regular
# expression) is another value in the formula, and a model from one is no model for the other.
#
# Seen with z3-solver 5.4.1.0 and cvc5 1.4.2 of PyPI:
#   z3: length 1, equal to "A": True
#   cvc5: length 6, equal to "A": false
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check z3-solver==5.4.1.0 cvc5==1.4.2
cat > "$folder/ask.py" <<'PYTHON'
import cvc5
import z3
from cvc5 import Kind

TEXT = r"\u{41}"

value = z3.StringVal(TEXT)
same = z3.simplify(value == z3.StringVal("A"))
print(f'z3: length {z3.simplify(z3.Length(value))}, equal to "A": {same}')

terms = cvc5.TermManager()
solver = cvc5.Solver(terms)
value = terms.mkString(TEXT)
length = solver.simplify(terms.mkTerm(Kind.STRING_LENGTH, value))
same = solver.simplify(terms.mkTerm(Kind.EQUAL, value, terms.mkString("A")))
print(f'cvc5: length {length}, equal to "A": {same}')
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
cat > "$folder/expected" <<'TEXT'
z3: length 1, equal to "A": True
cvc5: length 6, equal to "A": false
TEXT
diff "$folder/expected" "$folder/seen"
