#!/usr/bin/env python3
# embeddings.py
# Writes Tests/Fixtures/golden/embeddings.json: what NumPy, SciPy and scikit-learn find of points with any offset and scale.
"""Usage: ENV/bin/python Tests/Fixtures/golden/embeddings.py [FILE]. Made with numpy 2.4.6, scipy 1.17.1 and scikit-learn 1.9.1.

A case says how its points are made (`points` below; EmbeddingsTests/GoldenPoints.swift makes the same ones) and what is true of
them. All is computed in double precision from the points as float32. Distances come from differences (`cdist`), never from
products. Ties go to the lower number; where there are none, scikit-learn must agree.
"""
import json
import pathlib
import sys

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score

HERE = pathlib.Path(__file__).resolve().parent / "embeddings.json"
NEIGHBORS, COMPONENTS = 5, 3


def hashed(index, stream):
    """The hash of Tests/Fixtures/golden/README.md, as a number of [-1, 1)."""
    x = (index.astype(np.uint64) * 0x9E3779B1 + (stream + 1) * 0x85EBCA77) & 0xFFFFFFFF
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x2C1B3C6D) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(12)
    x = x * np.uint64(0x297A2D39) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(15)
    return (x >> np.uint64(8)) / 2.0**23 - 1


def points(case):
    """scale · (offset + center of the class + spread · noise); the last class is `far` away along every dimension."""
    count, dimensions, classes = case["count"], case["dimensions"], case["classes"]
    labels = np.arange(count) % classes
    centers = hashed(np.arange(classes * dimensions), 2 * case["stream"]).reshape(classes, dimensions)
    centers = np.where(np.arange(classes)[:, None] == classes - 1, centers + case["far"], centers)
    noise = hashed(np.arange(count * dimensions), 2 * case["stream"] + 1).reshape(count, dimensions)
    values = case["scale"] * (case["offset"] + (centers[labels] + case["spread"] * noise))
    return values.astype(np.float32).astype(float), labels


def components(values):
    """Fractions of the variance, and where the first points lie along the components (each up to its sign)."""
    centered = values - values.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centered / np.abs(centered).max(), full_matrices=False)
    shares = sizes**2 / (sizes**2).sum()
    return shares[:COMPONENTS], (left * sizes)[:8, :COMPONENTS] * np.abs(centered).max()


def ranked(distances):
    """The others of each point, nearest first; whether two of them tie where it matters."""
    distances = distances.copy()
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :-1], np.sort(distances, axis=1)


def vote(neighbors, labels):
    right = 0
    for point, row in enumerate(neighbors):
        counts = np.bincount(labels[row], minlength=labels.max() + 1)
        winner = next(label for label in labels[row] if counts[label] == counts.max())
        right += winner == labels[point]
    return right / len(labels)


def trust(code, values):
    """Venna and Kaski's definition; a neighbor's rank is the number of points that are closer, plus 1."""
    count = len(values)
    neighbors, _ = ranked(cdist(code, code))
    distances = cdist(values, values)
    np.fill_diagonal(distances, np.inf)
    penalty = 0
    for point in range(count):
        row = np.sort(distances[point])
        places = np.searchsorted(row, distances[point, neighbors[point, :NEIGHBORS]], side="left") + 1
        penalty += np.maximum(0, places - NEIGHBORS).sum()
    return 1 - 2 * penalty / (count * NEIGHBORS * (2 * count - 3 * NEIGHBORS - 1))


def truth(case):
    values, labels = points(case)
    unit = values / 2.0 ** np.round(np.log2(np.abs(values).max()))
    distances = cdist(unit, unit)
    neighbors, sorted_distances = ranked(distances)
    shares, projected = components(values)
    code = unit[:, :2]
    found = {
        "shares": shares.tolist(), "projected": projected.tolist(), "accuracy": vote(neighbors[:, :NEIGHBORS], labels),
        "silhouette": float(silhouette_score(distances, labels, metric="precomputed")), "trustworthiness": trust(code, unit)}
    _, code_distances = ranked(cdist(code, code))
    has_ties = any((np.diff(d[:, :NEIGHBORS + 1]) == 0).any() for d in (sorted_distances, code_distances))
    if not has_ties:
        other = trustworthiness(distances, code, n_neighbors=NEIGHBORS, metric="precomputed")
        assert abs(other - found["trustworthiness"]) < 1e-3, (case, other, found)
    return found


def cases():
    """Classes beside one that is far away; extreme scales; then twenty drawn at random."""
    def case(name, **changes):
        usual = dict(count=400, dimensions=16, classes=4, spread=0.5, far=0.0, offset=0.0, scale=1.0)
        return dict(usual, name=name, **changes)

    for far in (1e4, 1e5, 1e6):
        yield case(f"one class at {far:g}", far=far)
        yield case(f"a tenth at {far:g}", far=far, classes=10, spread=0.9)
    yield case("offset of 1e6", offset=1e6, dimensions=40)
    yield case("offset of 1e6, few points", offset=1e6, count=40, dimensions=90)
    for scale in (1e-38, 1e-25, 1e-19, 1e19, 1e30, 1e37):
        yield case(f"scale {scale:g}", scale=scale)
    random = np.random.RandomState(1)
    for number in range(20):
        count, dimensions = int(50 * 40 ** random.uniform()), int(2 * 150 ** random.uniform())
        yield case(
            f"random {number}", count=count, dimensions=dimensions, classes=int(random.randint(2, 11)),
            spread=round(random.uniform(0.1, 2), 3), scale=float(f"1e{random.randint(-20, 19)}"),
            offset=float(random.choice([0, 1, 1e2, 1e4, 1e6])))


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    found = []
    for stream, case in enumerate(cases()):
        case["stream"] = stream
        found.append(dict(case, **truth(case)))
        print(case["name"], {key: found[-1][key] for key in ("accuracy", "silhouette", "trustworthiness")}, flush=True)
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in found) + "\n]\n")


if __name__ == "__main__":
    main()
