"""Tests of bench/gpu.sh's referee with workers whose figures are made up: what is measured, what is left out, what the table says."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FAKE = os.path.join(HERE, "fake_worker.py")


def run(*options, checks="build: passed in 3 s\n", **environment):
    """(exit code, the table's lines, the record)."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "checks.txt"), "w") as file:
            file.write(checks)
        report = os.path.join(folder, "report")
        done = subprocess.run([sys.executable, HERE, "--folder", folder, "--checks", os.path.join(folder, "checks.txt"), "--report", report,
                               "--rounds", "1", "--turn", "1e-9", *options], capture_output=True, text=True, check=False,
                               env={**os.environ, **environment})
        if not os.path.exists(report + ".json"):
            raise AssertionError(done.stderr)
        with open(report + ".txt") as text, open(report + ".json") as record:
            return done.returncode, text.read().splitlines(), json.load(record)


def cells(lines, *first):
    """The cells of the table's line that begins with these."""
    for line in lines:
        found = [cell.strip() for cell in line.strip("|").split("|")]
        if found[:len(first)] == list(first):
            return found
    raise AssertionError(f"no line begins with {first} in\n" + "\n".join(lines))


class GpuBench(unittest.TestCase):
    def test_against_pytorch(self):
        code, lines, record = run("--taut", FAKE, "--torch-python", FAKE, "--seconds", "300")
        self.assertEqual(code, 0)
        step = cells(lines, "training step", "64", "fp32")
        self.assertEqual(step[3:5] + step[7:], ["0.192", "333333", "0.307", "208333", "1.60", "compiled channels_last"])
        self.assertEqual(cells(lines, "training, batch 64, fp32, over PyTorch's best")[2:], ["met", "1.60", "1.50", "3.00"])
        self.assertEqual(record["left_out"]["PyTorch 1.2.3 train-tf32-graph-nchw 1024"], "OutOfMemoryError made up")
        self.assertEqual(cells(lines, "epoch", "64", "tf32")[3], "70")

    def test_what_does_not_fit_is_left_out_by_name(self):
        code, _, record = run("--taut", FAKE, "--torch-python", FAKE, "--seconds", "8", FAKE_COMPILING_SECONDS="60")
        self.assertEqual(code, 0)
        self.assertEqual(record["left_out"]["compiled infer 1024 bf16"], "no time was left")

    def test_shares_of_what_the_gpu_can_do(self):
        _, lines, record = run("--taut", FAKE, "--seconds", "100")
        # 333,333 images/s of 200.86 MFLOP and 4.46 MB each, of 50 TFLOP/s and 3.07 TB/s.
        self.assertEqual(cells(lines, "training step", "64", "fp32")[5:7], ["134%", "48%"])
        self.assertIn("- measured: copies 3.07 TB/s, read and written bytes; fp32 50 TFLOP/s; tf32 200 TFLOP/s; bf16 400 TFLOP/s", lines)
        self.assertEqual(cells(lines, "inference", "1", "bf16")[7:], ["–"] * 4)
        self.assertEqual(record["left_out"]["PyTorch"], "no python3 here has it; --torch-python names one")

    def test_a_failure_costs_its_own_figures(self):
        code, lines, record = run("--taut", FAKE, "--torch-python", FAKE, "--seconds", "300", FAKE_FAILING="infer-tf32")
        self.assertEqual(code, 1)
        self.assertEqual(record["failed"]["infer 64 tf32"], "at `infer-tf32 64`: an illegal memory access, made up")
        self.assertEqual(cells(lines, "inference", "64", "bf16")[9], "1.60")
        code, lines, record = run("--taut", FAKE, "--torch-python", FAKE, "--seconds", "300", FAKE_FAILING="infer-tf32-graph-nchw")
        self.assertEqual(code, 0)
        self.assertEqual(cells(lines, "inference", "64", "bf16")[9], "1.60")

    def test_checks_alone(self):
        code, lines, record = run(checks="op table and networks: FAILED with exit code 8: its.log\n")
        self.assertEqual(code, 0)
        self.assertIn("- op table and networks: FAILED with exit code 8: its.log", lines)
        self.assertEqual(record["results"], [])

    def test_taut_that_cannot_start(self):
        code, lines, _ = run("--taut", "/bin/false", "--seconds", "5")
        self.assertEqual(code, 1)
        self.assertIn("- whatever else Taut does: it ended without a word", lines)


unittest.main()
