"""Verdict: each bar that Taut set itself, with what it must reach at least, what it aims at, and what was measured."""
import math


class Rows:
    """The rows of a record, by what they are about."""

    def __init__(self, rows):
        self.rows = rows

    def find(self, **wanted):
        return [row for row in self.rows if all(row[key] == value for key, value in wanted.items())]

    def best_over_taut(self, libraries=None, among=lambda row: True, **wanted):
        """(time of the best peer / time of Taut, that peer), None without one."""
        peers = [row for row in self.find(**wanted) if row["library"] not in ("Taut", "machine") and among(row)
                 and (libraries is None or row["library"].startswith(libraries))]
        if not peers:
            return None
        best = min(peers, key=lambda row: row["over_taut"])
        return best["over_taut"], best["peer"]

    def lowest_share(self, rows):
        """(the lowest share of the machine's peak, what has it), None without rows."""
        shares = [(row["of_peak"], f"{row['task']} {row['argument']}") for row in rows if row["library"] == "Taut"]
        return min(shares, default=None)


def default_eager(row):
    return row["peer"].endswith((" nchw", " channels_last"))


def gemm_over_best(found, threads):
    ratios = [found.best_over_taut(part="gemm", argument=row["argument"], threads=threads)
              for row in found.find(part="gemm", library="Taut", threads=threads)]
    ratios = [ratio[0] for ratio in ratios if ratio is not None]
    return (math.exp(sum(map(math.log, ratios)) / len(ratios)), f"{len(ratios)} shapes") if ratios else None


def thread_bars(found, threads):
    """(what, at least, aim, (measured, by whom) or None) of each bar that holds for a number of threads."""
    ending = f", {threads} thread{'s' if threads > 1 else ''}"
    yield ("training step, batch 64, over PyTorch's best" + ending, 2, 3,
           found.best_over_taut(("PyTorch",), part="train", argument=64, threads=threads))
    yield ("training step, batch 64, over PyTorch eager by default" + ending, 3, 5,
           found.best_over_taut(("PyTorch",), default_eager, part="train", argument=64, threads=threads))
    yield ("inference, batch 64, over the best of ONNX Runtime, PyTorch" + ending, 1.4, 2,
           found.best_over_taut(("ONNX Runtime", "PyTorch"), part="infer", argument=64, threads=threads))
    yield ("inference, batch 1, over the best of ONNX Runtime, ncnn, PyTorch" + ending, 1.25, 2,
           found.best_over_taut(("ONNX Runtime", "ncnn", "PyTorch"), part="infer", argument=1, threads=threads))
    products = [row for row in found.find(part="gemm", threads=threads) if not row["argument"].startswith("1x")]
    yield "products' lowest share of the peak" + ending, 0.8, 0.92, found.lowest_share(products)
    yield "products over the best of OpenBLAS, BLIS, geometric mean" + ending, 1.0, 1.1, gemm_over_best(found, threads)
    reads = found.find(part="gemm", threads=threads, peer="reading the weights alone")
    yield ("linear layer at batch 1, share of the read bandwidth" + ending, 0.8, 0.95,
           (reads[0]["over_taut"], "adding up its weights alone") if reads else None)
    convolutions = [row for row in found.find(part="convolution", threads=threads) if not row["task"].startswith("conv1")]
    if threads == 1:
        for form in ("forward", "backward"):
            rows = [row for row in convolutions if row["task"].endswith("-" + form)]
            yield f"convolutions' lowest share of the peak, {form}{ending}", 1.1, 1.9, found.lowest_share(rows)
    first = found.best_over_taut(part="convolution", task="conv1-forward", threads=threads)
    yield "first layer forward over the best peer" + ending, 1.2, 1.5, first
    stores = found.find(part="convolution", task="conv1-forward", threads=threads, peer="writing the output alone")
    store = (stores[0]["over_taut"], "writing its output alone") if stores and (first is None or first[0] < 1.2) else None
    yield "… or share of the store bandwidth" + ending, 0.9, 0.9, store
    yield ("first layer's weight gradient over the best peer" + ending, 3, 6,
           found.best_over_taut(part="convolution", task="conv1-backward-weight", threads=threads))


def memory_bar(found):
    rows = found.find(part="memory")
    taut = [row for row in rows if row["library"] == "Taut"]
    peers = [row for row in rows if row["library"] != "Taut"]
    if not taut or not peers:
        return None
    least = min(peers, key=lambda row: row["mebibytes"])
    return taut[0]["mebibytes"] / least["mebibytes"], least["peer"]


def verdict(rows):
    """[{what, at_least, aim, measured, by, says}]; what has not been measured is left out."""
    found = Rows(rows)
    bars = [bar for threads in sorted({row["threads"] for row in rows}) for bar in thread_bars(found, threads)]
    second = found.find(part="second core")
    bars.append(("second core's gain on the training step", 1.6, 1.9, (second[0]["over_one_thread"], "one thread") if second else None))
    said = [judge(*bar, bar[3][0]) for bar in bars if bar[3] is not None]
    memory = memory_bar(found)
    if memory is not None:
        said.append(judge("memory of training at batch 64 over PyTorch's (at most)", 1 / 2, 1 / 3, memory, -memory[0], -1))
    return said


def judge(what, at_least, aim, measured, value, sign=1):
    says = "aim met" if value >= sign * aim else "met" if value >= sign * at_least else "missed"
    return {"what": what, "at_least": at_least, "aim": aim, "measured": measured[0], "by": measured[1], "says": says}
