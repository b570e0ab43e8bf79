"""Compare: drives Taut's and PyTorch's workers turn by turn and prints how they stand to each other. Started by compare.sh."""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184"}


class Peer:
    """One configuration of one library, as a process that waits to be asked."""

    def __init__(self, library, configuration, threads, command, environment=None):
        self.library, self.configuration, self.threads = library, configuration, threads
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, "OMP_NUM_THREADS": str(threads), **(environment or {})})

    def await_ready(self):
        """What the worker says about itself; None where it can't run, after saying why."""
        line = self.process.stdout.readline()
        if line.startswith("ready "):
            return json.loads(line[len("ready "):])
        error = self.process.communicate()[1].strip().splitlines() or ["it ended without a word"]
        print(f"{self.library} {self.configuration} is left out: {error[-1]}", file=sys.stderr)
        return None

    def run(self, task, batch, steps):
        """Seconds a step."""
        try:
            self.process.stdin.write(f"{task} {batch} {steps}\n")
            self.process.stdin.flush()
            return float(self.process.stdout.readline()) / steps
        except (ValueError, BrokenPipeError):
            error = self.process.communicate()[1].strip().splitlines() or ["without a word"]
            sys.exit(f"compare: {self.library} {self.configuration} stopped at `{task} {batch}`: {error[-1]}")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Entry:
    """One line of a table: a peer doing one kind of step at one batch size."""

    def __init__(self, peer, task, batch, seconds_per_block):
        self.peer, self.task, self.batch, self.seconds = peer, task, batch, []
        peer.run(task, batch, 1)
        peer.run(task, batch, 1)
        self.steps = max(1, round(seconds_per_block / min(peer.run(task, batch, 1), peer.run(task, batch, 1))))

    def measure(self):
        self.peer.run(self.task, self.batch, 1)  # caches and threads, after the others' turns
        self.seconds.append(self.peer.run(self.task, self.batch, self.steps))

    @property
    def name(self):
        variant = self.task.partition("-")[2]
        return " ".join(word for word in (self.peer.library, self.peer.configuration, variant) if word)


def machine():
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as cpuinfo:
            fields = dict(line.split(":", 1) for line in cpuinfo.read().replace("\t", "").splitlines() if ":" in line)
        model = fields.get("model name", model).strip()
        simd = [flag for flag in ("avx2", "fma", "avx512f", "amx_tile") if flag in fields.get("flags", "").split()]
    except OSError:
        simd = []
    return {"processor": model, "cores": os.cpu_count(), "simd": simd, "system": platform.platform(),
            "load": [round(load, 2) for load in os.getloadavg()]}


def start_peers(arguments, threads):
    """The peers that run here, Taut first, and what each library says about itself."""
    peers = [Peer("Taut", "", threads, [arguments.taut, str(threads)])]
    if arguments.torch_python:
        for layout in ("nchw", "channels_last"):
            for allocator, environment in (("", {}), ("tuned allocator", ALLOCATOR)):
                peers.append(Peer("PyTorch", " ".join(word for word in (layout, allocator) if word), threads,
                                  [arguments.torch_python, os.path.join(HERE, "compare_torch.py"), layout, str(threads)], environment))
    about = {}
    ready = []
    for peer in peers:
        said = peer.await_ready()
        if said is not None:
            ready.append(peer)
            about.setdefault(peer.library, said)
            peer.compiles = said.get("compile", False)
    return ready, about


def variants(peer, kind, arguments):
    """The tasks that a peer can do a kind of step as: PyTorch gets every form that may be its best."""
    if peer.library != "PyTorch":
        return [kind]
    tasks = [kind] + (["infer-frozen"] if kind == "infer" else [])
    return tasks + ([kind + "-compiled"] if arguments.all and peer.compiles else [])


