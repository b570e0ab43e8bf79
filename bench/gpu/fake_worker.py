#!/usr/bin/env python3
"""Fake worker: speaks the workers' protocol for tests where there is no GPU. Every figure is made up.

fake_worker.py … : with a file name as the first argument it stands in for a Python that is given torch_worker.py, else for Taut's worker.
"""
import json
import os
import sys
import time

TORCH = sys.argv[1].endswith(".py")
MICROSECONDS = {"train": 3, "infer": 1, "epoch": 3, "peak": 20, "copy": 700, "matmul": 1000}  # an image's, of the first three


def seconds(task, argument):
    kind = task.split("-")[0]
    images = {"train": argument, "infer": argument, "epoch": 23327}.get(kind, 1)
    slower = {"eager": 6, "graph": 2, "compiled": 1.6}[task.split("-")[2]] if TORCH and kind != "matmul" else 1
    return 1e-6 * MICROSECONDS[kind] * slower * images


def answer(task, argument, steps):
    if task == "forget":
        return "0"
    if task.startswith("check"):
        return "1e-6"
    if task == os.environ.get("FAKE_FAILING"):
        sys.exit("an illegal memory access, made up")
    if task == "train-tf32-graph-nchw" and argument == 1024:
        return "cannot: OutOfMemoryError made up"
    if "compiled" in task:
        time.sleep(float(os.environ.get("FAKE_COMPILING_SECONDS", "0")))
    return str(steps * seconds(task, argument))


def main():
    about = {"version": "1.2.3", "gpu": "made up"}
    about |= {"forms": ["eager", "graph", "compiled"]} if TORCH else {"peak flops": {"fp32": 1e9, "tf32": 4e9, "bf16": 8e9}}
    print("ready", json.dumps(about), flush=True)
    for line in sys.stdin:
        task, argument, steps = line.split()
        print(answer(task, int(argument), int(steps)), flush=True)


main()
