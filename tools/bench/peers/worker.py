# worker.py
# Runs one peer in its own process: it takes a first step, then trains and encodes for the given seconds.
"""Usage: worker.py MODULE OPTIONS SUBJECT (JSON). Commands on standard input: `train SECONDS`, `encode SECONDS`, `end`.

Answers are JSON lines: {"loss", "version"} after the first step, {"per_second"}, and at the end {"peak_megabytes"}.
"""
import importlib
import json
import os
import sys
import time

from subject import Subject


def peak_megabytes():
    """The most memory this process has held at once."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1000


def per_second(work, seconds):
    start, done = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < seconds:
        done += work()
    return done / elapsed


def main():
    module, options, subject = sys.argv[1], json.loads(sys.argv[2]), Subject.from_json(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints goes to the log

    def answer(**fields):
        print(json.dumps(fields), file=answers, flush=True)

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: subject.threads])
    peer = importlib.import_module(module).Peer(subject, **options)
    _, loss = peer.train()
    answer(loss=loss, version=peer.version)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "end":
            return answer(peak_megabytes=peak_megabytes())
        work = {"train": lambda: peer.train()[0], "encode": peer.encode}[command]
        answer(per_second=per_second(work, float(rest[0])))


if __name__ == "__main__":
    main()
