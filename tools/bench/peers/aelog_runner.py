# aelog_runner.py
# Aelog in the comparison: `aelog bench` for speeds, and a run of `aelog train` for its start and its memory.
import json
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import time


class Aelog:
    def __init__(self, binary, subject):
        self.binary, self.subject = binary, subject
        self.reports = []

    @property
    def model_options(self):
        subject, sizes = self.subject, ",".join(map(str, self.subject.sizes))
        own = (["--filters", sizes, "--downsampling", subject.downsampling] if subject.is_convolutional
               else ["--hidden-units", sizes])
        return ["--model", subject.model, *own, "--batch-size", str(subject.batch_size),
                "--threads", str(subject.threads)]

    def measure(self, seconds):
        """One round; the report of `aelog bench --json`."""
        shape = "x".join(map(str, self.subject.image))
        command = [self.binary, "bench", *self.model_options, "--image", shape, "--brief", "--json",
                   "--seconds", str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if run.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {run.stderr.strip()}")
        self.reports.append(json.loads(run.stdout))

    def values(self, key):
        return [report[key] for report in self.reports]

    def train(self):
        """Returns the seconds until the first step, and the peak memory in MB, of a run of one epoch, including its logs.

        The clock stops when the untrained network is evaluated, right before the first step; the step itself is added
        from the speed measured.
        """
        with tempfile.TemporaryDirectory() as folder:
            write_collection(pathlib.Path(folder) / "images", self.subject)
            command = [self.binary, "train", *self.model_options, "--data", f"{folder}/images",
                       "--logdir", f"{folder}/runs", "--epochs", "1", "--json"]
            started = time.monotonic()
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            first = None
            for line in process.stdout:
                if first is None and json.loads(line).get("event") == "epoch":
                    first = time.monotonic() - started
            _, status, usage = os.wait4(process.pid, 0)
            if status != 0 or first is None:
                raise SystemExit(f"{' '.join(command)}: status {status}")
            return first + self.subject.batch_size / self.reports[0]["images_per_second"], usage.ru_maxrss / 1000


def write_collection(folder, subject):
    """Writes random images as the four files that aelog reads, with as many training images as the peers have."""
    folder.mkdir()
    generator = random.Random(1)
    height, width, channels = subject.image
    # A twelfth of a small collection validates.
    learning = -(-subject.count * 12 // 11) + 12 if subject.count < 15_000 else subject.count + 5_000
    for part, count in (("train", learning), ("t10k", 256)):
        with (folder / f"{part}-images-idx4-ubyte").open("wb") as file:
            file.write(struct.pack(">5i", 0x804, count, height, width, channels))
            for _ in range(count):
                file.write(generator.randbytes(subject.pixels))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">2i", 0x801, count) + bytes(place % 10 for place in range(count)))
