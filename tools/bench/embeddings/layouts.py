#!/usr/bin/env python3
# layouts.py
# Lays out the same points by aelog, umap-learn, openTSNE and scikit-learn, turn by turn, and measures all layouts alike.
"""Usage: layouts.py BENCH FILE COUNT DIMENSIONS [THREADS] [WAY ...]

BENCH is bench-embeddings, FILE little-endian float32. A way is aelog:LAYOUT, umap-learn:2, umap-learn:3, openTSNE:2,
scikit-learn:2 or scikit-learn:3; by default aelog's umap and umap3 and umap-learn's. Needs umap-learn and scikit-learn, and openTSNE if it
is asked for. Prints a Markdown table: seconds, processor seconds (which do not depend on other programs), trustworthiness, and the fraction
of each point's 15 neighbors that are its neighbors in the layout too, over 2,000 points drawn at random against all others.
Each peer is called once before on a few points, so that no compilation is timed.
"""
import json
import resource
import subprocess
import sys
import time

import numpy
from sklearn.neighbors import NearestNeighbors

BENCH, FILE, COUNT, DIMENSIONS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
THREADS = int(sys.argv[5]) if len(sys.argv) > 5 else 2
WAYS = sys.argv[6:] or ["aelog:umap", "umap-learn:2", "aelog:umap3", "umap-learn:3"]
POINTS = numpy.fromfile(FILE, "<f4").reshape(COUNT, DIMENSIONS)
NEIGHBORS, SAMPLE = 15, 2_000


def aelog(layout):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([BENCH, FILE, str(COUNT), str(DIMENSIONS), str(THREADS), layout], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    places = numpy.fromfile(f"{FILE}.{layout}", "<f4").reshape(COUNT, -1)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return places, json.loads(run.stdout)["seconds"], processor


def peer(name, dimensions):
    if name == "umap-learn":
        import umap

        make = lambda points: umap.UMAP(n_components=dimensions, n_jobs=THREADS).fit_transform(points)
    elif name == "openTSNE":
        import openTSNE

        make = lambda points: openTSNE.TSNE(dimensions, perplexity=30, n_iter=750, n_jobs=THREADS).fit(points)
    else:
        from sklearn.manifold import TSNE

        make = lambda points: TSNE(dimensions, perplexity=30, max_iter=1000, init="pca", n_jobs=THREADS).fit_transform(points)
    make(POINTS[:500])
    start, processor = time.monotonic(), time.process_time()
    places = numpy.asarray(make(POINTS))
    return places, time.monotonic() - start, time.process_time() - processor


def quality(places):
    """Trustworthiness and neighborhood preservation, with exact ranks among all points."""
    sample = numpy.random.default_rng(0).choice(COUNT, min(SAMPLE, COUNT), replace=False)
    near = NearestNeighbors(n_neighbors=NEIGHBORS + 1).fit(places).kneighbors(places[sample], return_distance=False)
    squares = (POINTS.astype(float) ** 2).sum(1)
    intrusion = kept = 0
    for point, row in zip(sample, near):
        others = row[row != point][:NEIGHBORS]
        distances = squares - 2 * POINTS @ POINTS[point]
        distances[point] = -numpy.inf
        ranks = numpy.empty(COUNT, int)
        ranks[numpy.argsort(distances, kind="stable")] = numpy.arange(COUNT)
        intrusion += numpy.maximum(0, ranks[others] - NEIGHBORS).sum()
        kept += (ranks[others] <= NEIGHBORS).sum()
    worst = NEIGHBORS * (2 * COUNT - 3 * NEIGHBORS - 1) / 2
    return 1 - intrusion / worst / len(sample), kept / NEIGHBORS / len(sample)


print("| | seconds | processor seconds | trustworthiness | neighbors kept |\n|---|---|---|---|---|")
for way in WAYS:
    name, layout = way.split(":")
    places, seconds, processor = aelog(layout) if name == "aelog" else peer(name, int(layout))
    trust, kept = quality(places)
    print(f"| {name} {layout} | {seconds:.1f} | {processor:.1f} | {trust:.4f} | {kept:.3f} |", flush=True)
