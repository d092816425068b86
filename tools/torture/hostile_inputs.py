# hostile_inputs.py
# The worst inputs of each kind, of any size. Each function writes files into the current directory and returns the arguments for
# aelog, and the number of bytes that its memory may depend on.

import os
import pathlib
import struct
import sys
import zlib

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from conformance.records import delimited, record, varint

EXPORT = ["export", "--tensors", "points.tsv", "--logdir", "out", "--name", "x", "--quiet"]


def fill(path, head, unit, count, tail=b""):
    """Writes `head`, `count` times `unit`, and `tail`, without having them all in memory."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    block = max(1, (1 << 20) // len(unit))
    with open(path, "wb") as file:
        file.write(head)
        for start in range(0, count, block):
            file.write(unit * min(block, count - start))
        file.write(tail)
    return path.stat().st_size


def number(path, head, line, count, tail=b""):
    """The same, of `line` with the numbers from 0 on."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(head)
        for index in range(count):
            file.write(line % index)
        file.write(tail)
    return path.stat().st_size


def points(rows=4):
    fill("points.tsv", b"1\t2\t3\n", b"4\t5\t7\n", rows - 1)


# Pictures


def png(path, width, height, color=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = bytes(1 + width * {0: 1, 2: 3, 3: 1, 6: 4}[color])
    pack = zlib.compressobj(9)
    data = b"".join(pack.compress(row) for _ in range(height)) + pack.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))
    palette = chunk(b"PLTE", b"\1\2\3") if color == 3 else b""
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + header + palette + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def sprite(n):
    points()
    png("sheet.png", 1000, 20 * n, 3)
    return EXPORT + ["--images", "sheet.png", "--thumbnail", "10x10"], 1000 * 20 * n * 3


def pictures(n):
    points(n)
    for index in range(n):
        png(f"pictures/{index}.png", 8, 8)
    return EXPORT + ["--points", "all", "--images", "pictures"], 300 * n


