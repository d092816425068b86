# event_files.py
# Writes event files with TensorBoard's own messages: every kind of value, in its old and its new form.

import io
import pathlib
import struct

import numpy as np
from PIL import Image
from tensorboard.compat.proto import event_pb2, graph_pb2, node_def_pb2, summary_pb2
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams_pb2
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_pb2
from tensorboard.plugins.pr_curve import plugin_data_pb2 as pr_pb2
from tensorboard.util import tensor_util

from .records import record

START = event_pb2.SessionLog.START


class File:
    """An event file being put together."""

    made = 0

    def __init__(self, directory, start=0, version="brain.Event:2", suffix=""):
        File.made += 1
        self.path = pathlib.Path(directory) / f"events.out.tfevents.{1600000000 + File.made}.host.1.0{suffix}"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.bytes, self.time = b"", 1600000000 + File.made * 100.0
        if version:
            self.add(event_pb2.Event(file_version=version))
        if start is not None:
            self.add(event_pb2.Event(step=start, session_log=event_pb2.SessionLog(status=START)))

    def add(self, event, time=None):
        self.time += 0.01
        event.wall_time = self.time if time is None else time
        return self.add_bytes(event.SerializeToString())

    def add_bytes(self, payload):
        self.bytes += record(payload)
        return self

    def add_value(self, value, step, time=None):
        return self.add(event_pb2.Event(step=step, summary=summary_pb2.Summary(value=[value])), time)

    def close(self, tail=b""):
        self.path.write_bytes(self.bytes + tail)


# Values: each kind is a function of a tag, a step, and whether it is the tag's first value


def metadata(plugin, data_class=0, content=b"", description=""):
    return summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin, content=content),
        data_class=data_class, summary_description=description)


def tensor(tag, data, first, plugin, data_class, content=b"", dtype=None):
    value = summary_pb2.Summary.Value(tag=tag, tensor=tensor_util.make_tensor_proto(data, dtype=dtype))
    if first:
        value.metadata.CopyFrom(metadata(plugin, data_class, content, "A description."))
    return value


def png(width=4, height=2):
    file = io.BytesIO()
    Image.new("L", (width, height), 128).save(file, "png")
    return file.getvalue()


def wave():
    samples = bytes(100)
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", len(head) + len(samples)) + head + samples


def old_scalar(tag, step, first):
    return summary_pb2.Summary.Value(tag=tag, simple_value=step / 2)


def described_scalar(tag, step, first):
    value = old_scalar(tag, step, first)
    if first:
        value.metadata.CopyFrom(metadata("scalars", 1, description="A number."))
    return value


def new_scalar(tag, step, first):
    return tensor(tag, np.float32(step), first, "scalars", 1)


def classless_scalar(tag, step, first):
    return tensor(tag, np.float32(step), first, "scalars", 0)


def old_image(tag, step, first):
    image = summary_pb2.Summary.Image(height=2, width=4, colorspace=1, encoded_image_string=png())
    return summary_pb2.Summary.Value(tag=tag, image=image)


def new_image(tag, step, first):
    return tensor(tag, [b"4", b"2", png(), png()], first, "images", 3)


def old_histogram(tag, step, first):
    histogram = summary_pb2.HistogramProto(
        min=0, max=1, num=3, sum=1.5, sum_squares=1.25, bucket_limit=[0.5, 1], bucket=[1, 2])
    return summary_pb2.Summary.Value(tag=tag, histo=histogram)


def new_histogram(tag, step, first):
    return tensor(tag, np.array([[0, 0.5, 3], [0.5, 1, 2]], np.float64), first, "histograms", 2)


def text(tag, step, first):
    return tensor(tag, b"hello *there*", first, "text", 2)


def text_row(tag, step, first):
    return tensor(tag, [b"hello"], first, "text", 0)


def old_audio(tag, step, first):
    audio = summary_pb2.Summary.Audio(
        sample_rate=8000, num_channels=1, length_frames=100, encoded_audio_string=wave(), content_type="audio/wav")
    return summary_pb2.Summary.Value(tag=tag, audio=audio)


def new_audio(tag, step, first):
    return tensor(tag, [wave()], first, "audio", 3, b"\x10\x0b")


def pr_curve(tag, step, first):
    content = pr_pb2.PrCurvePluginData(num_thresholds=3).SerializeToString()
    rows = [[3, 2, 1], [3, 1, 0], [0, 2, 3], [0, 1, 2], [0.5, 0.7, 1], [1, 0.7, 0.3]]
    return tensor(tag, np.array(rows, np.float32), first, "pr_curves", 2, content)


def mesh(tag, step, first):
    content = mesh_pb2.MeshPluginData(name=tag, content_type=1, components=2, shape=[1, 2, 3]).SerializeToString()
    return tensor(f"{tag}_VERTEX", np.zeros((1, 2, 3), np.float32), first, "mesh", 2, content)


def layout(tag, step, first):
    chart = layout_pb2.Chart(title="k", multiline=layout_pb2.MultilineChartContent(tag=["a.*"]))
    made = layout_pb2.Layout(category=[layout_pb2.Category(title=tag, chart=[chart])])
    return tensor("custom_scalars__config__", made.SerializeToString(), first, "custom_scalars", 2)


KINDS = {kind.__name__: kind for kind in [
    old_scalar, described_scalar, new_scalar, classless_scalar, old_image, new_image, old_histogram, new_histogram, text,
    text_row, old_audio, new_audio, pr_curve, mesh, layout]}
GRAPH = graph_pb2.GraphDef(node=[node_def_pb2.NodeDef(name="x", op="Placeholder")])


def fill(file, kind, steps, tag="a/tag"):
    for index, step in enumerate(steps):
        file.add_value(KINDS[kind](tag, step, index == 0), step)
    return file


def hparams(content, tag, with_tensor=True, data_class=2):
    value = summary_pb2.Summary.Value(tag=tag, metadata=metadata("hparams", data_class, content.SerializeToString()))
    if with_tensor:
        value.tensor.CopyFrom(tensor_util.make_tensor_proto([], dtype=np.float32, shape=[0]))
    return value


def session(file, rate, with_tensor=True, data_class=2):
    start = hparams_pb2.SessionStartInfo(start_time_secs=1)
    start.hparams["rate"].number_value = rate
    content = hparams_pb2.HParamsPluginData(session_start_info=start)
    file.add_value(hparams(content, "_hparams_/session_start_info", with_tensor, data_class), 0)
    end = hparams_pb2.HParamsPluginData(session_end_info=hparams_pb2.SessionEndInfo(status=1, end_time_secs=2))
    return file.add_value(hparams(end, "_hparams_/session_end_info"), 0)
