"""Makes the fixtures of FacesTests for OpenCV's SSD, with weights that both sides make and write in Caffe's form.

Needs, beside requirements.txt: OpenCV 4 (opencv-python-headless==4.14.0.94), since 5 reads no networks of Caffe; the
photograph, by Corpus/build astronaut.png; and a folder that WeightFiles/real.py filled, for the published weights and the
network's description, which is that of OpenCV's repository since July 2019, samples/dnn/face_detector/deploy.prototxt:

    make_ssd.py FOLDER
"""

import os
import re
import sys
import tempfile

import cv2
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import REPOSITORY, Cases, signed

description = os.path.join(sys.argv[1], "deploy.prototxt")
published = os.path.join(sys.argv[1], "res10_300x300_ssd_iter_140000.caffemodel")
cases = Cases("Faces")
cv2.setNumThreads(1)
print("OpenCV", cv2.__version__)

# The layers that have weights, each with the shapes of its own, from the description.


def layers():
    """Name, kind and the shapes of the weights of every layer that has some."""
    channels = {"data": 3}
    for text in re.split(r"\nlayer \{", open(description).read())[1:]:
        words = dict((outer or inner, word) for outer, inner, word in re.findall(
            r"^(?:  (name|type|top)|    (num_output|kernel_size|bias_term)): \"?(\w+)", text, re.M))
        bottom = re.search(r"bottom: \"(\w+)\"", text).group(1)
        given = channels.get(bottom)
        made = int(words.get("num_output", given or 0))
        channels[words["top"]] = made
        shapes = {
            "BatchNorm": [[given], [given], [1]], "Scale": [[given], [given]], "Normalize": [[given]],
            "Convolution": [[made, given] + 2 * [int(words.get("kernel_size", 0))], [made]],
        }.get(words["type"], [])
        yield words["name"], words["type"], shapes[:1] if words.get("bias_term") == "false" else shapes


def weights(name, kind, place, shape):
    """What keeps about the size of what goes through, once the bytes are normalized, and is nowhere constant."""
    values = signed(f"ssd {name}.{place}", np.prod(shape)).reshape(shape)
    if kind == "Convolution" and place == 0:
        # Larger scores would all be 1 after the softmax.
        return values * (3 / np.prod(shape[1:])) ** 0.5 * (0.3 if name.endswith("conf") else 1)
    if (name, place) == ("data_bn", 1):
        return 5000 * (1 + values / 2)
    # Variances, what statistics are to be divided by, and scales.
    if (kind, place) in [("BatchNorm", 1), ("BatchNorm", 2), ("Scale", 0), ("Normalize", 0)]:
        return 1 + values / 2
    return values / 2


# Caffe's form: Protocol Buffers by hand.


def varint(value):
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def caffemodel(half):
    """A file with every layer, the convolutions in half precision if that is asked for."""
    file = field(1, b"ssd")
    for name, kind, shapes in layers():
        layer = field(1, name.encode()) + field(2, kind.encode())
        for place, shape in enumerate(shapes):
            values = weights(name, kind, place, shape)
            blob = field(7, field(1, b"".join(varint(size) for size in shape)))
            if half and kind == "Convolution":
                blob += varint(10 << 3) + varint(2) + field(12, np.float32(values).astype("<f2").tobytes())
            else:
                blob += field(5, values.astype("<f4").tobytes())
            layer += field(7, blob)
        file += field(100, layer)
    return file


def network(content=None, path=None):
    with tempfile.NamedTemporaryFile(suffix=".caffemodel") as file:
        if content:
            file.write(content)
            file.flush()
        net = cv2.dnn.readNetFromCaffe(description, path or file.name)
    net.enableWinograd(False)  # which is quick and less exact
    return net


def detections(net, picture, least):
    """Score and box in samples of each face in a picture of blue, green and red bytes, which may be fractions."""
    net.setInput(cv2.dnn.blobFromImage(picture, 1, (300, 300), (104, 177, 123)))
    height, width = picture.shape[:2]
    found = net.forward()[0, 0]
    rows = found[found[:, 2] > least][:, 2:]
    return rows * [1, width, height, width, height]


single, half = network(caffemodel(False)), network(caffemodel(True))

# What the heads say, of an input of uneven sides.

SOURCES = ["conv4_3_norm", "fc7", "conv6_2", "conv7_2", "conv8_2", "conv9_2"]
names = [f"{source}_mbox_{kind}" for source in SOURCES for kind in ("conf", "loc")]
single.setInput(np.float32(100 * signed("ssd input", 3 * 263 * 281).reshape(1, 3, 263, 281)))
answers = single.forward(names)
cases.store("ssd", {
    # Every fourth row and column says enough.
    f"{'box' if index % 2 else 'score'}.{index // 2}": answer[:, :, ::4, ::4] for index, answer in enumerate(answers)})
print([answer.shape for answer in answers])

# Faces in pictures of noise of several sizes. The tall one has more than the 400 boxes of which it may take the best, and the
# large one more than the 200 faces that it may give.

found = {}
for name, net, width, height, least in [
    ("wide", single, 97, 61, 0.9), ("tall", single, 233, 401, 0.5), ("large", single, 641, 350, 0.5),
    ("half", half, 97, 61, 0.9),
]:
    planes = (0.5 + 0.5 * signed(f"ssd {width}x{height}", 3 * width * height)).astype(np.float32)
    picture = 255 * planes.reshape(3, height, width)[::-1].transpose(1, 2, 0)
    found[name] = detections(net, np.ascontiguousarray(picture), least)
    scores = found[name][:, 0]
    print(name, len(scores), "faces, scores at least", np.abs(np.diff(scores)).min(), "apart", scores[[0, -1]])

# Faces in a photograph, with the published weights.

photograph = cv2.imread(os.path.join(REPOSITORY, "Corpus/samples/astronaut.png")).astype(np.float32)
net = network(path=published)
variants = {
    "whole": photograph, "cut": photograph[70:260, 215:400],
    "pair": np.concatenate([photograph[:300], photograph[:300, ::-1]], axis=1),
}
for name, picture in variants.items():
    found["published " + name] = detections(net, np.ascontiguousarray(picture), 0.5)
    print(name, np.round(found["published " + name], 3).tolist())
cases.store("ssd-faces", found)
