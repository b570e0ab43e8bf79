"""Serve: the protocol of the workers that bench/compare.sh drives, for those in Python (worker.hpp says what it is)."""
import json
import os
import struct
import sys
import time

import numpy as np

CHECKED_ROWS = 16  # how many expected logits there are


class Network:
    """What network.py left in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.images = np.fromfile(os.path.join(folder, "images.f32"), np.float32).reshape(-1, 1, 48, 48)
        self.labels = np.fromfile(os.path.join(folder, "labels.i32"), np.int32)

    def path(self, name):
        return os.path.join(self.folder, name)

    def difference(self, logits):
        """The largest error, by the largest of the expected logits."""
        expected = np.fromfile(self.path("logits.f32"), np.float32).reshape(CHECKED_ROWS, 7)
        return float(np.abs(np.asarray(logits) - expected).max() / np.abs(expected).max())

    def weights(self):
        """{name: array} of the safetensors file."""
        with open(self.path("weights.safetensors"), "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        arrays = {}
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                arrays[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
        return arrays


def status_bytes(field):
    """What a line of /proc/self/status says."""
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(field + ":"))


def added_bytes(work):
    """How far the resident set rises while `work` runs: its peak less what it was."""
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")  # the peak starts again from here
    before = status_bytes("VmRSS")
    work()
    return status_bytes("VmHWM") - before


def serve(about, make, check, memory=None):
    """Answers tasks until stdin ends. `make(task, rows)` prepares a task and returns one step of it; it is asked once for each.
    `check()` gives the difference of the logits, `memory(rows, steps)` bytes."""
    print("ready", json.dumps(about), flush=True)
    made = {}

    def answer(task, rows, steps):
        if task == "check":
            return check()
        if task == "memory":
            return memory(rows, steps)
        if (task, rows) not in made:
            made[task, rows] = make(task, rows)
        step = made[task, rows]
        start = time.perf_counter()
        for _ in range(steps):
            step()
        return time.perf_counter() - start

    for line in sys.stdin:
        task, rows, steps = line.split()
        try:
            print(answer(task, int(rows), int(steps)), flush=True)
        except Exception as error:  # whatever a library throws at one task, the others may go well
            print("cannot:", type(error).__name__, str(error).strip().partition("\n")[0], flush=True)
