"""Compares the findings of `aelog verify` with what TensorBoard serves, by both of its loaders.

    PYTHON tools/conformance loaders AELOG [LOGDIR...]

Writes log directories with TensorBoard's own messages: every kind of value in its old and its new form, new runs and resumed ones, torn
records, NaN, and every fault that breaks a tab. Then starts TensorBoard on each of them and on each LOGDIR, once with the Python loader
and once with the data server, and compares what it serves with the forecast of `AELOG verify --json`: runs, tags, the number of steps, the
last step, and which steps are kept if some are dropped. Opens broken embeddings and images in TensorBoard's page, in Chromium.

Prints one line for each check that does not hold; the exit status is 0 only if all hold. Needs the Python packages of
tools/tensorboard-requirements.txt, and chromium on the path.
"""

import os
import pathlib
import sys
import tempfile
import time

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.projector import projector_plugin

from . import logdirs, page_rows
from .browser import chromium
from .event_files import File, fill
from .projector_page import ProjectorPage
from .server import LOADERS, Server, session_groups, verify

failures = checks = 0


def report(name, complaint=None):
    """Prints one line for a check that fails, and counts all checks."""
    global failures, checks
    checks += 1
    if complaint:
        failures += 1
        print(f"FAILED: {name}: {complaint}", flush=True)


# The served values, as {(run, tag): [step, ...]}


def served(server, plugin, route, steps, **query):
    tags = server.get(f"plugin/{plugin}/tags")
    if isinstance(tags, int):
        return tags
    found = {}
    for run in tags:
        for tag in tags[run]:
            answer = server.get(f"plugin/{plugin}/{route}", run=run, tag=tag, **query)
            # The page shows nothing of a tag whose request fails.
            if not isinstance(answer, int):
                found[run, tag] = steps(answer, run)
    return found


DASHBOARDS = {
    "scalars": lambda server: served(
        server, "scalars", "scalars", lambda answer, _: [point[1] for point in answer]),
    "images": lambda server: served(
        server, "images", "images", lambda answer, _: [item["step"] for item in answer], sample=0),
    "audio": lambda server: served(
        server, "audio", "audio", lambda answer, _: [item["step"] for item in answer], sample=0),
    "histograms": lambda server: served(
        server, "distributions", "distributions", lambda answer, _: [item[1] for item in answer]),
    "text": lambda server: served(
        server, "text", "text", lambda answer, _: [item["step"] for item in answer]),
    "pr_curves": lambda server: served(
        server, "pr_curves", "pr_curves", lambda answer, run: [item["step"] for item in answer[run]]),
    "mesh": lambda server: served_meshes(server),
}


def served_meshes(server):
    """The parts of a mesh, which are tags of their own, come in one answer."""
    tags = server.get("plugin/mesh/tags")
    found = {}
    for run in tags:
        for name in tags[run]:
            answer = server.get("plugin/mesh/meshes", run=run, tag=name, sample=0)
            for number, part in enumerate(["VERTEX", "FACE", "COLOR"], start=1):
                steps = [item["step"] for item in answer if item["content_type"] == number]
                if steps:
                    found[run, f"{name}_{part}"] = steps
    return found


def expected(lines, loader, dashboard):
    """Returns verify's report on one dashboard: the number of steps, the last step, and the kept steps if some are dropped."""
    return {(line["run"], line["tag"]): (line[f"{loader}_steps"], line[f"{loader}_last"], line.get(f"{loader}_kept"))
            for line in lines["series"] if line["dashboard"] == dashboard and line[f"{loader}_shows"]}


def same(got, want):
    steps, last, kept = want
    return not isinstance(got, int) and len(got) == steps and got[-1:] == [last][:steps] and kept in (None, got)


def agrees(got, want):
    return not isinstance(got, int) and set(got) == set(want) and all(same(got[key], want[key]) for key in want)


def compare(name, got, want):
    if isinstance(got, int):
        return report(name, f"HTTP {got}")
    report(f"{name}: the same tags", None if set(got) == set(want) else f"{sorted(set(got) ^ set(want))}")
    for key in sorted(set(got) & set(want)):
        complaint = f"served {got[key]}, forecast {want[key]}"
        report(f"{name}: {key[0]} {key[1]}", None if same(got[key], want[key]) else complaint)


def check_runs(name, server, lines, loader):
    want = sorted(run["run"] for run in lines["run"] if loader == "python" or run["rust_lists"])
    got = server.settle(lambda: sorted(server.get("runs")), want)
    report(f"{name}: the same runs", None if got == want else f"served {got}, forecast {want}")


def check_whole(aelog, scratch):
    """The large log directory, every dashboard, every tag."""
    logdir = pathlib.Path(scratch) / "whole"
    logdirs.write_kinds(logdir)
    logdirs.write_faults(logdir)
    logdirs.write_types(logdir)
    check_logdir("whole", aelog, logdir, scratch)


