#!/usr/bin/env python3
"""check_events.py FOLDER: FOLDER/events through TensorBoard's own reader, which must find what FOLDER/expected.txt says and nothing else:
lines "scalar TAG STEP VALUE", "image TAG STEP WIDTH HEIGHT" and "histogram TAG STEP FILE", FILE holding the float32 values."""
import pathlib
import sys

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def expect(holds, *what):
    if not holds:
        sys.exit("expected " + " ".join(str(word) for word in what))


def limits():
    """TensorFlow's buckets: a tenth wider each, from 1e-12 on."""
    positive = []
    limit = 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    return [-limit for limit in reversed(positive)] + [0] + positive


def check_histogram(found, values, what):
    expect(found.min == values.min() and found.max == values.max() and found.num == values.size, what, "with the values' range and number")
    expect(np.isclose(found.sum, values.sum(), rtol=1e-9), what, "with sum", values.sum(), "not", found.sum)
    expect(np.isclose(found.sum_squares, (values**2).sum(), rtol=1e-9), what, "with the sum of squares", (values**2).sum())
    counts, edges = np.histogram(values, bins=limits())
    expected = {edge: count for edge, count in zip(edges[1:], counts) if count}
    expect({edge: count for edge, count in zip(found.bucket_limit, found.bucket) if count} == expected, what, "in buckets", expected)


def main():
    folder = pathlib.Path(sys.argv[1])
    events = EventAccumulator(str(folder / "events"), size_guidance={"scalars": 0, "images": 0, "histograms": 0})
    events.Reload()
    found = {(kind, tag, event.step): event
             for kind, read in (("scalar", events.Scalars), ("image", events.Images), ("histogram", events.Histograms))
             for tag in events.Tags()[{"scalar": "scalars", "image": "images", "histogram": "histograms"}[kind]]
             for event in read(tag)}
    lines = [line.split("\t") for line in (folder / "expected.txt").read_text().splitlines()]
    expect({(kind, tag, int(step)) for kind, tag, step, *_ in lines} == set(found), "the events", lines, "but found", sorted(found))
    for kind, tag, step, *values in lines:
        event, what = found[kind, tag, int(step)], f"{kind} {tag} at {step}"
        expect(event.wall_time > 1e9, what, "with a time")
        if kind == "scalar":
            expect(event.value == np.float32(values[0]), what, "to be", values[0], "but found", event.value)
        elif kind == "image":
            expect([event.width, event.height] == [int(value) for value in values], what, "of size", values)
            expect(event.encoded_image_string.startswith(b"\x89PNG"), what, "as PNG")
        else:
            check_histogram(event.histogram_value, np.fromfile(folder / values[0], np.float32).astype(float), what)
    print(len(found), "events")


if __name__ == "__main__":
    main()
