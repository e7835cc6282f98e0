#!/bin/sh
# Exports string problems for people who build solvers: the scripts that Keyaki decides when it
# compares versions of AWS's managed policies with the ones before, in both directions, one a case.
#
#     sh benches/managed-policies.sh && cargo build --release
#     sh benches/export.sh target/scripts
#
# The rule: the pairs of target/managed/versions.jsonl but for every fourth (OF is 4), for which about
# 6,000 scripts are left; what each version adds and what it removes; of scripts with the same formula
# the first, so that of versions that allow the same nothing is left but what others ask, too. The
# same input gives the same files. `benches/export-check.sh` asks solvers.
set -eu
folder="${1:-target/scripts}"
here=$(dirname "$0")/..
keyaki="${KEYAKI:-$here/target/release/keyaki}"
if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
    echo "error: \`$folder\` is not empty; name a new folder for the scripts" >&2
    exit 2
fi
mkdir -p "$folder"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
OF="${OF:-4}" KEYAKI="$keyaki" FOLDER="$folder" WORK="$work" MANAGED="$here/target/managed" node -e '
const fs = require("fs"), path = require("path"), crypto = require("crypto");
const { spawnSync } = require("child_process");
const { OF, KEYAKI, FOLDER, WORK, MANAGED } = process.env;
const npm = JSON.parse(fs.readFileSync(`${MANAGED}/package/package.json`, "utf8"));
const pairs = fs.readFileSync(`${MANAGED}/versions.jsonl`, "utf8").trim().split("\n");
const seen = new Set(), rows = [];
let asked = 0, unread = 0, decided = 0, catalogue = "", version = "";
pairs.forEach((line, at) => {
    if ((at + 1) % Number(OF) === 0) return;
    const pair = JSON.parse(line), [name, old, now] = pair.id.split(" ");
    const files = { old: `${WORK}/${name}-${old}.json`, new: `${WORK}/${name}-${now}.json` };
    for (const side of ["old", "new"]) fs.writeFileSync(files[side], JSON.stringify(pair[side]));
    for (const direction of ["added", "removed"]) {
        const out = `${WORK}/scripts`;
        fs.rmSync(out, { recursive: true, force: true });
        const words = ["encode", "compare", files.old, files.new, "--only", direction, "--engine", "finite", "--timeout", "600",
            "--license", "MIT OR Apache-2.0", "-o", out];
        const ran = spawnSync(KEYAKI, words, { encoding: "utf8" });
        // A document that AWS has and that is no valid policy: its finding has a code.
        if (ran.status === 2 && ran.stderr.startsWith("error[")) {
            unread += 1;
            continue;
        }
        if (ran.status !== 0) throw new Error(`${pair.id}: ${ran.stderr || ran.error}`);
        const index = JSON.parse(fs.readFileSync(`${out}/index.json`, "utf8"));
        const question = index.questions[0];
        asked += 1;
        version = index.keyaki;
        catalogue = question.asked.find(line => line.includes("services as in")).replace(/.*services as in /, "");
        for (const script of question.scripts) {
            decided += 1;
            if (script.file === null) continue;
            const text = fs.readFileSync(`${out}/${script.file}`, "utf8");
            const formula = text.slice(text.indexOf("(set-info :status "));
            const sum = crypto.createHash("sha256").update(formula).digest("hex");
            if (seen.has(sum)) continue;
            seen.add(sum);
            const number = String(rows.length + 1).padStart(5, "0");
            const part = script.file.replace(/^[0-9]+-/, "");
            const file = `${number}-${name.toLowerCase()}-${now}-${part}`;
            fs.writeFileSync(path.join(FOLDER, file), text);
            const { part: kind, decided: said, status, logic, exact, terms, bytes, sat, unsat } = script;
            rows.push({ file, pair: pair.id, direction, answer: question.answer, part: kind, decided: said, status, logic, exact, terms, bytes, sat, unsat });
        }
    }
    for (const side of ["old", "new"]) fs.rmSync(files[side], { force: true });
});
fs.writeFileSync(path.join(FOLDER, "index.jsonl"), rows.map(row => JSON.stringify(row) + "\n").join(""));
const table = (title, key) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[key], (counts.get(row[key]) || 0) + 1);
    const lines = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return `| ${title} | scripts |\n|---|---|\n` + lines.map(([word, count]) => `| ${word} | ${count} |\n`).join("");
};
const spread = key => {
    const sorted = rows.map(row => row[key]).sort((a, b) => a - b);
    const at = part => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    return `| ${key} | ${at(0)} | ${at(0.5)} | ${at(0.9)} | ${at(1)} |\n`;
};
fs.writeFileSync(path.join(FOLDER, "README.md"), `# String problems from the managed policies of AWS

${rows.length} scripts in SMT-LIB 2.6. Each is a formula that Keyaki ${version} decided when it was asked
what a version of a managed policy allows that the one before does not (added), or the reverse (removed).

* Policies: the npm package ${npm.name} ${npm.version} (${npm.license}); every pair of versions
  but each whose place in order is a multiple of ${OF}, ${asked} questions, ${decided} formulas. Left out are
  ${unread} questions about documents that are no valid policies.
* Services: ${catalogue}.
* Made by \`sh benches/export.sh\` of Keyaki, with its engine finite. Of scripts with the same formula
  the first is kept.
* Each has its \`:status\`, which is what Keyaki decided. \`index.jsonl\` has a line for each: the pair and
  the direction, which part of the question it is, and what "sat" and "unsat" say of the question.
* Licence: MIT or Apache-2.0, as you choose. CITATION.cff of Keyaki says how to cite it.

${table("status", "status")}
${table("logic", "logic")}
${table("part of the question", "part")}
| | least | median | 90 % | most |
|---|---|---|---|---|
${spread("bytes")}${spread("terms")}`);
console.log(`${rows.length} scripts of ${decided} formulas, from ${asked} questions, in ${FOLDER}`);
'
