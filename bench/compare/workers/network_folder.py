"""Network folder: what network.py left for the workers in Python: images, labels, weights and the logits to expect."""
import json
import os
import struct

import numpy as np

CHECKED_ROWS = 16  # how many expected logits there are


class Network:
    """What network.py left in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.images = np.fromfile(os.path.join(folder, "images.f32"), np.float32).reshape(-1, 1, 48, 48)
        self.labels = np.fromfile(os.path.join(folder, "labels.i32"), np.int32)

    def path(self, name):
        return os.path.join(self.folder, name)

    def difference(self, logits):
        """The largest error, by the largest of the expected logits."""
        expected = np.fromfile(self.path("logits.f32"), np.float32).reshape(CHECKED_ROWS, 7)
        return float(np.abs(np.asarray(logits) - expected).max() / np.abs(expected).max())

    def weights(self):
        """{name: array} of the safetensors file."""
        with open(self.path("weights.safetensors"), "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        arrays = {}
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                arrays[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
        return arrays
