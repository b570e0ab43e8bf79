"""Page: writes what was measured into docs/benchmarks.md, between two markers, and the chart beside it."""
import os

import chart
import machine
import tables

BEGIN, END = "<!-- measured: bench/compare.sh --write replaces what follows -->", "<!-- measured: end -->"


def about(record):
    """Versions, and who was left out, in Markdown."""
    lines = []
    for library, said in record["libraries"].items():
        details = [str(said["version"]).removeprefix(library + " ")] + ([said["compiler"]] if "compiler" in said else [])
        own_blas = sorted({os.path.basename(path) for path in said.get("blas", []) if "/python" not in path})
        details += [f"products by {', '.join(own_blas)}"] if own_blas else []
        details += [f"results within {said['difference']:.0e}"] if "difference" in said else []
        name = library.removesuffix(" " + str(said["version"]))
        lines.append(f"- {name} {'; '.join(details)}")
    return "\n".join(lines + [f"- left out: {name} ({why})" for name, why in record["left_out"].items()])


def measured(record, said):
    commands = record["command"].replace("; ", "\n")
    parts = [f"{machine.sentence(record)}, medians of {record['rounds']} rounds:", f"```\n{commands}\n```"]
    if record["machine"]["load"] > 0.5:
        parts.append(f"When it began, the machine's load was {record['machine']['load']}: other programs were running.")
    parts += ["![Time of Taut's peers over Taut's own](benchmarks.svg)", about(record), "### Verdict", tables.verdict_table(said)]
    for title, table in tables.sections(record["results"]):
        parts += ["### " + title, table]
    return "\n\n".join(parts)


def replace(path, text):
    temporary = path + ".part"
    with open(temporary, "w") as out:
        out.write(text)
    os.replace(temporary, path)


def write(docs, record, said):
    path = os.path.join(docs, "benchmarks.md")
    with open(path) as page:
        before, begin, rest = page.read().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} lacks the lines {BEGIN} and {END}")
    replace(path, f"{before}{BEGIN}\n{measured(record, said)}\n\n{END}{after}")
    picture = chart.svg(record["results"], machine.sentence(record))
    if picture is not None:
        replace(os.path.join(docs, "benchmarks.svg"), picture)
