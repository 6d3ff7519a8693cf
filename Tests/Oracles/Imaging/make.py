"""Makes the fixtures of ImagingTests: geometry, warps, masks, blending and colours."""

import os
import sys

import cv2
import numpy as np
import scipy.fft
import scipy.linalg
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Imaging")


def uniform(name, *shape):
    return np.float32(cases.generator(name).uniform(0, 1, shape)).astype(np.float64)


# The best similarity, by regression of complex numbers: w ≈ a·z + b.

given = uniform("similarity", 7, 2) * 100
for name, wanted in {
    "similarity": given @ np.array([[0.8, 0.5], [-0.5, 0.8]]) + [3, -7] + uniform("noise", 7, 2) * 9,
    "similarity-mirrored": given * [-1.3, 1.2] + uniform("noise", 7, 2) * 20,
}.items():
    wanted = np.float32(wanted).astype(np.float64)
    z, w = given @ [1, 1j], wanted @ [1, 1j]
    dz, dw = z - z.mean(), w - w.mean()
    a = (np.conj(dz) * dw).sum() / (abs(dz) ** 2).sum()
    b = w.mean() - a * z.mean()
    cases.store(name, {"source": given, "target": wanted, "output": [a.real, -a.imag, b.real, a.imag, a.real, b.imag]})


# Warps; the map goes from the source to the result.

source = uniform("warp", 2, 9, 7)
MAP = np.array([[1.3, -0.4, 2.1], [0.5, 0.9, -1.7]])
HEIGHT, WIDTH = 11, 13
square = np.linalg.inv(np.vstack([MAP, [0, 0, 1]]))
ys, xs = np.mgrid[:HEIGHT, :WIDTH]
places = np.einsum("ij,jhw->hwi", square, np.stack([xs, ys, np.ones_like(xs)]))[..., :2]
grid = torch.tensor(places / [(7 - 1) / 2, (9 - 1) / 2] - 1)[None]
for mode, padding in {"constant": "zeros", "replicate": "border", "reflect": "reflection"}.items():
    output = F.grid_sample(torch.tensor(source)[None], grid, padding_mode=padding, align_corners=True)[0]
    cases.store(f"warp-bilinear-{mode}", {"map": MAP, "source": source, "output": output})


def keys(t):
    """The weights of four neighbours on Keys' curve, a = −½."""
    d = np.abs(np.stack([t + 1, t, 1 - t, 2 - t]))
    return np.where(d <= 1, 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2)


before = np.floor(places).astype(int)
weights = keys(places - before)  # [4, height, width, 2]
output = 0
for j in range(4):
    for i in range(4):
        x = np.clip(before[..., 0] + i - 1, 0, 6)
        y = np.clip(before[..., 1] + j - 1, 0, 8)
        output = output + source[:, y, x] * weights[i, ..., 0] * weights[j, ..., 1]
cases.store("warp-bicubic-replicate", {"map": MAP, "source": source, "output": output})


# Masks.

mask = uniform("mask", 15, 19)
cases.store("mask", {
    "source": mask,
    "eroded": cv2.erode(mask, np.ones((5, 5))),
    "dilated": cv2.dilate(mask, np.ones((7, 7))),
    "blurred": cv2.GaussianBlur(mask, (2 * 6 + 1, 2 * 6 + 1), 1.5, borderType=cv2.BORDER_REPLICATE),
})
points = np.float32(uniform("hull", 23, 2) * 30)
hull = cv2.convexHull(points)[:, 0]
start = np.lexsort((hull[:, 1], hull[:, 0]))[0]
hull = np.roll(hull, -start, axis=0)
area = lambda p: (np.roll(p[:, 0], -1) * p[:, 1] - p[:, 0] * np.roll(p[:, 1], -1)).sum()
if area(hull) > 0:  # counterclockwise as seen
    hull = np.roll(hull[::-1], 1, axis=0)
fine = np.zeros((31 * 32, 33 * 32), np.uint8)
cv2.fillPoly(fine, [np.int32(np.round((hull + 0.5) * 32 - 0.5))], 1)
cases.store("hull", {
    "points": points, "output": hull,
    "mask": fine.reshape(31, 32, 33, 32).mean(axis=(1, 3)),
})


# Poisson blending: what OpenCV makes of the frame of the mask.

