"""Compares random pairs of AWS's managed policies by cvc5, by Z3 and by Keyaki, each inside a
process, and prints how long they take, in CPU time. `benches/peers/solvers.sh` runs it;
benches/README.md says what it gave.

* cvc5 and Z3, by their Python API, with the encoding of `plain.py`. Timed are reading the JSON,
  making the terms once, and a solver for each direction, with the action and the resource that it
  finds; not importing the solver. A pair gets LIMIT seconds, 5 unless set, and one that needs more
  counts as LIMIT.
* Keyaki, by `benches/pairs.rs`. Timed are reading both documents, both directions, and making and
  confirming the requests that are shown, at the median of 9 rounds: with a `Keyaki` of its own for
  each pair, and with one that is asked about all of them in turn.

PAIRS pairs, 100 unless set, are drawn with the seed SEED, 1 unless set. Pairs with a construct that
the plain encoding does not do are left out and counted. Where a solver says of a direction
something else than Keyaki, this names the pair and ends with 1.
"""

import collections
import json
import multiprocessing
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

import plain

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICIES = ROOT / "target/managed/policies"
SOLVERS = {"cvc5": plain.Cvc5, "z3": plain.Z3}
DIRECTIONS = ("added", "removed")
WAYS = {"alone": "for the pair alone", "in_turn": "asked in turn"}


def main():
    count, limit, seed = number("PAIRS", 100), number("LIMIT", 5), number("SEED", 1)
    names = sorted(path.name for path in POLICIES.glob("*.json"))
    if len(names) < 2:
        sys.exit(f"solvers: no policies in {POLICIES}: run `sh benches/managed-policies.sh` first")
    peers = [Peer(name, limit) for name in SOLVERS]
    pairs, said, left_out = [], [], collections.Counter()
    source = random.Random(seed)
    while len(pairs) < count:
        pair = source.sample(names, 2)
        answers = [peer.compare(pair) for peer in peers]
        if "left out" in answers[0]:
            left_out[answers[0]["left out"]] += 1
        else:
            pairs.append(pair)
            said.append(answers)
    own = keyaki(pairs)
    print(f"{count} random pairs of {len(names)} managed policies, seed {seed}")
    for reason, times in sorted(left_out.items()):
        print(f"left out: {times} pairs with {reason}")
    tell_own(own)
    differ = 0
    for peer, answers in zip(peers, zip(*said)):
        tell(peer, answers, own)
        differ += differences(peer.name, pairs, answers, own)
    sys.exit(1 if differ else 0)


def number(name, usual):
    text = os.environ.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        sys.exit(f"solvers: `{name}` is a whole number, 1 or more, not `{text}`")
    return int(text)


class Peer:
    """A solver in a process of its own, which is another one after a pair that took too long."""

    def __init__(self, name, limit):
        self.name, self.limit = name, limit
        self.start()

    def start(self):
        self.pipe, other = multiprocessing.Pipe()
        arguments = (self.name, self.limit, other)
        self.process = multiprocessing.Process(target=work, args=arguments, daemon=True)
        self.process.start()
        other.close()
        self.version = self.pipe.recv()

    def compare(self, pair):
        """What it says of the directions and the seconds, in all and for the terms; or why the
        encoding does not do the pair."""
        answer = {"timeout": True, "seconds": self.limit}
        self.pipe.send([(POLICIES / name).read_text() for name in pair])
        try:
            while "done" not in answer:
                answer.update(self.pipe.recv())
        except EOFError:
            self.process.join()
            code = self.process.exitcode
            if code != -signal.SIGPROF:
                sys.exit(f"solvers: {self.name} ended with {code} about {' and '.join(pair)}")
            self.start()
        return answer


def work(name, limit, pipe):
    """Answers pair after pair, in a process of its own."""
    solver = SOLVERS[name]()
    pipe.send(solver.version)
    while True:
        texts = pipe.recv()
        # The system ends the process once this CPU time is used up, whatever the solver does then.
        signal.setitimer(signal.ITIMER_PROF, limit)
        # The clock of the process goes on in steps of milliseconds while that timer runs.
        before = time.thread_time()
        try:
            old, new = map(json.loads, texts)
            question = plain.Question(solver, old, new)
            pipe.send({"terms": time.thread_time() - before})
            for direction in DIRECTIONS:
                pipe.send({direction: question.ask(direction)})
            last = {"timeout": False, "seconds": time.thread_time() - before}
        except plain.Unsupported as reason:
            last = {"left out": str(reason)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send({"done": True, **last})


def keyaki(pairs):
    """What Keyaki says of each pair, and the seconds."""
    lines = "".join(f"{POLICIES / old}\t{POLICIES / new}\n" for old, new in pairs)
    run = ["cargo", "bench", "--quiet", "--locked", "--bench", "pairs"]
    done = subprocess.run(run, cwd=ROOT, input=lines, stdout=subprocess.PIPE, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(pairs):
        sys.exit(f"solvers: `{' '.join(run)}` answered {len(answers)} of {len(pairs)} pairs")
    return answers


def milliseconds(seconds):
    return f"{1000 * statistics.median(seconds):.3g} ms"


def tell_own(own):
    unknown = sum(answer[direction] is None for answer in own for direction in DIRECTIONS)
    print(f"Keyaki: {unknown} directions unknown")
    for way, words in WAYS.items():
        any_, feasible = ([answer[way][about] for answer in own] for about in ("any", "feasible"))
        ratio = statistics.median(theirs / ours for theirs, ours in zip(feasible, any_))
        print(f"Keyaki {words}: {milliseconds(any_)} `any`, {milliseconds(feasible)} `feasible`, "
              f"medians; `feasible` over `any` {ratio:.3g} at the median of the pairs")


def tell(peer, answers, own):
    seconds = [answer["seconds"] for answer in answers]
    terms = [answer.get("terms", peer.limit) for answer in answers]
    timeouts = sum(answer["timeout"] for answer in answers)
    print(f"{peer.name} {peer.version}: {milliseconds(seconds)}, {milliseconds(terms)} for the "
          f"terms, medians; {timeouts} pairs took over {peer.limit} s")
    for way, words in WAYS.items():
        ratios = sorted(theirs / ours[way]["any"] for theirs, ours in zip(seconds, own))
        print(f"{peer.name} over Keyaki {words}: {statistics.median(ratios):.3g} at the median of "
              f"the pairs, {ratios[0]:.3g} at least")


def differences(name, pairs, answers, own):
    """How many answers are not Keyaki's; it prints each."""
    compared = differ = 0
    for (old, new), answer, ours in zip(pairs, answers, own):
        for direction in DIRECTIONS:
            theirs = answer.get(direction, {"found": None})
            if theirs["found"] is None or ours[direction] is None:
                continue
            compared += 1
            if theirs["found"] != ours[direction]:
                differ += 1
                print(f"differs: {direction} from {old} to {new}: {name} says {theirs}, Keyaki "
                      f"{ours[direction]}")
    print(f"{name}: {compared} of {2 * len(pairs)} directions compared, {differ} differ")
    return differ


if __name__ == "__main__":
    main()
