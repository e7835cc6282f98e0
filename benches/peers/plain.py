"""Identity-based policies of AWS as formulas over strings and regular expressions, as a user of a
solver would write them, for cvc5 and for Z3. `benches/peers/solvers.py` times it.

A request is a text that is its action, in small letters, a text that is its resource, and for each
condition key that the policies name whether it is there and the texts that it holds. What a policy
means is said in papers/semantics.md.
"""

import re


class Unsupported(Exception):
    """A construct that this encoding does not do."""


class Cvc5:
    """The terms of cvc5, by its Python API."""

    def __init__(self):
        import cvc5

        self.cvc5, self.kind, self.version = cvc5, cvc5.Kind, cvc5.__version__

    def begin(self):
        """Forgets what was asked before."""
        self.terms = self.cvc5.TermManager()
        self.string, self.literal = self._variable(self.terms.getStringSort()), self.terms.mkString
        self.boolean, self.truth = self._variable(self.terms.getBooleanSort()), self.terms.mkBoolean
        self.character, self.anything = self.terms.mkRegexpAllchar(), self.terms.mkRegexpAll()

    def _variable(self, sort):
        return lambda name: self.terms.mkConst(sort, name)

    def _many(self, kind, terms):
        return terms[0] if len(terms) == 1 else self.terms.mkTerm(kind, *terms)

    def conjunction(self, terms):
        return self._many(self.kind.AND, terms) if terms else self.truth(True)

    def disjunction(self, terms):
        return self._many(self.kind.OR, terms) if terms else self.truth(False)

    def negation(self, term):
        return self.terms.mkTerm(self.kind.NOT, term)

    def equal(self, left, right):
        return self.terms.mkTerm(self.kind.EQUAL, left, right)

    def joined(self, texts):
        return self._many(self.kind.STRING_CONCAT, texts)

    def begins(self, text, prefix):
        return self.terms.mkTerm(self.kind.STRING_PREFIX, prefix, text)

    def matches(self, text, regex):
        return self.terms.mkTerm(self.kind.STRING_IN_REGEXP, text, regex)

    def exactly(self, text):
        return self.terms.mkTerm(self.kind.STRING_TO_REGEXP, self.literal(text))

    def either(self, regexes):
        return self._many(self.kind.REGEXP_UNION, regexes)

    def sequence(self, regexes):
        return self._many(self.kind.REGEXP_CONCAT, regexes)

    def star(self, regex):
        return self.terms.mkTerm(self.kind.REGEXP_STAR, regex)

    def without(self, regex, other):
        return self.terms.mkTerm(self.kind.REGEXP_DIFF, regex, other)

    def check(self, terms, shown):
        """Whether all terms can be true, `None` where the solver does not know, and then the values
        of some."""
        solver = self.cvc5.Solver(self.terms)
        solver.setLogic("QF_S")
        solver.setOption("produce-models", "true")
        for term in terms:
            solver.assertFormula(term)
        result = solver.checkSat()
        if result.isSat():
            return True, [str(solver.getValue(term)) for term in shown]
        return (False if result.isUnsat() else None), []


class Z3:
    """The terms of Z3, by its Python API."""

    def __init__(self):
        import z3

        self.z3, self.version = z3, z3.get_version_string()
        self.string, self.boolean, self.truth = z3.String, z3.Bool, z3.BoolVal
        self.conjunction, self.disjunction, self.negation = z3.And, z3.Or, z3.Not
        self.matches, self.star, self.without = z3.InRe, z3.Star, z3.Diff

    def begin(self):
        sort = self.z3.ReSort(self.z3.StringSort())
        self.character, self.anything = self.z3.AllChar(sort), self.z3.Full(sort)

    def literal(self, text):
        # Z3 reads escapes of SMT-LIB in a text of Python, cvc5 does not.
        return self.z3.StringVal(text.replace("\\", "\\u{5c}"))

    def exactly(self, text):
        return self.z3.Re(self.literal(text))

    def equal(self, left, right):
        return left == right

    def joined(self, texts):
        return texts[0] if len(texts) == 1 else self.z3.Concat(texts)

    def begins(self, text, prefix):
        return self.z3.PrefixOf(prefix, text)

    def either(self, regexes):
        return self.z3.Union(*regexes)

    def sequence(self, regexes):
        return regexes[0] if len(regexes) == 1 else self.z3.Concat(regexes)

    def check(self, terms, shown):
        solver = self.z3.Solver()
        solver.add(terms)
        result = solver.check()
        if result == self.z3.sat:
            model = solver.model()
            return True, [str(model.eval(term, model_completion=True)) for term in shown]
        return (False if result == self.z3.unsat else None), []


