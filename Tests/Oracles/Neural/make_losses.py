"""Makes the fixtures of NeuralTests for losses, from PyTorch and the originals of piq and lpips."""

import os
import sys

import lpips
import numpy as np
import piq
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, signed, worst_difference

cases = Cases("Neural")


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def uniform(name, *shape):
    return np.float32(cases.generator(name).random(shape))


# Errors, element by element.

pair = [1.5 * normal("errors", 2, 3, 5), normal("errors b", 2, 3, 5)]
cases.record("absolute-error", lambda xs, p, s: F.l1_loss(*xs, reduction="none"), pair)
cases.record("squared-error", lambda xs, p, s: F.mse_loss(*xs, reduction="none"), pair)
cases.record("huber-error", lambda xs, p, s: F.huber_loss(*xs, reduction="none", delta=0.7), pair)
cases.record("log-cosh-error", lambda xs, p, s: torch.log(torch.cosh(xs[0] - xs[1])), pair)


# Cross-entropies. The third label of each is left out.

weights = np.float32([0.5, 2, 1, 1.5])


def labelled(x, labels, smoothing):
    return F.cross_entropy(
        x, torch.tensor(labels), weight=torch.tensor(weights, dtype=x.dtype), label_smoothing=smoothing)


labels = [2, 0, -100, 3, 1]
cases.record("cross-entropy", lambda x, p, s: labelled(x, labels, 0.0), 3 * normal("entropy", 5, 4))
cases.record("cross-entropy-smooth", lambda x, p, s: labelled(x, labels, 0.1), 3 * normal("entropy", 5, 4))
spatial = [[[2, 0, -100], [1, 1, 3]], [[0, 3, 2], [2, 1, 0]]]
cases.record(
    "cross-entropy-spatial", lambda x, p, s: labelled(x, spatial, 0.0), normal("entropy spatial", 2, 4, 2, 3))
shares = uniform("probabilities", 2, 4, 3)
shares = shares / shares.sum(1, keepdims=True)
cases.record(
    "cross-entropy-probabilities",
    lambda xs, p, s: F.cross_entropy(*xs, weight=torch.tensor(weights, dtype=xs[0].dtype)),
    [normal("entropy probabilities", 2, 4, 3), shares], constant_inputs=(1,))


# What discriminators and generators want; scores of 1.2 around 0.

scores = [1.2 * normal("real", 3, 1, 5), 1.2 * normal("fake", 3, 1, 5)]
bce = F.binary_cross_entropy_with_logits
discriminators = {
    "cross-entropy": lambda r, f: bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f)),
    "least-squares": lambda r, f: F.mse_loss(r, torch.ones_like(r)) + F.mse_loss(f, torch.zeros_like(f)),
    "hinge": lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean(),
    "wasserstein": lambda r, f: f.mean() - r.mean(),
}
generators = {
    "cross-entropy": lambda f: bce(f, torch.ones_like(f)),
    "least-squares": lambda f: F.mse_loss(f, torch.ones_like(f)),
    "hinge": lambda f: -f.mean(),
    "wasserstein": lambda f: -f.mean(),
}
for name, loss in discriminators.items():
    cases.record(f"adversarial-{name}-discriminator", lambda xs, p, s: loss(*xs), scores)
for name, loss in generators.items():
    cases.record(f"adversarial-{name}-generator", lambda x, p, s: loss(x), scores[1])


# Penalties on the slope of a critic of two convolutions.


def critic(x, p):
    x = F.softplus(F.conv2d(x, p["first.weight"], p["first.bias"], padding=1))
    return F.conv2d(x, p["second.weight"], p["second.bias"]).mean((1, 2, 3))


def slopes(x, p):
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(critic(x, p).sum(), x, create_graph=True)[0].flatten(1)


parameters = {
    "first.weight": 8 * normal("critic first", 4, 3, 3, 3), "first.bias": normal("critic first bias", 4),
    "second.weight": normal("critic second", 1, 4, 1, 1), "second.bias": normal("critic second bias", 1),
}
real, fake = normal("penalty real", 3, 3, 5, 4), normal("penalty fake", 3, 3, 5, 4)
mixture = np.float32([0.2, 0.9, 0.5])


# The last bias has no slope: 0 times it keeps PyTorch's graph whole.
def wasserstein_penalty(xs, p, s):
    share = torch.tensor(mixture, dtype=xs[0].dtype)[:, None, None, None]
    lengths = slopes(share * xs[0] + (1 - share) * xs[1], p).norm(dim=1)
    return ((lengths - 1) ** 2).mean() + 0 * p["second.bias"].sum()


def real_penalty(x, p, s):
    return slopes(x, p).square().sum(1).mean() / 2 + 0 * p["second.bias"].sum()


for name, function, given in (("wasserstein", wasserstein_penalty, [real, fake]), ("real", real_penalty, real)):
    cases.record(
        f"penalty-{name}", function, given, parameters, constant_inputs=(0, 1))


# Distributions and directions.

moments = [normal(f"divergence {part}", 2, 5) for part in range(4)]
cases.record(
    "divergence", lambda xs, p, s: torch.distributions.kl_divergence(
        torch.distributions.Normal(xs[0], (xs[1] / 2).exp()), torch.distributions.Normal(xs[2], (xs[3] / 2).exp())),
    moments)
