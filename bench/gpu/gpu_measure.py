"""GPU measure: Taut and PyTorch turn by turn on one GPU, as far as the time goes. What doesn't fit is left out by name."""
import os
import sys
import threading
import time

import rounds
from groups import PRECISIONS, compiled_groups, compiled_task, groups, images, name_of, torch_tasks
from worker import Stopped, Worker

HERE = os.path.dirname(os.path.abspath(__file__))
COPY_MEBIBYTES, MATMUL_SIZE, CHECKED_ROWS = 1024, 8192, 16
# Of the largest logit: rounding of factors to 24, 11 and 8 bits.
MOST_DIFFERENCE = {"fp32": 1e-4, "tf32": 1e-2, "bf16": 1e-1}


class TimeOver(Stopped):
    """Nothing is wrong, but for the time."""


class TimedWorker(Worker):
    """Ends when its time is over, whatever it is at: somebody must still write the report."""

    def __init__(self, library, command, environment, seconds_left):
        super().__init__(library, "", len(os.sched_getaffinity(0)), command, environment)
        self.seconds_left = seconds_left
        self.within_the_time(self.await_ready)

    def ask(self, task, argument, steps):
        return self.within_the_time(lambda: super(TimedWorker, self).ask(task, argument, steps))

    def within_the_time(self, work):
        timer = threading.Timer(max(0.0, self.seconds_left()), self.process.kill)
        timer.start()
        try:
            return work()
        except Stopped as stopped:
            if self.seconds_left() <= 0:
                raise TimeOver("no time was left") from stopped
            raise
        finally:
            timer.cancel()


