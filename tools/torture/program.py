# program.py
# The built aelog, run on small images.

import json
import os
import pathlib
import subprocess
import sys

# Small models of both families, with and without noise and dropout.
MODELS = {
    "convolutional": ["--filters", "4,3"],
    "strided": ["--filters", "4", "--downsampling", "stride"],
    "denoising": ["--filters", "4,3", "--noise-factor", "0.3", "--dropout", "0.2"],
    "fully-connected": ["--model", "fully-connected", "--hidden-units", "12,5"],
    "dropping": ["--model", "fully-connected", "--hidden-units", "9", "--dropout", "0.3"],
}


class Aelog:
    """The built program, and the images that it trains on."""

    def __init__(self, path, data):
        self.path, self.data = os.path.abspath(path), data
        if not os.access(self.path, os.X_OK):
            sys.exit(f"{path} is no program: give the built aelog")

    def training(self, options, logdir, threads):
        """The arguments that begin the run `run` in a log directory."""
        return [self.path, "train", "--quiet", "--data", str(self.data), "--logdir", str(logdir), "--name", "run",
                "--threads", str(threads), *options]

    def resuming(self, run, threads, *options):
        return [self.path, "train", "--quiet", "--resume", str(run), "--threads", str(threads), *options]

    def run(self, arguments, **more):
        return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, **more)

    def problems(self, logdir):
        """The rules of what `aelog verify` finds wrong."""
        answer = self.run([self.path, "verify", str(logdir), "--json"])
        lines = [json.loads(line) for line in answer.stdout.splitlines()]
        if not any(line["event"] == "summary" for line in lines):
            return [f"verify says {answer.stderr.strip()}"]
        return [line["rule"] for line in lines if line["event"] == "finding" and line["severity"] == "problem"]

    def exported(self, run, scratch):
        """Exports and reconstructs a completed run. Returns the bytes of the written files, or a complaint."""
        picture = pathlib.Path(scratch) / "picture.png"
        for command in (["export", "--run", str(run), "--split", "validation", "--tensor-format", "binary"],
                        ["reconstruct", "--run", str(run), "--out", str(picture)]):
            answer = self.run([self.path, *command])
            if answer.returncode != 0:
                return f"{command[0]} says {answer.stderr.strip()}"
        paths = [picture, *sorted((pathlib.Path(run) / "embedding").iterdir())]
        return {path.name: path.read_bytes() for path in paths}
