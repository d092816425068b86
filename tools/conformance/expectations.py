# expectations.py
# The arguments that say what a log directory has to show, and the report of what it shows.

import argparse
import pathlib
import re

SERIES = ("scalars", "images", "histograms", "text")


class Report:
    """One line for each check; counts those that fail."""

    def __init__(self, prefix=""):
        self.prefix, self.checks, self.failures = prefix, 0, 0

    def check(self, name, complaint=""):
        """The check holds if there is no complaint. Returns whether it holds."""
        self.checks += 1
        self.failures += bool(complaint)
        complaint = " ".join(str(complaint or "").split())[:1000]
        print(f"FAILED: {self.prefix}{name}: {complaint}" if complaint else f"ok: {self.prefix}{name}", flush=True)
        return not complaint


def names(text):
    return [name for name in text.split(",") if name]


def size(text):
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size, such as 28x28")
    return int(found[1]), int(found[2])


def embedding(text):
    name, _, extent = text.rpartition(":")
    if not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME:POINTSxDIMENSIONS")
    return name, size(extent)


def parser(description):
    made = argparse.ArgumentParser(description=description)
    made.add_argument("logdir", type=pathlib.Path)
    made.add_argument("--runs", type=names, default=[], metavar="RUN,...", help="exactly these runs")
    for plugin in SERIES:
        made.add_argument(f"--{plugin}", type=names, default=[], metavar="TAG,...",
                          help=f"tags of {plugin}; RUN::TAG names the run too")
    made.add_argument("--hparams", type=names, default=[], metavar="NAME,...", help="names of hyperparameters")
    made.add_argument("--embedding", type=embedding, action="append", default=[], metavar="NAME:POINTSxDIMENSIONS",
                      help="an embedding; may be repeated")
    made.add_argument("--metadata", type=names, default=[], metavar="COLUMN,...",
                      help="exactly these columns of metadata for each of these embeddings")
    made.add_argument("--sprite", type=size, metavar="WIDTHxHEIGHT", help="thumbnails of this size for each of these embeddings")
    made.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="limit of each wait; defaults to 120")
    return made


def wanted(given, plugin, pairs):
    """Returns the (run, tag) pairs that are expected of a plugin, or all pairs if nothing is expected."""
    tags = getattr(given, plugin)
    return [(run, tag) for run, tag in pairs if not tags or tag in tags or f"{run}::{tag}" in tags]


def missing(given, plugin, pairs):
    """The expected tags of a plugin that no pair has."""
    present = {tag for _, tag in pairs} | {f"{run}::{tag}" for run, tag in pairs}
    return [tag for tag in getattr(given, plugin) if tag not in present]
