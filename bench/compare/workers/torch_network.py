"""Torch network: the emotion network in PyTorch, for whoever compares with it."""
from torch import nn


def make_net(layout):
    """The emotion network with PyTorch's initial weights, in one memory format."""
    layers, channels = [], 1
    for out in (32, 64, 128, 256):
        layers += [nn.Conv2d(channels, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        channels = out
    layers += [nn.Flatten(), nn.Linear(2304, 512), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(512, 7)]
    return nn.Sequential(*layers).to(memory_format=layout)
