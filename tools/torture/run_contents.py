# run_contents.py
# Reads everything that a run leaves, as TensorBoard sees it, to compare an interrupted run with an uninterrupted one.

import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from conformance.records import field, fields, records

# These depend on the clock or on the command line, and therefore on how often a run was interrupted.
UNCOMPARED = ("training/images_per_second", "run/images_per_second", "run/seconds", "run/command")
UNCOMPARED_RESULTS = ("seconds", "images_per_second")
FILES = ("projector_config.pbtxt", "embedding/*", "epoch_*/projector_config.pbtxt", "epoch_*/embedding/*", "*.png", "frames/*")
SESSION_START, SESSION_SUCCESS = 1, 1


class RunContents:
    """`values` is {tag: [(step, bytes), ...]}, evaluation's tags behind "eval/"; `ending` the status that a run's table of
    hyperparameters shows, None before its end."""

    def __init__(self, run):
        run = pathlib.Path(run)
        self.values, self.ending = {}, None
        for part, prefix in ((run, ""), (run / "eval", "eval/")):
            for path in sorted(part.glob("*tfevents*")) if part.is_dir() else []:
                if "torn-tail" not in path.name:
                    self.read(path, prefix)
        self.checkpoints = {path.name: path.read_bytes() for path in sorted(run.glob("checkpoints/step-*.safetensors"))}
        self.files = {str(path.relative_to(run)): path.read_bytes() for name in FILES for path in sorted(run.glob(name))}
        self.record = json.loads((run / "run.json").read_text())
        # A lock file that a killed process leaves holds nobody up.
        self.leftovers = sorted(str(path) for path in run.rglob(".aelog-*"))

    def read(self, path, prefix):
        """As both of TensorBoard's loaders do it: the start of a session drops what is at its step and after it."""
        for event in records(path):
            step = field(event, 2, 0)
            if field(field(event, 7), 1, 0) == SESSION_START:
                for tag in self.values:
                    if tag.startswith("eval/") == bool(prefix):
                        self.values[tag] = [value for value in self.values[tag] if value[0] < step]
            if graph := field(event, 4):
                self.values.setdefault("graph", []).append((step, graph))
            for number, value in fields(field(event, 5)):
                self.add(step, value, prefix)

    def add(self, step, value, prefix):
        tag = field(value, 1).decode()
        if tag.startswith("_hparams_"):
            content = field(field(field(value, 9), 1), 2)
            if self.ending is None and field(content, 4):
                self.ending = field(field(content, 4), 1, 0)
        elif tag not in UNCOMPARED:
            # Each file has the description with the first value of a tag; that is no part of the value.
            content = [item for item in fields(value) if item[0] != 9]
            self.values.setdefault(prefix + tag, []).append((step, repr(content)))

    @property
    def results(self):
        return {key: value for key, value in self.record["results"].items() if key not in UNCOMPARED_RESULTS}

    def differences(self, whole, status="completed"):
        """Returns a line for each difference from `whole`, an uninterrupted run. `status` is the final status that both must have."""
        found = [f"values of {tag}: steps {steps(self, tag)}, want {steps(whole, tag)}"
                 for tag in sorted(self.values.keys() | whole.values.keys())
                 if self.values.get(tag, []) != whole.values.get(tag, [])]
        last = max(whole.checkpoints)
        if last not in self.checkpoints:
            found.append(f"checkpoint {last} is missing")
        found += self.other_checkpoints(whole)
        found += [f"file {name}" for name in sorted({*self.files, *whole.files}) if self.files.get(name) != whole.files.get(name)]
        found += [f"result {key}: {self.results.get(key)}, want {whole.results.get(key)}"
                  for key in sorted(self.results.keys() | whole.results.keys())
                  if self.results.get(key) != whole.results.get(key)]
        if self.record["status"] != status:
            found.append(f"status {self.record['status']}")
        if self.ending != SESSION_SUCCESS:
            found.append(f"the table of hyperparameters shows the status {self.ending}")
        return found + [f"left over: {path}" for path in self.leftovers]

    def other_checkpoints(self, whole):
        """Checkpoints with other bytes than those of the same step in `whole`."""
        return [f"checkpoint {name} has other bytes" for name in sorted(self.checkpoints)
                if self.checkpoints[name] != whole.checkpoints.get(name, self.checkpoints[name])]

    def lost(self, whole):
        """Returns a line for each content of an interrupted run that is no beginning of the same content of `whole`."""
        return [f"values of {tag}: steps {steps(self, tag)} are no beginning of {steps(whole, tag)}"
                for tag, values in sorted(self.values.items())
                if values != whole.values.get(tag, [])[:len(values)]] + self.other_checkpoints(whole)


def steps(contents, tag):
    return [step for step, _ in contents.values.get(tag, [])]
