"""Runs what the tests of ONNX files wrote, operations, layers and all models, in ONNX Runtime, and fails where an answer
differs by more than 1e-4 of the largest element from the engine's:

    mkdir FOLDER
    ROUND_TRIPS=FOLDER Scripts/test --filter "ONNXTests|ModelExportTests"
    python Tests/Oracles/ONNX/check_operations.py FOLDER
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

TOLERANCE = 1e-4


def compared(found, expected):
    """The largest difference of any element, relative to the largest element."""
    return np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30) if found.shape == expected.shape else np.inf


onnxruntime.set_default_logger_severity(3)
paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx")))
failed = 0
for path in paths:
    name = os.path.basename(path)[:-5]
    arrays = load_file(path[:-5] + ".safetensors")
    try:
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        found = session.run(None, {given.name: arrays[given.name] for given in session.get_inputs()})
    except Exception as error:  # any library's reason is a reason
        print(f"{name}: {error}")
        failed += 1
        continue
    difference = max(compared(x, arrays[result.name]) for x, result in zip(found, session.get_outputs()))
    failed += not difference <= TOLERANCE
    print(f"{name}: differs by {difference:.1e}")
print(f"{len(paths) - failed} of {len(paths)} agree with ONNX Runtime {onnxruntime.__version__}")
sys.exit(1 if failed or not paths else 0)