def idx(n):
    for part in ("train", "t10k"):
        for name, head, size in [("images-idx3", struct.pack(">IIII", 0x803, n, 100, 100), n * 10000),
                                 ("labels-idx1", struct.pack(">II", 0x801, n), n)]:
            pack = zlib.compressobj(1, zlib.DEFLATED, 31)
            with open(f"{part}-{name}-ubyte.gz", "wb") as file:
                file.write(pack.compress(head))
                for _ in range(size // n):
                    file.write(pack.compress(bytes(n)))
                file.write(pack.flush())
    return ["data", "preview", "--data", ".", "--out", "x.png", "--rows", "1", "--columns", "1"], 2 * n * 10001


# Arrays


def raw(n):
    return ["export", "--tensors", "/dev/zero", "--shape", f"{n}x4", "--logdir", "out", "--name", "x"], n * 16


def tensors(n):
    size = 60 * n
    lines = ",".join('"t%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % index for index in range(n))
    pathlib.Path("a.safetensors").write_bytes(struct.pack("<Q", len(lines) + 2) + b"{" + lines.encode() + b"}")
    return ["export", "--tensors", "a.safetensors", "--logdir", "out", "--name", "x"], size


def fortran(n):
    head = f"{{'descr': '<f4', 'fortran_order': True, 'shape': ({n}, 16), }}"
    head = head.encode().ljust(118 - 1) + b"\n"
    size = fill("a.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head, struct.pack("<ff", 1, 2), n * 8)
    return ["export", "--tensors", "a.npy", "--points", str(n - 1), "--logdir", "out", "--name", "x", "--quiet"], size


# Texts that are parsed


def run_record(n):
    return ["train", "--resume", "."], fill("run.json", b'{"a":[{}', b",{}", n, b"]}")


def sweep_file(n):
    return ["sweep", "--spec", "a.yaml", "--dry-run", "--logdir", "l"], fill("a.yaml", b"x: [", b"a,", n, b"]")


def comments(n):
    size = fill("a.yaml", b"", b"# *a* &b\n", n, b"epochs: 1\n")
    return ["sweep", "--spec", "a.yaml", "--dry-run", "--logdir", "l"], size


def configuration(n):
    log("run", [])
    return ["verify", "run"], fill("run/projector_config.pbtxt", b"", b"embeddings{}\n", n)


def projector(name, head, unit, count, tail=b"", write=fill):
    log("run", [])
    fill("run/projector_config.pbtxt", b"", b'embeddings{tensor_path:"t" metadata_path:"m" bookmarks_path:"b"}\n', 1)
    for other in "tmb":
        fill(f"run/{other}", b"1\t2\n" if other != "b" else b"[]", b"3\t4\n", 0 if other == "b" else 1)
    return ["verify", "run"], write(f"run/{name}", head, unit, count, tail)


def label_tabs(n):
    return projector("m", b"", b"\t", n)


def label_lines(n):
    return projector("m", b"a\tb\n", b"\n", n)


def label_names(n):
    return projector("m", b"a", b"\t%d", n, b"\n", number)


def point_tabs(n):
    return projector("t", b"1", b"\t1", n)


def one_line(n):
    return projector("m", b"", b"a", n)


def bookmarks(n):
    return projector("b", b"[", b"[", n)


# Text tables that are exported


def exported_labels(head, unit, count, write=fill, tail=b"", rows=4):
    points(rows)
    return [*EXPORT, "--metadata", "labels.tsv"], write("labels.tsv", head, unit, count, tail)


def blank_labels(n):
    return exported_labels(b"a\tb\n", b"\n", n)


def blank_lines(n):
    return exported_labels(b"", b"\n", n)


def equal_labels(n):
    return exported_labels(b"a" + b"\ta" * (n // 2 - 1) + b"\n1", b"\t1", n // 2 - 1, tail=(b"\n" + b"1\t" * (n // 2 - 1) + b"2") * 3 + b"\n")


def blank_names(n):
    return exported_labels(b"\t" * n + b"\n", b"1" + b"\t1" * n + b"\n", 4)


def quoted_labels(n):
    return exported_labels(b"a\tb\n", b"\"x\n", n)


def long_label(n):
    return exported_labels(b"a\n", b"x", n, tail=b"\nb\nc\nd\n")


def exported_points(head, unit, count, tail=b""):
    return EXPORT, fill("points.tsv", head, unit, count, tail)


def blank_points(n):
    return exported_points(b"1\t2\t3\n" * 4, b"\n", n)


def equal_columns(n):
    names, row = b"a" + b"\ta" * n, b"x" + b"\tx" * n
    return exported_points(b"a\tb\t" + names + b"\n", b"1\t2.5\t" + row + b"\n2\t3.5\t" + row + b"\n", 2)


def many_points(n):
    return exported_points(b"", b"1\t2.5\t7\n", n)


def wide_point(n):
    return exported_points(b"1", b"\t1", n, b"\n" + (b"2" + b"\t2" * n + b"\n"))


# Event files


def event(step, number, data):
    return b"\x09" + struct.pack("<d", 1.7e9 + step) + b"\x10" + varint(step) + delimited(number, data)


def log(path, payloads, name="events.out.tfevents.1700000000.host"):
    path = pathlib.Path(path) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for payload in [event(0, 3, b"brain.Event:2"), *payloads]:
            file.write(record(payload))
    return path.stat().st_size


def tensor(tag, plugin, data, content=b""):
    metadata = delimited(1, delimited(1, plugin) + (delimited(2, content) if content else b"")) + b"\x20\x02"
    return delimited(1, delimited(1, tag) + delimited(9, metadata) + delimited(8, data))


def scalar(tag):
    return delimited(1, delimited(1, tag) + b"\x15" + struct.pack("<f", 1))


def logged(command, payloads):
    return [command, "run"], log("run", payloads)


EVENTS = {
    "empty nodes": lambda n: [event(1, 4, b"\x0a\0" * n)],
    "empty inputs": lambda n: [event(1, 4, delimited(1, b"\x1a\0" * n))],
    "empty attributes": lambda n: [event(1, 4, delimited(1, b"\x2a\0" * n))],
    "empty values": lambda n: [event(1, 5, b"\x0a\0" * n)],
    "empty texts": lambda n: [event(1, 5, tensor(b"t", b"text", b"\x08\7\x12\6\x12\4\x08" + varint(n) + b"\x42\0" * n))],
    "hyperparameters": lambda n: [event(1, 5, tensor(b"h", b"hparams", b"\x08\1", delimited(3, b"\x0a\0" * n)))],
    "one text": lambda n: [event(1, 5, tensor(b"t", b"text", b"\x08\7" + delimited(8, b"a \n" * n)))],
    "texts": lambda n: [event(step, 5, tensor(b"t", b"text", b"\x08\7" + delimited(8, b"word \n" * 2000))) for step in range(n // 12000)],
    "floats": lambda n: [event(1, 5, tensor(b"m", b"mesh", b"\x08\1" + delimited(5, bytes(4 * (n // 4)))))],
    "buckets": lambda n: [event(1, 5, tensor(b"h", b"histograms", b"\x08\2" + delimited(6, bytes(24 * (n // 24)))))],
    "tags": lambda n: [event(1, 5, scalar(b"tag%d" % index)) for index in range(n // 16)],
    "steps": lambda n: [event(step, 5, scalar(b"a")) for step in range(n // 8)],
    "steps back": lambda n: [event(n - step, 5, scalar(b"a")) for step in range(n // 8)],
    "nodes": lambda n: [event(1, 4, b"".join(delimited(1, delimited(1, b"n%d" % index) + delimited(3, b"n%d" % (index - 1))) for index in range(n // 16)))],
}


def runs(n):
    return ["inspect", "."], sum(log(f"run{index}", [event(1, 5, scalar(b"a"))]) for index in range(n))


def files(n):
    sizes = [log("run", [event(index, 5, scalar(b"a"))], "tfevents.%08d" % index) for index in range(n)]
    return ["verify", "run"], sum(sizes)


def same_images(n):
    png("i.png", 1, 1)
    image = delimited(4, b"\x08\1\x10\1\x18\1" + delimited(4, pathlib.Path("i.png").read_bytes()))
    size = log("run", [event(1, 5, delimited(1, delimited(1, b"i") + image)) for _ in range(n)])
    return ["inspect", "run", "--images", "out"], size


def links(n):
    for one in range(n):
        log(f"run/{one}", [])
        for other in range(n):
            if other != one:
                os.symlink(f"../{other}", f"run/{one}/to{other}")
    return ["inspect", "run"], 100 * n * n
