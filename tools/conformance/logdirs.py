# logdirs.py
# Writes log directories for the loaders' checks: every kind of value in every situation, and every fault.

import math
import pathlib

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams_pb2

from .event_files import (
    GRAPH, KINDS, File, fill, hparams, metadata, new_scalar, old_scalar, session, tensor, text)


def write_kinds(logdir):
    """Every kind in every situation, a run for each; none of them breaks a tab."""
    for kind in KINDS:
        base = f"{logdir}/{kind}"
        fill(File(f"{base}/fresh"), kind, range(5)).close()
        fill(File(f"{base}/resumed"), kind, range(6)).close()
        fill(File(f"{base}/resumed", start=3), kind, range(3, 9)).close()
        whole = fill(File(f"{base}/torn"), kind, range(4))
        whole.close(tail=whole.bytes[-30:])
        fill(File(f"{base}/many"), kind, range(0, 1200)).close()
        fill(File(f"{base}/many-resumed"), kind, range(0, 1300)).close()
        fill(File(f"{base}/many-resumed", start=700), kind, range(700, 1100)).close()
        fill(File(f"{base}/many-resumed", start=1050), kind, range(1050, 1400)).close()
        fill(File(f"{base}/back"), kind, [0, 1, 2, 3, 1, 2]).close()
        fill(File(f"{base}/twice"), kind, [0, 1, 1, 2, 2]).close()
        fill(File(f"{base}/unstarted", start=None), kind, range(5)).close()
        fill(File(f"{base}/unstarted", start=3), kind, range(3, 6)).close()
        fill(File(f"{base}/unversioned", start=None, version=None), kind, [0, 1, 2, 3, 1]).close()
        fill(File(f"{base}/.hidden"), kind, [-3, 0, 1 << 40]).close()
        # The first value has no metadata, a later one has.
        late = File(f"{base}/late")
        late.add_value(KINDS[kind]("t", 0, False), 0).add_value(KINDS[kind]("t", 1, True), 1).close()
        File(f"{base}/bare").add_value(KINDS[kind]("t", 0, False), 0).close()


def write_faults(logdir):
    """Faults that stay in their run."""
    base = f"{logdir}/faults"
    nan = File(f"{base}/nan")
    for step, value in enumerate([1, math.nan, math.inf, -math.inf, 2]):
        nan.add_value(summary_pb2.Summary.Value(tag="s", simple_value=value), step)
    nan.close()
    for name, time_ in [("nan-time", math.nan), ("infinite-time", math.inf)]:
        file = fill(File(f"{base}/{name}"), "described_scalar", range(3))
        file.add_value(old_scalar("a/tag", 3, False), 3, time_)
        fill(file, "old_scalar", range(4, 6)).close()
    for name, place in [("bad-length", 3), ("bad-data", 14)]:
        file = fill(File(f"{base}/{name}"), "described_scalar", range(3))
        damaged = len(file.bytes)
        fill(file, "old_scalar", range(3, 6))
        changed = bytearray(file.bytes)
        changed[damaged + place] ^= 1  # of the record's length, or of its time
        file.bytes = bytes(changed)
        file.close()
    double = File(f"{base}/double")
    for step in range(3):
        double.add_value(tensor("d", np.float64(step), step == 0, "scalars", 1), step)
    double.close()
    row = File(f"{base}/row")
    for step in range(3):
        row.add_value(tensor("d", np.array([step], np.float32), step == 0, "scalars", 1), step)
    row.close()
    File(f"{base}/unknown-plugin").add_value(tensor("u", np.float32(1), True, "mine", 0), 0).close()
    File(f"{base}/wrong-class").add_value(tensor("u", np.float32(1), True, "scalars", 2), 0).close()
    changed = File(f"{base}/kind-changed").add_value(new_scalar("u", 0, True), 0)
    changed.add_value(text("u", 1, True), 1).close()
    (pathlib.Path(base) / "empty").mkdir(parents=True)
    (pathlib.Path(base) / "empty" / "events.out.tfevents.1.x").write_bytes(b"")
    File(f"{base}/profile", suffix=".profile-empty").add_value(old_scalar("p", 0, True), 0).close()
    described = File(f"{base}/lost-description")
    value = old_scalar("x", 0, True)
    value.metadata.CopyFrom(metadata("scalars", 0, description="lost"))
    described.add_value(value, 0).close()
    graph = File(f"{base}/graph")
    graph.add(event_pb2.Event(graph_def=GRAPH.SerializeToString())).close()
    session(fill(File(f"{base}/hparams"), "old_scalar", range(3)), 0.5).close()
    session(fill(File(f"{base}/hparams2"), "old_scalar", range(3)), 0.25).close()
    fill(File(f"{base}/directory"), "described_scalar", range(3)).close()
    File.made += 1
    (pathlib.Path(base) / "directory" / f"events.out.tfevents.{1600000000 + File.made}.host.1.0").mkdir()
    fill(File(f"{base}/directory"), "described_scalar", range(3, 6)).close()
    File(f"{base}/no-tag").add_value(new_scalar("", 0, True), 0).close()


