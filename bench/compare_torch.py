"""Compare, PyTorch's side: a worker that runs training or inference steps of the emotion network when it is told to.

compare_torch.py LAYOUT THREADS, LAYOUT nchw or channels_last; then on stdin, a line each: `train BATCH STEPS`, `infer BATCH STEPS`,
`infer-frozen BATCH STEPS` (traced, frozen and optimised for inference), `train-compiled …`, `infer-compiled …` (torch.compile, where
there is one); a line of seconds comes back.
"""
import json
import sys
import time

import torch
from torch import nn


def network():
    layers, channels = [], 1
    for out in (32, 64, 128, 256):
        layers += [nn.Conv2d(channels, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        channels = out
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2304, 512), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(512, 7))


def fastest_adam(parameters):
    """The fastest of the forms of Adam that this PyTorch has on a CPU, and its name."""
    best = None
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    for name, options in (("plain", {"foreach": False}), ("foreach", {"foreach": True}), ("fused", {"fused": True})):
        try:
            adam = torch.optim.Adam(parameters, lr=1e-3, weight_decay=1e-4, **options)
            adam.step()
        except (RuntimeError, TypeError):
            continue
        seconds = []
        for _ in range(10):
            start = time.perf_counter()
            adam.step()
            seconds.append(time.perf_counter() - start)
        if best is None or sorted(seconds)[5] < best[0]:
            best = (sorted(seconds)[5], name, options)
    return torch.optim.Adam(parameters, lr=1e-3, weight_decay=1e-4, **best[2]), best[1]


class Worker:
    def __init__(self, layout):
        torch.manual_seed(1)
        self.layout = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]
        self.train_net = network().to(memory_format=self.layout).train()
        self.infer_net = network().to(memory_format=self.layout).eval()
        self.adam, self.adam_form = fastest_adam(list(self.train_net.parameters()))
        self.loss = nn.CrossEntropyLoss()
        self.prepared = {}

    def batch(self, rows):
        if rows not in self.prepared:
            x = (torch.rand(rows, 1, 48, 48) * 2 - 1).contiguous(memory_format=self.layout)
            self.prepared[rows] = x, torch.randint(0, 7, (rows,))
        return self.prepared[rows]

    def once(self, key, make):
        if key not in self.prepared:
            self.prepared[key] = make()
        return self.prepared[key]

    def train(self, net, rows, steps):
        x, labels = self.batch(rows)
        for _ in range(steps):
            self.adam.zero_grad(set_to_none=True)
            self.loss(net(x), labels).backward()
            self.adam.step()

    def infer(self, net, rows, steps):
        x, _ = self.batch(rows)
        with torch.inference_mode():
            for _ in range(steps):
                net(x)

    def infer_frozen(self, net, rows, steps):
        x, _ = self.batch(rows)
        with torch.no_grad():
            for _ in range(steps):
                net(x)

    def freeze(self, rows):
        with torch.no_grad():
            traced = torch.jit.trace(self.infer_net, self.batch(rows)[0])
            frozen = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
            for _ in range(3):  # the profiling executor settles
                frozen(self.batch(rows)[0])
        return frozen

    def run(self, task, rows, steps):
        if task == "train":
            call, net = self.train, self.train_net
        elif task == "infer":
            call, net = self.infer, self.infer_net
        elif task == "infer-frozen":
            call, net = self.infer_frozen, self.once(("frozen", rows), lambda: self.freeze(rows))
        elif task == "train-compiled":
            call, net = self.train, self.once("train-compiled", lambda: torch.compile(self.train_net))
        elif task == "infer-compiled":
            call, net = self.infer_frozen, self.once("infer-compiled", lambda: torch.compile(self.infer_net))
        else:
            raise ValueError("unknown task " + task)
        start = time.perf_counter()
        call(net, rows, steps)
        return time.perf_counter() - start


def blas():
    """The library that matrix products go to, if it is one of its own."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "/" in line}
    return sorted(path for path in paths if "blas" in path.rsplit("/", 1)[-1] or "libmkl" in path)


def main():
    layout, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    worker = Worker(layout)
    worker.run("train", 2, 1)
    about = {"version": torch.__version__, "adam": worker.adam_form, "blas": blas(), "compile": hasattr(torch, "compile"),
             "mkldnn": torch.backends.mkldnn.is_available()}
    print("ready", json.dumps(about), flush=True)
    for line in sys.stdin:
        task, rows, steps = line.split()
        print(worker.run(task, int(rows), int(steps)), flush=True)


main()
