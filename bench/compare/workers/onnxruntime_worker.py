"""Compare, ONNX Runtime: the network with batch norm folded, one session a batch size, inputs and outputs bound beforehand.

onnxruntime_worker.py THREADS FOLDER; tasks: `infer ROWS`.
"""
import sys

import numpy as np
import onnxruntime

from network_folder import Network
from serve import serve


def main():
    threads, network = int(sys.argv[1]), Network(sys.argv[2])

    def bind(rows):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.add_free_dimension_override_by_name("rows", rows)
        session = onnxruntime.InferenceSession(network.path("network.onnx"), options, providers=["CPUExecutionProvider"])
        x = onnxruntime.OrtValue.ortvalue_from_numpy(network.images[:rows])
        y = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((rows, 7), np.float32))
        binding = session.io_binding()
        binding.bind_ortvalue_input("images", x)
        binding.bind_ortvalue_output("logits", y)
        return session, binding, y

    def make(_, rows):
        session, binding, _ = bind(rows)
        return lambda: session.run_with_iobinding(binding)

    def check(rows, _):
        session, binding, y = bind(rows)
        session.run_with_iobinding(binding)
        return network.difference(y.numpy())

    serve({"version": onnxruntime.__version__, "tasks": ["infer"]}, make, {"check": check})


main()