def typed(kind, shape=(), **fields):
    """A tensor of a type by its number, with the given fields."""
    made = tensor_pb2.TensorProto(dtype=kind, **fields)
    for size in shape:
        made.tensor_shape.dim.add(size=size)
    return made


SCALARS = {  # Every type of scalar that Python's loader serves, and that it does not.
    "bool": typed(10, bool_val=[True]), "half": typed(19, half_val=[15360]), "int64": typed(9, int64_val=[3]),
    "uint8": typed(4, int_val=[3]), "uint32": typed(22, uint32_val=[3]), "uint32-raw": typed(22, tensor_content=b"\3\0\0\0"),
    "uint64": typed(23, uint64_val=[3]), "uint64-raw": typed(23, tensor_content=b"\3" + bytes(7)),
    "bfloat16": typed(14, half_val=[15360]), "complex64": typed(8, scomplex_val=[1, 2]),
    "complex128": typed(18, dcomplex_val=[1, 2]), "string": typed(7, string_val=[b"0.5"]),
    "string-latin-1": typed(7, string_val=[b"caf\xe9"]), "qint8": typed(11, int_val=[3]), "none": typed(1),
    "row": typed(1, (1,), float_val=[1]), "two": typed(1, (2,), float_val=[1, 2]),
}


def put(directory, plugin, data_class, data, content=b"", tag="odd"):
    value = summary_pb2.Summary.Value(tag=tag, tensor=data, metadata=metadata(plugin, data_class, content))
    File(directory).add_value(value, 0).close()


def write_types(logdir):
    """Values that one loader or both can't serve; each stays in its run and tag."""
    base = f"{logdir}/types"
    for name, data in SCALARS.items():
        put(f"{base}/scalar-{name}", "scalars", 1, data, tag=f"scalar-{name}")
    for name, data in {"utf-8": typed(7, string_val=["é".encode()]), "latin-1": typed(7, string_val=[b"caf\xe9"]),
                       "latin-1-row": typed(7, (2,), string_val=[b"a", b"caf\xe9"]), "number": typed(1, float_val=[1]),
                       "none": typed(7)}.items():
        put(f"{base}/text-{name}", "text", 2, data)
    put(f"{base}/version", "scalars", 1, typed(1, float_val=[1]), b"\x08\x01", tag="version")
    put(f"{base}/old-content", "histograms", 2, typed(2, (1, 3), double_val=[0, 1, 2]), b"{}")


def write_hparams_complex(logdir):
    """A scalar below a session that Python's loader can't serve; with another one beside them nothing more is broken."""
    session(fill(File(f"{logdir}/run"), "described_scalar", range(3)), 0.5).close()
    put(f"{logdir}/run/eval", "scalars", 1, SCALARS["complex64"])


def write_hparams_apart(logdir):
    """The same in a run that is below no session."""
    session(fill(File(f"{logdir}/run"), "described_scalar", range(3)), 0.5).close()
    put(f"{logdir}/running", "scalars", 1, SCALARS["complex64"])


def write_hparams_latin(logdir):
    """A hyperparameter whose name is not UTF-8."""
    start = hparams_pb2.SessionStartInfo()
    start.hparams["zz"].number_value = 1
    content = hparams_pb2.HParamsPluginData(session_start_info=start).SerializeToString().replace(b"zz", b"\xff\xfe")
    value = summary_pb2.Summary.Value(tag="_hparams_/session_start_info", metadata=metadata("hparams", 2, content))
    value.tensor.CopyFrom(typed(1, (0,)))
    File(f"{logdir}/run").add_value(value, 0).close()
    session(fill(File(f"{logdir}/other"), "described_scalar", range(3)), 0.5).close()


def write_bad_content(logdir):
    put(f"{logdir}/run", "scalars", 1, typed(1, float_val=[1]), b"{}")
    fill(File(f"{logdir}/other"), "described_scalar", range(3)).close()


