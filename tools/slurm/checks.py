#!/usr/bin/env python3
"""Runs sweeps on the Slurm that SLURM_CONF names, and compares them with sweeps on this machine. tools/test-slurm calls it.

    tools/slurm/checks.py AELOG DIRECTORY [NAME...]

Runs the named checks, or all, in a new DIRECTORY on a file system that all nodes share. Prints a line for each check; exits with
status 1 if one fails.
"""

import contextlib
import csv
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "torture"))
import small_images
from run_contents import RunContents

OPTIONS = ["--data", "bars", "--batch-size", "20", "--filters", "4,3", "--filters", "3", "--repeats", "3"]
# Columns of the results that depend on the clock or on the place.
UNCOMPARED = ("images_per_second", "seconds", "path")
# Attaches to all threads of a process as a debugger does, and leaves them stopped until they are killed.
HOLDING = """
import ctypes, os, sys
ptrace = ctypes.CDLL(None).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
PTRACE_ATTACH, WALL = 16, 0x40000000
for thread in os.listdir(f"/proc/{sys.argv[1]}/task"):
    ptrace(PTRACE_ATTACH, int(thread), None, None)
try:
    while True:
        os.waitpid(-1, WALL)
except ChildProcessError:
    pass
"""


class Failed(Exception):
    """A check failed."""


def want(condition, what):
    if not condition:
        raise Failed(what)


