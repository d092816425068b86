# arrays.py
# Writes Tests/Fixtures/real/arrays: small files as NumPy and safetensors save them, and those that are refused.
"""Usage: arrays.py [DIRECTORY]. Made with Python 3.11, numpy 2.4.6 and safetensors 0.8.0.

Every array of numbers is the same 7×3 matrix (or its transpose in memory): row r, column c holds r·3 + c − 4, halved for
floats. Tests/ArrayFilesTests says the same in Swift.
"""
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent / "arrays"


def main():
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    directory.mkdir(parents=True, exist_ok=True)
    whole = np.arange(21).reshape(7, 3) - 4
    halves = whole / 2
    for kind in ["<f2", "<f4", "<f8", ">f4", ">f8"]:
        name = kind.replace("<", "").replace(">", "big-")
        np.save(directory / f"{name}.npy", halves.astype(kind))
    for kind in ["<i2", "<i4", "<i8", "|i1"]:
        np.save(directory / f"{kind[1:]}.npy", whole.astype(kind))
    for kind in ["|u1", "<u2", "<u4", "<u8"]:
        np.save(directory / f"{kind[1:]}.npy", (whole + 4).astype(kind))
    np.save(directory / "bool.npy", whole % 2 == 0)
    np.save(directory / "fortran.npy", np.asfortranarray(halves.astype("<f4")))
    np.save(directory / "cube.npy", np.arange(24, dtype="<f4").reshape(2, 3, 4))
    np.save(directory / "fortran-cube.npy", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
    with open(directory / "version2.npy", "wb") as file:
        np.lib.format.write_array(file, halves.astype("<f4"), version=(2, 0))
    np.save(directory / "labels-text.npy", np.array(["cat", "dög", "", "a\tb", "Ω"]))
    np.save(directory / "labels-bytes.npy", np.array([b"cat", b"dog", b""]))
    np.save(directory / "labels-int.npy", np.array([3, -1, 12345678901], dtype="<i8"))
    np.save(directory / "labels-column.npy", np.array([[1], [2], [3]], dtype="|u1"))
    np.save(directory / "structured.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4", (2,))]))
    np.save(directory / "object.npy", np.array([1, "a", None], dtype=object))
    np.save(directory / "complex.npy", np.zeros((2, 2), dtype="<c8"))
    np.save(directory / "scalar.npy", np.float32(1))
    np.savez(directory / "zip.npy.npz", a=halves)
    (directory / "zip.npy.npz").rename(directory / "zip.npy")
    save_file({"codes": halves.astype("<f4"), "step": np.array([7])}, directory / "one.safetensors")
    save_file({"a": halves.astype("<f2"), "b": whole.astype("<i8")}, directory / "two.safetensors")


if __name__ == "__main__":
    main()
