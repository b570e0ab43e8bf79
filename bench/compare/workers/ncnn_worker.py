"""Compare, ncnn: batch norm folded, Winograd on (its default), memory from pools. It takes one image at a time.

ncnn_worker.py THREADS FOLDER; tasks: `infer ROWS`.
"""
import sys

import ncnn
import numpy as np

from network_folder import Network
from serve import serve


def main():
    threads, network = int(sys.argv[1]), Network(sys.argv[2])
    net = ncnn.Net()
    net.opt.num_threads = threads
    blobs, workspace = ncnn.PoolAllocator(), ncnn.PoolAllocator()
    net.opt.blob_allocator, net.opt.workspace_allocator = blobs, workspace
    if net.load_param(network.path("network.param")) != 0 or net.load_model(network.path("network.bin")) != 0:
        sys.exit("ncnn can't read network.param and network.bin")
    images = [ncnn.Mat(image).clone() for image in network.images]

    def logits(image):
        extractor = net.create_extractor()
        extractor.input("data", image)
        return extractor.extract("logits")[1]

    def step(rows):
        for image in images[:rows]:
            logits(image)

    serve({"version": ncnn.__version__, "tasks": ["infer"]}, lambda _, rows: lambda: step(rows),
          {"check": lambda rows, _: network.difference(np.stack([np.array(logits(image)) for image in images[:rows]]))})
    net.clear()  # before the pools


main()
