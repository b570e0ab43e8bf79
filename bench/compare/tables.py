"""Tables: a record's rows as Markdown, which is what the terminal sees too."""

KINDS = (("train", "Training step"), ("infer", "Inference"))


def markdown(header, lines, words=1):
    """A table whose columns line up in a terminal; the first `words` columns are text, the others numbers."""
    cells = [header, *lines]
    widths = [max(len(line[column]) for line in cells) for column in range(len(header))]

    def text(line):
        padded = [cell.ljust(width) if column < words else cell.rjust(width) for column, (cell, width) in enumerate(zip(line, widths))]
        return "| " + " | ".join(padded) + " |"
    rule = "|" + "|".join("-" * (width + 2) if column < words else "-" * (width + 1) + ":" for column, width in enumerate(widths)) + "|"
    return "\n".join([text(header), rule] + [text(line) for line in lines])


def threads_of(rows):
    return sorted({row["threads"] for row in rows})


def unique(values):
    return list(dict.fromkeys(values))


def plural(threads):
    return f"{threads} thread{'s' if threads > 1 else ''}"


def by_peer(rows):
    """A line a peer, columns for each number of threads: milliseconds, images a second, time over Taut's."""
    header, lines = [""], []
    for threads in threads_of(rows):
        header += [f"{plural(threads)}: ms", "images/s", "time / Taut"]
    for peer in unique(row["peer"] for row in rows):
        line = [peer]
        for threads in threads_of(rows):
            found = [row for row in rows if row["peer"] == peer and row["threads"] == threads]
            line += [f"{found[0]['milliseconds']:.3g}" if found[0]["milliseconds"] < 100 else f"{found[0]['milliseconds']:.0f}",
                     f"{found[0]['rate']:.0f}", "" if peer == "Taut" else f"{found[0]['over_taut']:.2f}"] if found else ["–"] * 3
        lines.append(line)
    return markdown(header, lines)


def by_kernel(rows, name, libraries):
    """A line a kernel: each library's best, in GFLOP/s and as a share of the peak measured beside it."""
    header, lines = [""], []
    for threads in threads_of(rows):
        header += [f"{library}, {plural(threads)}" if library == "Taut" else library for library in libraries] + ["best / Taut"]
    for task, argument in unique((row["task"], row["argument"]) for row in rows):
        line = [name(task, argument)]
        for threads in threads_of(rows):
            here = [row for row in rows if (row["task"], row["argument"], row["threads"]) == (task, argument, threads)]
            ratios = [row["over_taut"] for row in here if row["library"] not in ("Taut", "machine")]
            for library in libraries:
                best = max((row for row in here if row["library"] == library), key=lambda row: row["rate"], default=None)
                line.append("–" if best is None else f"{best['rate'] / 1e9:.1f} ({100 * best['of_peak']:.0f}%)")
            line.append(f"{min(ratios):.2f}" if ratios else "–")
        lines.append(line)
    return markdown(header, lines)


def machine_table(rows):
    lines = []
    for task, what, unit in (("peak", "float multiply-adds from registers", "GFLOP/s"),
                             ("copy", "copying 512 MiB, read and written bytes", "GB/s"),
                             ("store", "filling 18 MiB, what the first convolution writes", "GB/s")):
        found = {row["threads"]: row["rate"] / 1e9 for row in rows if row["task"] == task}
        lines.append([what] + [f"{found[threads]:.1f} {unit}" for threads in threads_of(rows)])
    return markdown(["the machine itself"] + [plural(threads) for threads in threads_of(rows)], lines)


def verdict_table(said):
    lines = [[bar["what"], bar["by"], bar["says"], f"{bar['measured']:.2f}", f"{bar['at_least']:.2f}", f"{bar['aim']:.2f}"] for bar in said]
    return markdown(["bar", "against, or at", "", "measured", "at least", "aim"], lines, words=3)


def sections(rows):
    """(title, table) of everything that was measured."""
    def part(name, **more):
        return [row for row in rows if row["part"] == name and all(row[key] == value for key, value in more.items())]
    if part("machine"):
        yield "The machine", machine_table(part("machine"))
    for kind, title in KINDS:
        for batch in unique(row["argument"] for row in part(kind)):
            yield f"{title}, batch {batch}", by_peer(part(kind, argument=batch))
    if part("gemm"):
        yield ("Matrix products, GFLOP/s (share of the peak)",
               by_kernel(part("gemm"), lambda _, shape: shape, ("Taut", "OpenBLAS", "BLIS")))
    if part("convolution"):
        yield ("Convolutions at batch 64, GFLOP/s of the direct algorithm (share of the peak)",
               by_kernel(part("convolution"), lambda task, _: task.replace("-", " "), ("Taut", "oneDNN")))
    if part("memory"):
        yield ("Memory that training at batch 64 adds, MiB",
               markdown(["", "MiB"], [[row["peer"], f"{row['mebibytes']:.0f}"] for row in part("memory")]))
