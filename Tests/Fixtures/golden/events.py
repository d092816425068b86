#!/usr/bin/env python3
# events.py
# Payloads of events made with TensorBoard's own message classes, in hexadecimal: the golden bytes of GoldenKindsTests.
"""Usage: ENV/bin/python Tests/Fixtures/golden/events.py, where ENV has tensorboard (tools/tensorboard-requirements.txt)."""
from tensorboard.compat.proto import config_pb2, event_pb2, graph_pb2, summary_pb2, tensor_pb2, types_pb2
from tensorboard.plugins.audio import plugin_data_pb2 as audio_pb2
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_pb2
from tensorboard.plugins.pr_curve import plugin_data_pb2 as pr_curve_pb2
import struct

TIME = 1600000000.5


def tensor(dtype, shape, content=b"", strings=()):
    message = tensor_pb2.TensorProto(dtype=dtype, tensor_content=content, string_val=strings)
    message.tensor_shape.SetInParent()
    for size in shape:
        message.tensor_shape.dim.add(size=size)
    return message


def value(tag, plugin, content, data_class, tensor):
    data = summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin, content=content.SerializeToString())
    return summary_pb2.Summary.Value(
        tag=tag, tensor=tensor, metadata=summary_pb2.SummaryMetadata(plugin_data=data, data_class=data_class))


def event(step, *values, **content):
    if values:
        content["summary"] = summary_pb2.Summary(value=values)
    return event_pb2.Event(wall_time=TIME, step=step, **content).SerializeToString().hex()


def wav(numbers, channels, rate):
    data = struct.pack(f"<{len(numbers)}h", *numbers)
    return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
            + b"data" + struct.pack("<I", len(data)) + data)


def audio():
    content = audio_pb2.AudioPluginData(encoding=audio_pb2.AudioPluginData.WAV)
    clip = wav([0, 32767, -32767, 16384], 2, 8000)
    return event(3, value("a", "audio", content, 3, tensor(types_pb2.DT_STRING, [1], strings=[clip])))


def precision_recall():
    # Scores 1 0.5 | 0 0.2 0.9 of two positives and three negatives, at the thresholds 0, 0.5 and 1.
    rows = [[2, 2, 1], [3, 1, 0], [0, 2, 3], [0, 0, 1], [2 / 5, 2 / 3, 1], [1, 1, 0.5]]
    content = pr_curve_pb2.PrCurvePluginData(num_thresholds=3)
    numbers = [number for row in rows for number in row]
    return event(1, value("c", "pr_curves", content, 2,
                          tensor(types_pb2.DT_FLOAT, [6, 3], struct.pack("<18f", *numbers))))


def mesh():
    def part(suffix, kind, dtype, rows, format):
        numbers = [number for row in rows for number in row]
        content = mesh_pb2.MeshPluginData(
            name="m", content_type=kind, json_config="{}", shape=[1, len(rows), 3], components=0b1110)
        return value(f"m_{suffix}", "mesh", content, 2,
                     tensor(dtype, [1, len(rows), 3], struct.pack(f"<{len(numbers)}{format}", *numbers)))
    return event(
        2,
        part("VERTEX", 1, types_pb2.DT_FLOAT, [(0, 0, 0), (1, 0, 0), (0, 1, 0.5)], "f"),
        part("FACE", 2, types_pb2.DT_INT32, [(0, 1, 2)], "i"),
        part("COLOR", 3, types_pb2.DT_UINT8, [(255, 0, 0), (0, 255, 0), (0, 0, 255)], "B"))


def layout():
    margin = layout_pb2.MarginChartContent(
        series=[layout_pb2.MarginChartContent.Series(value="v", lower="l", upper="u")])
    message = layout_pb2.Layout(category=[
        layout_pb2.Category(title="c", closed=True, chart=[
            layout_pb2.Chart(title="k", multiline=layout_pb2.MultilineChartContent(tag=["loss.*", "rmse"])),
            layout_pb2.Chart(title="b", margin=margin)])])
    data = summary_pb2.SummaryMetadata.PluginData(plugin_name="custom_scalars")
    return event(0, summary_pb2.Summary.Value(
        tag="custom_scalars__config__",
        tensor=tensor(types_pb2.DT_STRING, [], strings=[message.SerializeToString()]),
        metadata=summary_pb2.SummaryMetadata(plugin_data=data, data_class=2)))


def graph_cost():
    metadata = config_pb2.RunMetadata()
    device = metadata.step_stats.dev_stats.add(device="/cpu:0")
    node = device.node_stats.add(
        node_name="enc/dense", all_start_micros=1600000000000000, op_end_rel_micros=25, all_end_rel_micros=25)
    node.memory.add(total_bytes=4096)
    output = node.output.add()
    output.tensor_description.dtype = types_pb2.DT_FLOAT
    for size in (256, 32):
        output.tensor_description.shape.dim.add(size=size)
    return event(5, tagged_run_metadata=event_pb2.TaggedRunMetadata(
        tag="step 5", run_metadata=metadata.SerializeToString()))


def graph_lists():
    graph = graph_pb2.GraphDef()
    node = graph.node.add(name="n", op="Conv2D")
    # A map's order is the library's; one attribute a node keeps it ours.
    node.attr["strides"].list.i.extend([1, 2, 2, 1])
    graph.node.add(name="s", op="Names").attr["names"].list.s.extend([b"a", b"bc"])
    graph.node.add(name="f", op="Numbers").attr["numbers"].list.f.extend([0.5, -1])
    graph.node.add(name="b", op="Flags").attr["flags"].list.b.extend([True, False])
    graph.versions.producer = 22
    return event(0, graph_def=graph.SerializeToString())


if __name__ == "__main__":
    for make in (audio, precision_recall, mesh, layout, graph_cost, graph_lists):
        print(f"{make.__name__} {make()}")
