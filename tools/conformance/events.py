"""Reads the event files of a log directory with TensorBoard's own loaders, the Python and the Rust one.

    PYTHON tools/conformance events LOGDIR

Prints one line for each check, `ok: ...` or `FAILED: ...: why`. The exit status is 0 only if every check holds. Needs
the Python packages tensorboard and tensorboard-data-server. The number of loaded events is compared with the number of records in the
file, since both loaders take damage for "no more data yet" and report nothing.
"""

import collections
import os
import pathlib
import sys

from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import event_pb2

from . import records
from .server import Server

failures = 0


def report(name, complaint=None):
    """Prints one line for a check."""
    global failures
    failures += complaint is not None
    print(f"FAILED: {name}: {complaint}" if complaint else f"ok: {name}", flush=True)


def steps_back(events):
    """Returns the tags whose steps do not rise, except for values that only carry metadata."""
    last, back = collections.defaultdict(lambda: -1), set()
    for event in events:
        for value in event.summary.value:
            if value.tag.startswith("_hparams_/"):
                continue
            if event.step <= last[value.tag]:
                back.add(value.tag)
            last[value.tag] = event.step
    return sorted(back)


def check_file(path, name):
    """Checks one file with the Python loader."""
    count = records.count(path)
    raw = list(event_file_loader.RawEventFileLoader(str(path)).Load())
    report(
        f"{name}: all records are sound",
        None if len(raw) == count else f"{len(raw)} of {'an unknown number' if count is None else count}")
    try:
        events = [event_pb2.Event.FromString(payload) for payload in raw]
    except Exception as error:  # protobuf's DecodeError, which moves between its versions
        report(f"{name}: every record is an event", repr(error))
        return
    migrated = list(event_file_loader.EventFileLoader(str(path)).Load())
    # A graph comes twice: as it stands in the file, and as the value that replaces it.
    graphs = sum(event.HasField("graph_def") for event in events)
    expected = len(events) + graphs
    report(f"{name}: TensorBoard loads {expected} events", None if len(migrated) == expected else str(len(migrated)))
    back = steps_back(events)
    report(f"{name}: the steps of every tag rise", ", ".join(back) or None)


def check_data_server(logdir):
    """Checks the whole directory with the Rust loader, which verifies every checksum."""
    with Server(logdir, "rust", flags="--checksum --verbose --verbose") as server:
        server.settle(server.said, lambda text: "Finished load cycle" in text)
        text = server.said()
    complaints = [line for line in text.splitlines() if "Read error" in line or "ERROR" in line or "WARN" in line]
    report("the Rust data server reads the directory", "; ".join(complaints) or None)
    loaded = "Finished load cycle" in text
    report("the Rust data server finished loading", None if loaded else text[-500:] or "it said nothing")


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: tools/conformance events LOGDIR")
    logdir = pathlib.Path(sys.argv[1])
    files = sorted(path for path in logdir.rglob("*tfevents*") if path.is_file())
    report(f"{logdir} holds {len(files)} event files", None if files else "none were found")
    for path in files:
        check_file(path, os.fspath(path.relative_to(logdir)))
    check_data_server(logdir)
    sys.exit(failures > 0)

