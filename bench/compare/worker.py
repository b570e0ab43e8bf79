"""Worker: one configuration of one library, as a process that waits to be asked."""
import json
import os
import subprocess

# Set on some machines for old builds' sake; a current OpenBLAS picks a faster kernel without, so every peer runs without.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Stopped(Exception):
    """A worker can't do a task, or ended; the text says why, or what it said last."""


class Worker:
    def __init__(self, library, configuration, threads, command, environment=None):
        self.library, self.configuration, self.threads = library, configuration, threads
        count = str(threads)
        inherited = {name: value for name, value in os.environ.items() if name not in SLOWING}
        counts = {name: count for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS")}
        cores = sorted(os.sched_getaffinity(0))[-threads:]  # the same ones for everybody
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**inherited, **counts, **(environment or {})},
                                        preexec_fn=lambda: os.sched_setaffinity(0, cores))
        self.about = {"tasks": []}

    @property
    def name(self):
        return f"{self.library} {self.configuration}".strip()

    def await_ready(self):
        line = self.process.stdout.readline()
        while line and not line.startswith("ready "):  # some libraries greet on stdout
            line = self.process.stdout.readline()
        if not line:
            raise Stopped(self.last_words())
        self.about = json.loads(line[len("ready "):])

    def ask(self, task, argument, steps):
        """The number that a task answers with: seconds, mostly."""
        try:
            self.process.stdin.write(f"{task} {argument} {steps}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if answer.startswith("cannot: "):
                raise Stopped(answer.removeprefix("cannot: ").strip())
            return float(answer)
        except (ValueError, OSError):
            raise Stopped(f"at `{task} {argument}`: {self.last_words()}") from None

    def last_words(self):
        try:
            error = self.process.communicate(timeout=60)[1]
        except (subprocess.TimeoutExpired, ValueError, OSError):
            self.process.kill()
            error = ""
        return (error.strip().splitlines() or ["it ended without a word"])[-1]

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
