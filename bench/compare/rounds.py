"""Rounds: everybody does the same thing in rotating turns, so that a machine's moods fall on all alike."""
import statistics
import time

from worker import Stopped


# OpenMP's and OpenBLAS's threads spin for up to 25 ms after their work, on cores that the next in turn wants: without this pause ncnn took
# 0.93 ms an image on two threads, with it 0.38 (2 cores of an AMD EPYC, 2026-11-24).
SETTLE = 0.05
MACHINE = {"peak": "multiply-adds alone", "store": "writing the output alone", "read": "reading the weights alone"}


class Entry:
    """One line of a table: a worker doing one task. `work` is how much one step of it is: images, flops or bytes."""

    def __init__(self, worker, task, argument, work, seconds_a_turn):
        self.worker, self.task, self.argument, self.work, self.seconds = worker, task, argument, work, []
        worker.ask(task, argument, 1)  # prepares it
        quickest = min(worker.ask(task, argument, 1), worker.ask(task, argument, 1))
        if quickest < seconds_a_turn / 20:
            quickest = worker.ask(task, argument, 10) / 10
        self.steps = max(1, round(seconds_a_turn / quickest))

    @property
    def name(self):
        form = self.task.partition("-")[2] if self.task.startswith(("train", "infer", "epoch")) else ""
        return f"{self.worker.name} {form}".strip()

    def measure(self, settle):
        time.sleep(settle)
        if self.steps > 1:
            self.worker.ask(self.task, self.argument, max(1, self.steps // 10))  # caches and threads, after the others' turns
        self.seconds.append(self.worker.ask(self.task, self.argument, self.steps) / self.steps)

    def rates(self):
        return [self.work / seconds for seconds in self.seconds]


def enter(entries, left_out, worker, task, argument, work, seconds_a_turn):
    """Adds an entry unless its worker breaks down, which is said and remembered."""
    try:
        entries.append(Entry(worker, task, argument, work, seconds_a_turn))
    except Stopped as stopped:
        if worker.library == "Taut":
            raise
        left_out(f"{worker.name} {task}", str(stopped))


def run(entries, rounds, left_out, settle=SETTLE):
    """Measures every entry `rounds` times, each time `settle` seconds after the one before; returns those that lasted."""
    for turn in range(rounds):
        first = turn % len(entries)  # nobody is always the first after a pause
        for entry in entries[first:] + entries[:first]:
            try:
                entry.measure(settle)
            except Stopped as stopped:
                if entry.worker.library == "Taut":
                    raise
                left_out(f"{entry.worker.name} {entry.task}", str(stopped))
                entries = [other for other in entries if other is not entry]
    return [entry for entry in entries if len(entry.seconds) == rounds]


def row(part, entry, threads):
    return {"part": part, "task": entry.task, "argument": entry.argument, "threads": threads, "peer": entry.name,
            "library": entry.worker.library, "milliseconds": 1e3 * statistics.median(entry.seconds),
            "rate": statistics.median(entry.rates()), "steps": entry.steps,
            "rounds": [float(f"{1e3 * seconds:.5g}") for seconds in entry.seconds]}


def rows(part, task, argument, threads, entries):
    """What a record keeps of a table. `over_taut` is the median over the rounds of the same round's ratio of times for the same work,
    `of_peak` that of the ratio to the multiply-adds that the machine did in the same round."""
    taut = next(entry for entry in entries if entry.worker.library == "Taut" and entry.task not in MACHINE)
    peak = next((entry for entry in entries if entry.task == "peak"), None)
    found = []
    for entry in entries:
        made = row(part, entry, threads)
        made.update(task=task, argument=argument, over_taut=median_ratio(taut.rates(), entry.rates()))
        made["milliseconds"] = 1e3 * statistics.median(taut.work / rate for rate in entry.rates())  # for as much work as Taut's
        if peak is not None:
            made["of_peak"] = median_ratio(entry.rates(), peak.rates())
        if entry.task in MACHINE:
            made.update(peer=MACHINE[entry.task], library="machine")
        found.append(made)
    return found


def median_ratio(mine, theirs):
    return statistics.median(a / b for a, b in zip(mine, theirs))
