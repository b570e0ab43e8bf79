"""Serve: the protocol of the workers that bench/compare.sh drives, for those in Python (worker.hpp says what it is)."""
import json
import sys
import time


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


def seconds_by_the_clock(step, steps):
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


def serve(about, make, answers, seconds=seconds_by_the_clock):
    """Answers tasks until stdin ends. `make(task, rows)` prepares a task and returns one step of it; it is asked once for each, and
    `seconds(step, steps)` times it. `answers` has the tasks that give a number of their own: {task: function(rows, steps)}.
    `forget` releases what was made."""
    print("ready", json.dumps(about), flush=True)
    made = {}

    def answer(task, rows, steps):
        if task == "forget":
            made.clear()
            return 0
        if task in answers:
            return answers[task](rows, steps)
        if (task, rows) not in made:
            made[task, rows] = make(task, rows)
        return seconds(made[task, rows], steps)

    for line in sys.stdin:
        task, rows, steps = line.split()
        try:
            print(answer(task, int(rows), int(steps)), flush=True)
        except Exception as error:  # whatever a library throws at one task, the others may go well
            print("cannot:", type(error).__name__, str(error).strip().partition("\n")[0], flush=True)
