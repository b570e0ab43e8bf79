#!/usr/bin/python3
"""Writes branches.safetensors: a residual and a parallel network as PyTorch computes them, for test_branches.cpp.

    python3 tests/golden/make_branches.py        (PyTorch; made with 2.15)

As make_golden.py: every result is computed in float64 from inputs that float32 holds exactly, and rounded once. Modules are named so that
a state dict's names are Taut's.
"""
import torch
from torch import nn

from make_golden import HERE, golden, keep, given, write_safetensors


class Residual(nn.Module):
    def __init__(self, main, shortcut=None):
        super().__init__()
        self.main, self.shortcut = nn.Sequential(*main), None if shortcut is None else nn.Sequential(*shortcut)

    def forward(self, x):
        return self.main(x) + (x if self.shortcut is None else self.shortcut(x))


class Parallel(nn.ModuleList):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self], dim=1)


def conv(inputs, outputs, kernel, **options):
    return nn.Conv2d(inputs, outputs, kernel, **options)


NETWORKS = {
    # rows, input shape, layers
    "residual": (3, (3, 7, 6), lambda: nn.Sequential(
        conv(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        Residual([conv(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), conv(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)]),
        nn.ReLU(),
        Residual([conv(8, 12, 3, padding=1, stride=2), nn.BatchNorm2d(12), nn.ReLU(), conv(12, 12, 3, padding=1), nn.BatchNorm2d(12)],
                 [conv(8, 12, 1, stride=2), nn.BatchNorm2d(12)]),
        nn.ReLU(), nn.Flatten(), nn.Linear(12 * 4 * 3, 5))),
    "parallel": (4, (2, 5, 6), lambda: nn.Sequential(
        Parallel([nn.Sequential(conv(2, 3, 1)), nn.Sequential(conv(2, 4, 1), nn.ReLU(), conv(4, 5, 3, padding=1)), nn.Sequential()]),
        nn.BatchNorm2d(10), nn.ReLU(),
        Residual([Parallel([nn.Sequential(conv(10, 4, 3, padding=1)), nn.Sequential(Residual([conv(10, 10, 1), nn.ReLU()]), conv(10, 6, 1))])]),
        nn.Flatten(), nn.Linear(300, 4))),
}


def fill(case, net):
    with torch.no_grad():
        for name, tensor in list(net.named_parameters()) + list(net.named_buffers()):
            if "num_batches" in name:
                continue
            symmetric = given(case, name, tensor.shape)
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.5 * symmetric)
            elif tensor.dim() == 1:
                tensor.copy_(0.5 * symmetric + (1 if name.endswith("weight") else 0))
            else:
                tensor.copy_(symmetric / tensor[0].numel() ** 0.5)
            keep(case, **{f"given.{name}": tensor})
            tensor.copy_(tensor.float().double())


if __name__ == "__main__":
    for case, (rows, shape, build) in NETWORKS.items():
        net = build().double()
        fill(case, net)
        x = given(case, "x", (rows, *shape))
        net.eval()
        keep(case, x=x, **{"eval.y": net(x)})
        net.train()
        y = net(x)
        dy = given(case, "dy", y.shape)
        y.backward(dy)
        keep(case, dy=dy, **{"train.y": y})
        for name, parameter in net.named_parameters():
            keep(case, **{f"gradient.{name}": parameter.grad})
        for name, buffer in net.named_buffers():
            if "num_batches" not in name:
                keep(case, **{f"after.{name}": buffer})
    write_safetensors(HERE / "branches.safetensors", golden, {"torch": torch.__version__})
