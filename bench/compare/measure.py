"""Measure: the parts of a run. Each returns rows for the record."""
import contextlib

import rounds

LAYERS = ((1, 32, 48), (32, 64, 24), (64, 128, 12), (128, 256, 6))  # in channels, out channels, height and width
GEMMS = ("36864x64x288", "9216x128x576", "2304x256x1152", "32x512x2304", "64x512x2304", "1x512x2304", "512x512x512", "1024x1024x1024")
KERNEL_BATCH = 64
FIRST_OUTPUT_MEBIBYTES = 18  # what the first convolution writes at a batch of 64
SLOW = {"tiny-dnn": 8}  # goes through a batch one image at a time: eight of them tell as much
COPY_MEBIBYTES = 512


class Measure:
    def __init__(self, peers, arguments):
        self.peers, self.rounds, self.seconds = peers, arguments.rounds, arguments.seconds
        self.all, self.quick = arguments.all, arguments.quick

    @contextlib.contextmanager
    def workers(self, *groups):
        """Workers of all groups, each seen to compute the right thing, those that don't left out; they end with the block."""
        started = []
        try:
            for group in groups:
                started += [worker for worker in group if self.peers.computes_the_same(worker)]
            yield started
        finally:
            for worker in started:
                worker.stop()

    def table(self, part, task, argument, threads, offers, seconds):
        """Rounds over what is offered: (worker, task, argument, work)."""
        entries = []
        for offer in offers:
            rounds.enter(entries, self.peers.leave_out, *offer, seconds)
        return rounds.rows(part, task, argument, threads, rounds.run(entries, self.rounds, self.peers.leave_out))

    def steps(self, threads, kinds):
        """Training and inference."""
        found = []
        allocators = ("", "tuned") if self.all or "train" in kinds else ("tuned",)
        groups = [self.peers.taut(threads), self.peers.torch(threads, allocators), self.peers.onednn(threads),
                  self.peers.header_only(threads)]
        if "infer" in kinds:
            groups.insert(2, self.peers.runtimes(threads))
        batches = {"train": (32, 64, 128) if self.all else (64,), "infer": (1, 32, 64) if self.all else (1, 64)}
        with self.workers(*groups) as workers:
            for kind in kinds:
                for batch in batches[kind]:
                    offers = [(worker, task, min(batch, SLOW.get(worker.library, batch)), min(batch, SLOW.get(worker.library, batch)))
                              for worker in workers for task in worker.about["tasks"] if task.partition("-")[0] == kind
                              if self.worthwhile(worker, task)]
                    found += self.table(kind, kind, batch, threads, offers, self.seconds)
        return found

    def worthwhile(self, worker, task):
        """Inference reuses its buffers: the default allocator, no faster there, is left to --all."""
        return self.all or not (task.startswith("infer") and worker.library.startswith("PyTorch") and "tuned" not in worker.configuration)

    def peak(self, taut):
        return taut, "peak", 1, taut.about["peak flops"]

    def gemm(self, threads):
        found = []
        with self.workers(self.peers.taut(threads), self.peers.blas(threads)) as workers:
            for shape in GEMMS[3:7] if self.quick else GEMMS:
                m, n, k = map(int, shape.split("x"))
                offers = [(worker, "gemm", shape, 2 * m * n * k) for worker in workers] + [self.peak(workers[0])]
                if m == 1:  # nobody is faster than reading its weights
                    offers.append((workers[0], "read", k * n * 4 // 1024, 2 * m * n * k))
                found += self.table("gemm", "gemm", shape, threads, offers, self.seconds / 3)
        return found

    def convolution(self, threads):
        """The gradients of input and weight together, but for the first layer, whose input has none."""
        found = []
        with self.workers(self.peers.taut(threads), self.peers.onednn(threads)) as workers:
            for number, (channels, out, extent) in enumerate(LAYERS, 1):
                flops = 2 * KERNEL_BATCH * 9 * channels * out * extent * extent
                for form, passes in (("forward", 1), ("backward-weight", 1) if number == 1 else ("backward", 2)):
                    task = f"conv{number}-{form}"
                    offers = [(worker, task, KERNEL_BATCH, passes * flops) for worker in workers] + [self.peak(workers[0])]
                    if task == "conv1-forward":  # nobody is faster than writing its output
                        offers.append((workers[0], "store", FIRST_OUTPUT_MEBIBYTES, flops))
                    found += self.table("convolution", task, KERNEL_BATCH, threads, offers, self.seconds / 3)
        return found

    def machine(self, threads):
        found = []
        with self.workers(self.peers.taut(threads)) as (taut,):
            copied, stored = COPY_MEBIBYTES << 20, FIRST_OUTPUT_MEBIBYTES << 20
            for offer in (self.peak(taut), (taut, "copy", COPY_MEBIBYTES, 2 * copied), (taut, "store", FIRST_OUTPUT_MEBIBYTES, stored)):
                entry, = rounds.run([rounds.Entry(*offer, self.seconds / 3)], self.rounds, self.peers.leave_out)
                found.append(rounds.row("machine", entry, threads))
        return found

    def second_core(self):
        """Taut's training step on one and on two threads, in turns."""
        with self.workers(self.peers.taut(1), self.peers.taut(2)) as workers:
            entries = [rounds.Entry(worker, "train", 64, 64, self.seconds) for worker in workers]
            one, two = rounds.run(entries, self.rounds, self.peers.leave_out)
        return [{**rounds.row("second core", two, 2), "over_one_thread": rounds.median_ratio(two.rates(), one.rates())}]

    def memory(self):
        """What training at a batch of 64 adds to a process that has loaded its libraries and data and done nothing else."""
        found = []
        for group in (self.peers.taut(1), self.peers.torch(1, ("",))):
            for worker in group:
                found.append({"part": "memory", "task": "memory", "argument": 64, "threads": 1, "peer": worker.name,
                              "library": worker.library, "mebibytes": worker.ask("memory", 64, 5) / 2**20})
                worker.stop()
        return found
