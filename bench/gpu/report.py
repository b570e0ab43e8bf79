"""Report: what was measured on a GPU, as one table and a verdict, in Markdown, which is what the terminal sees too."""
from groups import groups
from tables import markdown, verdict_table
from verdict import judge
from work import bytes_of_batch, flops_of_image

KINDS = {"train": "training step", "epoch": "epoch", "infer": "inference"}
HEADER = ["", "batch", "precision", "Taut: ms", "images/s", "of matrix rate", "of copy rate", "PyTorch: ms", "images/s", "Taut / PyTorch",
          "PyTorch's best"]


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def machine_rates(rows):
    """{"copy": bytes a second, precision: flops a second}: of the ways to reach a rate, the one that got furthest."""
    rates = {}
    for row in rows:
        if row["part"] == "machine":
            what = row["task"].partition("-")[2] or row["task"]
            rates[what] = max(rates.get(what, 0), row["rate"])
    return rates


def of_group(rows, kind, batch, precision):
    """(Taut's row, PyTorch's best row), None for what is missing."""
    here = [row for row in rows if (row["part"], row["argument"], row.get("precision")) == (kind, batch, precision)]
    taut = next((row for row in here if row["library"] == "Taut"), None)
    return taut, min((row for row in here if row["library"] != "Taut"), key=lambda row: row["over_taut"], default=None)


def configuration(row):
    """`graph channels_last` of `PyTorch 2.9 tf32-graph-channels_last`."""
    return " ".join(row["peer"].rpartition(" ")[2].split("-")[1:])


def share(value, rate):
    return f"{100 * value / rate:.0f}%" if rate else "–"


def main_table(rows):
    rates, lines = machine_rates(rows), []
    for kind, batch, precision in sorted(groups(), key=lambda group: (list(KINDS).index(group[0]), group[1])):
        taut, torch = of_group(rows, kind, batch, precision)
        if taut is None:
            continue
        bytes_of_image = bytes_of_batch(kind, batch) / batch
        line = [KINDS[kind], str(batch), precision, number(taut["milliseconds"]), f"{taut['rate']:.0f}",
                share(taut["rate"] * flops_of_image(kind), rates.get(precision)), share(taut["rate"] * bytes_of_image, rates.get("copy"))]
        line += ["–"] * 4 if torch is None else [number(torch["milliseconds"]), f"{torch['rate']:.0f}", f"{torch['over_taut']:.2f}",
                                                 configuration(torch)]
        lines.append(line)
    return markdown(HEADER, lines)


def bars(rows):
    """The issue's bars, where they were measured."""
    said = []
    for kind, batches, what in (("train", (64, 1024), "training, batch"), ("infer", (1,), "latency, batch")):
        for batch in batches:
            for precision in ("fp32", "tf32", "bf16"):
                taut, torch = of_group(rows, kind, batch, precision)
                if taut and torch:
                    measured = torch["over_taut"], configuration(torch)
                    said.append(judge(f"{what} {batch}, {precision}, over PyTorch's best", 1.5, 3, measured, measured[0]))
    return said


def machine_sentence(record):
    rates = machine_rates(record["results"])
    parts = ([f"copies {rates['copy'] / 1e12:.2f} TB/s, read and written bytes"] if "copy" in rates else [])
    parts += [f"{precision} {rates[precision] / 1e12:.3g} TFLOP/s" for precision in ("fp32", "tf32", "bf16") if precision in rates]
    return "; ".join(parts)


def by_reason(left_out):
    reasons = {}
    for name, why in left_out.items():
        reasons.setdefault(why, []).append(name)
    return reasons


def text(record):
    """Everything that a reader of the report wants to know."""
    lines = [f"{record['date']}, {record['machine']['cores']} cores of {record['machine']['processor']}, commit {record['commit']}", ""]
    lines += [f"- {check['what']}: {check['says']}" for check in record["checks"]]
    for name, about in record["libraries"].items():
        told = [f"{key} {about[key]}" for key in ("version", "gpu", "cuda", "cudnn", "driver", "runtime") if key in about]
        lines.append(f"- {name}: {', '.join(told)}")
    lines += [f"- logits of {found['library']} in {found['precision']}: off by {found['difference']:.1e} of the largest, "
              f"{'within' if found['met'] else 'NOT within'} {found['at_most']:.0e}" for found in record["logits"]]
    if machine_sentence(record):
        lines.append(f"- measured: {machine_sentence(record)}")
    if any(row["part"] != "machine" for row in record["results"]):
        lines += ["", f"Medians of {record['rounds']} rounds, taken turn by turn:", "", main_table(record["results"])]
    if bars(record["results"]):
        lines += ["", verdict_table(bars(record["results"]))]
    if record["failed"]:
        lines += ["", "FAILED:"] + [f"- {name}: {why}" for name, why in record["failed"].items()]
    if record["left_out"]:
        lines += ["", "Left out:"] + [f"- {why}: {', '.join(names)}" for why, names in by_reason(record["left_out"]).items()]
    return "\n".join(lines) + "\n"