OPERATOR = re.compile(r"(forallvalues:|foranyvalue:)?(\w+?)(ifexists)?")
VARIABLE = re.compile(r"\$\{([^}]*)\}")
NAME = re.compile(r"[^,']+:[^,']+")
# What a negated operator is the negation of.
NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
# The keys that hold many values although no operator says so.
MANY = {
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
}


def listed(value):
    return value if isinstance(value, list) else [value]


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def conditions(statement):
    """The set operator, the operator, whether it ends in IfExists, the key and the values of each
    condition of a statement."""
    for operator, keys in statement.get("Condition", {}).items():
        over, base, if_exists = OPERATOR.fullmatch(operator.lower()).groups()
        for key, values in keys.items():
            yield over, base, bool(if_exists), key.lower(), tuple(map(text_of, listed(values)))


class Key:
    """A condition key of the request: so many different values at most. The first of them is there
    if the key is."""

    def __init__(self, solver, name, size):
        self.members = [solver.boolean(f"{name} has {i}") for i in range(size)]
        self.values = [solver.string(f"{name} {i}") for i in range(size)]
        self.there = self.members[0]
        self.single = solver.conjunction([self.there, *map(solver.negation, self.members[1:2])])
        self.rules = []
        for i in range(1, size):
            equal = [solver.equal(self.values[i], value) for value in self.values[:i]]
            rule = solver.conjunction([self.members[i - 1], *map(solver.negation, equal)])
            self.rules.append(solver.disjunction([solver.negation(self.members[i]), rule]))


