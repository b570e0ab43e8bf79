"""GPU bench, PyTorch's side: the emotion network in three precisions, launched kernel by kernel, as CUDA graphs, and compiled.

torch_worker.py DEVICE FOLDER, DEVICE cuda:0 (or cpu, to try this file where there is no GPU). Tasks, with P one of fp32, tf32, bf16, FORM
one of eager, graph, compiled (and captured in a graph) and LAYOUT nchw or channels_last: `train-P-FORM-LAYOUT ROWS`,
`epoch-P-FORM-LAYOUT ROWS`, `infer-P-FORM-LAYOUT ROWS`, `check-P 16`, `matmul-P SIZE`. Seconds are those between CUDA's events.
"""
import os
import sys
import warnings

import torch
from torch import nn

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compare", "workers"))
from serve import seconds_by_the_clock, serve
from torch_network import make_net

EPOCH_FACES = 23327  # as many as the seed recipe trains on
LAYOUTS = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}
WARM_UP = 5


def multiply_in(precision):
    """What float32 products are made in: fp32 is strict. bf16 has its products in bf16, and the few that are left in tf32."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "fp32"


class Training:
    """Forward, cross-entropy, backward and Adam, on batches that are copied to where a graph reads them, as Taut's are."""

    def __init__(self, device, precision, form, layout):
        self.device, self.precision, self.form, self.layout = device, precision, form, LAYOUTS[layout]
        torch.manual_seed(1)
        self.net = make_net(self.layout).to(device).train()
        self.forward = compiled(self.net) if form == "compiled" else self.net
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3, weight_decay=1e-4, fused=True, capturable=form != "eager")
        self.loss = nn.CrossEntropyLoss()
        self.captured = {}

    def kernels(self, x, labels):
        self.adam.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16", cache_enabled=self.form == "eager"):
            loss = self.loss(self.forward(x), labels)
        loss.backward()
        self.adam.step()

    def step(self, x, labels):
        if self.form == "eager":
            self.kernels(x, labels)
            return
        if len(x) not in self.captured:
            room = x.clone(memory_format=self.layout), labels.clone()
            self.captured[len(x)] = *room, captured(lambda: self.kernels(*room))[0]
        x_room, labels_room, graph = self.captured[len(x)]
        x_room.copy_(x)
        labels_room.copy_(labels)
        graph.replay()


def compiled(net):
    """The graphs are ours: they hold the whole step."""
    import torch._inductor.config as inductor
    inductor.freezing = not net.training  # folds the weights in
    torch._dynamo.reset()  # it compiles one function for a few networks only, then gives up silently
    return torch.compile(net, mode="max-autotune-no-cudagraphs", dynamic=False)


def captured(work):
    """(work as a CUDA graph, where it leaves its result), after it has been done a few times beside the others, as PyTorch asks for."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        result = work()
    return graph, result


class Worker:
    def __init__(self, device, folder):
        self.device, self.folder = device, folder

    def faces(self, count, layout):
        torch.manual_seed(2)
        images = 2 * torch.rand(count, 1, 48, 48, device=self.device) - 1
        return images.contiguous(memory_format=LAYOUTS[layout]), torch.randint(7, (count,), device=self.device)

    def training_step(self, faces, precision, form, layout, rows):
        """One pass over `faces`, in batches of up to `rows`."""
        training = Training(self.device, precision, form, layout)
        images, labels = self.faces(faces, layout)
        batches = list(zip(images.split(rows), labels.split(rows)))

        def step():
            for x, y in batches:
                training.step(x, y)
        return step

    def inference_step(self, x, precision, form, net):
        """Logits of `x` in float32, each batch waited for. bf16 has its weights and images in bf16: nothing is left to be cast."""
        net = net.to(self.device).eval()
        if precision == "bf16":
            net, x = net.bfloat16(), x.bfloat16()
        if form == "compiled":
            net = compiled(net)

        def work():
            with torch.no_grad():
                return net(x).float()
        if form == "eager":
            def step():
                y = work()
                self.wait()
                return y
        else:
            graph, result = captured(work)

            def step():
                graph.replay()
                self.wait()
                return result
        for _ in range(WARM_UP):
            step()
        return step

    def matmul_step(self, precision, size):
        a, b = (torch.rand(size, size, device=self.device, dtype=torch.bfloat16 if precision == "bf16" else torch.float32) for _ in "ab")
        return lambda: a @ b

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.current_stream().synchronize()

    def make(self, task, rows):
        kind, precision, *how = task.split("-")
        multiply_in(precision)
        if kind == "matmul":
            step = self.matmul_step(precision, rows)
        elif kind == "infer":
            step = self.inference_step(self.faces(rows, how[1])[0], precision, how[0], make_net(LAYOUTS[how[1]]))
        else:
            step = self.training_step(EPOCH_FACES if kind == "epoch" else rows, precision, *how, rows)

        def in_its_precision():
            multiply_in(precision)  # others had their turns
            step()
        for _ in range(1 if kind == "epoch" else WARM_UP):
            in_its_precision()
        return in_its_precision

    def check(self, precision):
        def answer(rows, _):
            from network_folder import Network  # needs NumPy, which PyTorch doesn't
            network = Network(self.folder)
            net = make_net(LAYOUTS["nchw"])
            net.load_state_dict({name: torch.from_numpy(values.copy()) for name, values in network.weights().items()}, strict=False)
            multiply_in(precision)
            x = torch.from_numpy(network.images[:rows]).to(self.device)
            return network.difference(self.inference_step(x, precision, "eager", net)().cpu().numpy())
        return answer

    def seconds(self, step, steps):
        if self.device.type != "cuda":
            return seconds_by_the_clock(step, steps)
        start, stop = (torch.cuda.Event(enable_timing=True) for _ in "ab")
        start.record()
        for _ in range(steps):
            step()
        stop.record()
        stop.synchronize()
        return start.elapsed_time(stop) / 1e3


def main():
    warnings.filterwarnings("ignore")
    device = torch.device(sys.argv[1])
    about = {"version": torch.__version__, "forms": ["eager"], "precisions": ["fp32", "tf32", "bf16"]}
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.zeros(1, device=device)  # stops here where this PyTorch has no kernels for this GPU
        torch.backends.cudnn.benchmark = True
        about |= {"gpu": torch.cuda.get_device_name(device), "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(),
                  "forms": ["eager", "graph", "compiled"]}
    worker = Worker(device, sys.argv[2])
    log = open(os.path.join(sys.argv[2], "torch.log"), "a")  # the compiler talks more than a pipe holds, and nobody reads the pipe
    os.dup2(log.fileno(), sys.stderr.fileno())
    serve(about, worker.make, {f"check-{precision}": worker.check(precision) for precision in about["precisions"]}, worker.seconds)


main()