def write_bad_layout(logdir):
    put(f"{logdir}/run", "custom_scalars", 2, typed(7, string_val=[b"\xff"]), tag="custom_scalars__config__")
    fill(File(f"{logdir}/other"), "described_scalar", range(3)).close()


def events_with_latin_1():
    """An event for each text of the format, with a byte in it that is no UTF-8; in place of "zz"."""
    plain = old_scalar("later", 3, True)
    plain.node_name = "zz"
    shaped = tensor("later", np.zeros((1,), np.float32), True, "scalars", 1)
    shaped.tensor.tensor_shape.dim[0].name = "zz"
    audio = summary_pb2.Summary.Value(tag="later", audio=summary_pb2.Summary.Audio(content_type="zz"))
    events = {name: event_pb2.Event(summary=summary_pb2.Summary(value=[value]))
              for name, value in [("node-name", plain), ("dimension", shaped), ("audio", audio)]}
    events["message"] = event_pb2.Event(session_log=event_pb2.SessionLog(msg="zz"))
    events["checkpoint"] = event_pb2.Event(session_log=event_pb2.SessionLog(checkpoint_path="zz"))
    events["log-message"] = event_pb2.Event(log_message=event_pb2.LogMessage(message="zz"))
    events["run-metadata"] = event_pb2.Event(tagged_run_metadata=event_pb2.TaggedRunMetadata(tag="zz"))
    events["writer"] = event_pb2.Event(source_metadata=event_pb2.SourceMetadata(writer="zz"))
    events["version"] = event_pb2.Event(file_version="zz")
    for name, event in events.items():
        event.step, event.wall_time = 3, 1.6e9
        yield name, event.SerializeToString().replace(b"zz", b"z\xe9")


def write_latin_1(logdir):
    """Each of those events in a run of its own, with a value behind it."""
    for name, payload in events_with_latin_1():
        file = fill(File(f"{logdir}/{name}"), "described_scalar", range(3)).add_bytes(payload)
        fill(file, "described_scalar", range(3), tag="behind").close()


def write_root_embedding(logdir):
    """An embedding of the log directory itself, and no event file anywhere."""
    write_embedding(logdir, POINTS)
    next(pathlib.Path(logdir).glob("*tfevents*")).unlink()


def write_images_purged(logdir):
    fill(File(f"{logdir}/run"), "new_image", [5, 6]).close()
    fill(File(f"{logdir}/run", start=3), "described_scalar", [3, 4], "loss").close()
    fill(File(f"{logdir}/other"), "new_image", [0, 1]).close()


def write_hparams_bare(logdir):
    session(fill(File(f"{logdir}/run"), "old_scalar", range(3)), 0.5, with_tensor=False).close()
    session(fill(File(f"{logdir}/other"), "old_scalar", range(3)), 0.5).close()


def write_hparams_classless(logdir):
    """As torch writes them: no tensor and no data class."""
    session(fill(File(f"{logdir}/run"), "old_scalar", range(3)), 0.5, with_tensor=False, data_class=0).close()


def write_garbage(logdir):
    fill(File(f"{logdir}/run"), "described_scalar", range(3)).add_bytes(b"\xff\xff\xff").close()


def write_bad_tag(logdir):
    good = event_pb2.Event(step=3, wall_time=1.6e9, summary=summary_pb2.Summary(value=[old_scalar("zz", 3, True)]))
    bad = good.SerializeToString().replace(b"zz", b"\xff\xfe")
    fill(File(f"{logdir}/run"), "described_scalar", range(3)).add_bytes(bad).close()


def write_impostor(logdir):
    fill(File(f"{logdir}/run"), "described_scalar", range(3)).close()
    (pathlib.Path(logdir) / "run" / "a.tfevents").mkdir()
    fill(File(f"{logdir}/other"), "described_scalar", range(3)).close()


def write_embedding(directory, tensor_bytes, shape=(3, 2), text=None, **paths):
    fill(File(directory), "described_scalar", range(2)).close()
    directory = pathlib.Path(directory)
    if tensor_bytes is not None:
        (directory / "t.bytes").write_bytes(tensor_bytes)
    lines = ['embeddings {', '  tensor_name: "t"', f'  tensor_path: "{paths.get("tensor", "t.bytes")}"']
    lines += [f"  tensor_shape: {size}" for size in shape]
    text = "\n".join(lines + ["}"]) + "\n" if text is None else text
    (directory / "projector_config.pbtxt").write_bytes(text.encode())