def check_logdir(name, aelog, logdir, scratch):
    """Everything that both loaders serve of a log directory in which no tab is broken."""
    lines = verify(aelog, logdir)
    for loader in LOADERS:
        with Server(logdir, loader, scratch) as server:
            check_runs(f"{name}, {loader}", server, lines, loader)
            for dashboard, question in DASHBOARDS.items():
                want = expected(lines, loader, dashboard)
                seconds = 60 if dashboard == "scalars" else 5
                got = server.settle(lambda: question(server), lambda got: agrees(got, want), seconds)
                compare(f"{name}, {loader}, {dashboard}", got, want)
            check_others(f"{name}, {loader}", server, lines, loader)


def check_others(name, server, lines, loader):
    """Graphs, layouts and hyperparameters, which have no steps."""
    want = expected(lines, loader, "graphs")
    info = server.get("plugin/graphs/info")
    got = {run for run in info if info[run]["run_graph"]}
    report(f"{name}, graphs", None if got == {run for run, _ in want} else f"served {got}, forecast {want}")
    want = expected(lines, loader, "custom_scalars")
    made = server.get("plugin/custom_scalars/layout")
    titles = [category["title"] for category in made.get("category", [])] if isinstance(made, dict) else made
    report(f"{name}, layout", None if bool(titles) == bool(want) else f"served {titles}, forecast {want}")
    want = expected(lines, loader, "hparams")
    sessions = sorted(run for run, tag in want if tag.endswith("session_start_info"))
    report(f"{name}, hparams", complain_of_sessions(server, sessions))


def complain_of_sessions(server, want):
    answer = session_groups(server)
    if isinstance(answer, int):
        return f"HTTP {answer}"
    got = sorted(session["name"] for group in answer.get("sessionGroups", []) for session in group["sessions"])
    return None if got == want else f"served {got}, forecast {want}"


# Each a fault that breaks more than its run: the rule that finds it, and what is asked of each loader.
BREAKING = {
    "images-purged": (logdirs.write_images_purged, "emptied-by-restart", {
        "python": lambda server: server.get("plugin/images/tags") == 500,
        "rust": lambda server: set(server.get("plugin/images/tags")) == {"run", "other"}}),
    "hparams-bare": (logdirs.write_hparams_bare, "hparams-without-tensor", {
        "python": lambda server: session_groups(server) == 500,
        "rust": lambda server: len(session_groups(server)["sessionGroups"]) == 2}),
    "hparams-classless": (logdirs.write_hparams_classless, None, {
        "python": lambda server: len(session_groups(server)["sessionGroups"]) == 1,
        "rust": lambda server: len(session_groups(server)["sessionGroups"]) == 1}),
    "hparams-complex": (logdirs.write_hparams_complex, "unserved-scalar", {
        "python": lambda server: session_groups(server) == 500,
        "rust": lambda server: len(session_groups(server)["sessionGroups"]) == 1}),
    "hparams-apart": (logdirs.write_hparams_apart, "unserved-scalar", {
        "python": lambda server: len(session_groups(server)["sessionGroups"]) == 1,
        "rust": lambda server: len(session_groups(server)["sessionGroups"]) == 1}),
    "hparams-latin": (logdirs.write_hparams_latin, "bad-hparams", {
        loader: lambda server: session_groups(server) == 500 for loader in LOADERS}),
    "bad-content": (logdirs.write_bad_content, "bad-content", {
        loader: lambda server: server.get("plugin/scalars/tags") == 500 for loader in LOADERS}),
    "bad-layout": (logdirs.write_bad_layout, "bad-layout", {
        loader: lambda server: server.get("plugin/custom_scalars/layout") == 500 for loader in LOADERS}),
    "latin-1": (logdirs.write_latin_1, "not-an-event", {
        "python": lambda server: all(refuses(payload) for _, payload in logdirs.events_with_latin_1()),
        "rust": lambda server: all(list(tags) == ["a/tag"] for tags in server.get("plugin/scalars/tags").values())
        and len(server.get("plugin/scalars/tags")) == len(list(logdirs.events_with_latin_1()))}),
    "root-embedding": (logdirs.write_root_embedding, None, {
        loader: lambda server: server.get("plugin/projector/runs") == ["."] and server.get("runs") == []
        and server.get("plugin/projector/info", run=".")["embeddings"][0]["tensorName"] == "t" for loader in LOADERS}),
    "garbage": (logdirs.write_garbage, "not-an-event", {
        "python": lambda server: "a/tag" in server.get("plugin/scalars/tags").get("run", {}) and grows(server, False),
        "rust": lambda server: "a/tag" in server.get("plugin/scalars/tags").get("run", {}) and grows(server, True)}),
    "bad-tag": (logdirs.write_bad_tag, "not-an-event", {
        "python": lambda server: list(server.get("plugin/scalars/tags").get("run", {})) == ["a/tag"],
        "rust": lambda server: list(server.get("plugin/scalars/tags").get("run", {})) == ["a/tag"]}),
    "impostor": (logdirs.write_impostor, "not-a-file", {
        "python": lambda server: server.get("runs") == 500,
        "rust": lambda server: set(server.get("runs")) == {"run", "other"}}),
}
watched = {}


