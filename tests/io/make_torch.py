#!/usr/bin/env python3
"""Writes tests/io/torch/*.pth: PyTorch checkpoints of every kind that Taut reads or refuses, and small networks with their logits.

    /usr/bin/python3 tests/io/make_torch.py        # Debian's python3-torch
"""
import io
import pathlib
import struct
import zipfile
from collections import OrderedDict

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent / "torch"


def named(**modules):
    return nn.Sequential(OrderedDict(modules))


# The same networks, layer by layer, as in test_torch.cpp.
def networks():
    yield "mlp", (1, 4, 4), named(flat=nn.Flatten(), hidden=nn.Linear(16, 8), act=nn.ReLU(), drop=nn.Dropout(0.3), head=nn.Linear(8, 5))
    yield "strided", (3, 9, 9), named(
        stem=nn.Sequential(nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)),
        flat=nn.Flatten(), head=nn.Linear(54, 4))
    yield "grouped", (4, 6, 5), named(
        wide=nn.Conv2d(4, 8, (3, 3), padding=1, groups=2, bias=False), norm=nn.BatchNorm2d(8, eps=1e-3), act=nn.ReLU(),
        deep=nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8), flat=nn.Flatten(), head=nn.Linear(240, 3, bias=False))
    yield "winograd", (2, 8, 8), named(
        first=nn.Conv2d(2, 32, 3, padding=1), a=nn.ReLU(), second=nn.Conv2d(32, 32, 3, padding=1), b=nn.BatchNorm2d(32), c=nn.ReLU(),
        pool=nn.MaxPool2d(2), flat=nn.Flatten(), head=nn.Linear(512, 6))


def save_network(name, shape, network):
    network.train()
    for _ in range(3):  # running statistics worth the name
        network(torch.randn(16, *shape))
    network.eval()
    images = torch.randn(3, *shape)
    with torch.no_grad():
        torch.save({"net": network.state_dict(), "check": {"images": images, "logits": network(images)}}, FOLDER / f"{name}.pth")


def views():
    """A dictionary of tensors of every type and of every way to lie in a storage."""
    numbers = torch.arange(24, dtype=torch.float32)
    grid = numbers.view(2, 3, 4)
    return OrderedDict(
        whole=numbers, transposed=grid.permute(2, 0, 1), part=grid[1, :, 1:3], last=numbers[23], column=grid[:, 1, 2],
        expanded=torch.tensor([1.0, 2.0]).view(2, 1).expand(2, 3), none=torch.zeros(0, 4), half=torch.tensor([1.5, -0.25, 65504.0]).half(),
        brain=torch.tensor([1.5, -3.0]).bfloat16(), double=torch.tensor([0.1, -1e300], dtype=torch.float64),
        count=torch.tensor(-7), parameter=nn.Parameter(torch.tensor([3.0, 4.0])), flags=torch.tensor([True, False]))


def repacked(content, compression):
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w", compression) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    return packed.getvalue()


def with_pickle(content, *changes):
    """The same archive with its pickle's bytes changed, and checksums that agree."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.endswith("/data.pkl"):
                for old, new in changes:
                    assert data.count(old) == 1, (old, data)
                    data = data.replace(old, new)
            target.writestr(entry.filename, data)
    return packed.getvalue()


def write_impossible():
    """Three numbers whose tensor says that it has four of them, or two thousand million."""
    saved = io.BytesIO()
    torch.save({"a": torch.arange(3, dtype=torch.float32)}, saved)
    size, stride = b"K\x03\x85", b"K\x01\x85"
    (FOLDER / "beyond.pth").write_bytes(with_pickle(saved.getvalue(), (size, b"K\x04\x85")))
    (FOLDER / "expanded.pth").write_bytes(with_pickle(saved.getvalue(), (size, b"J\xff\xff\xff\x7f\x85"), (stride, b"K\x00\x85")))
    # One number, the second of the storage, whose stride nobody ever takes: PyTorch minds it as little.
    far, begin = b"\x8a\x08" + b"\xff" * 7 + b"\x7f\x85", b"QK\x00" + size
    (FOLDER / "far.pth").write_bytes(with_pickle(saved.getvalue(), (stride, far), (begin, b"QK\x01K\x01\x85")))
    (FOLDER / "numbered.pth").write_bytes(with_pickle(saved.getvalue(), (b"X\x01\x00\x00\x00a", b"K\x07")))


def as_zip64(content):
    """The same archive whose end record refers to a ZIP64 one for everything."""
    end = content.rindex(b"PK\x05\x06")
    entries, size, begin = struct.unpack("<HII", content[end + 10:end + 20])
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, begin)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return content[:end] + end64 + locator + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(2026)
    for network in networks():
        save_network(*network)
    torch.save(views(), FOLDER / "views.pth")
    content = (FOLDER / "views.pth").read_bytes()
    (FOLDER / "zip64.pth").write_bytes(as_zip64(content))
    (FOLDER / "compressed.pth").write_bytes(repacked(content, zipfile.ZIP_DEFLATED))
    write_impossible()
    layer = nn.Sequential(nn.Linear(2, 3))
    torch.save(layer, FOLDER / "module.pth")
    torch.save(layer.state_dict(), FOLDER / "before_1_6.pth", _use_new_zipfile_serialization=False)
    torch.save(layer.state_dict(), FOLDER / "protocol_4.pth", pickle_protocol=4)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "loss": 0.5, "ema.model": layer.state_dict(), "optimizer": optimizer.state_dict()}, FOLDER / "training.pth")


if __name__ == "__main__":
    main()
