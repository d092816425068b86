# event_files.py
# Writes Tests/Fixtures/real/events: event files by other programs' writers, and what they were given to log.
"""Usage: event_files.py torch|tensorboardX|tensorflow. Versions: ../golden/requirements.txt.

Each writer leaves one file of a few kilobytes, WRITER.tfevents, and WRITER.json: a list of values in the order in which they
were logged, with tag, kind, step and the value itself (images as the bytes in hex).
"""
import hashlib
import json
import pathlib
import sys
import tempfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "events"
SCALARS = [0.5, 0.25, -1e-30, 3.4028234663852886e38, float("nan"), float("-inf")]
NUMBERS = np.array([-1, 0, 0.5, 0.5, 2], np.float32)
PICTURE = (np.arange(24, dtype=np.uint8) * 10).reshape(4, 2, 3)
TEXT = "Some *text*, größe ☃"


def spelled(number):
    """JSON has no NaN and no infinity."""
    return str(number) if not np.isfinite(number) else number


def torch_style(writer):
    """The interface that torch and tensorboardX share; what they turn each value into."""
    made = []
    for step, value in enumerate(SCALARS):
        writer.add_scalar("loss/total", value, step)
        made.append({"tag": "loss/total", "kind": "scalar", "step": step, "value": spelled(float(np.float32(value)))})
    writer.add_histogram("weights", NUMBERS, 3, bins=[-1, 0, 1, 2])
    made.append({"tag": "weights", "kind": "histogram", "step": 3, "count": len(NUMBERS), "min": -1, "max": 2})
    writer.add_image("picture", PICTURE, 4, dataformats="HWC")
    made.append({"tag": "picture", "kind": "image", "step": 4, "size": [2, 4], "pixels": PICTURE.tobytes().hex()})
    writer.add_text("note", TEXT, 5)
    made.append({"tag": "note/text_summary", "kind": "text", "step": 5, "value": TEXT})
    return made


def add_hparams(writer, experiment, start, end, made):
    """Into the same file, as add_hparams does it into a file of its own."""
    for summary in (experiment, start, end):
        writer.file_writer.add_summary(summary)
    made.append({"tag": "_hparams_/experiment", "kind": "hparams", "step": 0})
    values = {"rate": 0.5, "deep": True, "name": "größe"}
    made.append({"tag": "_hparams_/session_start_info", "kind": "hparams", "step": 0, "value": values})
    made.append({"tag": "_hparams_/session_end_info", "kind": "hparams", "step": 0})


def by_torch(directory):
    import torch
    from torch.utils.tensorboard import SummaryWriter
    from torch.utils.tensorboard.summary import hparams

    with SummaryWriter(directory) as writer:
        made = torch_style(writer)
        parts = hparams({"rate": 0.5, "deep": True, "name": "größe"}, {"loss/total": 0.0})
        add_hparams(writer, *parts, made)
        writer.add_graph(torch.nn.Linear(2, 3), torch.zeros(1, 2))
        made.append({"tag": "__run_graph__", "kind": "graph", "step": 0})
    return made


def by_tensorboard_x(directory):
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    with SummaryWriter(directory) as writer:
        made = torch_style(writer)
        parts = hparams({"rate": 0.5, "deep": True, "name": "größe"}, {"loss/total": 0.0})
        add_hparams(writer, *parts, made)
    return made


def by_tensorflow(directory):
    import tensorflow as tf

    made = []
    writer = tf.summary.create_file_writer(directory)
    with writer.as_default():
        for step, value in enumerate(SCALARS):
            tf.summary.scalar("loss/total", value, step, description="A number.")
            made.append({"tag": "loss/total", "kind": "scalar", "step": step, "value": spelled(float(np.float32(value)))})
        tf.summary.histogram("weights", NUMBERS, 3, buckets=3)
        made.append({"tag": "weights", "kind": "histogram", "step": 3, "count": len(NUMBERS), "min": -1, "max": 2})
        tf.summary.image("picture", PICTURE[None], 4)
        made.append({"tag": "picture", "kind": "image", "step": 4, "size": [2, 4], "pixels": PICTURE.tobytes().hex()})
        tf.summary.text("note", TEXT, 5)
        made.append({"tag": "note", "kind": "text", "step": 5, "value": TEXT})
        graph = tf.Graph()
        with graph.as_default():
            tf.add(tf.constant(1.0, name="one"), tf.constant(2.0, name="two"), name="sum")
        tf.summary.graph(graph.as_graph_def())
        made.append({"tag": "__run_graph__", "kind": "graph", "step": 0})
    writer.close()
    return made


def main():
    writers = {"torch": by_torch, "tensorboardX": by_tensorboard_x, "tensorflow": by_tensorflow}
    if len(sys.argv) != 2 or sys.argv[1] not in writers:
        sys.exit(__doc__)
    name = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        made = writers[name](directory)
        (file,) = [path for path in pathlib.Path(directory).rglob("*tfevents*")]
        HERE.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes()
        (HERE / f"{name}.tfevents").write_bytes(data)
    text = json.dumps({"sha256": hashlib.sha256(data).hexdigest(), "values": made}, ensure_ascii=False, indent=1)
    (HERE / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