class GpuMeasure:
    """Fills a record. `end` is the time.monotonic() at which it must be done."""

    def __init__(self, arguments, record):
        self.arguments, self.record = arguments, record
        self.end = time.monotonic() + arguments.seconds
        self.taut = self.torch = None

    def seconds_left(self):
        return self.end - time.monotonic()

    def leave_out(self, name, why):
        if name not in self.record["left_out"]:
            self.record["left_out"][name] = why
            print(f"{name} is left out: {why}", file=sys.stderr)

    def start_torch(self):
        """PyTorch's worker, or None after saying why."""
        if not self.arguments.torch_python:
            self.leave_out("PyTorch", "no python3 here has it; --torch-python names one")
            return None
        environment = {"TORCHINDUCTOR_CACHE_DIR": os.path.join(self.arguments.folder, "inductor")}
        command = [self.arguments.torch_python, os.path.join(HERE, "torch_worker.py"), self.arguments.torch_device, self.arguments.folder]
        try:
            torch = TimedWorker("PyTorch", command, environment, self.seconds_left)
        except Stopped as stopped:
            self.leave_out("PyTorch", str(stopped))
            return None
        torch.library += " " + torch.about["version"].partition("+")[0]
        self.record["libraries"][torch.library] = torch.about
        return torch

    def run(self):
        self.taut = self.start_taut()
        self.torch = self.start_torch()
        try:
            self.check()
            self.machine()
            self.each("", groups(), self.steps)
            if self.torch is not None and "compiled" in self.torch.about["forms"]:
                self.restart_torch()  # with none of its memory taken
                self.each("compiled ", compiled_groups(), self.compiled_step)
        finally:
            for worker in (self.taut, self.torch):
                if worker is not None:
                    worker.stop()

    def start_taut(self):
        command = [self.arguments.taut, str(self.arguments.gpu), self.arguments.folder]
        taut = TimedWorker("Taut", command, None, self.seconds_left)
        self.record["libraries"]["Taut"] = taut.about
        return taut

    def restart_torch(self):
        self.torch.stop()
        self.torch = self.start_torch()

    def attempt(self, name, work):
        """Adds the rows that work() returns. Where Taut fails, it starts again: some of CUDA's errors stay with a process."""
        try:
            self.record["results"] += work()
        except TimeOver as over:
            self.leave_out(name, str(over))
        except Stopped as stopped:  # Taut: without PyTorch the rounds go on
            self.record["failed"][name] = str(stopped)
            self.taut.stop()
            self.taut = self.start_taut()

    def check(self):
        """Whether both compute the same network, by logits that neither of them computed."""
        if not os.path.exists(os.path.join(self.arguments.folder, "logits.f32")):
            self.leave_out("comparison of logits", "no python3 here has NumPy")
            return
        for precision in PRECISIONS:
            self.attempt(f"logits {precision}", lambda: self.check_logits(self.taut, precision))
            try:
                if self.torch is not None:
                    self.check_logits(self.torch, precision)
            except Stopped as stopped:
                self.leave_out(f"PyTorch's logits {precision}", str(stopped))

    def check_logits(self, worker, precision):
        difference, at_most = worker.ask(f"check-{precision}", CHECKED_ROWS, 1), MOST_DIFFERENCE[precision]
        self.record["logits"].append({"library": worker.library, "precision": precision, "difference": difference, "at_most": at_most,
                                      "met": difference <= at_most})
        return []

    def machine(self):
        def rows(*offer):
            entries = rounds.run(self.entries([offer], self.leave_out), 3, self.leave_out, settle=0)
            return [rounds.row("machine", entry, 1) for entry in entries]
        self.attempt("copies", lambda: rows(self.taut, "copy", COPY_MEBIBYTES, 2 * COPY_MEBIBYTES << 20))
        for precision in PRECISIONS:
            self.attempt(f"multiply-adds {precision}",
                         lambda: rows(self.taut, f"peak-{precision}", 1, self.taut.about["peak flops"][precision]))
            if self.torch is not None and "gpu" in self.torch.about:
                self.record["results"] += rows(self.torch, f"matmul-{precision}", MATMUL_SIZE, 2 * MATMUL_SIZE**3)
        self.attempt("forget", self.forget)

    def forget(self):
        """What a group needed is the next one's memory."""
        self.taut.ask("forget", 1, 1)
        if self.torch is not None:
            try:
                self.torch.ask("forget", 1, 1)
            except TimeOver:
                raise
            except Stopped:
                self.restart_torch()
        return []

    def entries(self, offers, leave_out):
        entries = []
        for offer in offers:
            rounds.enter(entries, leave_out, *offer, self.arguments.turn)
        return entries

    def group(self, kind, rows, precision, tasks):
        """Rows of a group: Taut's, and one for each of PyTorch's tasks that it can do. Where it can do none of them, it starts again:
        some of CUDA's errors stay with a process."""
        def leave_out(name, why):
            self.leave_out(f"{name} {rows}", why)
        work = images(kind, rows)
        offers = [(self.taut, f"{kind}-{precision}", rows, work)] + [(self.torch, task, rows, work) for task in tasks]
        entries = rounds.run(self.entries(offers, leave_out), self.arguments.rounds, leave_out, settle=0)
        found = rounds.rows(kind, kind, rows, 1, entries)
        for row in found:
            row["precision"] = precision
        if tasks and len(found) == 1:
            self.restart_torch()
        self.forget()
        return found

    def each(self, what, wanted, measure):
        """measure(kind, rows, precision) of every group wanted; the longest so far says whether another one fits."""
        longest = 0.0
        for group in wanted:
            if self.seconds_left() < 1.5 * longest + 1:
                self.leave_out(what + name_of(*group), "no time was left")
                continue
            began = time.monotonic()
            self.attempt(what + name_of(*group), lambda: measure(*group))
            longest = max(longest, time.monotonic() - began)

    def steps(self, kind, rows, precision):
        tasks = [] if self.torch is None else torch_tasks(kind, precision, self.torch.about["forms"])
        return self.group(kind, rows, precision, tasks)

    def compiled_step(self, kind, rows, precision):
        """After all the others, because compiling takes longer than anything else. Taut runs again to be compared with, and has its row."""
        tasks = [] if self.torch is None else [compiled_task(kind, precision)]
        return [row for row in self.group(kind, rows, precision, tasks) if row["library"] != "Taut"]
