"""Groups: what is measured, the most important first: what doesn't fit into the time is left out from the end."""

PRECISIONS = ("fp32", "tf32", "bf16")
LAYOUTS = ("channels_last", "nchw")
EPOCH_FACES = 23327


def groups():
    """(kind, rows, precision)."""
    for kind, batches in (("train", (64, 1024)), ("infer", (1,)), ("train", (256,)), ("infer", (64, 1024)), ("epoch", (64, 256, 1024))):
        for rows in batches:
            for precision in PRECISIONS:
                yield kind, rows, precision


def images(kind, rows):
    """Of one step."""
    return EPOCH_FACES if kind == "epoch" else rows


def torch_tasks(kind, precision, forms):
    """PyTorch's configurations. An epoch is many steps, whose quickest launch is a graph: what is slower step by step isn't asked again."""
    if kind == "epoch" and "graph" in forms:
        forms = ["graph"]
    return [f"{kind}-{precision}-{form}-{layout}" for form in forms if form != "compiled" for layout in LAYOUTS]


def compiled_task(kind, precision):
    return f"{kind}-{precision}-compiled-channels_last"


def name_of(kind, rows, precision):
    return f"{kind} {rows} {precision}"


def compiled_groups():
    """An epoch's last batch would have to be compiled as well, which takes longer than there is."""
    return [group for group in groups() if group[0] != "epoch"]


def print_compiled_tasks():
    """As a worker reads them."""
    for kind, rows, precision in compiled_groups():
        print(compiled_task(kind, precision), rows, 1)
        print("forget 1 1")
