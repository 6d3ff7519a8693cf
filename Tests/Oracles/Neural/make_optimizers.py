"""Makes the fixtures of NeuralTests for optimizers, schedules, clipped gradients and averaged weights."""

import os
import sys

import numpy as np
import torch
from adabelief_pytorch import AdaBelief  # the authors' own
from lion_pytorch import Lion
from torch import nn
from torch.optim import lr_scheduler as schedulers
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, worst_difference

cases = Cases("Neural")
STEPS = 10


def optimizer(name, make, moments):
    """Ten steps with rate 0.01: `value` and `gradients` given; `values` after each step; last moments by our names."""
    shape = (3, 11)
    normal = lambda part, *shape: np.float32(cases.generator(f"{name} {part}").standard_normal(shape))
    given = {"value": normal("value", *shape), "gradients": 0.3 * normal("gradients", STEPS, *shape)}

    def run(dtype):
        value = torch.tensor(given["value"], dtype=dtype).requires_grad_(True)
        rule = make([value])
        values = []
        for step in range(STEPS):
            value.grad = torch.tensor(given["gradients"][step], dtype=dtype)
            rule.step()
            values.append(value.detach().numpy().copy())
        state = rule.state[value]
        return {"values": np.stack(values)} | {own: state[theirs].numpy() for own, theirs in moments.items()}

    exact, rough = run(torch.float64), run(torch.float32)
    cases.store(f"optimizer-{name}", given | exact, worst_difference(exact, rough))


ADAM = {"first": "exp_avg", "second": "exp_avg_sq"}
optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.01), ADAM)
optimizer("adam-decay", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.99), weight_decay=0.1), ADAM)
# Rectified from the sixth step on.
optimizer("radam", lambda p: torch.optim.RAdam(p, lr=0.01, weight_decay=0.1, decoupled_weight_decay=True), ADAM)
optimizer(
    "adabelief", lambda p: AdaBelief(
        p, lr=0.01, eps=1e-5, weight_decay=0.1, weight_decouple=True, rectify=False, print_change_log=False),
    {"first": "exp_avg", "second": "exp_avg_var"})
optimizer("lion", lambda p: Lion(p, lr=0.01, weight_decay=0.1), {"first": "exp_avg"})
optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.01, weight_decay=0.1), {})
SGD = {"velocity": "momentum_buffer"}
optimizer("sgd-momentum", lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1), SGD)
optimizer("sgd-nesterov", lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True), SGD)
optimizer(
    "rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.95, momentum=0.9, weight_decay=0.1),
    {"square": "square_avg", "velocity": "momentum_buffer"})


# Schedules: the rate of each of 60 steps, of a full rate of 1.


def schedule(make):
    rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    scheduler = make(rule)
    rates = []
    for _ in range(60):
        rates.append(rule.param_groups[0]["lr"])
        rule.step()
        scheduler.step()
    return np.array(rates)


def sequence(rule):
    first = schedulers.LinearLR(rule, start_factor=0.1, total_iters=7)
    return schedulers.SequentialLR(rule, [first, schedulers.StepLR(rule, 11, 0.5)], [13])


cases.store("schedules", {
    "steps": schedule(lambda rule: schedulers.StepLR(rule, 7, 0.4)),
    "milestones": schedule(lambda rule: schedulers.MultiStepLR(rule, [5, 18, 41], 0.3)),
    "exponential": schedule(lambda rule: schedulers.ExponentialLR(rule, 0.93)),
    "linear": schedule(lambda rule: schedulers.LinearLR(rule, start_factor=0.2, end_factor=0.7, total_iters=17)),
    "warm-up": schedule(lambda rule: schedulers.LinearLR(rule, start_factor=1 / 7, total_iters=6)),
    "cosine": schedule(lambda rule: schedulers.CosineAnnealingLR(rule, 59, eta_min=0.05)),
    "restarts": schedule(lambda rule: schedulers.CosineAnnealingWarmRestarts(rule, 9, T_mult=1, eta_min=0.1)),
    "growing-restarts": schedule(lambda rule: schedulers.CosineAnnealingWarmRestarts(rule, 5, T_mult=2)),
    "one-cycle": schedule(lambda rule: schedulers.OneCycleLR(rule, 1, total_steps=61, cycle_momentum=False)),
    "sequence": schedule(sequence),
    "product": schedule(lambda rule: schedulers.ChainedScheduler(
        [schedulers.LinearLR(rule, start_factor=0.1, total_iters=7), schedulers.ExponentialLR(rule, 0.9)])),
})


# Gradients of several shapes, clipped in place: by their common norm, shorter and longer than the limit, and by value.

shapes = [(3, 4), (5,), (2, 1, 3)]
gradients = [np.float32(cases.generator(f"clipping {i}").standard_normal(shape)) for i, shape in enumerate(shapes)]


def clipped(clip):
    parameters = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
    norm = clip(parameters)
    return [p.grad.numpy() for p in parameters], norm


arrays = {f"gradient.{i}": g for i, g in enumerate(gradients)}
for name, clip in (
        ("short", lambda p: nn.utils.clip_grad_norm_(p, 0.7)), ("long", lambda p: nn.utils.clip_grad_norm_(p, 100)),
        ("value", lambda p: nn.utils.clip_grad_value_(p, 0.6))):
    found, norm = clipped(clip)
    arrays |= {f"{name}.{i}": g for i, g in enumerate(found)}
    if norm is not None:
        arrays[f"{name}.norm"] = norm.numpy()
cases.store("clipping", arrays)


# The exponential mean of a layer with statistics of its own; the first update copies it.

layer = nn.BatchNorm1d(3).double()
average = AveragedModel(layer, multi_avg_fn=get_ema_multi_avg_fn(0.8), use_buffers=True)
names = ("weight", "bias", "running_mean", "running_var")
arrays = {name: np.float32(cases.generator(f"averaging {name}").standard_normal((5, 3))) for name in names}
states = {name: [] for name in names}
for step in range(5):
    with torch.no_grad():
        for name in names:
            getattr(layer, name).copy_(torch.tensor(arrays[name][step], dtype=torch.float64))
    average.update_parameters(layer)
    for name in names:
        states[name].append(getattr(average.module, name).detach().numpy().copy())
cases.store("averaging", arrays | {f"average.{name}": np.stack(values) for name, values in states.items()})
