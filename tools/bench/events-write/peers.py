#!/usr/bin/env python3
# peers.py
# Measures how fast other writers log scalars, images and histograms to a file, and prints the ratios to bench-events-write.
"""Usage: ENV/bin/python tools/bench/events-write/peers.py BINARY DIRECTORY [--peers NAME,...]

BINARY is bench-events-write, DIRECTORY a place on disk for the files. ENV has what requirements.txt names; a peer that
is not installed is left out with a line that says so. Every measurement is of one thread that logs (torch's and
tensorboardX's writers hand the event to a second one of their own), and lasts until everything is in the file; the best of three
rounds counts. A first argument of --peer is how the script calls itself, so that each peer has a process of its own.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
ROUNDS = 3


def digits():
    """64 gray pictures of 28×28 with a soft ring, as bench-events-write logs them."""
    import numpy as np
    y, x = np.mgrid[0:28, 0:28] - 13.5
    radius = np.hypot(x, y)
    return [np.clip(128 + 100 * (3 - abs(radius - 4 - n / 8)), 0, 255).astype(np.uint8) for n in range(64)]


def weights():
    import numpy as np
    return (np.random.default_rng(1).standard_normal(100_352) * 0.05).astype(np.float32)


def summary_writer(make):
    """The workloads of torch's and tensorboardX's writers, which have the same methods."""
    def scalars(directory, count):
        with make(directory) as writer:
            for step in range(count):
                writer.add_scalar("loss", float(step), step)

    def images(directory, count):
        pictures = digits()
        with make(directory) as writer:
            for step in range(count):
                writer.add_image("image", pictures[step % 64], step, dataformats="HW")

    def histograms(directory, count):
        values = weights()
        with make(directory) as writer:
            for step in range(count):
                writer.add_histogram("weights", values, step)
    return {"scalars": (scalars, 20_000), "images": (images, 3_000), "histograms": (histograms, 60)}


def torch_workloads():
    import torch
    from torch.utils.tensorboard import SummaryWriter
    torch.set_num_threads(1)
    return f"torch {torch.__version__} SummaryWriter", summary_writer(SummaryWriter)


def tensorboardx_workloads():
    import tensorboardX
    return f"tensorboardX {tensorboardX.__version__}", summary_writer(tensorboardX.SummaryWriter)


def tf_graph_workloads():
    import tensorflow as tf
    name = f"TensorFlow {tf.__version__} tf.summary in a graph"

    def looped(body):
        """Runs `body(step)` for each step inside one graph."""
        def run(directory, count):
            writer = tf.summary.create_file_writer(directory)

            @tf.function
            def loop(count):
                with writer.as_default():
                    for step in tf.range(count, dtype=tf.int64):
                        body(step)
            loop(tf.constant(10, tf.int64))
            start = time.perf_counter()
            loop(tf.constant(count, tf.int64))
            writer.flush()
            elapsed = time.perf_counter() - start
            writer.close()
            return elapsed
        return run
    import numpy as np
    pictures = tf.constant(np.stack(digits())[..., None])
    values = tf.constant(weights())
    return name, {
        "scalars": (looped(lambda step: tf.summary.scalar("loss", tf.cast(step, tf.float32), step=step)), 50_000),
        "images": (looped(lambda step: tf.summary.image("image", pictures[step % 64][None], step=step)), 3_000),
        "histograms": (looped(lambda step: tf.summary.histogram("weights", values, step=step)), 100),
    }


def tf_record_workloads():
    import tensorflow as tf

    def records(directory, count):
        payload = b"\x5a" * 26
        start = time.perf_counter()
        with tf.io.TFRecordWriter(os.path.join(directory, "records")) as writer:
            write = writer.write
            for _ in range(count):
                write(payload)
        return time.perf_counter() - start
    return f"TensorFlow {tf.__version__} TFRecordWriter, ready bytes", {"scalars": (records, 1_000_000)}


PEERS = {"torch": torch_workloads, "tensorboardX": tensorboardx_workloads, "tf-graph": tf_graph_workloads,
         "tf-records": tf_record_workloads}


def run_peer(peer, directory):
    """Runs in its own process; prints a line for the name, then one for each workload."""
    try:
        name, workloads = PEERS[peer]()
    except ImportError as error:
        print(f"missing {error}")
        return
    print(f"name {name}")
    for workload, (body, count) in workloads.items():
        best = 0.0
        for _ in range(ROUNDS):
            place = tempfile.mkdtemp(dir=directory)
            start = time.perf_counter()
            # A peer that has something to make ready says itself how long the rest took.
            elapsed = body(place, count) or time.perf_counter() - start
            best = max(best, count / elapsed)
            shutil.rmtree(place)
        print(f"{workload} {best:.0f}", flush=True)


def lines_of(command):
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return [line.split(" ", 1) for line in output.splitlines()]


def main():
    if sys.argv[1:2] == ["--peer"]:
        return run_peer(sys.argv[2], sys.argv[3])
    parser = argparse.ArgumentParser(usage="peers.py BINARY DIRECTORY [--peers NAME,...]")
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--peers", type=lambda text: text.split(","), default=list(PEERS))
    options = parser.parse_args()
    unknown = set(options.peers) - set(PEERS)
    if unknown:
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    workloads = ("scalars", "images", "histograms")
    ours = {}
    for workload in workloads:
        lines = lines_of([options.binary.resolve(), options.directory, workload])
        ours[workload] = next(int(rest.split()[0]) for word, rest in lines if word == workload)
    print("| a second, one thread | " + " | ".join(workloads) + " |")
    print("|---" * (1 + len(workloads)) + "|")
    print("| aelog | " + " | ".join(f"{ours[workload]:,}" for workload in workloads) + " |")
    for peer in options.peers:
        found = dict(lines_of([sys.executable, __file__, "--peer", peer, options.directory]))
        if "missing" in found:
            print(f"left out: {peer}: {found['missing']}", file=sys.stderr)
            continue
        cells = []
        for workload in workloads:
            rate = int(found.get(workload, 0))
            cells.append(f"{rate:,} (aelog ×{ours[workload] / rate:.0f})" if rate else "–")
        print(f"| {found['name']} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
