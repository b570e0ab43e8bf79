"""Work: how many flops and bytes the emotion network asks for, for shares of what the GPU can do."""
from measure import LAYERS

MULTIPLY_ADDS = sum(9 * channels * out * extent**2 for channels, out, extent in LAYERS) + 2304 * 512 + 512 * 7  # forward, of an image
FIRST_LAYER = 9 * LAYERS[0][1] * LAYERS[0][2] ** 2  # its input has no gradient
CONVOLVED = sum(out * extent**2 for _, out, extent in LAYERS)
POOLED = CONVOLVED // 4
ACTIVATIONS = CONVOLVED + POOLED + 512 + 7  # of an image
PARAMETERS = 1_572_551
FLOAT = 4


def flops_of_image(kind):
    return 2 * MULTIPLY_ADDS if kind == "infer" else 2 * (3 * MULTIPLY_ADDS - FIRST_LAYER)


def bytes_of_batch(kind, rows):
    """In floats, every activation written and read once; training also reads it once on the way back, and writes and reads its gradient.
    Weights are read once a pass, their gradient is written once, and Adam reads four arrays and writes three. Fusion may save some."""
    image = 48 * 48
    if kind == "infer":
        return FLOAT * (rows * (image + 2 * ACTIVATIONS) + PARAMETERS)
    return FLOAT * (rows * (image + 5 * ACTIVATIONS) + 10 * PARAMETERS)
