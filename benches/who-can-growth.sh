#!/bin/sh
# How the cost of who-can grows with the roles of an estate: 100 to 10,000 roles with policies that
# all differ, and 100,000 with 1,000 different sets, each measured by benches/who-can.sh with the
# keyaki of KEYAKI (target/release/keyaki unless set). Prints a table and writes
# benches/who-can-growth.svg. First `sh benches/managed-policies.sh`. SIZES is what is measured, as
# in `SIZES="100:100 1000:50"`; the plot is written only if it is not set.
set -eu
cd "$(dirname "$0")/.."
sh benches/yardstick.sh
python3 - "${SIZES:-}" <<'PYTHON'
import math, re, subprocess, sys

ALL = "100:100 300:300 1000:1000 3000:3000 10000:10000 100000:1000"
SAID = re.compile(r"^(one|four): ([0-9.]+) s of CPU, ([0-9]+) MiB", re.M)


def measure(roles, sets):
    """CPU seconds and MiB of one question and of four."""
    said = subprocess.run(
        ["sh", "benches/who-can.sh", roles, sets], check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    found = {name: (float(seconds), int(mib)) for name, seconds, mib in SAID.findall(said)}
    if len(found) != 2:
        sys.exit(f"who-can-growth: benches/who-can.sh said something else: {said}")
    return found


def plot(rows):
    """Two plots beside each other, both axes logarithmic: seconds and MiB against roles."""
    width, height, left, top, size = 1000, 460, 70, 40, 360
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for panel, (title, at, low, high) in enumerate([("CPU seconds", 0, -2, 2), ("MiB", 1, 1, 3)]):
        x0 = left + panel * (width // 2)

        def x(value):
            return x0 + size * (math.log10(value) - 2) / 3

        def y(value):
            return top + size * (high - math.log10(value)) / (high - low)

        parts.append(
            f'<text x="{x0 + size / 2:.0f}" y="24" text-anchor="middle">who-can, {title}</text>'
        )
        for power in range(2, 6):
            parts.append(f'<path d="M{x(10**power):.1f} {top}V{top + size}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{x(10**power):.1f}" y="{top + size + 20}" '
                f'text-anchor="middle">{10**power:,}</text>'
            )
        for power in range(low, high + 1):
            parts.append(f'<path d="M{x0} {y(10**power):.1f}H{x0 + size}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{x0 - 8}" y="{y(10**power) + 4:.1f}" '
                f'text-anchor="end">{10**power:,}</text>'
            )
        parts.append(
            f'<text x="{x0 + size / 2:.0f}" y="{top + size + 40}" text-anchor="middle">roles</text>'
        )
        if at == 0:
            # In proportion to the roles, through the first point of one question.
            base = rows[0][2]["one"][0] / rows[0][0]
            most = min(100_000, 10**high / base)
            parts.append(
                f'<path d="M{x(100):.1f} {y(100 * base):.1f}L{x(most):.1f} {y(most * base):.1f}" '
                'stroke="#999" stroke-dasharray="4 4"/>'
            )
            parts.append(
                f'<text x="{x0 + 12}" y="{top + 72}" fill="#555">dashed: in proportion</text>'
            )
        for number, (name, colour) in enumerate([("one", "#1f6f8b"), ("four", "#c0562f")]):
            points = [(x(roles), y(found[name][at]), roles == sets) for roles, sets, found in rows]
            line = "L".join(f"{a:.1f} {b:.1f}" for a, b, differ in points if differ)
            parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            for a, b, differ in points:
                fill = colour if differ else "white"
                parts.append(
                    f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{fill}" stroke="{colour}"/>'
                )
            word = "one question" if name == "one" else "four questions"
            parts.append(
                f'<text x="{x0 + 12}" y="{top + 18 + 18 * number}" fill="{colour}">{word}</text>'
            )
        parts.append(
            f'<text x="{x0 + 12}" y="{top + 54}" fill="#555">hollow: 1,000 sets</text>'
        )
    parts.append("</svg>\n")
    with open("benches/who-can-growth.svg", "w", encoding="ascii") as file:
        file.write("\n".join(parts))


rows = []
print(
    "| roles | different sets | one question, s | MiB | four questions, s | MiB |\n"
    "|---|---|---|---|---|---|"
)
for size in (sys.argv[1] or ALL).split():
    roles, sets = size.split(":")
    found = measure(roles, sets)
    rows.append((int(roles), int(sets), found))
    (one, one_mib), (four, four_mib) = found["one"], found["four"]
    print(
        f"| {int(roles):,} | {int(sets):,} | {one:.2f} | {one_mib} | {four:.2f} | {four_mib} |",
        flush=True,
    )
if not sys.argv[1]:
    plot(rows)
PYTHON
