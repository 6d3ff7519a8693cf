"""Makes the fixtures of EmotionTests.

EmoDNN, the discriminator and classifier A are recorded whole, with few channels at odd sizes. Classifier B, whose sizes
the paper fixes, has 2 million weights that are not stored: both sides make them from `signed(name, i)` of
../fixtures.py, `name` being the parameter's dotted name:

| name | value |
|---|---|
| a convolution's or dense layer's `weight` | sqrt(6 / fanIn / 1.09) · signed |
| `normN.weight` | 1 + 0.1 · signed |
| `normN.running_var` | 1 + 0.2 · signed |
| any other: `bias`, `normN.running_mean` | 0.1 · signed |

Its keys are those of ../QRSteganography/make.py: `gradient.norms` and `gradient.projections` stand for all parameters,
names sorted by their bytes.
"""

import os
import sys

import numpy as np
import torch
from torch.func import functional_call
from torch.nn import functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, signed, worst_difference
from network import ClassifierA, ClassifierB, Discriminator, EmoDNN

CHANNELS, WIDTHS, CONDITION, EMOTIONS = 2, [2, 3, 4], 3, 3


def record(cases, name, network, inputs, training, constant_inputs=(), twice=False):
    """A network with random parameters and statistics, by name."""
    generator = cases.generator(name)
    parameters, statistics = {}, {}
    for key, tensor in network.named_parameters():
        scale = 0.3 if tensor.dim() < 2 else 1.5 / np.sqrt(np.prod(tensor.shape[1:]))
        values = scale * generator.standard_normal(tensor.shape)
        parameters[key] = values + 1 if ("norm" in key and key.endswith(".weight") and tensor.dim() == 1) else values
    for key, tensor in network.named_buffers():
        if key.endswith("num_batches_tracked"):
            continue
        values = generator.standard_normal(tensor.shape)
        if key.endswith("running_var"):
            values = 1 + 0.3 * np.tanh(values)
        if key.endswith(("_u", "_v")):
            values /= np.linalg.norm(values)
        statistics[key] = np.float32(values)

    def function(xs, ps, ss):
        network.train(training).to(xs[0].dtype if isinstance(xs, list) else xs.dtype)
        return functional_call(network, {**ps, **ss}, tuple(xs) if isinstance(xs, list) else xs)

    cases.record(name, function, inputs, parameters, statistics, constant_inputs, twice)


def record_classifier_b(cases, name, training):
    def run(dtype):
        network = ClassifierB(1, 48, 7).train(training)
        with torch.no_grad():
            for key, tensor in network.state_dict().items():
                if key.endswith("num_batches_tracked"):
                    continue
                values = signed(key, tensor.numel()).reshape(tensor.shape)
                if tensor.dim() > 1:
                    values = np.sqrt(6 / np.prod(tensor.shape[1:]) / 1.09) * values
                elif key.endswith(".weight"):
                    values = 1 + 0.1 * values
                elif key.endswith("running_var"):
                    values = 1 + 0.2 * values
                else:
                    values = 0.1 * values
                tensor.copy_(torch.tensor(np.float32(values)))
        network.to(dtype)
        x = torch.tensor(np.float32((1 + signed("input", 3 * 48 * 48)) / 2), dtype=dtype).reshape(3, 1, 48, 48)
        x.requires_grad_(True)
        output = network(x)
        output.backward(torch.tensor(signed("upstream", output.numel()), dtype=dtype).reshape(output.shape))
        result = {"output": output.detach().numpy(), "gradient.input": x.grad.numpy()}
        gradients = {key: np.float64(p.grad.numpy()).ravel() for key, p in network.named_parameters()}
        names = sorted(gradients)
        result["gradient.norms"] = np.array([np.linalg.norm(gradients[n]) for n in names])
        result["gradient.projections"] = np.array([
            gradients[n] @ signed("direction." + n, gradients[n].size) / np.sqrt(gradients[n].size / 3) for n in names])
        return result

    exact, rough = run(torch.float64), run(torch.float32)
    cases.store(name, exact, worst_difference(exact, rough))


def main():
    cases = Cases("Emotion")
    pictures = cases.generator("pictures").uniform(size=(3, CHANNELS, 11, 14))
    emotions = np.eye(EMOTIONS)[[2, 0, 1]]
    for mode in ("evaluation", "training"):
        training = mode == "training"
        record(cases, f"classifier-a-{mode}", ClassifierA(CHANNELS, WIDTHS, EMOTIONS), pictures, training)
        record(cases, f"emodnn-{mode}", EmoDNN(CHANNELS, WIDTHS, CONDITION, EMOTIONS), [pictures, emotions], training, (1,))
        record_classifier_b(cases, f"classifier-b-{mode}", training)
    record(cases, "discriminator-training", Discriminator(CHANNELS, WIDTHS), pictures, True)
    record(cases, "discriminator-twice", Discriminator(CHANNELS, WIDTHS), pictures, False, twice=True)

    labels = torch.tensor([2, 0, 1, 1, 2])
    logits = 2 * cases.generator("logits").standard_normal((5, 3))

    def confident(logits, ps, ss):  # equation 10
        right = F.softmax(logits, 1).gather(1, labels[:, None])[:, 0]
        return (1.14 * (F.cross_entropy(logits, labels, reduction="none") + (1 - right) / 4)).mean()

    weights = torch.tensor([0.5, 1.25, 2.0])
    cases.record("loss-confident", confident, logits)
    cases.record("loss-weighted", lambda x, p, s: F.cross_entropy(
        x, labels, weights.to(x.dtype)), logits)


if __name__ == "__main__":
    main()
