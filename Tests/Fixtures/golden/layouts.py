#!/usr/bin/env python3
# layouts.py
# Writes Tests/Fixtures/golden/layouts.json: how well scikit-learn and openTSNE lay out few points.
"""Usage: ENV/bin/python Tests/Fixtures/golden/layouts.py [FILE]. Made with scikit-learn 1.9.1 and openTSNE 1.0.4.

The points are made as in embeddings.py. A layout's Kullback-Leibler divergence is that of its own affinities: perplexity 30, or a
third of the other points, over three times as many neighbors.
"""
import json
import logging
import pathlib
import sys

import numpy as np
import openTSNE
from scipy.spatial.distance import cdist
from sklearn.manifold import TSNE

from embeddings import HERE, points

logging.disable(logging.CRITICAL)


def row(squares, perplexity):
    """exp(-beta d²), scaled to a sum of 1, at the beta that gives the perplexity."""
    squares = squares - squares.min()
    low, high, beta = 0.0, np.inf, 1 / max(squares.mean(), 1e-300)
    for _ in range(200):
        shares = np.exp(-beta * squares)
        entropy = np.log(shares.sum()) + beta * (shares * squares).sum() / shares.sum()
        if abs(entropy - np.log(perplexity)) < 1e-9:
            break
        low, high = (beta, high) if entropy > np.log(perplexity) else (low, beta)
        beta = 2 * beta if high == np.inf else (low + high) / 2
    return shares / shares.sum()


def affinities(values, perplexity):
    count = len(values)
    squares = cdist(values, values, "sqeuclidean")
    np.fill_diagonal(squares, np.inf)
    nearest = np.argsort(squares, axis=1, kind="stable")[:, :min(count - 1, int(3 * perplexity))]
    conditional = np.zeros((count, count))
    for point in range(count):
        conditional[point, nearest[point]] = row(squares[point, nearest[point]], perplexity)
    return (conditional + conditional.T) / (2 * count)


def divergence(joint, layout):
    closeness = 1 / (1 + cdist(layout, layout, "sqeuclidean"))
    np.fill_diagonal(closeness, 0)
    used = joint > 0
    return float((joint[used] * np.log(joint[used] * closeness.sum() / closeness[used])).sum())


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.with_name("layouts.json")
    found = []
    for count in (5, 10, 31, 50, 100, 300):
        for spread in (0.3, 1.0, 4.0):
            case = dict(
                name=f"{count} points, spread {spread:g}", stream=100 + len(found), count=count, dimensions=8, classes=4,
                spread=spread, far=0.0, offset=0.0, scale=1.0)
            values, _ = points(case)
            perplexity = min(30, (count - 1) / 3)
            joint = affinities(values, perplexity)
            theirs = {
                "openTSNE": openTSNE.TSNE(random_state=1, negative_gradient_method="bh", neighbors="exact").fit(values),
                "scikit_learn": TSNE(perplexity=perplexity, init="pca", random_state=1).fit_transform(values)}
            found.append(dict(case, **{name: divergence(joint, np.asarray(layout, float)) for name, layout in theirs.items()}))
            print(found[-1]["name"], found[-1]["openTSNE"], found[-1]["scikit_learn"], flush=True)
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in found) + "\n]\n")


if __name__ == "__main__":
    main()
