"""Runs the benchmark cases in PyTorch or ONNX Runtime, one for each line of standard input.

Usage: peers.py torch|torch-channels-last|onnxruntime

A line `CASE REPEATS` is answered by a line of as many times in milliseconds, or `-` where the peer has no such case
(ONNX Runtime does not train). The cases are those of Sources/bench; each is warmed up once when first asked for.
"""

import io
import os
import sys
import time

THREADS = int(os.environ.get("THREADS", "2"))
os.environ["OMP_NUM_THREADS"] = str(THREADS)

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F

ORACLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Oracles", "QRSteganography")
sys.path.insert(0, ORACLES)
from network import dense56, dense103

FORWARD = {
    "dense103-forward": (dense103, (1, 4, 256, 256)),
    "dense56-forward": (dense56, (1, 3, 256, 256)),
}


def torch_case(name, memory_format):
    if name in FORWARD:
        make, shape = FORWARD[name]
        network = make().eval().to(memory_format=memory_format)
        x = torch.rand(shape).to(memory_format=memory_format)

        def forward():
            with torch.inference_mode():
                network(x)

        return forward
    if name == "training-step":
        return training_step(memory_format)
    return None


def training_step(memory_format):
    """Both networks, batch 4, 128×128: mark, read, cross-entropy plus squared residual, backward, Adam."""
    encoder, decoder = (make().to(memory_format=memory_format) for make in (dense103, dense56))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.001)
    cover = torch.rand(4, 3, 128, 128).to(memory_format=memory_format)
    code = (torch.rand(4, 1, 128, 128) > 0.5).float()
    strength = torch.tensor([0.04, 0.02, 0.02]).reshape(1, 3, 1, 1)

    def step():
        residual = strength * torch.sigmoid(encoder(torch.cat([cover, code], 1)))
        loss = F.binary_cross_entropy_with_logits(decoder(cover + residual), code) + (residual**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def onnxruntime_case(name):
    if name not in FORWARD:
        return None
    make, shape = FORWARD[name]
    exported = io.BytesIO()
    torch.onnx.export(make().eval(), torch.rand(shape), exported, dynamo=False, input_names=["input"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # Threads that spin between runs would slow down whoever is measured next.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(exported.getvalue(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).random(shape, dtype=np.float32)
    return lambda: session.run(None, {"input": x})


def main():
    peer = sys.argv[1]
    make = {
        "torch": lambda name: torch_case(name, torch.contiguous_format),
        "torch-channels-last": lambda name: torch_case(name, torch.channels_last),
        "onnxruntime": onnxruntime_case,
    }[peer]
    answers, sys.stdout = sys.stdout, sys.stderr  # exporters print
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    version = onnxruntime.__version__ if peer == "onnxruntime" else torch.__version__
    print(version, file=answers, flush=True)
    cases = {}
    for line in sys.stdin:
        name, repeats = line.split()
        if name not in cases:
            cases[name] = make(name)
            if cases[name]:
                cases[name]()
        times = []
        for _ in range(int(repeats) if cases[name] else 0):
            started = time.perf_counter()
            cases[name]()
            times.append(1000 * (time.perf_counter() - started))
        print(" ".join(f"{t:.3f}" for t in times) or "-", file=answers, flush=True)


main()
