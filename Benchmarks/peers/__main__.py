"""Runs the benchmark cases in PyTorch or ONNX Runtime, one for each line of standard input.

Usage: python -m peers torch|torch-channels-last|onnxruntime

A line `CASE REPEATS` is answered by a line of as many times in milliseconds, or `-` where the peer has no such case
(ONNX Runtime does not train). The cases are those of Sources/bench; each is warmed up once when it is first
asked for, and forgotten at the next.
"""

import io
import os
import sys
import time

THREADS = int(os.environ.get("THREADS", "2"))
os.environ["OMP_NUM_THREADS"] = str(THREADS)
clock = time.process_time if os.environ.get("CLOCK") == "processor" else time.perf_counter

import onnxruntime
import torch

from . import dense, hifigan, iresnet50, sequences, simswap, unet

CASES = (dense, simswap, iresnet50, unet, hifigan, sequences)
NETWORKS = {network.name: network for case in CASES for network in case.NETWORKS}
OTHERS = {"training-step": dense.training_step}


def torch_case(case, memory_format):
    if case in OTHERS:
        return OTHERS[case](memory_format)
    name, _, kind = case.rpartition("-")
    if name not in NETWORKS:
        return None
    network = NETWORKS[name]
    if kind == "forward":
        model = laid(network.make(), memory_format).eval()
        inputs = [laid(torch.rand(1, *shape), memory_format) for shape in network.shapes]

        def forward():
            with torch.inference_mode():
                model(*inputs)

        return forward
    model = laid((network.make_training or network.make)(), memory_format)
    inputs = [laid(torch.rand(network.training_batch, *shape), memory_format) for shape in network.training_shapes]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0001)

    def step():
        loss = (model(*inputs) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def laid(value, memory_format):
    """A model or a batch in a memory format; what is no batch of pictures has only one."""
    if isinstance(value, torch.Tensor) and value.dim() != 4:
        return value
    return value.to(memory_format=memory_format)


def onnxruntime_case(case):
    name, _, kind = case.rpartition("-")
    if name not in NETWORKS or kind != "forward":
        return None
    network = NETWORKS[name]
    inputs = [torch.rand(1, *shape) for shape in network.shapes]
    names = [f"input{index}" for index in range(len(inputs))]
    exported = io.BytesIO()
    torch.backends.mha.set_fastpath_enabled(False)  # which has no ONNX form
    torch.onnx.export(network.make().eval(), tuple(inputs), exported, dynamo=False, input_names=names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # Threads that spin between runs would slow down whoever is measured next.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(exported.getvalue(), options, providers=["CPUExecutionProvider"])
    given = {name: x.numpy() for name, x in zip(names, inputs)}
    return lambda: session.run(None, given)


def main():
    peer = sys.argv[1]
    make = {
        "torch": lambda case: torch_case(case, torch.contiguous_format),
        "torch-channels-last": lambda case: torch_case(case, torch.channels_last),
        "onnxruntime": onnxruntime_case,
    }[peer]
    answers, sys.stdout = sys.stdout, sys.stderr  # exporters print
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    version = onnxruntime.__version__ if peer == "onnxruntime" else torch.__version__
    print(version, file=answers, flush=True)
    prepared, case = None, None
    for line in sys.stdin:
        name, repeats = line.split()
        if name != prepared:
            case = None  # frees the last one before the next is made
            prepared, case = name, make(name)
            if case:
                case()
        times = []
        for _ in range(int(repeats) if case else 0):
            started = clock()
            case()
            times.append(1000 * (clock() - started))
        print(" ".join(f"{t:.3f}" for t in times) or "-", file=answers, flush=True)


if __name__ == "__main__":
    main()