height, width = 27, 22
target = np.uint8(np.clip(cv2.GaussianBlur(uniform("target", height, width, 3), (0, 0), 2) * 400 - 70, 0, 255))
inserted = np.uint8(np.clip(cv2.GaussianBlur(uniform("inserted", height, width, 3), (0, 0), 1.5) * 500 - 150, 0, 255))
shape = np.zeros((height, width), np.uint8)
cv2.ellipse(shape, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 255, -1)
shape[height // 2, [0, -1]] = 255
shape[[0, -1], width // 2] = 255
border = lambda p: cv2.copyMakeBorder(p, 9, 9, 9, 9, cv2.BORDER_REPLICATE)
whole = cv2.copyMakeBorder(shape, 9, 9, 9, 9, cv2.BORDER_CONSTANT)
center = (9 + width // 2, 9 + height // 2)
cloned = cv2.seamlessClone(border(inserted), border(target), whole, center, cv2.NORMAL_CLONE)[9:-9, 9:-9]
eroded = cv2.erode(shape, np.ones((7, 7), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) / 255
planes = lambda p: p.transpose(2, 0, 1) / 255


def stronger(t, i, m):
    """One channel with the longer of two gradients where the mask is, solved by SciPy's sine transform."""
    gradient = lambda p: np.stack([np.pad(np.diff(p, axis=1), ((0, 0), (0, 1))), np.pad(np.diff(p, axis=0), ((0, 1), (0, 0)))])
    here, there = gradient(t), gradient(i)
    kept = np.where((here**2).sum(0) > (there**2).sum(0), here, there)
    across, down = here + m * (kept - here)
    source = (across - np.roll(across, 1, 1) + down - np.roll(down, 1, 0))[1:-1, 1:-1]
    edges = np.zeros_like(t)
    edges[[0, -1]], edges[:, [0, -1]] = t[[0, -1]], t[:, [0, -1]]
    source = source - (edges[:-2, 1:-1] + edges[2:, 1:-1] + edges[1:-1, :-2] + edges[1:-1, 2:])
    waves = lambda n: 2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)) - 2
    total = waves(source.shape[0])[:, None] + waves(source.shape[1])
    edges[1:-1, 1:-1] = scipy.fft.idstn(scipy.fft.dstn(source, type=1) / total, type=1)
    return edges


t, i = planes(target), planes(inserted)
free, other = (np.float32(p + 0.004 * uniform(name, *p.shape)).astype(np.float64)  # no two gradients as long
               for p, name in ((t, "free"), (i, "other")))
cases.store("seamless", {
    "target": t, "inserted": i, "mask": eroded, "output": planes(cloned),
})
cases.store("seamless-stronger", {
    "target": free, "inserted": other, "mask": eroded,
    "output": np.stack([stronger(free[c], other[c], eroded) for c in range(3)]),
})


# Colours.

given = np.clip(uniform("colors", 3, 6, 9) * [[[0.5]], [[0.6]], [[0.3]]] + 0.3 * uniform("tint", 1, 6, 9), 0, 1)
wanted = np.clip(0.9 - uniform("wanted", 3, 7, 5) * [[[0.3]], [[0.5]], [[0.8]]], 0, 1)
given, wanted = np.float32(given).astype(np.float64), np.float32(wanted).astype(np.float64)
x, y = given.reshape(3, -1), wanted.reshape(3, -1)
covariance = lambda p: np.cov(p, bias=True)
cs, ct = covariance(x), covariance(y)
root = lambda m: np.real(scipy.linalg.sqrtm(m))
inverse = np.linalg.inv
maps = {
    "cholesky": np.linalg.cholesky(ct) @ inverse(np.linalg.cholesky(cs)),
    "principal-components": root(ct) @ inverse(root(cs)),
    "symmetric": inverse(root(cs)) @ root(root(cs) @ ct @ root(cs)) @ inverse(root(cs)),
}
arrays = {"given": given, "wanted": wanted}
for name, matrix in maps.items():
    arrays[name] = (matrix @ (x - x.mean(1, keepdims=True)) + y.mean(1, keepdims=True)).reshape(given.shape)
lab = lambda p: cv2.cvtColor(np.float32(p.transpose(1, 2, 0)), cv2.COLOR_RGB2Lab).astype(np.float64)
a, b = lab(given), lab(wanted)
mean, deviation = (lambda p: p.mean((0, 1))), (lambda p: p.std((0, 1)))
moved = (a - mean(a)) / deviation(a) * deviation(b) + mean(b)
rgb = cv2.cvtColor(np.float32(moved), cv2.COLOR_Lab2RGB)
arrays["reinhard"] = rgb.transpose(2, 0, 1)  # kept to 0…1
cases.store("colors", arrays)
