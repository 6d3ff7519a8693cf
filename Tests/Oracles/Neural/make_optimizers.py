"""Makes the fixtures of NeuralTests for optimizers and their schedules."""

import os
import sys

import numpy as np
import torch
from adabelief_pytorch import AdaBelief  # the authors' own
from lion_pytorch import Lion
from torch.optim import lr_scheduler as schedulers

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
    "cosine": schedule(lambda rule: schedulers.CosineAnnealingLR(rule, 59, eta_min=0.05)),
    "restarts": schedule(lambda rule: schedulers.CosineAnnealingWarmRestarts(rule, 9, T_mult=1, eta_min=0.1)),
    "growing-restarts": schedule(lambda rule: schedulers.CosineAnnealingWarmRestarts(rule, 5, T_mult=2)),
    "one-cycle": schedule(lambda rule: schedulers.OneCycleLR(rule, 1, total_steps=61, cycle_momentum=False)),
    "sequence": schedule(sequence),
    "product": schedule(lambda rule: schedulers.ChainedScheduler(
        [schedulers.LinearLR(rule, start_factor=0.1, total_iters=7), schedulers.ExponentialLR(rule, 0.9)])),
})