cases.record(
    "divergence-standard", lambda xs, p, s: torch.distributions.kl_divergence(
        torch.distributions.Normal(xs[0], (xs[1] / 2).exp()),
        torch.distributions.Normal(torch.zeros_like(xs[0]), torch.ones_like(xs[0]))), moments[:2])
cases.record(
    "cosine", lambda xs, p, s: F.cosine_similarity(*xs, dim=1),
    [normal("cosine", 2, 5, 3), normal("cosine b", 2, 5, 3)])


# Pictures.


def pictures(name, *shape):
    first = uniform(name, *shape)
    return [first, np.clip(first + 0.1 * normal(name + " noise", *shape), 0, 1)]


# piq compares gradients in single precision only where it divides by what is nearly 0, not here.
cases.record(
    "ssim", lambda xs, p, s: piq.ssim(*xs, data_range=1, reduction="none", downsample=False),
    pictures("ssim", 2, 3, 13, 15))
cases.record(
    "ssim-7", lambda xs, p, s: piq.ssim(
        *xs, kernel_size=7, kernel_sigma=1.1, data_range=1, reduction="none", downsample=False),
    pictures("ssim-7", 2, 1, 9, 10))
cases.record("gmsd", lambda xs, p, s: piq.gmsd(*xs, data_range=1, reduction="none"), pictures("gmsd", 2, 1, 14, 18))


def perceptual(name, net, height, width):
    """Parameter P of the network is signed("NAME.P") · √(6 / fan in), biases a tenth of signed, heads |signed| / channels.

    The pictures are signed("NAME.a") and signed("NAME.b"), of shape [1, 3, height, width].
    """
    model = lpips.LPIPS(pretrained=False, net=net, pnet_rand=True, verbose=False)
    given = model.state_dict()
    numbered = {}  # slices keep torchvision's numbers
    for key in given:
        parts = key.split(".")
        if parts[0] == "net":
            numbered[key] = ".".join(["features"] + parts[2:])
        elif parts[0].startswith("lin") and parts[0] != "lins":
            numbered[key] = key
    for key, own in numbered.items():
        shape = tuple(given[key].shape)
        values = signed(f"{name}.{own}", int(np.prod(shape))).reshape(shape)
        if own.startswith("lin"):
            values = np.abs(values) / shape[1]
        elif own.endswith("weight"):
            values = values * np.sqrt(6 / np.prod(shape[1:]))
        else:
            values = 0.1 * values
        # lins holds the heads of lin0 … lin4 once more.
        given[key].copy_(torch.tensor(np.float32(values)))

    def run(dtype):
        tensors = [
            torch.tensor(signed(f"{name}.{side}", 3 * height * width).reshape(1, 3, height, width), dtype=dtype)
            .requires_grad_(True) for side in "ab"]
        output = model.to(dtype)(*tensors).flatten()
        output.backward()
        return {"output": output.detach().numpy()} | {
            f"gradient.input.{index}": tensor.grad.numpy() for index, tensor in enumerate(tensors)}

    rough, exact = run(torch.float32), run(torch.float64)
    cases.store(f"lpips-{name}", exact, worst_difference(exact, rough))


perceptual("alex", "alex", 35, 41)
perceptual("vgg", "vgg", 17, 19)


# Speakers: three of four utterances each, as equations 5, 6 and 9 of Wan et al. 2018 have it.


def similarities(x, weight, bias):
    speakers, utterances, _ = x.shape
    rows = []
    for j in range(speakers):
        for i in range(utterances):
            rest = torch.cat([x[j, :i], x[j, i + 1:]]).mean(0)
            centres = [rest if k == j else x[k].mean(0) for k in range(speakers)]
            rows.append(torch.stack([F.cosine_similarity(x[j, i], centre, dim=0) for centre in centres]))
    return weight * torch.stack(rows) + bias


utterances = normal("end-to-end", 3, 4, 6)
cases.record(
    "end-to-end-similarities", lambda x, p, s: similarities(x, p["weight"], p["bias"]), utterances,
    {"weight": np.float32([9.5]), "bias": np.float32([-4.5])})
speaker = torch.arange(3).repeat_interleave(4)
cases.record("end-to-end", lambda x, p, s: F.cross_entropy(similarities(x, 10, -5), speaker), utterances)


# Margins on cosines, written after deepinsight/insightface and HuangYG123/CurricularFace. The second item is further
# from its class than π less the margin.

cosine = np.float32(0.9) * np.float32(2 * uniform("margin", 4, 5) - 1)
own = [1, 3, 0, 3]
cosine[1, 3] = -0.95
cosine[2, 0] = 0.8


def margins(x, kind, margin, progress=0.3):
    index = torch.arange(4), torch.tensor(own)
    target = x[index]
    wide = torch.cos(torch.acos(target) + margin)
    result = x.clone()
    if kind == "cos":
        result[index] = target - margin
        return 64 * result
    if kind == "curricular":
        hard = x > wide[:, None]
        result = torch.where(hard, x * (progress + x), x)
    result[index] = torch.where(
        target > np.cos(np.pi - margin), wide, target - np.sin(np.pi - margin) * margin)
    return 64 * result


cases.record("arc-face", lambda x, p, s: margins(x, "arc", 0.5), cosine)
cases.record("cos-face", lambda x, p, s: margins(x, "cos", 0.35), cosine)
cases.record("curricular-face", lambda x, p, s: margins(x, "curricular", 0.5), cosine)
