"""Runs ONNX's own tests of single operators on this project's engine and prints how many of each operator pass.

Fails if fewer pass than onnx-nodes.txt says; with --update, writes that file anew. Benchmarks/onnx-nodes calls it.
"""

import collections
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

warnings.simplefilter("ignore")  # the tests divide by zero on purpose
RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx-nodes.txt")


def write(case, folder):
    """The files of a test: model.onnx, input_0.pb …, output_0.pb …, and the relative and absolute tolerance."""
    os.makedirs(folder)
    def store(name, data):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    store("model.onnx", case.model.SerializeToString())
    store("tolerance", f"{case.rtol} {case.atol}".encode())
    for kind, values in zip(("input", "output"), case.data_sets[0]):
        for index, value in enumerate(values):
            tensor = value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(np.asarray(value))
            store(f"{kind}_{index}.pb", tensor.SerializeToString())


class Runner:
    """The program that runs tests; a test that ends it is a failed one."""

    def __init__(self, path):
        self.path, self.process = path, None

    def run(self, folder):
        if self.process is None:
            self.process = subprocess.Popen(
                [self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.process.stdin.write(folder + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            self.process.wait()
            self.process = None
        return answer or "ends the program"


def operator(case):
    """What a test is of; the ones that spell an operator out in others are counted together."""
    nodes = case.model.graph.node
    return nodes[0].op_type if len(nodes) == 1 else "several in one graph"


def cases():
    from onnx.backend.test.case.node import collect_testcases
    for case in collect_testcases(None):
        graph = case.model.graph
        if all(value.type.HasField("tensor_type") for value in [*graph.input, *graph.output]):
            yield case


runner = Runner(os.environ["ONNX_NODES"])
passed, total = collections.Counter(), collections.Counter()
with tempfile.TemporaryDirectory() as folder:
    for case in cases():
        place = os.path.join(folder, case.name)
        write(case, place)
        answer = runner.run(place)
        passed[operator(case)] += answer == "passes"
        total[operator(case)] += 1
        if "--verbose" in sys.argv and answer != "passes":
            print(f"{case.name}: {answer}")

lines = [f"{passed[name]:4} of {total[name]:4}  {name}" for name in sorted(total, key=str.lower)]
lines.append(f"{passed.total():4} of {total.total():4}  in all, ONNX {onnx.__version__}")
if "--update" in sys.argv:
    with open(RECORD, "w") as file:
        file.write("\n".join(lines) + "\n")
print("\n".join(lines))
with open(RECORD) as file:
    before = {line[14:].strip(): int(line[:4]) for line in file}
fewer = [name for name in total if passed[name] < before.get(name, 0)]
sys.exit(f"error: fewer tests pass than {os.path.basename(RECORD)} says: {', '.join(fewer)}" if fewer else 0)
