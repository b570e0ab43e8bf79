"""Network: the emotion network with weights that every peer is checked with, in each peer's form, and the logits it must give.

network.py FOLDER writes weights.safetensors (PyTorch's names and layouts), folded.f32 (batch norm folded into the convolutions: weight and
bias of each layer in turn), network.onnx where the package onnx is there, network.param and network.bin (ncnn's), and logits.f32: the
logits of the first images of images.f32, computed here in float64 with nothing but NumPy, so that no peer is its own judge.
"""
import json
import os
import struct
import sys

import numpy as np

CHANNELS = (32, 64, 128, 256)
CHECKED_ROWS = 16
EPSILON = 1e-5


def convolve(x, weight, bias):
    """3x3, padding 1; x is (rows, channels, height, width)."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True) + bias[:, None, None]


def relu_pool(x):
    rows, channels, height, width = x.shape
    return np.maximum(x, 0).reshape(rows, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def uniform(random, shape, bound):
    return random.uniform(-bound, bound, shape).astype(np.float32)


def make_weights(images):
    """Weights by PyTorch's names, and the logits of `images`. The running statistics are near the true ones, as a trained network's are."""
    random = np.random.default_rng(1)
    weights, x = {}, images.astype(np.float64)
    for block, channels in enumerate(CHANNELS):
        first = 4 * block
        fan_in = x.shape[1] * 9
        weights[f"{first}.weight"] = uniform(random, (channels, x.shape[1], 3, 3), (6 / fan_in) ** 0.5)
        weights[f"{first}.bias"] = uniform(random, channels, 0.1)
        x = convolve(x, weights[f"{first}.weight"].astype(np.float64), weights[f"{first}.bias"].astype(np.float64))
        norm = {"weight": 1 + uniform(random, channels, 0.5), "bias": uniform(random, channels, 0.2),
                "running_mean": (x.mean(axis=(0, 2, 3)) * 1.1).astype(np.float32),
                "running_var": (x.var(axis=(0, 2, 3)) * 1.2).astype(np.float32)}
        weights.update({f"{first + 1}.{name}": values for name, values in norm.items()})
        wide = {name: values.astype(np.float64)[:, None, None] for name, values in norm.items()}
        x = (x - wide["running_mean"]) / np.sqrt(wide["running_var"] + EPSILON) * wide["weight"] + wide["bias"]
        x = relu_pool(x)
    x = x.reshape(len(x), -1)
    for name, outputs in (("17", 512), ("20", 7)):
        weights[name + ".weight"] = uniform(random, (outputs, x.shape[1]), (6 / x.shape[1]) ** 0.5)
        weights[name + ".bias"] = uniform(random, outputs, 0.1)
        x = x @ weights[name + ".weight"].astype(np.float64).T + weights[name + ".bias"]
        if name == "17":
            x = np.maximum(x, 0)
    return weights, x


def fold(weights):
    """[(weight, bias)] of the four convolutions and the two linear layers."""
    layers = []
    for first in range(0, 16, 4):
        norm = {name: weights[f"{first + 1}.{name}"].astype(np.float64) for name in ("weight", "bias", "running_mean", "running_var")}
        scale = norm["weight"] / np.sqrt(norm["running_var"] + EPSILON)
        bias = (weights[f"{first}.bias"] - norm["running_mean"]) * scale + norm["bias"]
        layers.append((weights[f"{first}.weight"] * scale[:, None, None, None], bias))
    layers += [(weights[name + ".weight"], weights[name + ".bias"]) for name in ("17", "20")]
    return [(weight.astype(np.float32), bias.astype(np.float32)) for weight, bias in layers]


def write_safetensors(path, weights):
    header, at = {}, 0
    for name, values in weights.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for values in weights.values():
            out.write(np.ascontiguousarray(values).tobytes())


def write_onnx(path, layers):
    try:
        import onnx
    except ImportError:
        return
    from onnx import TensorProto, helper, numpy_helper
    nodes, tensors, x = [], [], "images"
    for number, (weight, bias) in enumerate(layers):
        names = [f"{kind}{number}" for kind in ("weight", "bias")]
        tensors += [numpy_helper.from_array(values, name) for values, name in zip((weight, bias), names)]
        if weight.ndim == 4:
            nodes += [helper.make_node("Conv", [x, *names], [f"conv{number}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
                      helper.make_node("Relu", [f"conv{number}"], [f"relu{number}"]),
                      helper.make_node("MaxPool", [f"relu{number}"], [f"pool{number}"], kernel_shape=[2, 2], strides=[2, 2])]
            x = f"pool{number}"
        elif number == 4:
            nodes += [helper.make_node("Flatten", [x], ["flat"]), helper.make_node("Gemm", ["flat", *names], ["linear"], transB=1),
                      helper.make_node("Relu", ["linear"], ["hidden"])]
        else:
            nodes.append(helper.make_node("Gemm", ["hidden", *names], ["logits"], transB=1))
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "emotion", [value("images", TensorProto.FLOAT, ["rows", 1, 48, 48])],
                              [value("logits", TensorProto.FLOAT, ["rows", 7])], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def write_ncnn(folder, layers):
    """ncnn's own text format: a line a layer with its inputs, outputs and numbered options; the weights follow each other in the .bin."""
    lines = ["Input data 0 1 data 0=48 1=48 2=1"]
    x = "data"
    with open(os.path.join(folder, "network.bin"), "wb") as out:
        for number, (weight, bias) in enumerate(layers):
            size = f"0={weight.shape[0]}"
            if weight.ndim == 4:
                lines.append(f"Convolution conv{number} 1 1 {x} conv{number} {size} 1=3 4=1 5=1 6={weight.size} 9=1")
                lines.append(f"Pooling pool{number} 1 1 conv{number} pool{number} 0=0 1=2 2=2")
                x = f"pool{number}"
            elif number == 4:
                lines.append(f"Flatten flat 1 1 {x} flat")
                lines.append(f"InnerProduct linear 1 1 flat hidden {size} 1=1 2={weight.size} 9=1")
            else:
                lines.append(f"InnerProduct logits 1 1 hidden logits {size} 1=1 2={weight.size}")
            out.write(struct.pack("<I", 0) + weight.tobytes() + bias.tobytes())  # 0: plain float32 follows
    with open(os.path.join(folder, "network.param"), "w") as out:
        out.write(f"7767517\n{len(lines)} {len(lines)}\n" + "\n".join(lines) + "\n")


def main():
    folder = sys.argv[1]
    images = np.fromfile(os.path.join(folder, "images.f32"), np.float32).reshape(-1, 1, 48, 48)[:CHECKED_ROWS]
    weights, logits = make_weights(images)
    layers = fold(weights)
    write_safetensors(os.path.join(folder, "weights.safetensors"), weights)
    logits.astype(np.float32).tofile(os.path.join(folder, "logits.f32"))
    with open(os.path.join(folder, "folded.f32"), "wb") as out:
        for weight, bias in layers:
            out.write(weight.tobytes() + bias.tobytes())
    write_onnx(os.path.join(folder, "network.onnx"), layers)
    write_ncnn(folder, layers)


main()
