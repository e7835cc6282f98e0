"""Draws requests over estates and compares what Keyaki and iam-simulate say of them.

compare.py KEYAKI FOLDER REQUESTS SEED
"""

import itertools
import json
import pathlib
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from draw import drawn, requests_over
from known import rewritten
from layers import Layers

HERE = pathlib.Path(__file__).parent
EXAMPLE = HERE / "../../../proofs/estates/example"
WORDS = {
    "Allowed": "allowed",
    "ExplicitlyDenied": "explicitDeny",
    "ImplicitlyDenied": "implicitDeny",
}
# How many estates are drawn, and how many requests over each are candidates.
ESTATES, CANDIDATES = 40, 400


def ask_judge(folder, simulations):
    """What iam-simulate says of simulations, in order."""
    lines = "".join(json.dumps(one) + "\n" for one in simulations)
    said = subprocess.run(
        ["node", "ask.mjs"], cwd=folder, input=lines, text=True, check=True, stdout=subprocess.PIPE
    )
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(answers) == len(simulations), "an answer a simulation"
    return answers


def ask_keyaki(keyaki, estate, request):
    """What Keyaki says of a request over an estate: its decision, or its error."""
    said = subprocess.run(
        [keyaki, "eval", "--estate", estate, "--request", "/dev/stdin", "--format", "json"],
        input=json.dumps(request),
        text=True,
        capture_output=True,
        check=False,
    )
    return json.loads(said.stdout)["decision"] if said.returncode == 0 else said.stderr.strip()


def estates(keyaki, folder, seed):
    """The files of the estates: the example, as `import` reads it, and those that are drawn."""
    example = folder / f"estate-{seed}-example.json"
    subprocess.run([keyaki, "import", EXAMPLE, "-o", example, "-q"], check=True)
    yield example
    for number in range(ESTATES):
        path = folder / f"estate-{seed}-{number}.json"
        path.write_text(json.dumps(drawn(f"{seed} {number}")))
        yield path


def main():
    keyaki, folder, count, seed = (
        sys.argv[1],
        pathlib.Path(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
    )
    cases = {}
    for path in estates(keyaki, folder, seed):
        estate = json.loads(path.read_text())
        layers = Layers(estate)
        # The example counts as five.
        candidates = CANDIDATES * (5 if "example" in path.name else 1)
        for request in itertools.islice(requests_over(estate, f"{seed} {path.name}"), candidates):
            name = path.name + json.dumps(request, sort_keys=True)
            cases[name] = {"estate": path, "request": request, "asked": layers.simulation(request)}
    cases = list(cases.values())
    for case, said in zip(cases, ask_judge(folder, [case["asked"] for case in cases])):
        case["judge"] = WORDS.get(said.get("result"))
        if "errors" in said or said["ignored"]:
            sys.exit(
                f"iam-simulate did not take the whole of this: {json.dumps(case['asked'])}\n{said}"
            )
    chosen = half_of_each(cases, count, seed)
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda case: ask_keyaki(keyaki, case["estate"], case["request"]), chosen)
        for case, answer in zip(chosen, answers):
            case["keyaki"] = answer
    sys.exit(report(folder, seed, chosen, len(cases)))


def half_of_each(cases, count, seed):
    """So many cases, half of which iam-simulate allows. Keyaki has not been asked yet."""
    draw = random.Random(seed)
    allowed = [case for case in cases if case["judge"] == "allowed"]
    refused = [case for case in cases if case["judge"] != "allowed"]
    return draw.sample(allowed, min(count // 2, len(allowed))) + draw.sample(
        refused, min(count - count // 2, len(refused))
    )


def report(folder, seed, chosen, candidates):
    """Prints what was compared; 1 where a difference is not explained or nothing was compared."""
    print(f"{len(chosen)} requests of {candidates} that were drawn; iam-simulate says:")
    said = Counter(case["judge"] for case in chosen)
    print("  " + ", ".join(f"{said[word]} {word}" for word in WORDS.values()))
    callers = Counter(kind_of(case["request"]["principal"]) for case in chosen)
    print("  " + ", ".join(f"{many} by {kind}" for kind, many in sorted(callers.items())))
    across = sum(is_across(case["request"]) for case in chosen)
    print(f"  {across} across accounts, {len({case['estate'] for case in chosen})} estates")
    different = [case for case in chosen if case["judge"] != case["keyaki"]]
    explained, unexplained = explain(folder, different)
    print(f"the same: {len(chosen) - len(different)}")
    for names, many in sorted(explained.items()):
        print(f"explained by {names}: {many}")
    print(f"not explained: {len(unexplained)}")
    for case in unexplained[:10]:
        shown = {name: str(case[name]) for name in ("estate", "keyaki", "judge")}
        print(json.dumps({**shown, "request": case["request"]}))
    (folder / f"unexplained-{seed}.json").write_text(json.dumps(unexplained, default=str, indent=1))
    if said["allowed"] < len(chosen) / 3:
        print("too few requests are allowed: draw other estates")
        return 1
    return 1 if unexplained else 0


def explain(folder, different):
    """How many differences each rule explains, and which are left."""
    again = [(case, name, asked) for case in different for name, asked in rewritten(case["asked"])]
    answers = ask_judge(folder, [asked for _, _, asked in again]) if again else []
    explained, names = Counter(), {}
    for (case, name, _), said in zip(again, answers):
        if WORDS.get(said.get("result")) == case["keyaki"]:
            names.setdefault(id(case), name)
    explained.update(names.values())
    return explained, [case for case in different if id(case) not in names]


def kind_of(principal):
    if isinstance(principal, dict):
        return "role"
    if ":oidc-provider/" in principal:
        return "identity"
    if principal.startswith("arn:"):
        return "root" if principal.endswith(":root") else "user"
    return "anonymous" if principal == "anonymous" else "service"


def is_across(request):
    principal = request["principal"]
    arn = principal["arn"] if isinstance(principal, dict) else principal
    return arn.startswith("arn:") and arn.split(":")[4] != request["resourceAccount"]


main()
