"""Compare, PyTorch: eager, traced and frozen, and compiled, in one of two layouts.

torch_worker.py THREADS FOLDER LAYOUT [compile], LAYOUT nchw or channels_last; tasks: `train ROWS`, `infer ROWS`, `infer-frozen ROWS`
(traced, frozen and optimised for inference), with `compile`, where there is torch.compile, `train-compiled ROWS` and `infer-compiled ROWS`;
`check 16`, `memory 64`.
"""
import subprocess
import sys
import time
import warnings

import torch
from torch import nn

from network_folder import Network
from serve import added_bytes, serve
from torch_network import make_net


def make_adam(parameters):
    """The fastest of the forms of Adam that this PyTorch has on a CPU."""
    parameters = list(parameters)
    best = None
    for options in ({"foreach": False}, {"foreach": True}, {"fused": True}):
        rehearsal = [nn.Parameter(torch.zeros_like(parameter)) for parameter in parameters]
        for parameter in rehearsal:
            parameter.grad = torch.zeros_like(parameter)
        try:
            adam = torch.optim.Adam(rehearsal, lr=1e-3, weight_decay=1e-4, **options)
            adam.step()
        except (RuntimeError, TypeError):
            continue
        seconds = []
        for _ in range(10):
            start = time.perf_counter()
            adam.step()
            seconds.append(time.perf_counter() - start)
        if best is None or sorted(seconds)[5] < best[0]:
            best = (sorted(seconds)[5], options)
    return torch.optim.Adam(parameters, lr=1e-3, weight_decay=1e-4, **best[1])


class Worker:
    def __init__(self, network, layout):
        self.network = network
        self.layout = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]

    def images(self, rows):
        return torch.from_numpy(self.network.images[:rows]).contiguous(memory_format=self.layout)

    def train_step(self, rows, prepare=lambda net: net, make_adam=make_adam):
        x, labels = self.images(rows), torch.from_numpy(self.network.labels[:rows]).long()
        torch.manual_seed(1)
        net = make_net(self.layout).train()
        adam, loss = make_adam(net.parameters()), nn.CrossEntropyLoss()
        net = prepare(net)

        def step():
            adam.zero_grad(set_to_none=True)
            loss(net(x), labels).backward()
            adam.step()
        return step

    def checked_net(self):
        net = make_net(self.layout).eval()
        net.load_state_dict({name: torch.from_numpy(values.copy()) for name, values in self.network.weights().items()}, strict=False)
        return net

    def infer_step(self, rows, form=""):
        x, net = self.images(rows), self.checked_net()
        if form == "frozen":
            with torch.no_grad():
                net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
        elif form == "compiled":
            import torch._inductor.config as inductor
            inductor.freezing = True  # folds the weights in, as freeze does
            net = torch.compile(net, dynamic=False)

        def step():
            with torch.inference_mode() if form == "" else torch.no_grad():
                return net(x)
        for _ in range(3):  # the executor settles, the compiler compiles
            step()
        return step

    def make(self, task, rows):
        kind, _, form = task.partition("-")
        if kind == "infer":
            return self.infer_step(rows, form)
        return self.train_step(rows, torch.compile if form == "compiled" else lambda net: net)

    def check(self, rows, _):
        return max(self.network.difference(self.infer_step(rows, form)().numpy()) for form in ("", "frozen"))

    def memory(self, rows, steps):
        def work():
            step = self.train_step(rows, make_adam=lambda parameters: torch.optim.Adam(parameters, lr=1e-3, weight_decay=1e-4))
            for _ in range(steps):
                step()
        return added_bytes(work)


def blas():
    """The library that matrix products go to, if it is one of its own."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "/" in line}
    return sorted(path for path in paths if "blas" in path.rsplit("/", 1)[-1] or "libmkl" in path)


def version():
    """Debian's build calls itself 1.13.0a0; its package knows better."""
    if torch.__file__.startswith("/usr/lib/python3/dist-packages"):
        found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-torch"], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.partition("+")[0]
    return torch.__version__.partition("+")[0]


def main():
    warnings.filterwarnings("ignore")
    threads, folder, layout = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    worker = Worker(Network(folder), layout)
    tasks = ["train", "infer", "infer-frozen"]
    if "compile" in sys.argv[4:] and hasattr(torch, "compile"):
        tasks += ["train-compiled", "infer-compiled"]
    serve({"version": version(), "blas": blas(), "mkldnn": torch.backends.mkldnn.is_available(), "tasks": tasks},
          worker.make, {"check": worker.check, "memory": worker.memory})


main()