class Question:
    """What one of two policies allows and the other does not."""

    def __init__(self, solver, old, new):
        solver.begin()
        self.solver = solver
        self.no_colon = solver.without(solver.character, solver.exactly(":"))
        self.action, self.resource = solver.string("action"), solver.string("resource")
        self.keys = self.keys_of([*listed(old["Statement"]), *listed(new["Statement"])])
        self.rules = self.rules_of_requests()
        self.old, self.new = self.allowed(old), self.allowed(new)

    def ask(self, direction):
        by, not_by = (self.new, self.old) if direction == "added" else (self.old, self.new)
        terms = [*self.rules, by, self.solver.negation(not_by)]
        found, values = self.solver.check(terms, [self.action, self.resource])
        return {"found": found, "request": values}

    def keys_of(self, statements):
        # Each condition with a set operator looks for one value that it wants or does not want. So
        # as many values as there are such conditions stand for all sets, and two for "several".
        over_sets = {}
        for statement in statements:
            for over, base, if_exists, key, values in conditions(statement):
                names = [name for value in values for name in VARIABLE.findall(value)]
                for name in (key, *map(str.lower, names)):
                    over_sets.setdefault(name, set())
                if over:
                    over_sets[key].add((over, base, if_exists, values))
        keys = {}
        for name, over in over_sets.items():
            size = max(2, len(over)) if over or name in MANY else 1
            keys[name] = Key(self.solver, name, size)
        return keys

    def rules_of_requests(self):
        s = self.solver
        # Needs no permission.
        identity = s.equal(self.action, s.literal("sts:getcalleridentity"))
        return [s.negation(identity), *(rule for key in self.keys.values() for rule in key.rules)]

    def allowed(self, document):
        s, by_effect = self.solver, {"Allow": [], "Deny": []}
        for statement in listed(document["Statement"]):
            by_effect[statement["Effect"]].append(self.applies(statement))
        deny = s.negation(s.disjunction(by_effect["Deny"]))
        return s.conjunction([s.disjunction(by_effect["Allow"]), deny])

    def applies(self, statement):
        parts = [
            self.entries(statement, "Action", self.is_action),
            self.entries(statement, "Resource", self.is_resource),
        ]
        return self.solver.conjunction(parts + [self.holds(*one) for one in conditions(statement)])

    def entries(self, statement, element, matches):
        negated = f"Not{element}" in statement
        texts = listed(statement[f"Not{element}" if negated else element])
        some = self.solver.disjunction([matches(text) for text in texts])
        return self.solver.negation(some) if negated else some

    def is_action(self, pattern):
        return self.like(self.action, pattern.lower())

    def is_resource(self, pattern):
        if not pattern.strip("*"):
            return self.solver.truth(True)
        if "${" in pattern:
            raise Unsupported("a variable in a resource")
        fields = pattern.split(":", 5)
        return self.like_arn(self.resource, fields + ["*"] * (6 - len(fields)))

    def like(self, text, pattern):
        """Whether a text matches a pattern with `*` and `?`."""
        return self.fits(text, pattern, self.glob(pattern, self.solver.character))

    def like_arn(self, text, fields):
        """Whether a text is an ARN; wildcards match a colon in the last of the six fields only."""
        head = ":".join(fields[:5]) + ":"
        regexes = self.glob(head, self.no_colon) + self.glob(fields[5], self.solver.character)
        return self.fits(text, head + fields[5], regexes)

    def fits(self, text, pattern, regexes):
        s = self.solver
        if "*" not in pattern and "?" not in pattern:
            return s.equal(text, s.literal(pattern))
        return s.matches(text, s.sequence(regexes))

    def glob(self, pattern, character):
        """A pattern in pieces; its wildcards stand for such characters."""
        s = self.solver
        anything = s.anything if character is s.character else s.star(character)
        wildcards = {"?": character, "*": anything}
        pieces = re.findall(r"[*?]|[^*?]+", pattern)
        return [wildcards[piece] if piece in wildcards else s.exactly(piece) for piece in pieces]

    def holds(self, over, base, if_exists, key, values):
        """Whether a condition holds."""
        s, own = self.solver, self.keys[key]
        if base == "null":
            if over or len(values) != 1:
                raise Unsupported("Null with a set operator or several values")
            return s.negation(own.there) if values[0].lower() == "true" else own.there
        if not values:
            raise Unsupported("a condition without values")
        negated = base in NEGATED

        def fits(value):
            some = [self.relation(NEGATED.get(base, base), value, text) for text in values]
            return s.negation(s.disjunction(some)) if negated else s.disjunction(some)

        absent = s.negation(own.there)
        if not over:
            # Without a set operator a key with several values fits nothing.
            found = s.conjunction([own.single, fits(own.values[0])])
            return s.disjunction([absent, found]) if if_exists or negated else found
        # The empty text alone is no value.
        only_empty = s.conjunction([own.single, s.equal(own.values[0], s.literal(""))])
        first = s.conjunction([own.there, s.negation(only_empty)])
        members = list(zip([first, *own.members[1:]], map(fits, own.values)))
        if over == "forallvalues:":
            return s.conjunction([s.disjunction([s.negation(has), fit]) for has, fit in members])
        found = s.disjunction([s.conjunction([has, fit]) for has, fit in members])
        return s.disjunction([absent, found]) if if_exists else found

    def relation(self, base, value, text):
        """Whether a value of the request and one of the policy stand in the relation of an
        operator."""
        s = self.solver
        if base == "bool":
            return s.equal(value, s.literal(text.lower()))
        if "${" in text:
            return self.with_variables(base, value, text)
        if base == "stringequals":
            return s.equal(value, s.literal(text))
        if base == "stringlike":
            return self.like(value, text)
        if base == "stringequalsignorecase" and text:
            cases = [{letter.lower(), letter.upper()} for letter in text]
            letters = [s.either([s.exactly(one) for one in sorted(case)]) for case in cases]
            return s.matches(value, s.sequence(letters))
        if base in ("arnequals", "arnlike"):
            fields = text.split(":", 5)
            return self.like_arn(value, fields) if len(fields) == 6 else s.truth(False)
        raise Unsupported(f"the operator {base}")

    def with_variables(self, base, value, text):
        """Equality with a text that has variables, or that a value begins with it where its only
        wildcard is a star at the end."""
        s = self.solver
        begins = base == "stringlike" and text.endswith("*")
        pieces = VARIABLE.split(text[:-1] if begins else text)
        texts, names = pieces[::2], pieces[1::2]
        if base not in ("stringequals", "stringlike") or not all(map(NAME.fullmatch, names)):
            raise Unsupported("a variable in a condition, but for equality and what begins so")
        if base == "stringlike" and re.search("[*?]", "".join(texts)):
            raise Unsupported("a variable in a condition, but for equality and what begins so")
        keys = [self.keys[name.lower()] for name in names]
        joined = [s.literal(texts[0])]
        for key, literal in zip(keys, texts[1:]):
            joined += [key.values[0], s.literal(literal)]
        whole = s.joined(joined)
        fits = s.begins(value, whole) if begins else s.equal(value, whole)
        return s.conjunction([*(key.single for key in keys), fits])
