"""GPU bench: times Taut and PyTorch on a GPU and writes the report. Started by bench/gpu.sh, which says what there is."""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "compare"))
import machine
import page
import report
from gpu_measure import GpuMeasure, TimeOver
from prepare import prepare_network
from worker import Stopped


def parse():
    parser = argparse.ArgumentParser(prog="bench/gpu", description=__doc__)
    parser.add_argument("--taut", help="Taut's worker; without it nothing is timed")
    parser.add_argument("--torch-python", help="a python3 that has PyTorch")
    parser.add_argument("--torch-device", help="PyTorch's name of the device (default: the GPU)")
    parser.add_argument("--gpu", type=int, default=0, help="the GPU's number")
    parser.add_argument("--folder", required=True, help="where workers find images and weights, and leave what they compile")
    parser.add_argument("--seconds", type=float, default=200, help="time for all of it")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that medians are taken over")
    parser.add_argument("--turn", type=float, default=0.1, help="about how many seconds a turn takes")
    parser.add_argument("--checks", help="a file of lines `what: how it went`, for the report")
    parser.add_argument("--report", required=True, help="writes REPORT.txt and REPORT.json")
    arguments = parser.parse_args()
    arguments.torch_device = arguments.torch_device or f"cuda:{arguments.gpu}"
    return arguments


def commit():
    found = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def read_checks(path):
    if path is None:
        return []
    with open(path) as file:
        return [dict(zip(("what", "says"), line.rstrip("\n").split(": ", 1))) for line in file]


def main():
    arguments = parse()
    record = {"date": machine.now(), "commit": commit(), "machine": machine.machine(), "rounds": arguments.rounds,
              "checks": read_checks(arguments.checks), "libraries": {}, "logits": [], "failed": {}, "left_out": {}, "results": []}
    if arguments.taut:
        prepare_network(arguments.folder, [python for python in (sys.executable, arguments.torch_python) if python])
        try:
            GpuMeasure(arguments, record).run()
        except Stopped as stopped:
            why = "left_out" if isinstance(stopped, TimeOver) else "failed"
            record[why]["whatever else Taut does"] = str(stopped)
    said = report.text(record)
    print(said, end="")
    page.replace(arguments.report + ".txt", said)
    page.replace(arguments.report + ".json", json.dumps(record, indent=1) + "\n")
    return 1 if record["failed"] or not all(found["met"] for found in record["logits"] if found["library"] == "Taut") else 0


sys.exit(main())
