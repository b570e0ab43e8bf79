"""Compare: the referee between Taut and what a user would pick instead. Started by compare.sh."""
import argparse
import json
import os
import sys

import machine
import page
import tables
from measure import Measure
from peers import Peers
from prepare import prepare_network
from verdict import verdict

PARTS = ("machine", "train", "infer", "second-core", "gemm", "convolution", "memory")
HERE = os.path.dirname(os.path.abspath(__file__))


def parse():
    parser = argparse.ArgumentParser(prog="compare.sh", description="Taut against its peers, turn by turn, on the emotion network.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a subset in a few minutes: no compiler, no slow peers, fewer products")
    parser.add_argument("--all", action="store_true", help="more batch sizes, every configuration of PyTorch")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that medians are taken over (default: 9)")
    parser.add_argument("--seconds", type=float, default=0.3, help="about how long each turn takes (default: 0.3)")
    parser.add_argument("--json", metavar="F", help="write the record to this file")
    parser.add_argument("--from", dest="records", nargs="+", metavar="F", help="measure nothing, show these records, as one")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md and docs/benchmarks.svg")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--torch-pythons", nargs="*", default=[], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rounds < 1 or min(arguments.threads) < 1 or arguments.seconds <= 0:
        parser.error("rounds, threads and seconds must be positive")
    return arguments


def command(words):
    """What to say to measure this again: without where things are and go on this machine."""
    kept, skipping = ["bench/compare.sh"], False
    for word in words:
        if word.startswith("--"):
            skipping = word in ("--build", "--torch-pythons", "--json", "--write")
        kept += [] if skipping else [word]
    return " ".join(kept)


def measure(arguments, peers, record):
    """Adds the rows of all parts, those of each number of threads together."""
    measure_ = Measure(peers, arguments)
    for threads in arguments.threads:
        if "machine" in arguments.only:
            record["results"] += measure_.machine(threads)
        kinds = [kind for kind in ("train", "infer") if kind in arguments.only]
        if kinds:
            record["results"] += measure_.steps(threads, kinds)
        if "gemm" in arguments.only:
            record["results"] += measure_.gemm(threads)
        if "convolution" in arguments.only:
            record["results"] += measure_.convolution(threads)
    if "second-core" in arguments.only and {1, 2} <= set(arguments.threads):
        record["results"] += measure_.second_core()
    if "memory" in arguments.only:
        record["results"] += measure_.memory()


def measured_record(arguments):
    record = {"date": machine.now(), "command": command(sys.argv[1:]),
              "machine": machine.machine(), "rounds": arguments.rounds, "libraries": {}, "left_out": {}, "results": []}
    if record["machine"]["load"] > 0.5:
        print(f"The load is {record['machine']['load']}: other programs are running, the figures will be off.", file=sys.stderr)
    peers = Peers(arguments)
    prepare_network(peers.folder, [os.path.join(arguments.build, "peers", "bin", "python"), *arguments.torch_pythons])
    record["libraries"], record["left_out"] = peers.about, peers.left_out
    measure(arguments, peers, record)
    return record


def read_records(paths):
    """Records of parts of a run, as one: the first one's date and machine, everybody's rows."""
    records = []
    for path in paths:
        with open(path) as file:
            records.append(json.load(file))
    whole = records[0]
    for record in records[1:]:
        whole["command"] += "; " + record["command"]
        whole["libraries"] |= record["libraries"]
        whole["left_out"] |= record["left_out"]
        whole["results"] += record["results"]
    return whole


def main():
    arguments = parse()
    record = read_records(arguments.records) if arguments.records else measured_record(arguments)
    said = verdict(record["results"])
    print(f"{machine.sentence(record)}\n\n{page.about(record)}")
    for title, table in tables.sections(record["results"]):
        print(f"\n{title}\n{table}")
    print(f"\nVerdict\n{tables.verdict_table(said)}")
    if arguments.json:
        page.replace(arguments.json, json.dumps(record, indent=1) + "\n")
    if arguments.write:
        page.write(os.path.join(HERE, "..", "..", "docs"), record, said)


main()
