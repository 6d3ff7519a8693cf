"""Makes the fixtures of QRSteganographyTests that compare whole networks with random weights.

Usage: make.py [FOLDER], FOLDER being a clone of github.com/bfortuner/pytorch_tiramisu to compare network.py with.

The weights (9 million for the encoder) are not stored: both sides make them from `signed(name, i)` of ../fixtures.py,
i being the row-major index in PyTorch's shape and `name` the parameter's dotted name. In double precision, then rounded
to single:

| name ends in | value |
|---|---|
| `conv.weight`, `first.weight`, `last.weight` | sqrt(1.5 / fanIn) · signed; fanIn = shape[1] · rows · columns |
| the same within `grow.` (shape [in, out, 3, 3]) | sqrt(1.5 / fanIn) · signed; fanIn = shape[0] · 9 / 4 |
| `norm.weight` | 1 + 0.1 · signed |
| `norm.bias` | 0.1 · signed, and 3 more where signed ≥ 0, 3 less where not |
| `norm.running_var` | 1 + 0.2 · signed |
| any other: `bias`, `norm.running_mean` | 0.1 · signed |

Biases of 3 keep most of what is rectified away from 0, where rounding decides which way the gradient goes and no two
programs agree.

The input is u = (1 + signed("input")) / 2 in its shape, the upstream gradient signed("upstream") in the output's.

| key | what it holds |
|---|---|
| `input.shape` | batch, channels, height, width |
| `output`, `gradient.input` | every element |
| `gradient.norms` | for every parameter, names sorted by their bytes, the Euclidean norm of its gradient |
| `gradient.projections` | the same for Σ gradient · signed("direction.NAME") / sqrt(count / 3) |
| `gradient.NAME` | every element, for a few small parameters |
| `after.projections`, `after.norms` | the same for the running statistics that a step of training leaves, if it does |

NETWORK.names.txt lists the names of all parameters with their shapes, sorted by their bytes.
"""

import os
import sys
import time

import numpy as np
import torch

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, signed, worst_difference
from network import dense56, dense103

WHOLE = (
    "first.weight", "first.bias", "last.weight", "last.bias", "down.0.layers.1.norm.weight", "shrink.2.norm.bias",
    "bottom.layers.1.conv.bias", "up.0.layers.2.conv.bias", "up.4.layers.3.norm.weight")


def weight(name, shape):
    values = signed(name, int(np.prod(shape))).reshape(shape)
    if len(shape) == 4:
        fan_in = shape[0] * 9 / 4 if name.startswith("grow.") else shape[1] * shape[2] * shape[3]
        return np.sqrt(1.5 / fan_in) * values
    if name.endswith("norm.weight"):
        return 1 + 0.1 * values
    if name.endswith("running_var"):
        return 1 + 0.2 * values
    if name.endswith("norm.bias"):
        return 0.1 * values + np.where(values >= 0, 3, -3)
    return 0.1 * values


def fill(network):
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(torch.tensor(np.float32(weight(name, tuple(tensor.shape)))))
    return network


def summary(prefix, arrays):
    """The norm of each array and its projection on the direction that belongs to its name."""
    names = sorted(arrays)
    directions = {n: signed("direction." + n, arrays[n].size) / np.sqrt(arrays[n].size / 3) for n in names}
    doubles = {n: np.float64(arrays[n]).ravel() for n in names}
    return {
        prefix + ".norms": np.array([np.linalg.norm(doubles[n]) for n in names]),
        prefix + ".projections": np.array([doubles[n] @ directions[n] for n in names]),
    }


def run(network, shape, dtype):
    network = fill(network).to(dtype)
    x = torch.tensor(np.float32((1 + signed("input", int(np.prod(shape)))) / 2), dtype=dtype)
    x = x.reshape(shape).requires_grad_(True)
    output = network(x)
    upstream = torch.tensor(signed("upstream", output.numel()), dtype=dtype).reshape(output.shape)
    output.backward(upstream)
    gradients = {name: p.grad.numpy() for name, p in network.named_parameters()}
    result = {"output": output.detach().numpy(), "gradient.input": x.grad.numpy()}
    result |= {"gradient." + name: gradients[name] for name in WHOLE}
    result |= summary("gradient", gradients)
    if network.training:
        statistics = {name: b.numpy() for name, b in network.named_buffers() if "running" in name}
        result |= summary("after", statistics)
    return result


def compare_with_tiramisu(folder):
    """Checks that the public PyTorch version, given the same weights in its own order, gives the same numbers."""
    sys.path.insert(0, folder)
    from models.tiramisu import FCDenseNet as Tiramisu

    theirs = Tiramisu(
        in_channels=4, down_blocks=(4, 5, 7, 10, 12), up_blocks=(12, 10, 7, 5, 4), bottleneck_layers=15,
        growth_rate=16, out_chans_first_conv=48, n_classes=3).double().eval()
    theirs.softmax = torch.nn.Identity()
    renamed = (
        ("firstconv.", "first."), ("denseBlocksDown.", "down."), ("transDownBlocks.", "shrink."),
        ("bottleneck.bottleneck.", "bottom."), ("transUpBlocks.", "grow."), ("convTrans.", "conv."),
        ("denseBlocksUp.", "up."), ("finalConv.", "last."))
    ours = fill(dense103()).double().eval()
    state = ours.state_dict()
    translated = {}
    for name in theirs.state_dict():
        own = name
        for old, new in renamed:
            own = own.replace(old, new)
        translated[name] = state.pop(own)
    assert not state, f"not in the public version: {list(state)}"
    theirs.load_state_dict(translated)
    x = torch.tensor(signed("input", 4 * 37 * 50)).reshape(1, 4, 37, 50)
    with torch.no_grad():
        difference = (ours(x) - theirs(x)).abs().max().item()
    print(f"largest difference from the public version: {difference:.1e}")
    assert difference < 1e-12


def main():
    cases = Cases("QRSteganography")
    if len(sys.argv) > 1:
        compare_with_tiramisu(sys.argv[1])
    for name, make, training, shape in (
        ("dense103-evaluation", dense103, False, (1, 4, 32, 48)),
        ("dense103-training", dense103, True, (2, 4, 64, 32)),
        ("dense56-evaluation", dense56, False, (2, 3, 37, 50)),
        ("dense56-training", dense56, True, (2, 3, 64, 32)),
    ):
        started = time.time()
        exact = run(make().train(training), shape, torch.float64)
        rough = run(make().train(training), shape, torch.float32)
        for key in exact:
            print(f"    {key:32} {worst_difference({key: exact[key]}, rough)[0]:.1e}  rms {np.sqrt((exact[key]**2).mean()):.3g}")
        cases.store(name, exact | {"input.shape": np.float32(shape)}, worst_difference(exact, rough))
        print(f"    {time.time() - started:.1f} s")
    for name, make in (("dense103", dense103), ("dense56", dense56)):
        state = make().state_dict().items()
        lines = sorted(f"{key} {list(t.shape)}" for key, t in state if not key.endswith("num_batches_tracked"))
        with open(os.path.join(cases.folder, name + ".names.txt"), "w") as file:
            file.write("\n".join(lines) + "\n")
    count = sum(p.numel() for p in dense103().parameters()), sum(p.numel() for p in dense56().parameters())
    print(f"parameters: dense103 {count[0]}, dense56 {count[1]}")


main()
