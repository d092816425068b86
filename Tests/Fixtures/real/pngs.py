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


def rows(samples, depth):
    """The samples as rows of big-endian bits, each row behind a filter: none, up, none …"""
    height, width, channels = samples.shape
    flat = samples.reshape(height, width * channels)
    if depth == 16:
        packed = flat.astype(">u2").view(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(flat.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth:]
        packed = np.packbits(bits.reshape(height, -1), axis=1)
    above = np.vstack([np.zeros_like(packed[:1]), packed[:-1]])
    up = np.arange(height)[:, None] % 2 == 1
    return np.hstack([np.where(up, 2, 0), np.where(up, packed - above, packed)]).astype(np.uint8).tobytes()


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def written(samples, color, depth, interlaced=False, chunks=b""):
    """A file of a kind that Pillow does not write."""
    passes = [samples[top::down, left::across] for left, top, across, down in ADAM7] if interlaced else [samples]
    data = zlib.compress(b"".join(rows(part, depth) for part in passes if part.size), 9)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", data[:9]) + chunk(b"IDAT", data[9:])
            + chunk(b"IEND", b""))


def written_kinds():
    """Name, file, and expected samples, for every depth, interlaced or not."""
    for color, name, channels, depths in [(0, "gray", 1, [1, 2, 4, 8, 16]), (2, "rgb", 3, [8, 16]), (3, "palette", 1, [1, 2, 4, 8]),
                                          (4, "gray-alpha", 2, [8, 16]), (6, "rgba", 4, [8, 16])]:
        for depth in depths:
            wide = samples(channels, 30 + color + depth).astype(np.uint16) * 257 + 91 * samples(channels, 31 + color)
            narrow = wide >> (16 - depth)
            colors = np.array([[(i * 37 + j * 91) % 256 for j in range(3)] for i in range(2**depth)] if color == 3 else 0)
            palette = chunk(b"PLTE", colors.astype(np.uint8).tobytes()) if color == 3 else b""
            if color == 3:
                expected = colors[narrow[..., 0]]
            else:
                expected = narrow >> 8 if depth == 16 else narrow * (255 // (2**depth - 1))
            for interlaced in [False, True]:
                label = f"{name}-{depth}-bit-{'interlaced' if interlaced else 'in-rows'}"
                yield label, written(narrow, color, depth, interlaced, palette), expected.astype(np.uint8)
    for color, name, channels in [(0, "gray", 1), (2, "rgb", 3)]:
        wide = samples(channels, 50).astype(np.uint16) // 128 * np.uint16(0x0201)
        key = np.full(channels, 0x0201, np.uint16)
        wide[0, 0], wide[0, 1], wide[0, 2] = 0x0202, 0x0301, key  # equal in the higher byte, in the lower, in both
        alpha = np.where((wide == key).all(-1, keepdims=True), 0, 255)
        transparency = chunk(b"tRNS", key.astype(">u2").tobytes())
        yield f"{name}-16-bit-with-key", written(wide, color, 16, False, transparency), np.dstack([wide >> 8, alpha]).astype(np.uint8)


def checked(name, file, expected):
    """The expected samples, after a comparison with Pillow where it reads them all: it has no key of 16 bits."""
    image = Image.open(io.BytesIO(file))
    if image.mode == "I;16":
        seen = np.asarray(image)[..., None] >> 8
    else:
        seen = np.asarray(image.convert({1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[expected.shape[2]])).reshape(expected.shape)
    channels = expected.shape[2] - ("key" in name)
    if not np.array_equal(seen[..., :channels], expected[..., :channels]):
        sys.exit(f"pngs.py: Pillow reads other samples from {name}")
    return expected


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
    for name, file, expected in written_kinds():
        channels = expected.shape[2]
        lines.append(f"{name} {WIDTH} {HEIGHT} {channels} {file.hex()} {checked(name, file, expected).tobytes().hex()}")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


main(sys.argv[1] if len(sys.argv) > 1 else HERE / "pngs-by-pillow.txt")
