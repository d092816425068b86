#!/usr/bin/env python3
"""Lays out the same points with scikit-learn, openTSNE and aelog, and measures all three alike.

Usage: peers.py BENCH FILE COUNT DIMENSIONS [THREADS], with scikit-learn and openTSNE installed; BENCH is bench-embeddings, FILE
little-endian float32. The divergence of each layout is computed here: affinities over 90 neighbors at perplexity 30 by
openTSNE, all pairs in the plane in double precision.
"""
import json
import subprocess
import sys
import time

import numpy
import openTSNE
from sklearn.manifold import TSNE, trustworthiness

BENCH, FILE, COUNT, DIMENSIONS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
THREADS = int(sys.argv[5]) if len(sys.argv) > 5 else 2
POINTS = numpy.fromfile(FILE, "<f4").reshape(COUNT, DIMENSIONS)


def divergence(layout, affinities):
    layout = layout.astype(float)
    normalization = 0.0
    squares = (layout**2).sum(1)
    for start in range(0, COUNT, 500):
        rows = layout[start : start + 500]
        distances = squares[start : start + 500, None] + squares - 2 * rows @ layout.T
        normalization += (1 / (1 + numpy.maximum(distances, 0))).sum()
    normalization -= COUNT
    p = affinities.P.tocoo()
    distances = ((layout[p.row] - layout[p.col]) ** 2).sum(1)
    return float((p.data * numpy.log(p.data * normalization * (1 + distances))).sum())


def aelog():
    report = json.loads(subprocess.run([BENCH, FILE, str(COUNT), str(DIMENSIONS), str(THREADS)], check=True, capture_output=True).stdout)
    return numpy.fromfile(FILE + ".layout", "<f4").reshape(COUNT, 2), report["tsne_seconds"]


def timed(make):
    start = time.monotonic()
    layout = make()
    return numpy.asarray(layout), time.monotonic() - start


WAYS = {
    "aelog": aelog,
    "openTSNE": lambda: timed(lambda: openTSNE.TSNE(perplexity=30, n_iter=750, n_jobs=THREADS, random_state=1).fit(POINTS)),
    "scikit-learn": lambda: timed(lambda: TSNE(perplexity=30, max_iter=1000, init="pca", n_jobs=THREADS, random_state=1).fit_transform(POINTS)),
}
AFFINITIES = openTSNE.affinity.PerplexityBasedNN(POINTS, perplexity=30, method="exact", n_jobs=THREADS)
for name, way in WAYS.items():
    layout, seconds = way()
    trust = trustworthiness(POINTS, layout, n_neighbors=5) if COUNT <= 20_000 else float("nan")
    print(f"{name:14} {seconds:7.1f} s   divergence {divergence(layout, AFFINITIES):.4f}   trustworthiness {trust:.4f}", flush=True)
