"""Makes the fixtures of WeightFilesTests: one small file of each kind that other programs write, NAME, and beside it
NAME.safetensors with what is in it, in single precision."""

import collections
import io
import os
import pickle
import sys
import zipfile

import numpy as np
import torch
from safetensors.torch import save_file

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("WeightFiles")
torch.manual_seed(1)


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def expect(name, arrays):
    """Stores what a file holds."""
    print(f"{name:32} {os.path.getsize(path(name)) / 1000:6.1f} kB")
    cases.store(name, {key: np.asarray(array.detach() if hasattr(array, "detach") else array, dtype=np.float32)
                       for key, array in arrays.items()})


def path(name):
    return os.path.join(cases.folder, name)


class Small(torch.nn.Module):
    """Something of everything that a state dictionary names."""

    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 2), torch.nn.BatchNorm1d(3))
        self.head = torch.nn.Linear(3, 2)
        self.register_buffer("window", torch.hann_window(5))

    def forward(self, x):
        return self.head(self.body(x).mean(2)) + self.window.sum()


# Tensors of every type, and views: shared, offset, transposed, expanded, scalar, empty.

whole = torch.tensor(normal("whole", 4, 6))
numbers = torch.tensor([-3, 0, 1, 100])
tensors = collections.OrderedDict(
    whole=whole, rows=whole[1:3], column=whole[:, 2], transposed=whole.t(), steps=whole[::2, 1::3],
    expanded=torch.tensor([[1.5], [-2.5]]).expand(2, 3), scalar=torch.tensor(0.75), empty=torch.zeros(0, 3),
    parameter=torch.nn.Parameter(whole[0].clone()), double=whole.double()[0], half=whole.half()[1],
    bfloat16=whole.bfloat16()[2], int64=numbers, int32=numbers.int(), int16=numbers.short(), int8=numbers.to(torch.int8),
    uint8=numbers.abs().to(torch.uint8), bool=numbers > 0)
torch.save(tensors, path("tensors.pth"))
expect("tensors.pth", {key: t.float() for key, t in tensors.items()})
torch.save(tensors, path("tensors-legacy.pth"), _use_new_zipfile_serialization=False)
expect("tensors-legacy.pth", {key: t.float() for key, t in tensors.items()})
torch.save(dict(tensors), path("tensors-protocol-4.pth"), pickle_protocol=4)
expect("tensors-protocol-4.pth", {key: t.float() for key, t in tensors.items()})

# What training programs leave around the weights, and whole modules.

small = Small()
state = {key: t.float() for key, t in small.state_dict().items()}
optimizer = torch.optim.Adam(small.parameters())
small(torch.ones(1, 2, 5)).sum().backward()
optimizer.step()
state = {key: t.clone().float() for key, t in small.state_dict().items()}
checkpoint = {"epoch": 3, "best": 0.5, "names": ("a", None), "optimizer": optimizer.state_dict(),
              "state_dict": {"module." + key: t for key, t in small.state_dict().items()}}
torch.save(checkpoint, path("wrapped.ckpt"))
expect("wrapped.ckpt", state)
torch.save(small, path("module.pt"))
expect("module.pt", state)

def without_source(_):
    raise OSError  # the older format would copy PyTorch's own source text


torch.serialization.get_source_lines_and_file = without_source
torch.save(small, path("module-legacy.pt"), _use_new_zipfile_serialization=False)
expect("module-legacy.pt", state)
with zipfile.ZipFile(io.BytesIO(torch.jit.script(small).save_to_buffer())) as script, \
        zipfile.ZipFile(path("script.pt"), "w") as kept:
    for name in script.namelist():
        if "/code/" not in name:  # text, and names of files of this machine
            kept.writestr(zipfile.ZipInfo(name), script.read(name))
expect("script.pt", state)

# Pickled dictionaries of NumPy arrays, and NumPy's own files.

arrays = {"layer/weight:0": normal("layer", 3, 4), "fortran": np.asfortranarray(normal("fortran", 3, 4)),
          "big": normal("big", 5).astype(">f4"), "half": np.float16(normal("half", 3)), "scalar": np.float64(2.5),
          "counts": np.array([[1, -2]], dtype="<i2")}
for protocol in (2, 4, 5):
    pickled = pickle.dumps(arrays, protocol)
    with open(path(f"arrays-{protocol}.pkl"), "wb") as file:
        file.write(pickled)
    expect(f"arrays-{protocol}.pkl", arrays)
older = pickle.dumps({"layer": arrays["layer/weight:0"]}, 2).replace(b"numpy._core.", b"numpy.core.")
with open(path("arrays-numpy-1.pkl"), "wb") as file:
    file.write(older)
expect("arrays-numpy-1.pkl", {"layer": arrays["layer/weight:0"]})

np.savez_compressed(path("arrays.npz"), **{key.replace("/", "."): a for key, a in arrays.items()})
expect("arrays.npz", {key.replace("/", "."): a for key, a in arrays.items()})
np.save(path("array.npy"), arrays["fortran"])
expect("array.npy", {"array": arrays["fortran"]})
for version in ((2, 0), (3, 0)):
    with open(path(f"array-{version[0]}.npy"), "wb") as file:
        np.lib.format.write_array(file, arrays["big"], version=version)
    expect(f"array-{version[0]}.npy", {"array": arrays["big"]})


class Pipe(io.RawIOBase):
    """A file that cannot be sought, so that sizes stand in descriptors behind the data."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += data
        return len(data)


pipe = Pipe()
with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
    with archive.open("zeros.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, np.zeros((50, 40), dtype="<f4"))
with open(path("streamed.npz"), "wb") as file:
    file.write(pipe.bytes)
expect("streamed.npz", {"zeros": np.zeros((50, 40))})

# What the safetensors library itself writes, of every type.

types = {key: tensors[key].contiguous() for key in (
    "double", "whole", "half", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "scalar", "empty")}
save_file(types, path("types.safetensors"), metadata={"made": "elsewhere"})
expect("types.safetensors", {key: t.float() for key, t in types.items()})
