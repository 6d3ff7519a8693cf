"""Records operations as golden fixtures, and makes numbers that Swift can make too.

`record` runs an operation of PyTorch forward and backward and stores every element; see README.md for the keys.

The numbers that both sides make (so that nine million weights need not be stored) are `signed(name, count)`:

    seed     = FNV-1a, 64 bits, of the name's UTF-8 bytes
    z        = seed + i + 0x9E3779B97F4A7C15                     (all modulo 2^64; i = 0, 1, … in row-major order)
    z        = (z xor z >> 30) · 0xBF58476D1CE4E5B9
    z        = (z xor z >> 27) · 0x94D049BB133111EB
    z        =  z xor z >> 31                                    (splitmix64)
    u        = (z >> 40) / 2^24                                  in 0 ..< 1
    signed   = 2·u − 1                                           exact in single precision

Test vector: the first three of the name "palimpsest" are printed by `python fixtures.py`.
"""

import os
import zlib

import numpy as np
import torch
from safetensors.numpy import save_file

SEED = 20260719
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def signed(name: str, count: int) -> np.ndarray:
    """`count` numbers in −1 ..< 1, as float64, that depend on the name and their index only."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.arange(count, dtype=np.uint64) + np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1


class Cases:
    """The fixtures of one test target."""

    def __init__(self, target: str):
        self.folder = os.path.join(REPOSITORY, "Tests", target + "Tests", "Fixtures")
        os.makedirs(self.folder, exist_ok=True)
        torch.set_num_threads(1)
        print(f"seed {SEED}, torch {torch.__version__}, numpy {np.__version__}, into {self.folder}")

    def generator(self, name: str) -> np.random.Generator:
        """Random numbers that depend on the seed and the case's own name."""
        return np.random.default_rng([SEED, zlib.crc32(name.encode())])

    def record(self, name, function, inputs, parameters=None, statistics=None, constant_inputs=(), twice=False):
        """Stores `function(inputs, parameters, statistics)`, its gradients, and the statistics it leaves.

        `inputs` is one array or a list, `parameters` and `statistics` are dictionaries of arrays; `function` is given
        tensors in the same form. No gradient is stored for the inputs whose index is in `constant_inputs`. With `twice`
        the gradients of the inputs are differentiated again, along random directions.
        """
        single = not isinstance(inputs, list)
        upstream = None

        def run(dtype):
            nonlocal upstream
            tensor = lambda array, grad: torch.tensor(np.float32(array), dtype=dtype).requires_grad_(grad)
            xs = [tensor(x, i not in constant_inputs) for i, x in enumerate([inputs] if single else inputs)]
            ps = {key: tensor(p, True) for key, p in (parameters or {}).items()}
            ss = {key: tensor(s, False) for key, s in (statistics or {}).items()}
            key = lambda i: "input" if single else f"input.{i}"
            given = {key(i): x for i, x in enumerate(xs)}
            given |= {"parameter." + name: p.clone() for name, p in (ps | ss).items()}  # statistics will change
            output = function(xs[0] if single else xs, ps, ss)
            if upstream is None:
                upstream = np.float32(self.generator(name + " upstream").standard_normal(output.shape))
            seconds = self.second_gradients(name, output, upstream, {key(i): x for i, x in enumerate(xs)}) if twice else {}
            output.backward(torch.tensor(upstream, dtype=dtype))
            result = {"output": output}
            result |= {"gradient." + key(i): x.grad for i, x in enumerate(xs) if x.requires_grad}
            result |= {"gradient." + name: p.grad for name, p in ps.items()}
            result |= {"after." + name: s for name, s in ss.items() if not np.array_equal(s, statistics[name])}
            detached = lambda d: {key: t.detach().numpy() for key, t in d.items()}
            return detached(given), detached(result | seconds)

        given, exact = run(torch.float64)
        # What is 0 but for the rounding of double precision has no size to compare with.
        exact = {key: np.where(np.abs(a).max(initial=0) < 1e-13, 0, a) for key, a in exact.items()}
        _, rough = run(torch.float32)
        self.store(name, given | {"upstream": upstream} | exact, worst_difference(exact, rough))

    def second_gradients(self, name, output, upstream, inputs):
        """The gradients of S = Σ direction · gradient with respect to the inputs and to the upstream gradient."""
        inputs = {key: x for key, x in inputs.items() if x.requires_grad}
        upstream = torch.tensor(upstream, dtype=output.dtype).requires_grad_(True)
        first = torch.autograd.grad(output, list(inputs.values()), upstream, create_graph=True)
        total, result = 0, {}
        for key, gradient in zip(inputs, first):
            direction = np.float32(self.generator(f"{name} direction {key}").standard_normal(gradient.shape))
            result["direction." + key] = torch.tensor(direction, dtype=output.dtype)
            total = total + (result["direction." + key] * gradient).sum()
        leaves = {"upstream": upstream} | inputs
        seconds = torch.autograd.grad(total, list(leaves.values()), retain_graph=True, allow_unused=True)
        for (key, leaf), second in zip(leaves.items(), seconds):
            result["second." + key] = torch.zeros_like(leaf) if second is None else second
        return result

    def store(self, name, arrays, difference=None):
        """Writes the arrays in single precision and prints a line."""
        path = os.path.join(self.folder, name + ".safetensors")
        arrays = {key: np.array(array, dtype=np.float32, order="C") for key, array in sorted(arrays.items())}
        assert all(np.isfinite(array).all() for array in arrays.values()), name
        save_file(arrays, path)
        note = "" if difference is None else f"  single precision differs by {difference[0]:.1e} in {difference[1]}"
        print(f"{name:32} {os.path.getsize(path) / 1000:6.1f} kB{note}")


def worst_difference(exact, rough):
    """The largest of max|a − b| / max|b| over the arrays, and the key of that array."""
    def of(key):
        scale = np.abs(exact[key]).max()
        return 0.0 if scale == 0 else float(np.abs(rough[key] - exact[key]).max() / scale)
    return max((of(key), key) for key in exact)


if __name__ == "__main__":
    for value in signed("palimpsest", 3):
        print(repr(float(value)))
