# peer_process.py
# The process of one peer, which takes commands, or the reason why it failed.
import json
import os
import pathlib
import selectors
import subprocess
import sys
import time

# Peers are fastest when they keep memory, on huge pages: PyTorch is half as fast without.
MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
}
HUSH = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
STARTING, ANSWERING = 900, 300  # seconds


class Way:
    """One way to train with a peer: its name, the module that does it, and the options it takes."""

    def __init__(self, name, module, convolutional_only=False, **options):
        self.name, self.module, self.convolutional_only, self.options = name, module, convolutional_only, options


WAYS = [
    Way("PyTorch, eager", "pytorch_peer", compiled=False, channels_last=False),
    Way("PyTorch, eager, channels last", "pytorch_peer", True, compiled=False, channels_last=True),
    Way("PyTorch, compiled", "pytorch_peer", compiled=True, channels_last=False),
    Way("PyTorch, compiled, channels last", "pytorch_peer", True, compiled=True, channels_last=True),
    Way("TensorFlow, graph", "tensorflow_peer", compiled=False, many=False),
    Way("TensorFlow, XLA", "tensorflow_peer", compiled=True, many=False),
    Way("TensorFlow, XLA, many steps a call", "tensorflow_peer", compiled=True, many=True),
    Way("JAX, step", "jax_peer", many=False, products=False),
    Way("JAX, scan", "jax_peer", many=True, products=False),
    Way("JAX, step, as matrix products", "jax_peer", True, many=False, products=True),
    Way("JAX, scan, as matrix products", "jax_peer", True, many=True, products=True),
]


class PeerFailed(Exception):
    pass


class PeerProcess:
    """Starts the process and waits for its first step; `failure` says why it gives no more results."""

    def __init__(self, way, subject, folder):
        self.name, self.failure = way.name, None
        self.version = self.first_step = self.peak_megabytes = None
        self.training, self.encoding = [], []  # images a second, one a round
        self.log = pathlib.Path(folder) / f"{way.name}.log"
        started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(pathlib.Path(__file__).with_name("worker.py")), way.module,
                 json.dumps(way.options), subject.to_json()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **MEMORY, **HUSH})
        first = self.guarded(lambda: self.answer(STARTING))
        if first:
            self.version, self.first_step = first["version"], time.monotonic() - started
            self.ask("train 1")  # the first steps are slower

    def measure(self, seconds):
        """One round."""
        for command, results in (("train", self.training), ("encode", self.encoding)):
            answer = self.ask(f"{command} {seconds}")
            if answer:
                results.append(answer["per_second"])

    def end(self):
        answer = self.ask("end")
        if answer:
            self.peak_megabytes = answer["peak_megabytes"]
            self.process.wait(timeout=60)
        self.kill()

    def ask(self, command):
        return None if self.failure else self.guarded(lambda: self.exchange(command))

    def exchange(self, command):
        self.process.stdin.write(f"{command}\n".encode())
        self.process.stdin.flush()
        return self.answer(ANSWERING)

    def answer(self, patience):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(patience):
                raise PeerFailed(f"no answer in {patience} s")
        line = self.process.stdout.readline()
        if not line:
            raise PeerFailed(f"ended with status {self.process.wait()}: {self.last_words()}")
        return json.loads(line)

    def last_words(self):
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        telling = [line for line in lines if "Error" in line] or lines or ["without a word"]
        return telling[-1][:200]

    def guarded(self, exchange):
        try:
            return exchange()
        except (PeerFailed, OSError, ValueError, subprocess.TimeoutExpired) as error:
            self.failure = str(error)
            self.kill()
            return None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
