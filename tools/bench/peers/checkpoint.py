# checkpoint.py
# A checkpoint of aelog as NumPy arrays: its weights, its moments, and the options of its run.
import json
import struct
from typing import NamedTuple

import numpy as np


class Checkpoint(NamedTuple):
    configuration: dict
    step: int
    tensors: dict


def load(path):
    """A safetensors file: the length of the header in 8 bytes, the header in JSON, and the tensors' bytes."""
    data = path.read_bytes()
    start = 8 + struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[start + first : start + end], "<f4").reshape(entry["shape"])
    return Checkpoint(json.loads(metadata["configuration"]), int(metadata["step"]), tensors)
