# compare.py
# Trains one model with aelog and with its peers, turn by turn, and prints how they compare.
import argparse
import json
import os
import statistics
import sys
import tempfile

from aelog_runner import Aelog
from peer_process import WAYS, PeerProcess
from subject import Subject


def say(text):
    print(text, file=sys.stderr, flush=True)


def sizes(text):
    return tuple(int(size) for size in text.split(","))


def shape(text):
    extents = tuple(int(extent) for extent in text.split("x"))
    if len(extents) == 2:
        extents += (1,)
    if len(extents) != 3 or min(extents) < 1:
        raise ValueError(text)
    return extents


def parse():
    parser = argparse.ArgumentParser(
        prog="tools/bench/peers/run", description="Train a model with aelog, PyTorch, TensorFlow and JAX, and compare.")
    parser.add_argument("--model", choices=["convolutional", "fully-connected"], default="convolutional")
    parser.add_argument("--filters", type=sizes, default=(16, 8, 8))
    parser.add_argument("--downsampling", choices=["pool", "stride"], default="pool")
    parser.add_argument("--hidden-units", type=sizes, default=(128, 64, 32))
    parser.add_argument("--image", type=shape, default=(28, 28, 1), help="such as 32x32x3")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement in a round")
    parser.add_argument("--ways", nargs="+", default=[], metavar="WORDS", help="only peers whose names contain these")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    parser.add_argument("--aelog", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for name in ("batch_size", "threads", "rounds"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name.replace('_', '-')}: got {getattr(arguments, name)}, want 1 or more")
    return arguments


def chosen_ways(subject, words):
    ways = [way for way in WAYS if subject.is_convolutional or not way.convolutional_only]
    return [way for way in ways if not words or any(word.lower() in way.name.lower() for word in words)]


def play(subject, arguments):
    """All rounds; returns aelog with its reports, and the peers with theirs."""
    with tempfile.TemporaryDirectory() as folder:
        peers = []
        aelog = Aelog(arguments.aelog, subject)
        try:
            for way in chosen_ways(subject, arguments.ways):
                say(f"starting {way.name}")
                peers.append(PeerProcess(way, subject, folder))
                say(f"  {peers[-1].failure or f'first step after {peers[-1].first_step:.1f} s'}")
            for number in range(arguments.rounds):
                say(f"round {number + 1} of {arguments.rounds}")
                aelog.measure(arguments.seconds)
                for peer in peers:
                    peer.measure(arguments.seconds)
        finally:
            for peer in peers:
                peer.end()
    return aelog, peers


def row(name, values, first_step, megabytes, failure=None):
    medians = {key: statistics.median(list_) if list_ else None for key, list_ in values.items()}
    return {"name": name, **medians, "rounds": values, "first_step_seconds": first_step,
            "peak_megabytes": megabytes, "failure": failure}


def results(subject, aelog, peers):
    start, memory = aelog.train()
    own = row("aelog", {"images_per_second": aelog.values("images_per_second"),
                        "encoding_images_per_second": aelog.values("encoding_images_per_second")}, start, memory)
    rows = [own] + [
        row(peer.name, {"images_per_second": peer.training, "encoding_images_per_second": peer.encoding},
            peer.first_step, peer.peak_megabytes, peer.failure) for peer in peers]
    flop, peak = aelog.reports[0]["mflop_per_image"] * 1e-3, statistics.median(aelog.values("peak_gflops"))
    for entry in rows:
        speed = entry["images_per_second"]
        entry["share_of_roofline"] = speed * flop / peak if speed else None
        for key, name in (("images_per_second", "ratio"), ("encoding_images_per_second", "encoding_ratio")):
            entry[name] = own[key] / entry[key] if entry[key] else None
    return {"subject": subject._asdict(), "kernels": aelog.reports[0]["kernels"], "mflop_per_image": flop * 1e3,
            "peak_gflops": peak, "versions": sorted({peer.version for peer in peers if peer.version}), "rows": rows}


def best(rows, key):
    return max((row for row in rows[1:] if row[key]), key=lambda row: row[key], default=None)


def cell(value, form):
    return "–" if value is None else form.format(value)


def show(found, arguments):
    subject = Subject(**found["subject"])
    print(f"{subject.model} {','.join(map(str, subject.sizes))}"
          + (f" ({subject.downsampling})" if subject.is_convolutional else "")
          + f", {'x'.join(map(str, subject.image))}, batches of {subject.batch_size}, {subject.threads} threads")
    print(f"medians of {arguments.rounds} rounds of {arguments.seconds:g} s; peak {found['peak_gflops']:.0f} GFLOP/s "
          f"({found['kernels']}), {found['mflop_per_image']:.2f} MFLOP an image; {', '.join(found['versions'])}\n")
    print(f"{'':36}{'training':>13}{'roofline':>10}{'aelog is':>10}{'encoding':>13}{'aelog is':>10}"
          f"{'first step':>12}{'memory':>10}")
    for row in found["rows"]:
        if row["failure"]:
            print(f"{row['name']:36}failed: {row['failure']}")
            continue
        print(f"{row['name']:36}" + cell(row["images_per_second"], "{:,.0f}/s").rjust(13)
              + cell(row["share_of_roofline"], "{:.1%}").rjust(10) + cell(row["ratio"], "{:.2f}×").rjust(10)
              + cell(row["encoding_images_per_second"], "{:,.0f}/s").rjust(13)
              + cell(row["encoding_ratio"], "{:.2f}×").rjust(10) + cell(row["first_step_seconds"], "{:.2f} s").rjust(12)
              + cell(row["peak_megabytes"], "{:,.0f} MB").rjust(10))
    for what, key, ratio in (("training", "images_per_second", "ratio"),
                             ("encoding", "encoding_images_per_second", "encoding_ratio")):
        fastest = best(found["rows"], key)
        if fastest:
            print(f"{what}: aelog {fastest[ratio]:.2f} times the best peer ({fastest['name']})")


def main():
    arguments = parse()
    convolutional = arguments.model == "convolutional"
    subject = Subject(
        arguments.model, arguments.image, arguments.filters if convolutional else arguments.hidden_units,
        arguments.downsampling, arguments.batch_size, arguments.threads)
    aelog, peers = play(subject, arguments)
    found = results(subject, aelog, peers)
    show(found, arguments)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