def table(title, entries):
    """Prints one table; the last column is the median over the rounds of peer's time / Taut's time in the same round."""
    print(f"\n{title}")
    print(f"  {'':42} {'ms a step':>10} {'images/s':>10} {'time / Taut':>12}")
    taut = next((entry for entry in entries if entry.peer.library == "Taut"), None)
    rows = []
    for entry in entries:
        median = statistics.median(entry.seconds)
        ratio = statistics.median(theirs / ours for theirs, ours in zip(entry.seconds, taut.seconds)) if taut else None
        rows.append({"peer": entry.name, "library": entry.peer.library, "task": entry.task.partition("-")[0], "batch": entry.batch,
                     "threads": entry.peer.threads, "milliseconds": round(1e3 * median, 4),
                     "images_per_second": round(entry.batch / median, 1), "time_over_taut": None if ratio is None else round(ratio, 3),
                     "steps_a_round": entry.steps, "rounds": [round(1e3 * seconds, 4) for seconds in entry.seconds]})
        shown = "" if ratio is None or entry is taut else f"{ratio:.2f}"
        print(f"  {entry.name:42} {1e3 * median:10.3f} {entry.batch / median:10.0f} {shown:>12}")
    return rows


def parse_task(parser, text):
    """(kind, batch) of train:64."""
    kind, _, batch = text.partition(":")
    if kind not in ("train", "infer") or not batch.isdigit() or not 1 <= int(batch) <= 128:
        parser.error(f"expected a task like train:64 or infer:1, with a batch up to 128, found {text}")
    return kind, int(batch)


def main():
    parser = argparse.ArgumentParser(prog="compare.sh", description="Taut against PyTorch, turn by turn, on the emotion network.")
    parser.add_argument("--all", action="store_true", help="training at batch 32 and 128 too, and torch.compile where there is one")
    parser.add_argument("--tasks", nargs="+", metavar="TASK", help="only these, e.g. train:64 infer:1")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that medians are taken over (default: 9)")
    parser.add_argument("--seconds", type=float, default=0.3, help="about how long each peer's turn takes (default: 0.3)")
    parser.add_argument("--json", metavar="F", help="write the figures to this file")
    parser.add_argument("--taut", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--torch-python", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rounds < 1 or min(arguments.threads) < 1 or arguments.seconds <= 0:
        parser.error("rounds, threads and seconds must be positive")

    record = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "command": os.environ.get("TAUT_COMPARE_COMMAND", " ".join(sys.argv)), "machine": machine(), "rounds": arguments.rounds,
              "libraries": {}, "results": []}
    print(f"{record['machine']['processor']}, {record['machine']['cores']} cores, {' '.join(record['machine']['simd'])}; {record['date']}")
    if record["machine"]["load"][0] > 0.3:
        print(f"The load is {record['machine']['load'][0]}: other programs are running, the figures will be off.", file=sys.stderr)

    tasks = [("train", batch) for batch in ((32, 64, 128) if arguments.all else (64,))] + [("infer", batch) for batch in (1, 32, 64)]
    if arguments.tasks:
        tasks = [parse_task(parser, task) for task in arguments.tasks]
    summary = []
    for threads in arguments.threads:
        peers, about = start_peers(arguments, threads)
        if threads == arguments.threads[0]:
            record["libraries"] = about
            for library, said in about.items():
                print(f"{library}: {said}")
            if any(path.endswith("/blas/libblas.so.3") or "/blas/libblas" in path for path in about.get("PyTorch", {}).get("blas", [])):
                print("PyTorch's matrix products go to the reference BLAS, which is slow: install libopenblas0-openmp to see its best.",
                      file=sys.stderr)
        for task, batch in tasks:
            entries = [Entry(peer, variant, batch, arguments.seconds) for peer in peers for variant in variants(peer, task, arguments)]
            for turn in range(arguments.rounds):
                first = turn % len(entries)  # nobody is always the first after a pause
                for entry in entries[first:] + entries[:first]:
                    entry.measure()
            what = "Training step" if task == "train" else "Inference"
            rows = table(f"{what}, batch {batch}, {threads} thread{'s' if threads > 1 else ''}", entries)
            record["results"] += rows
            theirs = [row for row in rows if row["library"] == "PyTorch" and row["time_over_taut"] is not None]
            if theirs:
                best = min(theirs, key=lambda row: row["time_over_taut"])
                summary.append(f"  {what + ',':15} batch {batch:3}, {threads} thread{'s' if threads > 1 else ' '}: "
                               f"{best['time_over_taut']:5.2f}  ({best['peer']})")
        for peer in peers:
            peer.stop()
    if summary:
        print("\nTime of PyTorch's best / time of Taut")
        print("\n".join(summary))
    if arguments.json:
        temporary = arguments.json + ".part"
        with open(temporary, "w") as out:
            json.dump(record, out, indent=1)
            out.write("\n")
        os.replace(temporary, arguments.json)


main()
