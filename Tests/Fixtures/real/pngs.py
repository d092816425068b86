# pngs.py
# Writes Tests/Fixtures/real/pngs-by-pillow.txt: small PNG files, with the samples that Pillow reads from them.
"""Usage: pngs.py [FILE]. Made with Python 3.11, Pillow 13.0.0, NumPy 2.4.6.

Each line: name, width, height, channels, the PNG in hex, the expected 8-bit samples in hex.
"""
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 11, 7
HERE = pathlib.Path(__file__).resolve().parent


def samples(channels, seed):
    """Smooth ramps with noise, so that every filter is chosen for some row."""
    y, x, c = np.mgrid[0:HEIGHT, 0:WIDTH, 0:channels]
    noise = np.random.default_rng(seed).integers(0, 40, (HEIGHT, WIDTH, channels))
    return ((x * 17 + y * 23 + c * 60 + noise * (y % 3 == 0)) % 256).astype(np.uint8)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def filtered_noise(filter, channels):
    """A file whose rows are noise behind one filter: its samples meet every case of the prediction, ties too."""
    rows = np.random.default_rng(filter).integers(0, 256, (HEIGHT, 1 + WIDTH * channels)).astype(np.uint8)
    rows[:, 0] = filter
    rows[:, 1:] //= 1 + 31 * (rows[:, 1:] % 2)  # half of them small, so that neighbors are often equal
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    data = zlib.compress(rows.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def cases():
    for seed, (name, mode, channels) in enumerate([("gray", "L", 1), ("gray-alpha", "LA", 2), ("rgb", "RGB", 3), ("rgba", "RGBA", 4)]):
        pixels = samples(channels, seed)
        yield name, Image.fromarray(pixels.squeeze(), mode), {}, mode
    yield "gray-1-bit", Image.fromarray(samples(1, 4).squeeze(), "L").convert("1"), {}, "L"
    for bits in [1, 2, 4, 8]:
        indices = samples(1, 4 + bits).squeeze() >> (8 - bits)
        image = Image.fromarray(indices, "P")
        image.putpalette([(i * 37 + j * 91) % 256 for i in range(2**bits) for j in range(3)])
        yield f"palette-{bits}-bit", image, {"bits": bits}, "RGB"
        alphas = bytes((i * 50) % 256 for i in range(max(1, 2**bits - 1)))
        yield f"palette-{bits}-bit-transparent", image, {"bits": bits, "transparency": alphas}, "RGBA"
    yield "gray-with-key", Image.fromarray(samples(1, 20).squeeze() // 64 * 64, "L"), {"transparency": 64}, "LA"
    rgb = samples(3, 21) // 128 * 128
    yield "rgb-with-key", Image.fromarray(rgb, "RGB"), {"transparency": (128, 0, 128)}, "RGBA"


def files():
    """Name, bytes, and the mode to read them in."""
    for name, image, options, mode in cases():
        file = io.BytesIO()
        image.save(file, "PNG", **options)
        yield name, file.getvalue(), mode
    for filter, name in enumerate(["sub", "up", "average", "paeth"], 1):
        yield f"noise-{name}", filtered_noise(filter, 1 if filter == 3 else 3), "L" if filter == 3 else "RGB"


def main(path):
    lines = []
    for name, file, mode in files():
        seen = np.asarray(Image.open(io.BytesIO(file)).convert(mode))
        channels = 1 if seen.ndim == 2 else seen.shape[2]
        lines.append(f"{name} {WIDTH} {HEIGHT} {channels} {file.hex()} {seen.tobytes().hex()}")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


main(sys.argv[1] if len(sys.argv) > 1 else HERE / "pngs-by-pillow.txt")
