"""Compares what `palimpsest models export` writes, run by ONNX Runtime, with the same networks in PyTorch, and fails
where they differ by more than 1e-4 of the largest element:

    python Tests/Oracles/ONNX/check.py .build/release/palimpsest
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "QRSteganography"))
from network import FCDenseNet, dense103, dense56

TOLERANCE = 1e-4
AMPLITUDE = torch.tensor([0.04, 0.02, 0.02], dtype=torch.float64).reshape(1, 3, 1, 1)
SCALE = torch.tensor([4.0, 8.0, 8.0], dtype=torch.float64).reshape(1, 3, 1, 1)

# Model, the side of its squares, encoder, decoder.
MODELS = [
    ("dense103", 1, dense103(), dense56()),
    ("dense-fast", 2, FCDenseNet(16, 12, 16, (2, 3, 4), 4, (4, 3, 2), first=32, crop=1),
     FCDenseNet(12, 4, 16, (3, 4, 5), 5, (5, 4, 3), first=32, crop=1)),
]


def through(network, square, x):
    return torch.nn.functional.pixel_shuffle(network(torch.nn.functional.pixel_unshuffle(x, square)), square)


def residual(network, square, cover, code):
    made = torch.sigmoid(through(network, square, torch.cat([(cover - 0.5) * SCALE, 2 * code - 1], 1))) * AMPLITUDE
    return made - made.mean((2, 3), keepdim=True)


def logits(network, square, marked):
    return through(network, square, (marked - 0.5) * SCALE)


palimpsest, failed = sys.argv[1], False
generator = np.random.default_rng(20260719)
for model, square, encoder, decoder in MODELS:
    with tempfile.TemporaryDirectory() as folder:
        weights = os.path.join(folder, "weights.safetensors")
        subprocess.run([palimpsest, "models", "export", model, "-o", weights], check=True)
        arrays = load_file(weights)
        for role, network, function, inputs in (
                ("encoder", encoder, residual, {"cover": 3, "code": 1}), ("decoder", decoder, logits, {"marked": 3})):
            graph = os.path.join(folder, role + ".onnx")
            subprocess.run([palimpsest, "models", "export", model, "--network", role, "-o", graph], check=True)
            own = {key[len(role) + 1:]: a for key, a in arrays.items() if key.startswith(role + ".")}
            network.load_state_dict(own, strict=False)
            network.double().eval()
            given = {name: np.float32(generator.random((1, count, 128, 128))) for name, count in inputs.items()}
            if "code" in given:
                given["code"] = np.round(given["code"])
            found = onnxruntime.InferenceSession(graph).run(None, given)[0]
            with torch.no_grad():
                expected = function(network, square, *(torch.tensor(x).double() for x in given.values())).numpy()
            difference = np.abs(found - expected).max() / np.abs(expected).max()
            failed |= not difference <= TOLERANCE
            print(f"{model} {role}: {os.path.getsize(graph) / 1e6:.1f} MB, differs by {difference:.1e}")
sys.exit("error: more than 1e-4" if failed else 0)
