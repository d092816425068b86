# jpegs.py
# Writes Tests/Fixtures/real/jpegs-by-pillow.txt: small JPEG files, with the samples that Pillow reads from them.
"""Usage: jpegs.py [FILE]. Made with Python 3.11, Pillow 13.0.0 (libjpeg-turbo 3.2.0), NumPy 2.4.6.

Each line: name, width, height, channels, the JPEG in hex, the expected 8-bit samples in hex: upright, as gray or RGB.
"""
import io
import pathlib
import struct
import sys

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 17, 23
HERE = pathlib.Path(__file__).resolve().parent


def samples(channels, width=WIDTH, height=HEIGHT):
    """Smooth ramps that differ in every direction and channel, and a bright corner: a turned picture is another one."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    ramps = (x * (5 + 3 * c) + y * (7 - 2 * c) + c * 40) % 256
    return np.where((x < 5) & (y < 4), 250 - 50 * c, ramps).astype(np.uint8)


def encoded(pixels, mode, **options):
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(-1) if mode == "L" else pixels, mode).save(file, "JPEG", **{"quality": 90, **options})
    return file.getvalue()


def with_adobe_transform(file, transform):
    """The file with another color transform in its Adobe segment: the same samples mean other colors."""
    at = file.index(b"Adobe") + 11
    return file[:at] + bytes([transform]) + file[at + 1:]


def with_header(file, changes):
    """The file with some bytes of its JFIF segment replaced."""
    return bytes(changes.get(i, byte) for i, byte in enumerate(file))


def orientation(number, order):
    """EXIF data with a width and an orientation, in the byte order `order`."""
    entries = struct.pack(order + "HHHIHHHHIHHI", 2, 0x0100, 3, 1, WIDTH, 0, 0x0112, 3, 1, number, 0, 0)
    return b"Exif\0\0" + {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, 8) + entries


def cases():
    rgb, gray, cmyk = samples(3), samples(1), samples(4)
    yield "gray", encoded(gray, "L")
    yield "gray-progressive", encoded(gray, "L", progressive=True)
    for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
        yield f"baseline-{name}", encoded(rgb, "RGB", subsampling=subsampling)
        yield f"progressive-{name}", encoded(rgb, "RGB", subsampling=subsampling, progressive=True)
    yield "optimized", encoded(rgb, "RGB", optimize=True)
    yield "low-quality", encoded(rgb, "RGB", quality=5)
    yield "restart-markers", encoded(rgb, "RGB", restart_marker_blocks=1)
    yield "rgb-adobe", encoded(rgb, "RGB", keep_rgb=True, subsampling=0)
    yield "cmyk-adobe", encoded(cmyk, "CMYK")
    yield "ycck-adobe", with_adobe_transform(encoded(cmyk, "CMYK"), 2)
    yield "comment-and-profile", encoded(rgb, "RGB", comment=b"\xff\xd8\xff\xc0", icc_profile=bytes(range(99)))
    yield "bytes-before-the-end", encoded(gray, "L")[:-2] + b"\0\1\2\xff\xd9"
    yield "unknown-jfif-revision", with_header(encoded(gray, "L"), {11: 9})
    yield "bytes-behind-the-end", encoded(gray, "L") + b"\0\1\2\xff"
    yield "one-pixel", encoded(samples(3, 1, 1), "RGB")
    yield "one-gray-pixel", encoded(samples(1, 1, 1), "L")
    yield "one-row", encoded(samples(3, 40, 1), "RGB")
    for number in range(1, 9):
        yield f"orientation-{number}", encoded(rgb, "RGB", exif=orientation(number, "<>"[number % 2]))
    yield "orientation-6-gray", encoded(gray, "L", exif=orientation(6, ">"))
    yield "orientation-7-cmyk", encoded(cmyk, "CMYK", exif=orientation(7, "<"))


def line(name, file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if image.mode != "L":
        image = image.convert("RGB")
    channels = len(image.getbands())
    return f"{name} {image.width} {image.height} {channels} {file.hex()} {image.tobytes().hex()}\n"


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "jpegs-by-pillow.txt"
    path.write_text("".join(line(name, file) for name, file in cases()))


if __name__ == "__main__":
    main()
