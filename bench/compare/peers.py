"""Peers: which libraries there are, how their workers are started, and the names of those that are missing."""
import glob
import os
import subprocess
import sys

from worker import Stopped, Worker

WORKERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "workers")
# Without these PyTorch gets its larger blocks from the system anew each time and pays for every page again.
TUNED = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184"}
MOST_DIFFERENCE = 2e-3  # of the largest logit: ncnn's Winograd errs by 5e-4, everyone else by 1e-6


UNCHECKED = ("dlib", "tiny-dnn")  # they have no way to take another library's weights


def openblas_for(python):
    """Debian's PyTorch is built on OpenMP, and so must its OpenBLAS be: threads of two kinds spin in each other's way, and a step of
    inference took 2.1 instead of 1.3 ms on two threads (2 cores of an AMD EPYC, 2026-11-24)."""
    folders = glob.glob("/usr/lib/*/openblas-openmp")
    return {"LD_LIBRARY_PATH": folders[0]} if folders and python.startswith("/usr/bin/") else {}


class Peers:
    """Starts workers; remembers what they say about themselves and who was left out, and why."""

    def __init__(self, arguments):
        self.build, self.all, self.quick = arguments.build, arguments.all, arguments.quick
        self.folder = os.path.join(self.build, "bench", "network")
        self.about, self.left_out, self.checked = {}, {}, set()
        self.torch_pythons = self.pythons_with_torch(arguments.torch_pythons)

    def leave_out(self, name, why):
        if name not in self.left_out:
            self.left_out[name] = why
            print(f"{name} is left out: {why}", file=sys.stderr)

    def pythons_with_torch(self, pythons):
        found = []
        for python in pythons:
            said = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True,
                                  check=False) if os.path.exists(python) else None
            if said is None or said.returncode != 0:
                where = "Debian" if python.startswith("/usr/") else "build/peers"
                self.leave_out(f"PyTorch of {where}", "it isn't installed; bench/peers.sh installs it")
            elif said.stdout not in [version for _, version in found]:
                found.append((python, said.stdout))
        return [python for python, _ in found]

    def program(self, name):
        return os.path.join(self.build, "bench", "compare", "compare_" + name)

    def start(self, library, configuration, threads, command, environment=None, more=()):
        """[A worker that is ready], or nothing, after saying why. Taut must run."""
        if not os.path.exists(command[0]):
            self.leave_out(library, "it isn't installed; bench/peers.sh installs it")
            return []
        worker = Worker(library, configuration, threads, [*command, str(threads), self.folder, *more], environment)
        try:
            worker.await_ready()
            if library == "PyTorch":
                worker.library = f"PyTorch {worker.about['version']}"
        except Stopped as stopped:
            if library == "Taut":
                raise
            self.leave_out(worker.name, str(stopped))
            worker.stop()
            return []
        about = self.about.setdefault(worker.library, {})
        about.update((key, value) for key, value in worker.about.items() if key not in ("tasks", "peak flops"))
        return [worker]

    def computes_the_same(self, worker):
        """Whether its results are the expected ones; each configuration is asked once. One that errs is left out and ends."""
        if worker.name in self.checked or worker.library in UNCHECKED or not os.path.exists(os.path.join(self.folder, "logits.f32")):
            return True
        try:
            difference = worker.ask("check", 16, 1)
            if not difference <= MOST_DIFFERENCE:
                raise Stopped(f"its results differ by {difference:.1e} from the expected ones: it computes something else")
        except Stopped as stopped:
            if worker.library == "Taut":
                raise
            self.leave_out(worker.name, str(stopped))
            worker.stop()
            return False
        self.checked.add(worker.name)
        self.about[worker.library]["difference"] = max(self.about[worker.library].get("difference", 0), float(f"{difference:.1e}"))
        return True

    def taut(self, threads):
        yield from self.start("Taut", "", threads, [self.program("taut")])

    def torch(self, threads, allocators=("", "tuned")):
        newest = self.torch_pythons[-1:]
        for python in self.torch_pythons:
            for layout in ("nchw", "channels_last"):
                for allocator in allocators:
                    compiled = allocator == "tuned" and [python] == newest and not self.quick and (self.all or layout == "channels_last")
                    environment = {"TORCHINDUCTOR_CACHE_DIR": os.path.join(self.build, "bench", "inductor"),
                                   **openblas_for(python), **(TUNED if allocator == "tuned" else {})}
                    yield from self.start("PyTorch", " ".join(filter(None, (layout, allocator))), threads,
                                     [python, os.path.join(WORKERS, "torch_worker.py")], environment,
                                     [layout] + (["compile"] if compiled else []))

    def runtimes(self, threads):
        """The inference-only ones."""
        python = os.path.join(self.build, "peers", "bin", "python")
        for library, worker in (("ONNX Runtime", "onnxruntime_worker.py"), ("ncnn", "ncnn_worker.py")):
            yield from self.start(library, "", threads, [python, os.path.join(WORKERS, worker)])

    def onednn(self, threads):
        for layout in ("blocked", "nhwc"):
            yield from self.start("oneDNN", layout, threads, [self.program("onednn")], more=[layout])

    def header_only(self, threads):
        if not self.quick:
            yield from self.start("dlib", "", threads, [self.program("dlib")])
            yield from self.start("tiny-dnn", "", threads, [self.program("tiny_dnn")])

    def blas(self, threads):
        for library, patterns in (("OpenBLAS", ("openblas-pthread/libopenblas.so.0", "openblas-openmp/libopenblas.so.0")),
                                  ("BLIS", ("blis-openmp/libblis.so.*", "blis-pthread/libblis.so.*"))):
            paths = [path for pattern in patterns for path in sorted(glob.glob("/usr/lib/*/" + pattern))]
            if paths:
                yield from self.start(library, "", threads, [self.program("blas")], more=[paths[0]])
            else:
                self.leave_out(library, "it isn't installed; bench/peers.sh installs it")
