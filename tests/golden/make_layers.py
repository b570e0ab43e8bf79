#!/usr/bin/env python3
"""Writes layers.safetensors: what PyTorch computes with the small networks Averaged, Normalized, Reshaped,
Transposed and Sequences of tests/io/networks.hpp.

    python3 tests/golden/make_layers.py        (made with PyTorch 2.15.0)

For each of them a state dict, inputs, and the gradient of the output; then the output and every parameter's gradient in training mode, the
state dict that training leaves, and the output in evaluation mode. Numbers are as in make_golden.py, whose functions are used.
"""
import numpy as np
import torch
from torch import nn

from make_golden import HERE, symmetric, unit, write_safetensors

ROWS = 8
# ReLU decides between elements: the inputs are the first of a few whose nearest decision is far, so that arithmetic is compared, not luck.
SEED_CANDIDATES, MARGIN = 60, 1e-4


class View(nn.Module):
    """Tensor.view of each sample."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.view(len(x), *self.shape)


def averaged():
    return (2, 9, 7), nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.AvgPool2d(3, stride=2, padding=1),
                                    nn.AvgPool2d((3, 2), stride=1, padding=1, count_include_pad=False), nn.AdaptiveAvgPool2d(1),
                                    nn.Flatten(), nn.Linear(6, 4))


def normalized():
    return (2, 4, 5), nn.Sequential(nn.Conv2d(2, 6, 1), nn.GroupNorm(3, 6, eps=1e-3), nn.ReLU(), nn.LayerNorm([6, 4, 5]), nn.ReLU(),
                                    nn.Flatten(), nn.BatchNorm1d(120), nn.LayerNorm(120), nn.ReLU(), nn.Linear(120, 9, bias=False),
                                    nn.BatchNorm1d(9, eps=1e-3), nn.ReLU(), nn.Linear(9, 4))


def reshaped():
    return (2, 4, 3), nn.Sequential(View(6, 2, 2), nn.Conv2d(6, 5, 1), nn.Upsample(scale_factor=2),
                                    nn.Upsample(scale_factor=(3, 2), mode="bilinear"), View(3, 20, 8), nn.Conv2d(3, 2, 3), nn.Flatten(),
                                    View(9, 24), View(216), nn.Linear(216, 4))


def transposed():
    return (2, 4, 5), nn.Sequential(nn.ConvTranspose2d(2, 6, 3, stride=2, padding=1, output_padding=1, bias=False), nn.BatchNorm2d(6),
                                    nn.ReLU(), nn.ConvTranspose2d(6, 4, (2, 3), groups=2), nn.Sigmoid(),
                                    nn.ConvTranspose2d(4, 3, 3, dilation=2, padding=1), nn.Flatten(), nn.Linear(462, 4))


def sequences():
    return (3, 20), nn.Sequential(nn.Conv1d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2),
                                  nn.Conv1d(6, 4, 3, stride=2, dilation=2, groups=2, bias=False), nn.BatchNorm1d(4), nn.ReLU(),
                                  nn.Flatten(), nn.Linear(12, 4))


WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)


def fill(case, net):
    """Norms: weight 1 + s / 2, bias and running mean s / 2, running variance 1 + u / 2; everything else s / 2. In float32."""
    state = net.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        s = np.float32(0.5) * symmetric(1, f"{case}/{name}", tensor.shape)
        if name.endswith("running_var"):
            s = np.float32(1) + np.float32(0.5) * unit(1, f"{case}/{name}", tensor.shape)
        elif name.endswith("weight") and not isinstance(net[int(name.split(".")[0])], WEIGHTED):
            s = np.float32(1) + s
        tensor.copy_(torch.from_numpy(s))
    return net


def nearest_decision(net, x):
    nearest = np.inf
    with torch.no_grad():
        for layer in net:
            if isinstance(layer, nn.ReLU):
                nearest = min(nearest, x.abs().min().item())
            x = layer(x)
    return nearest


def record(case, make):
    shape, net = make()
    net = fill(case, net.double())
    names = [name for name in net.state_dict() if not name.endswith("num_batches_tracked")]
    kept = {f"state/{name}": net.state_dict()[name].numpy().copy() for name in names}
    for seed in range(SEED_CANDIDATES):
        x = torch.tensor(symmetric(seed, f"{case}/x", (ROWS, *shape)).astype(np.float64))
        # Evaluation is on the statistics that training leaves, as it is below.
        trial = fill(case, make()[1].double())
        if min(nearest_decision(trial.train(), x), nearest_decision(trial.eval(), x)) > MARGIN:
            break
    else:
        raise SystemExit(f"{case}: every decision is too close")
    y = net.train()(x)
    dy = torch.tensor(symmetric(1, f"{case}/dy", y.shape).astype(np.float64))
    y.backward(dy)
    kept |= {"x": x.numpy(), "dy": dy.numpy(), "y": y.detach().numpy(), "y_eval": net.eval()(x).detach().numpy()}
    kept |= {f"gradient/{name}": parameter.grad.numpy() for name, parameter in net.named_parameters()}
    kept |= {f"after/{name}": buffer.numpy() for name, buffer in net.named_buffers() if "running" in name}
    return {f"{case}/{name}": array.astype(np.float32) for name, array in kept.items()}


if __name__ == "__main__":
    tensors = {}
    for network in (averaged, normalized, reshaped, transposed, sequences):
        tensors |= record(network.__name__, network)
    write_safetensors(HERE / "layers.safetensors", tensors, {"torch": torch.__version__})