class Checks:
    def __init__(self, aelog, directory):
        self.aelog, self.directory = os.path.abspath(aelog), pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        small_images.write(self.directory / "bars")
        self.started = []

    # Processes

    def sweep(self, *arguments):
        """A coordinator that runs."""
        process = subprocess.Popen([self.aelog, "sweep", *arguments], cwd=self.directory, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.started.append(process)
        return process

    def heard(self, process, words, seconds=120):
        """Waits until it has said these words: what it has said so far. `ended` tells the rest."""
        said = b""
        while words.encode() not in said:
            ready, _, _ = select.select([process.stdout], [], [], seconds)
            part = os.read(process.stdout.fileno(), 1 << 16) if ready else b""
            want(part, f"{words!r} is not in\n{said.decode()}")
            said += part
        return said.decode()

    def ended(self, process, status, *words):
        """Waits for it; both streams in one text."""
        said = "\n".join(process.communicate(timeout=300))
        want(process.returncode == status, f"status {process.returncode}, want {status}:\n{said}")
        for word in words:
            want(word in said, f"{word!r} is not in\n{said}")
        return said

    def answer(self, *arguments):
        return subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=60).stdout

    def wait(self, what, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            want(time.monotonic() < end, f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def hold(self, process):
        """Keeps a process from doing anything, whatever signal it gets but SIGKILL. Slurm wakes one that SIGSTOP has stopped."""
        self.started.append(subprocess.Popen([sys.executable, "-c", HOLDING, str(process)], stdin=subprocess.DEVNULL))

    def stop(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.answer("scancel", f"--user={os.getuid()}")
        self.wait("an empty queue", lambda: not self.answer("squeue", "--noheader"), 60)

    # The files and tasks of a sweep

    def record(self, name):
        return json.loads((self.directory / f"runs/{name}/.slurm/record.json").read_text())

    def arrays(self, name):
        """The arrays that Slurm knows of a sweep, by number."""
        begin = self.record(name)["name"]
        lines = self.answer("squeue", "--noheader", "--states=all", "--Format=ArrayJobID:|,Name:|").splitlines()
        cells = [line.split("|") for line in lines]
        return {int(cell[0]) for cell in cells if cell[1].startswith(begin)}

    def states(self, name):
        """Trials by state, by Slurm's word."""
        lines = self.answer("squeue", "--noheader", "--array", "--format=%j|%K|%T").splitlines()
        begin = self.record(name)["name"]
        found = {}
        for job, task, state in (line.split("|") for line in lines if line.startswith(begin)):
            found.setdefault(state, []).append(int(task) + self.record(name)["array_size"] * int(job.rsplit("-", 1)[1]))
        return found

    def results(self, name):
        return self.results_in(f"runs/{name}")

    def results_in(self, sweep):
        with open(self.directory / sweep / "results.csv", newline="") as file:
            return list(csv.DictReader(file))

    def holder(self, name, trial):
        """The process that has a trial."""
        file = self.directory / f"runs/{name}/.trials/{trial}/.aelog.lock"
        return int(file.read_text().split()[0]) if file.exists() and file.read_text() else None

    def checkpoints(self, name, trial):
        return list((self.directory / f"runs/{name}/{trial}/checkpoints").glob("step-*"))

    def same_as(self, name, other):
        """Refuses any difference between two sweeps' runs and results, but of the clock."""
        rows, wanted = self.results(name), self.results(other)
        for row, whole in zip(rows, wanted, strict=True):
            for column in row.keys() - UNCOMPARED:
                want(row[column] == whole[column], f"{row['trial']}: {column} {row[column]!r}, want {whole[column]!r}")
            runs = [RunContents(self.directory / f"runs/{sweep}/{row['trial']}") for sweep in (name, other)]
            differences = runs[0].differences(runs[1], row["state"])
            want(not differences, f"{row['trial']}: {differences}")

    def verified(self, name):
        answer = subprocess.run([self.aelog, "verify", f"runs/{name}", "--quiet"], cwd=self.directory, capture_output=True,
                                text=True)
        want(answer.returncode == 0, f"verify says\n{answer.stdout}{answer.stderr}")

    # The checks

    def check_whole(self):
        """If its coordinator and a trial are killed, a resumed sweep ends with the results of a sweep on this machine."""
        epochs = ["--epochs", "500"]
        self.ended(self.sweep(*OPTIONS, *epochs, "--name", "here", "--quiet"), 0)
        first = self.sweep(*OPTIONS, *epochs, "--name", "there", "--executor", "slurm", "--poll", "0.3")
        self.wait("a checkpoint", lambda: self.checkpoints("there", "convolutional-4-3_seed-0"))
        first.kill()
        first.wait()
        before = self.arrays("there")
        want(len(before) == 2, f"arrays {before}, want two: 6 trials, and 5 tasks at most")
        second = self.sweep("--resume", "runs/there", "--poll", "0.3")
        # Wait until it has read the queue: it rightly submits a task again that was canceled earlier.
        said = self.heard(second, "in the queue already: 6 trials")
        self.wait("a second trial", lambda: len(self.states("there").get("RUNNING", [])) == 2)
        trial = self.states("there")["RUNNING"][0]
        self.answer("scancel", f"{min(before)}_{trial}")
        said += self.ended(second, 1, "interrupted", "1 trial interrupted", "sweep --resume runs/there")
        want("submitted" not in said and self.arrays("there") <= before, f"submitted twice:\n{said}")
        states = [row["state"] for row in self.results("there")]
        want(states.count("completed") == 5 and states.count("interrupted") == 1, f"states {states}")
        self.ended(self.sweep("--resume", "runs/there", "--poll", "0.3"), 0, ": 1 trial\n", "6/6  ")
        want(len(self.record("there")["jobs"]) == 3, f"jobs {self.record('there')['jobs']}")
        name = self.results("there")[trial]["trial"]
        resumptions = json.loads((self.directory / f"runs/there/{name}/run.json").read_text())["resumptions"]
        want(len(resumptions) == 1 and resumptions[0]["step"] > 0, f"resumptions {resumptions}")
        self.same_as("there", "here")
        self.verified("there")

    def check_unnoted(self):
        """An array whose number was never noted is found by its name."""
        process = self.sweep(*OPTIONS, "--epochs", "100000", "--name", "unnoted", "--executor", "slurm", "--poll", "0.3")
        self.wait("the tasks", lambda: (self.directory / "runs/unnoted/.slurm/record.json").exists()
                  and len(self.record("unnoted")["jobs"]) == 2)
        process.kill()
        process.wait()
        record = self.record("unnoted")
        path = self.directory / "runs/unnoted/.slurm/record.json"
        path.write_text(json.dumps({**record, "jobs": []}))
        process = self.sweep("--resume", "runs/unnoted", "--poll", "0.3")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        said = self.ended(process, 130, "in the queue already: 6 trials", "the tasks keep running", "--cancel")
        want("submitted" not in said and len(self.arrays("unnoted")) <= 2, f"submitted twice:\n{said}")
        self.ended(self.sweep("--resume", "runs/unnoted", "--executor", "local"), 75, "6 of the trials", "Slurm's queue")
        self.ended(self.sweep("--resume", "runs/unnoted", "--cancel"), 0, "6 trials taken out")
        self.wait("an empty queue", lambda: not self.states("unnoted"))
        self.verified("unnoted")

    def check_halving(self):
        """With halving each rung is submitted after the one before, also by a second coordinator; results equal those of this machine."""
        halving = ["--epochs", "200", "--halving", "--factor", "2", "--rungs", "50,100"]
        self.ended(self.sweep(*OPTIONS, *halving, "--name", "halved-here", "--quiet"), 0)
        first = self.sweep(*OPTIONS, *halving, "--name", "halved", "--executor", "slurm", "--poll", "0.3")
        decisions = [self.directory / f"runs/{name}/halving.json" for name in ("halved", "halved-here")]
        self.wait("the first comparison", decisions[0].exists)
        first.kill()
        first.wait()
        self.ended(self.sweep("--resume", "runs/halved", "--poll", "0.3"), 0, "3 of 3 trials promoted", "stopped: 3 trials")
        jobs = self.record("halved")["jobs"]
        # Six trials make two arrays, as tasks are numbered up to 4; the three of one configuration are one or two more for each rung.
        want(len(jobs) >= 4, f"jobs {jobs}, want some for each of three rungs")
        states = sorted(row["state"] for row in self.results("halved"))
        want(states == ["completed"] * 3 + ["stopped"] * 3, f"states {states}")
        told = [json.loads(path.read_text()) for path in decisions]
        want(told[0] == told[1], f"halving.json is {told[0]}, want {told[1]}")
        self.same_as("halved", "halved-here")
        self.verified("halved")

    def check_crash(self):
        """A killed trial fails and the others are trained; --retry trains it again; --array-limit 1 runs one trial at a time."""
        arguments = ["--epochs", "250", "--name", "crash", "--executor", "slurm", "--poll", "0.3", "--array-limit", "1"]
        process = self.sweep(*OPTIONS, *arguments)
        self.wait("a trial", lambda: self.holder("crash", 0))
        os.kill(self.holder("crash", 0), signal.SIGKILL)
        most = 0
        while process.poll() is None:
            most = max(most, len(self.states("crash").get("RUNNING", [])))
            time.sleep(0.1)
        self.ended(process, 1, "failed: ended by signal 9", "1 trial failed", "--retry")
        want(most == 1, f"{most} trials at a time, want 1")
        states = [row["state"] for row in self.results("crash")]
        want(states == ["FAILURE"] + ["completed"] * 5, f"states {states}")
        self.ended(self.sweep("--resume", "runs/crash", "--poll", "0.3"), 1, "1 trial failed")
        self.ended(self.sweep("--resume", "runs/crash", "--poll", "0.3", "--retry"), 0)
        self.verified("crash")

    def check_requeued(self):
        """A task that Slurm puts back into the queue resumes from its checkpoint."""
        arguments = ["--filters", "3", "--data", "bars", "--batch-size", "20", "--epochs", "800", "--name", "requeued"]
        process = self.sweep(*arguments, "--executor", "slurm", "--poll", "0.3")
        self.wait("a checkpoint", lambda: self.checkpoints("requeued", "convolutional-3"))
        self.answer("scontrol", "requeue", f"{min(self.arrays('requeued'))}_0")
        self.ended(process, 0)
        record = json.loads((self.directory / "runs/requeued/convolutional-3/run.json").read_text())
        want(len(record["resumptions"]) == 1, f"resumptions {record['resumptions']}")
        self.verified("requeued")

    def check_time(self):
        """At its time limit a trial writes a checkpoint; one that can't fails."""
        limit = ["--executor", "slurm", "--poll", "0.3", "--time", "1", "--sbatch-arg=--nice=10"]
        one = ["--batch-size", "20", "--filters", "3", "--epochs", "100000"]
        stuck = self.sweep(*one, "--data", "bars", "--name", "stuck", *limit)
        self.wait("a trial", lambda: self.checkpoints("stuck", "convolutional-3"))
        self.hold(self.holder("stuck", 0))
        process = self.sweep(*one, "--data", "bars", "--name", "time", *limit)
        self.ended(process, 1, "interrupted", "1 trial interrupted")
        want(self.checkpoints("time", "convolutional-3"), "no checkpoint")
        self.ended(stuck, 1, "failed: Slurm's TIMEOUT", "1 trial failed")
        self.verified("time")

    def check_refused(self):
        """A refusal by sbatch is reported in its own words, and nothing is lost."""
        arguments = [*OPTIONS, "--epochs", "1", "--name", "refused", "--executor", "slurm", "--poll", "0.3"]
        self.ended(self.sweep(*arguments, "--partition", "nowhere"), 69, "sbatch refuses: invalid partition specified: nowhere",
                   "resume with aelog sweep --resume runs/refused")
        self.ended(self.sweep("--resume", "runs/refused", "--partition", "only", "--poll", "0.3"), 0, "6/6")


    def check_names(self):
        """Slurm expands neither "%" nor a backslash in a directory's name."""
        one = ["--batch-size", "20", "--filters", "3", "--epochs", "2", "--data", "bars", "--executor", "slurm", "--poll", "0.3"]
        for number, place in enumerate(["a%x", "b\\c", "d%j e\\%%f"]):
            name = f"named-{number}"
            self.ended(self.sweep(*one, "--logdir", place, "--name", name), 0, "1/1")
            states = [row["state"] for row in self.results_in(f"{place}/{name}")]
            want(states == ["completed"], f"{place}: states {states}")

    def check_launch(self):
        """If Slurm can't begin a task, its trial has not failed; the sweep names the reason and can be resumed."""
        one = ["--batch-size", "20", "--filters", "3", "--epochs", "2", "--data", "bars", "--name", "launch"]
        self.ended(self.sweep(*one, "--prepare"), 0)
        # Slurm can't open a directory for its words.
        process = self.sweep("--resume", "runs/launch", "--executor", "slurm", "--poll", "0.3", "--sbatch-arg=--hold")
        self.wait("the record", lambda: (self.directory / "runs/launch/.slurm/record.json").exists()
                  and self.record("launch")["jobs"])
        record = self.record("launch")
        (self.directory / f"runs/launch/.slurm/{record['name']}-0.out").mkdir()
        self.answer("scontrol", "release", str(record["jobs"][0]["id"]))
        self.ended(process, 69, "could not begin 1 trial (FAILED, signal 53)", "scontrol show job", "aelog sweep --resume runs/launch")
        (self.directory / f"runs/launch/.slurm/{record['name']}-0.out").rmdir()
        states = [row["state"] for row in self.results("launch")]
        want(states == ["waiting"], f"states {states}")
        second = self.sweep("--resume", "runs/launch", "--poll", "0.3")
        self.wait("the second job", lambda: len(self.record("launch")["jobs"]) == 2)
        self.answer("scontrol", "release", str(self.record("launch")["jobs"][1]["id"]))
        self.ended(second, 0, "1/1")

    def check_copied(self):
        """--cancel of a copy leaves the original's tasks alone."""
        process = self.sweep(*OPTIONS, "--epochs", "100000", "--name", "original", "--executor", "slurm", "--poll", "0.3")
        self.wait("a task that runs", lambda: (self.directory / "runs/original/.slurm/record.json").exists()
                  and self.states("original").get("RUNNING"))
        shutil.copytree(self.directory / "runs/original", self.directory / "runs/copy", ignore_dangling_symlinks=True)
        self.ended(self.sweep("--resume", "runs/copy", "--cancel"), 64, "was never submitted to Slurm")
        want(sum(map(len, self.states("original").values())) == 6, f"the original's tasks are {self.states('original')}")
        process.send_signal(signal.SIGINT)
        self.ended(process, 130)
        self.ended(self.sweep("--resume", "runs/original", "--cancel"), 0, "6 trials taken out")
        self.wait("an empty queue", lambda: not self.states("original"))

    def check_gone(self):
        """If Slurm's commands are gone or do not answer, the sweep runs with --executor local."""
        one = ["--batch-size", "20", "--filters", "3", "--filters", "4", "--epochs", "2", "--data", "bars"]
        for name, environment in [("gone", {"PATH": str(self.directory)}), ("silent", {"SLURM_CONF": self.other_cluster()})]:
            self.ended(self.sweep(*one, "--name", name, "--executor", "slurm", "--poll", "0.3"), 0, "2/2")
            shutil.rmtree(self.directory / f"runs/{name}/convolutional-4")
            arguments = [self.aelog, "sweep", "--resume", f"runs/{name}", "--executor", "local"]
            answer = subprocess.run(arguments, cwd=self.directory, env={**os.environ, **environment}, capture_output=True, text=True)
            want(answer.returncode == 0 and "can't see whether tasks of the sweep are in Slurm's queue" in answer.stderr,
                 f"status {answer.returncode}: {answer.stderr}")
            states = [row["state"] for row in self.results(name)]
            want(states == ["completed"] * 2, f"states {states}")

    def other_cluster(self):
        """The settings of a controller that is not there."""
        settings = pathlib.Path(os.environ["SLURM_CONF"]).read_text().splitlines()
        path = self.directory / "nobody.conf"
        path.write_text("\n".join("SlurmctldPort=1" if line.startswith("SlurmctldPort=") else line for line in settings)
                        + "\nMessageTimeout=2\n")
        return str(path)


def main():
    aelog, directory, *names = sys.argv[1:]
    checks = Checks(aelog, directory)
    names = names or ["whole", "halving", "unnoted", "crash", "requeued", "time", "refused", "names", "launch", "copied", "gone"]
    failed = 0
    for name in names:
        check = getattr(checks, f"check_{name}")
        start = time.monotonic()
        try:
            check()
            outcome = "passed"
        except (Failed, subprocess.SubprocessError) as error:
            failed += 1
            outcome = f"FAILED: {error}"
        with contextlib.suppress(Failed, subprocess.SubprocessError):
            checks.stop()
        print(f"{name} ({time.monotonic() - start:.0f} s): {check.__doc__.splitlines()[0]}\n  {outcome}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
