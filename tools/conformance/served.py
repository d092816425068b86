"""Compares what TensorBoard serves over HTTP with the event files and with what is expected, by both of its loaders.

    PYTHON tools/conformance served LOGDIR EXPECTATIONS

Every series must be served up to its last step: the last value of scalars, the last image whole and of its stated size. Graphs
must have nodes, hyperparameters must have sessions, and embeddings must have all that the projector's page needs. One line for each
check, `ok: ...` or `FAILED: ...: why`; the exit status is 0 only if every check holds.
"""

import dataclasses
import io
import math
import re
import sys
import urllib.error

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import event_pb2
from tensorboard.util import tensor_util

from .expectations import SERIES, Report, missing, parser
from .server import LOADERS, Server, session_groups

# Limits of the projector's page: points, and pixels of a sheet's side.
POINTS_LIMIT, SHEET_LIMIT = 100_000, 8192
ROUTES = {"scalars": "scalars/scalars", "images": "images/images", "histograms": "histograms/histograms", "text": "text/text"}


def logged(logdir):
    """The event files: {plugin: {(run, tag): [(step, tensor), ...]}}, and the runs."""
    values, plugins, runs = {}, {}, set()
    for path in sorted(path for path in logdir.rglob("*tfevents*") if path.is_file()):
        run = str(path.parent.relative_to(logdir))
        runs.add(run)
        for event in event_file_loader.EventFileLoader(str(path)).Load():
            if event.session_log.status == event_pb2.SessionLog.START:
                # A resumed run drops what it had logged at this step and after it.
                for key in values:
                    if key[0] == run:
                        values[key] = [point for point in values[key] if point[0] < event.step]
            for value in event.summary.value:
                key = run, value.tag
                plugins.setdefault(key, value.metadata.plugin_data.plugin_name)
                values.setdefault(key, []).append((event.step, value.tensor))
    series = {plugin: {key: values[key] for key in values if plugins[key] == plugin and values[key]} for plugin in SERIES}
    return series, runs


@dataclasses.dataclass
class Embedding:
    """An embedding as it is served: `columns` is {name: [value of each point, ...]}."""

    run: str
    name: str
    points: int
    dimensions: int
    columns: dict
    has_sprite: bool


