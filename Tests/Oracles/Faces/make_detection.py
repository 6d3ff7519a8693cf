"""Makes the fixtures of FacesTests for detection: facenet-pytorch's networks, and its boxes in photographs.

Needs, beside requirements.txt: facenet-pytorch 2.6.0, installed with --no-deps since it asks for an older PyTorch, and what it
imports, torchvision, requests, tqdm and Pillow; and the photograph, by Corpus/build astronaut.png.
"""

import os
import sys

import numpy as np
import torch
from facenet_pytorch import MTCNN
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from PIL import Image

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import REPOSITORY, Cases, signed

cases = Cases("Faces")

# The networks with weights that both sides make. What a parameter is called here.

NAMES = {
    "pnet": {"conv4_1": "score", "conv4_2": "box"},
    "rnet": {"dense4": "hidden", "dense5_1": "score", "dense5_2": "box"},
    "onet": {"dense5": "hidden", "dense6_1": "score", "dense6_2": "box", "dense6_3": "points"},
}


def fill(network, name):
    """Uniform weights that keep the size of what goes through, and biases and slopes of ±½."""
    for key, parameter in network.named_parameters():
        layer, kind = key.split(".")
        values = signed(f"{name} {NAMES[name].get(layer, layer)}.{kind}", parameter.numel())
        bound = 0.5 if parameter.dim() == 1 else (3 / np.prod(parameter.shape[1:])) ** 0.5
        parameter.data = torch.tensor(values * bound).reshape(parameter.shape)


for name, network, shape in [
    ("pnet", PNet(pretrained=False), (1, 3, 25, 32)), ("rnet", RNet(pretrained=False), (3, 3, 24, 24)),
    ("onet", ONet(pretrained=False), (2, 3, 48, 48)),
]:
    network = network.double()
    fill(network, name)
    x = torch.tensor(signed(name + " input", np.prod(shape))).reshape(shape)
    with torch.no_grad():
        box, *points, score = network(x)
        single = network.float()(x.float())
    arrays = {"score": score, "box": box} | ({"points": points[0]} if points else {})
    worst = max(((single[0] - box).abs().max() / box.abs().max()).item(), 0)
    cases.store(name, arrays, (worst, "box"))


# The whole cascade on a photograph and on what is cut out of it; each array is a list of faces, surest first: box, score,
# points.

photograph = np.asarray(Image.open(os.path.join(REPOSITORY, "Corpus/samples/astronaut.png")).convert("RGB"))
variants = {
    "whole": photograph,
    "mirrored": photograph[:, ::-1],
    "cut": photograph[70:260, 215:400],
    "pair": np.concatenate([photograph[:300], photograph[:300, ::-1]], axis=1),
    "dark": photograph // 4,
    "none": photograph[260:, :200],
}
detector = MTCNN(keep_all=True, select_largest=False)
arrays = {}
for name, picture in variants.items():
    boxes, scores, points = detector.detect(np.ascontiguousarray(picture), landmarks=True)
    if boxes is None:
        print(name, "no faces")
        continue
    rows = [[*b, s, *p.ravel()] for b, s, p in zip(boxes, scores, points)]
    arrays[name] = np.float64(sorted(rows, key=lambda row: -row[4]))
    print(name, len(rows), "faces", np.round(arrays[name][:, :5].astype(float), 3).tolist())
cases.store("mtcnn", arrays)
