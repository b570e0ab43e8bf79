#!/usr/bin/env python3
"""check_onnx.py FOLDER: every NAME.onnx of a folder through ONNX's checker and ONNX Runtime, whose logits for NAME.images must be those
of NAME.logits to 1e-5 · max(1, largest logit)."""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

BOUND = 1e-5


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    if not paths:
        sys.exit(f"{sys.argv[1]}: expected .onnx files")
    for path in paths:
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
        given, = session.get_inputs()
        images = np.fromfile(path.with_suffix(".images"), np.float32).reshape(-1, *given.shape[1:])
        logits, = session.run(["output"], {"input": images})
        expected = np.fromfile(path.with_suffix(".logits"), np.float32).reshape(logits.shape)
        if not np.ptp(expected, axis=0).max() > 0.01:
            sys.exit(f"{path.stem}: the logits don't depend on the images")
        error = np.abs(logits - expected).max() / max(1, np.abs(logits).max())
        print(f"{path.stem}: {error:.1e}")
        if not error <= BOUND:
            sys.exit(f"{path.stem}: the logits differ by {error:.1e}, more than {BOUND}")


if __name__ == "__main__":
    main()