class Served:
    """Everything that a server shows of a log directory: filled by its checks, for those of the pages."""

    def __init__(self, server, files, runs, given, report):
        self.server, self.files, self.runs, self.given, self.report = server, files, runs, given, report
        self.series = {plugin: {} for plugin in SERIES}  # {plugin: {(run, tag): rows}}
        self.image_sizes, self.graphs = {}, {}
        self.hparams, self.sessions, self.embeddings = [], [], []

    def check(self):
        loaded = self.server.settle(self.unloaded, "", self.given.timeout)
        self.report.check("all of the event files is loaded", loaded)
        for name in ("check_runs", *SERIES, "check_hparams", "check_graphs", "check_projector"):
            try:
                self.check_series(name) if name in SERIES else getattr(self, name)()
            except (urllib.error.URLError, ValueError, KeyError) as error:
                self.report.check(name, repr(error))

    def unloaded(self):
        """The first thing that is not served yet, or nothing."""
        try:
            if absent := self.runs - set(self.server.json("runs")):
                return f"no runs {sorted(absent)}"
            for plugin in SERIES:
                for (run, tag), points in self.files[plugin].items():
                    rows = self.rows(plugin, run, tag)
                    if not rows or step_of(rows[-1]) != points[-1][0]:
                        return f"{plugin} {run}::{tag} is not served up to step {points[-1][0]}"
        except urllib.error.URLError as error:
            return f"{error}"
        return ""

    def rows(self, plugin, run, tag):
        return self.server.json(f"plugin/{ROUTES[plugin]}", run=run, tag=tag, **({"sample": 0} if plugin == "images" else {}))

    def check_runs(self):
        runs = set(self.server.json("runs"))
        if self.given.runs:
            self.report.check(f"runs {', '.join(self.given.runs)}", runs ^ set(self.given.runs) and f"there are {sorted(runs)}")

    # Series

    def check_series(self, plugin):
        listed = self.server.json(f"plugin/{plugin}/tags")
        pairs = sorted((run, tag) for run in listed for tag in listed[run])
        absent = missing(self.given, plugin, pairs)
        self.report.check(f"{plugin}: {len(getattr(self.given, plugin))} expected tags", absent and f"missing: {', '.join(absent)}")
        other = set(pairs) ^ set(self.files[plugin])
        self.report.check(f"{plugin}: the tags of the event files", other and f"not in both: {sorted(other)}")
        complaints = []
        for pair in pairs:
            rows = self.series[plugin][pair] = self.rows(plugin, *pair)
            if complaint := self.row_complaint(plugin, pair, rows):
                complaints.append(f"{'::'.join(pair)}: {complaint}")
        self.report.check(f"{plugin}: the last step of {len(pairs)} series", "; ".join(complaints))

    def row_complaint(self, plugin, pair, rows):
        points = self.files[plugin].get(pair, [])
        if not rows or not points:
            return f"{len(rows)} steps served, {len(points)} logged"
        step, tensor = points[-1]
        if step_of(rows[-1]) != step:
            return f"step {step_of(rows[-1])} served, {step} logged"
        if plugin == "scalars":
            got, want = float(rows[-1][2]), float(tensor_util.make_ndarray(tensor))
            return "" if math.isclose(got, want, rel_tol=1e-6) or str(got) == str(want) else f"{got} served, {want} logged"
        if plugin == "images":
            self.image_sizes[pair] = pixels(self.server.bytes(f"plugin/images/individualImage?{rows[-1]['query']}"))
            stated = tuple(map(int, tensor.string_val[:2]))
            return "" if self.image_sizes[pair] == stated else f"an image of {self.image_sizes[pair]}, {stated} stated"
        if plugin == "histograms":
            return "" if sum(count for *_, count in rows[-1][2]) > 0 else "a histogram of nothing"
        return "" if rows[-1]["text"].strip() else "no text"

    # Hyperparameters and graphs

    def check_hparams(self):
        experiment = self.server.get("plugin/hparams/experiment", body={})
        if isinstance(experiment, int):
            raise ValueError(f"HTTP {experiment}")
        self.hparams = [found["name"] for found in experiment.get("hparamInfos", [])]
        absent = set(self.given.hparams) - set(self.hparams)
        self.report.check(f"{len(self.given.hparams)} expected hyperparameters", absent and f"missing: {', '.join(sorted(absent))}")
        if self.hparams:
            groups = session_groups(self.server)
            self.sessions = [] if isinstance(groups, int) else [group["name"] for group in groups.get("sessionGroups", [])]
            self.report.check(f"hyperparameters of {len(self.sessions)} sessions", "" if self.sessions else f"{groups}")

    def check_graphs(self):
        for run, info in self.server.json("plugin/graphs/info").items():
            if info["run_graph"]:
                text = self.server.bytes("plugin/graphs/graph", run=run, conceptual="false").decode()
                nodes = re.findall(r'^node \{\n +name: "([^"]+)"', text, re.M)
                self.graphs[run] = {node.split("/")[0] for node in nodes}
                self.report.check(f"graph of {run}: {len(nodes)} nodes", "" if nodes else "none")

    # Embeddings

    def check_projector(self):
        for run in self.server.json("plugin/projector/runs"):
            for info in self.server.json("plugin/projector/info", run=run)["embeddings"]:
                self.check_embedding(run, info)
        for name, shape in self.given.embedding:
            shapes = {(one.points, one.dimensions) for one in self.embeddings if one.name == name}
            self.report.check(f"embedding {name}: {shape[0]} points × {shape[1]} dimensions",
                              "" if shapes == {shape} else f"there are {sorted(shapes)}")

    def check_embedding(self, run, info):
        name, (points, dimensions) = info["tensorName"], info.get("tensorShape", (0, 0))
        where, query = f"embedding {run}::{name}", {"run": run, "name": name}
        is_expected = name in dict(self.given.embedding)
        # The page puts both into addresses as they are.
        self.report.check(f"{where}: its name suits an address", re.search("[&#+%]", run + name) and "it has one of & # + %")
        tensor = np.frombuffer(self.server.bytes("plugin/projector/tensor", **query, num_rows=POINTS_LIMIT), "<f4")
        self.report.check(f"{where}: its numbers", tensor_complaint(tensor, points, dimensions))
        columns = {}
        if "metadataPath" in info:
            columns = table(self.server.bytes("plugin/projector/metadata", **query).decode())
            rows = {column: len(values) for column, values in columns.items() if len(values) != points or "" in values}
            self.report.check(f"{where}: a label in each column for each point", rows and f"{points} points, but {rows}")
        if is_expected and self.given.metadata:
            self.report.check(f"{where}: columns {', '.join(self.given.metadata)}",
                              "" if list(columns) == self.given.metadata else f"there are {list(columns)}")
        sprite = tuple(info.get("sprite", {}).get("singleImageDim", ()))
        if is_expected and self.given.sprite:
            self.report.check(f"{where}: thumbnails of {self.given.sprite}", "" if sprite == self.given.sprite else f"{sprite}")
        if sprite:
            sheet = pixels(self.server.bytes("plugin/projector/sprite_image", **query))
            self.report.check(f"{where}: its sprite sheet", sheet_complaint(sheet, sprite, points))
        self.embeddings.append(Embedding(run, name, points, dimensions, columns, bool(sprite)))


def step_of(row):
    return row["step"] if isinstance(row, dict) else row[1]


def pixels(encoded):
    """The size of an image, decoded to its last pixel."""
    with Image.open(io.BytesIO(encoded)) as image:
        image.load()
        return image.size


def tensor_complaint(tensor, points, dimensions):
    if not 0 < points <= POINTS_LIMIT:
        return f"{points} points"
    if tensor.size != points * dimensions:
        return f"{tensor.size} numbers, {points} × {dimensions} stated"
    return "" if np.isfinite(tensor).all() else "some are not finite"


def sheet_complaint(sheet, sprite, points):
    """The page computes places as if a sheet had as many rows as columns, so it must, and as few as hold the points."""
    side = math.isqrt(points - 1) + 1
    want = side * sprite[0], side * sprite[1]
    return "" if sheet == want and max(sheet) <= SHEET_LIMIT else f"a sheet of {sheet}, {want} wanted"


def table(text):
    """Metadata as the projector reads it: {column: values}. A single column has no header."""
    lines = [line.split("\t") for line in text.split("\n") if line.strip()]
    header = lines.pop(0) if lines and len(lines[0]) > 1 else ["label"]
    return {column: [line[place] if place < len(line) else "" for line in lines] for place, column in enumerate(header)}


def main():
    given = parser(__doc__.split("\n\n")[0]).parse_args()
    Image.MAX_IMAGE_PIXELS = None
    files, runs = logged(given.logdir)
    failures = 0
    for loader in LOADERS:
        report = Report(f"{loader}: ")
        # The data server skips checksums otherwise.
        with Server(given.logdir, loader, flags="--checksum") as server:
            Served(server, files, runs, given, report).check()
            report.check("the log has no trouble", server.trouble())
        failures += report.failures
    sys.exit(failures > 0)