POINTS = b"1\t2\n3\t4\n5\t6\n"
EMBEDDINGS = {  # name: (bytes, shape, whether the tab lives)
    "text": (POINTS, (3, 2), True),
    "raw": (np.array([[1.1, 2], [3, 4], [5, 6]], np.float32).tobytes(), (3, 2), True),
    "unshaped": (POINTS, (), True),
    "crlf": (POINTS.replace(b"\n", b"\r\n"), (3, 2), True),
    "ragged": (b"1\t2\n3\n5\t6\n", (3, 2), False),
    "trailing-tab": (b"1\t2\t\n3\t4\t\n", (2, 2), False),
    "underscores": (b"1_0\t2\n3\t4\n5\t6\n", (3, 2), True),
    "two-underscores": (b"1__0\t2\n3\t4\n5\t6\n", (3, 2), False),
    "digits": ("\u00a0１\t٢\n3\t4\n5\t6\n".encode(), (3, 2), True),
    "mark": (b"\xef\xbb\xbf" + POINTS, (3, 2), False),
    "words": (b"1\t2\n3\tx\n", (2, 2), False),
    "zeros": (bytes(24), (3, 2), False),
    "raw-unshaped": (np.array([1.1] * 6, np.float32).tobytes(), (), False),
    "raw-short": (np.array([1.1] * 5, np.float32).tobytes(), (3, 2), False),
    "missing": (None, (3, 2), False),
    "empty": (b"", (), False),
    # Numbers as protobuf's text format has them in Python; each is 3 where it is one.
    **{f"shape {number!r}": (POINTS, (number, 2), True) for number in [
        "+3", "03", "003", "0x3", "0X03", "0o3", "0O3", "0b11", "0x_3", "0b1_1", "３", "٣", "3,", "3;", "3#x", "\u00a03", "\x1c3",
        "[3]", "[3,2] tensor_shape: []", "-0", "-00", "+0", "0_0", "-0x0", "+1", "1_0", "+1_0", "037777777777", "0xFFFFFFFF", "0" * 18 + "3",
        "0x" + "0" * 20 + "3", "-" + "0" * 19]},
    **{f"shape {number!r}": (POINTS, (number, 2), False) for number in [
        "-3", "- 3", "--0", "+", "+03", "08", "0_3", "03_0", "3_", "_3", "1__0", "0x", "0x3_", "0o8", "0b2", "3.", "3.0", "3e0", "3u",
        "3f", "５５", "5-2", "3 2", "3,,", "3,;", "[3", "[3,]", "[,3]", "[3;2]", "true", "'3'", "4294967296", "0x100000000", "040000000000",
        "1234567890123456789", "9223372036854775807", "18446744073709551616", "9" * 5000, "1_000_000_000_000_000_000", "-1_0", "+_1"]},
}
FIELDS = 'tensor_name: "t" tensor_path: "t.bytes"'
CONFIGS = {  # Other texts of the configuration, and whether it is one.
    "embeddings {, %s }": False, ", embeddings { %s }": False, "embeddings { %s, },": True, "embeddings { %s; } ; ": True,
    "embeddings { %s },,": False, "embeddings\u3000{\u00a0%s\u2028}": True, "embeddings { %s }\u200b": False, "embeddings { # x\r%s\r\n}": True,
    "embeddings { %s metadata_path: \"a\rb\" }": False, "embeddings { %s metadata_path: '' metadata_path: '' }": True,
    "embeddings { %s bookmarks_path: '' bookmarks_path: 'a\\?b' bookmarks_path: 'c' }": False, "embeddings { tensor_name: '' %s }": True,
    "embeddings { %s bookmarks_path: '\\X41' }": True, "embeddings { %s bookmarks_path: '\\400' }": False,
    "embeddings { %s bookmarks_path: '\\377' }": False, "embeddings { %s bookmarks_path: '\\303\\251' }": True,
    "embeddings { %s sprite {} sprite {} }": False, "embeddings { %s sprite [{}] }": False, "\ufeffembeddings { %s }": False,
}


def write_embeddings(scratch):
    """A log directory for each embedding: its name, its place, and whether the tab lives."""
    rows = [(name, data, shape, None, lives) for name, (data, shape, lives) in EMBEDDINGS.items()]
    rows += [(repr(text), POINTS, (), text % FIELDS, lives) for text, lives in CONFIGS.items()]
    for number, (name, data, shape, text, lives) in enumerate(rows):
        logdir = pathlib.Path(scratch) / f"embedding-{number}"
        write_embedding(logdir / "run", data, shape, text)
        yield name, logdir, lives
