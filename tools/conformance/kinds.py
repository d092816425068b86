"""Compares what log-every-kind has logged with what TensorBoard serves, by its Python and its Rust loader.

    PYTHON tools/conformance kinds LOGDIR

It checks the dashboards that `served` does not check: audio, precision-recall curves, meshes, custom scalars, the cost of
the graph's nodes, several images in a value, descriptions, and a resumed run. Prints one line for each check, `ok: ...` or
`FAILED: ...: why`; the exit status is 0 only if every check holds. Needs the Python packages tensorboard and
tensorboard-data-server.
"""

import contextlib
import io
import struct
import sys
import urllib.parse
import wave

from .server import LOADERS, Server

RUN = "kinds"
STEPS = list(range(6))
failures = 0


def check(name, got, want):
    """Prints one line for a check."""
    global failures
    failures += got != want
    print(f"ok: {name}" if got == want else f"FAILED: {name}: got {got!r}, want {want!r}", flush=True)


def scalars(server, run, tag):
    return [(step, value) for _, step, value in server.json("plugin/scalars/scalars", run=run, tag=tag)]


def meshes_of(server):
    return server.json("plugin/mesh/meshes", run=RUN, tag="triangle")


def is_loaded(server):
    """Whether the run that is last in the alphabet has its last step."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return scalars(server, "kinds/eval", "loss/mean")[-1][0] == STEPS[-1] and bool(meshes_of(server))
    return False


def check_server(server, loader):
    def say(name, got, want):
        check(f"{loader}: {name}", got, want)

    tag = server.json("plugin/scalars/tags")[RUN]["loss/mean"]
    say("description and display name", (tag["description"], tag["displayName"]), ("<p>Falls.</p>", "Loss"))
    resumed = scalars(server, "kinds/eval", "loss/mean")
    say("a resumed run's steps, each once", [step for step, _ in resumed], STEPS)
    say("a resumed run's values", [round(value, 3) for _, value in resumed], [2, 1.8, 2.6, 2.4, 2.2, 2])

    images = server.json("plugin/images/images", run=RUN, tag="images/several", sample=3)
    say("the last of four images in a value", [image["step"] for image in images], STEPS)
    moving = server.json("plugin/images/images", run=RUN, tag="images/moving", sample=0)[0]
    query = dict(urllib.parse.parse_qsl(moving["query"]))
    say("a moving picture", b"acTL" in server.bytes("plugin/images/individualImage", **query), True)

    clips = server.json("plugin/audio/audio", run=RUN, tag="tone", sample=0)
    say("audio: steps", [clip["step"] for clip in clips], STEPS)
    query = dict(urllib.parse.parse_qsl(clips[-1]["query"]))
    with wave.open(io.BytesIO(server.bytes("plugin/audio/individualAudio", **query))) as sound:
        say("audio: frames and rate", (sound.getnframes(), sound.getframerate()), (2000, 8000))
    say("audio: type", clips[-1]["contentType"], "audio/wav")

    curves = server.json("plugin/pr_curves/pr_curves", run=RUN, tag="is_large")[RUN]
    say("precision-recall curves: steps", [curve["step"] for curve in curves], STEPS)
    say("precision-recall curves: thresholds", len(curves[-1]["thresholds"]), 201)
    say("precision-recall curves: recall at the first", curves[-1]["recall"][0], 1)

    meshes = meshes_of(server)
    say("meshes: steps", sorted({mesh["step"] for mesh in meshes}), STEPS)
    for kind, name, size, format in ((1, "VERTEX", 9, "f"), (2, "FACE", 3, "i"), (3, "COLOR", 9, "B")):
        data = server.bytes("plugin/mesh/data", run=RUN, tag="triangle", content_type=name, step=5, sample=0)
        numbers = struct.unpack(f"<{size}{format}", data) if len(data) == struct.calcsize(f"{size}{format}") else data
        want = {1: (0, 0, 0, 2, 0, 0, 0, 1, 1), 2: (0, 1, 2), 3: (255, 0, 0, 0, 255, 0, 0, 0, 255)}[kind]
        say(f"meshes: {name}", numbers, want)

    layout = server.json("plugin/custom_scalars/layout")
    charts = [chart["title"] for category in layout["category"] for chart in category["chart"]]
    say("custom scalars: charts", charts, ["both", "band"])

    info = server.json("plugin/graphs/info")[RUN]
    tags = {tag["tag"]: tag["profile"] for tag in info["tags"].values()}
    say("graph: a run's cost is offered", tags.get("batch of 256"), True)
    metadata = server.bytes("plugin/graphs/run_metadata", run=RUN, tag="batch of 256").decode()
    costs = [line.strip() for line in metadata.splitlines() if "all_end_rel_micros" in line]
    say("graph: what the nodes took", costs, ["all_end_rel_micros: 850", "all_end_rel_micros: 120"])


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: tools/conformance kinds LOGDIR")
    for loader in LOADERS:
        with Server(sys.argv[1], loader) as server:
            if not server.settle(lambda: is_loaded(server), True):
                sys.exit("tools/conformance kinds: TensorBoard did not load the directory in time")
            check_server(server, f"{loader.capitalize()} loader")
    sys.exit(failures > 0)