def refuses(payload):
    """Whether Python's loader can't parse an event: the first ends its reading of all runs."""
    try:
        event_pb2.Event.FromString(payload)
        return False
    except DecodeError:
        return True


def grows(server, wanted):
    """Whether a run that is added now is read."""
    fill(File(f"{watched[server.port]}/later-{server.port}"), "described_scalar", range(2)).close()
    name = f"later-{server.port}"
    read = server.settle(lambda: bool(server.get("plugin/scalars/tags").get(name)), wanted, 10)
    if not wanted:
        time.sleep(4)
        read = bool(server.get("plugin/scalars/tags").get(name))
    return read == wanted


def check_breaking(aelog, scratch):
    for name, (write, rule, questions) in BREAKING.items():
        logdir = pathlib.Path(scratch) / name
        write(logdir)
        rules = {finding["rule"] for finding in verify(aelog, logdir)["finding"] if finding["severity"] == "problem"}
        report(f"{name}: verify finds it", None if rules == ({rule} if rule else set()) else f"it finds {rules}")
        for loader, question in questions.items():
            with Server(logdir, loader, scratch) as server:
                watched[server.port] = logdir
                holds = server.settle(lambda: bool(question(server)), True, 20)
                report(f"{name}: {loader} does as verify says", None if holds else "it does not")


def check_embeddings(aelog, scratch):
    """One broken embedding breaks the tab, so each has a log directory of its own."""
    for name, logdir, lives in logdirs.write_embeddings(scratch):
        findings = [finding for finding in verify(aelog, logdir)["finding"] if finding["severity"] == "problem"]
        forecast = not any("for the whole log directory" in finding["rust"] for finding in findings)
        report(f"embedding {name}: verify's forecast", None if forecast == lives else f"{findings}")
        answer = configured(logdir)
        report(f"embedding {name}: the tab", None if (answer == ["run"]) == lives else answer)


def configured(logdir):
    """Asked of the plugin itself: starting a server for each would take minutes."""
    plugin = projector_plugin.ProjectorPlugin(Context(logdir))
    try:
        plugin._update_configs()
        return list(plugin._configs)
    except Exception as error:  # whatever it raises becomes an answer of 500
        return repr(error)


class Context:
    """As much of TensorBoard as the projector's plugin needs to know the runs."""

    class Run:
        run_name = "run"

    def __init__(self, logdir):
        self.logdir = str(logdir)
        self.data_provider = self

    def list_runs(self, context, *, experiment_id):
        return [Context.Run]


def check_page(aelog, scratch):
    """Rows in which the page shows something else than the files say, or something that looks broken: a run for each."""
    logdir = pathlib.Path(scratch) / "page"
    for name, row in page_rows.ROWS.items():
        row.write(logdir / name)
    for kind in page_rows.IMAGES:
        strings = [b"64", b"64", page_rows.picture(kind)]
        logdirs.put(logdir / f"image-{kind}", "images", 3, logdirs.typed(7, (3,), string_val=strings), tag=kind)
    rules = {}
    for finding in verify(aelog, logdir)["finding"]:
        if finding["severity"] == "problem":
            rules.setdefault(finding["run"], set()).add(finding["rule"])
    with chromium() as browser:
        for loader in LOADERS:
            with Server(logdir, loader, scratch) as server:
                count = len(page_rows.ROWS) + len(page_rows.IMAGES)
                server.settle(lambda: len(server.get("runs")), count)
                check_rows(f"page, {loader}", ProjectorPage(browser, server.port), server, rules)


def check_rows(name, page, server, rules):
    for run, row in page_rows.ROWS.items():
        got = rules.get(run, set())
        report(f"{name}, {run}: verify's rules", None if got == row.rules else f"{got}, wanted {row.rules}")
        shown = page.shown(run, row.shown)
        holds = shown is None if row.shown is None else shown and all(shown[key] == row.shown[key] for key in row.shown)
        report(f"{name}, {run}: what it shows", None if holds else f"{shown}, wanted {row.shown}")
    for kind, isShown in page_rows.IMAGES.items():
        got = rules.get(f"image-{kind}", set())
        wanted = set() if isShown else {"bad-image"}
        report(f"{name}, image {kind}: verify's rules", None if got == wanted else f"{got}, wanted {wanted}")
        answer = server.settle(
            lambda: server.get("plugin/images/images", run=f"image-{kind}", tag=kind, sample=0),
            lambda answer: not isinstance(answer, int) and len(answer) == 1)
        width = page.width(f"http://127.0.0.1:{server.port}/data/plugin/images/individualImage?{answer[0]['query']}")
        report(f"{name}, image {kind}", None if width == (64 if isShown else 0) else f"{width} pixels wide")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: tools/conformance loaders AELOG [LOGDIR...]")
    aelog = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        for logdir in sys.argv[2:]:
            check_logdir(logdir, aelog, pathlib.Path(logdir).absolute(), scratch)
        check_whole(aelog, scratch)
        check_breaking(aelog, scratch)
        check_embeddings(aelog, scratch)
        check_page(aelog, scratch)
    print(f"{checks - failures} of {checks} checks hold")
    sys.exit(failures > 0)

