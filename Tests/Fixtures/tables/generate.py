#!/usr/bin/env python3
"""Writes the tables beside this script, as pandas, NumPy, gensim and R leave them.

    python3 -m venv venv && venv/bin/pip install pandas numpy gensim
    venv/bin/python Tests/Fixtures/tables/generate.py

Made with pandas 3.1.1, NumPy 2.4.6 and gensim 4.4.0. Each table has the same six points of five dimensions (`points`), and
mostly more: names of columns, an index, labels. What R writes is written here as R 4 documents it, since R need not be there.
The test that reads them is Tests/ExperimentsTests/TableFixtureTests.swift.
"""
import gzip
import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).parent
points = np.array([[-3.25, 0.5, 2.125, -0.75, 7.5], [1.5, -2.25, 0.375, 4.25, -1.125], [0.25, 3.5, -6.5, 1.75, 2.5],
                   [-0.5, 1.25, 5.25, -2.5, 0.125], [6.75, -4.5, 1.5, 0.25, -3.5], [2.5, 0.75, -1.25, 8.5, 5.75]])
kinds = ["cat", "dog", "café", "cafè", "cat", "dog"]
words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
table = pd.DataFrame(points)
named = pd.DataFrame(points, columns=["a", "b", "c", "d", "e"])


def by_pandas():
    table.to_csv(HERE / "pandas-index-header.csv")
    table.to_csv(HERE / "pandas-header.csv", index=False)
    table.to_csv(HERE / "pandas-index.csv", header=False)
    table.to_csv(HERE / "pandas-plain.csv", index=False, header=False)
    table.to_csv(HERE / "pandas-index-label.csv", index_label="id")
    table.to_csv(HERE / "pandas-index-other-label.csv", index_label="sample")
    table.to_csv(HERE / "pandas-index-label-false.csv", index_label=False)
    table.to_csv(HERE / "pandas-index-header.tsv", sep="\t")
    table.to_csv(HERE / "pandas-header.tsv", sep="\t", index=False)
    table.to_csv(HERE / "pandas-tabs.csv", sep="\t")
    table.to_csv(HERE / "pandas-commas.tsv", index=False, header=False)
    table.to_csv(HERE / "pandas-spaces.txt", sep=" ")
    table.to_csv(HERE / "pandas-european.csv", sep=";", decimal=",")
    table.rename(columns=float).to_csv(HERE / "pandas-float-names.csv", index=False)
    table.rename(columns=float).to_csv(HERE / "pandas-index-float-names.csv")
    table.rename(columns=lambda c: 400 + 10 * c).to_csv(HERE / "pandas-wavelengths.csv", index=False)
    table.rename(columns=lambda c: 400 + 10 * c).to_csv(HERE / "pandas-index-wavelengths.csv")
    table.astype(int).to_csv(HERE / "pandas-integers.csv", index=False)
    table.astype(int).to_csv(HERE / "pandas-index-integers.csv")
    named.to_csv(HERE / "pandas-names.csv", index=False)
    named.to_csv(HERE / "pandas-index-names.csv")
    named.assign(label=kinds).to_csv(HERE / "pandas-label.csv", index=False)
    named.assign(target=[0, 1, 2, 3, 0, 1]).to_csv(HERE / "pandas-index-target.csv")
    table.assign(label=kinds).to_csv(HERE / "pandas-numbered-label.csv", index=False)
    named.set_index(pd.Index(words, name="word")).to_csv(HERE / "pandas-words.csv")
    named.set_index(pd.Index(words)).to_csv(HERE / "pandas-unnamed-words.csv")
    named.set_index(pd.Index([3, 7, 8, 20, 21, 40])).to_csv(HERE / "pandas-filtered.csv")
    named.set_index(pd.Index([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])).to_csv(HERE / "pandas-float-index.csv")
    pd.read_csv(HERE / "pandas-index-names.csv").to_csv(HERE / "pandas-saved-twice.csv", index=False)
    pd.Series(points[:, 0]).to_csv(HERE / "pandas-series.csv")
    missing = named.assign(label=kinds)
    missing.loc[0, "b"] = missing.loc[3, "e"] = np.nan
    missing.to_csv(HERE / "pandas-missing.csv")
    missing.to_csv(HERE / "pandas-missing-NA.csv", na_rep="NA")
    missing.drop(columns="label").to_csv(HERE / "pandas-missing-plain.csv", index=False, header=False)
    named.assign(note=["one\nline", "say \"x\"", "a\tb", "", "plain", "last\n"]).to_csv(
        HERE / "pandas-line-ends.tsv", sep="\t", index=False, header=False)
    for encoding in ["utf-16", "utf-16-le", "utf-16-be", "latin1", "utf-8-sig"]:
        named.assign(label=kinds).to_csv(HERE / f"pandas-{encoding}.csv", encoding=encoding, index=False)


def labels_by_pandas():
    def write(name, labels, **options):
        pd.DataFrame({"label": labels}).to_csv(HERE / name, **options)

    write("labels-last-missing.tsv", kinds[:5] + [None], index=False)
    write("labels-index.csv", kinds)
    write("labels-line-ends.tsv", ["one\nline", "cat", "cat", "dog", "dog", "two\n\nlines"], index=False, sep="\t")
    write("labels-line-ends-plain.tsv", ["one\nline", "cat", "cat", "dog", "dog", "x"], index=False, header=False, sep="\t")
    write("labels-latin1.csv", kinds, index=False, encoding="latin1")
    write("labels-utf-16.csv", kinds, index=False, encoding="utf-16")
    pd.DataFrame({"kind": kinds, "size": range(6)}).to_csv(HERE / "labels-tabs.csv", sep="\t", index=False)
    pd.DataFrame({"kind": kinds, "size": range(6)}).to_csv(HERE / "labels-commas.tsv", index=False)
    pd.DataFrame({"kind": kinds, "size": points[:, 0]}).to_csv(
        HERE / "labels-european.csv", sep=";", decimal=",", index=False)


def by_numpy():
    np.savetxt(HERE / "savetxt.txt", points)
    np.savetxt(HERE / "savetxt-commas.csv", points, delimiter=",", fmt="%.4f")
    np.savetxt(HERE / "savetxt-tabs.tsv", points, delimiter="\t", fmt="%g")
    np.savetxt(HERE / "savetxt-header.txt", points, header="a b c d e", footer="made by hand", fmt="%.3f")
    np.savetxt(HERE / "savetxt-comment.csv", points, header="two\nlines", delimiter=",", fmt="%.3f")
    np.savetxt(HERE / "savetxt-comma-blank.csv", points, delimiter=", ", fmt="%8.3f")
    np.savetxt(HERE / "savetxt-integers.txt", np.arange(30).reshape(6, 5), fmt="%d")
    np.savetxt(HERE / "savetxt-nan.txt", np.where(points == 0.25, np.nan, points), fmt="%g")


def by_gensim():
    from gensim.models import KeyedVectors
    vectors = KeyedVectors(5)
    vectors.add_vectors(words, points.astype(np.float32))
    vectors.save_word2vec_format(str(HERE / "word2vec.txt"), binary=False)
    lines = (HERE / "word2vec.txt").read_text().splitlines(keepends=True)
    (HERE / "word2vec-cut.txt").write_text("".join(lines[:-1]))
    # GloVe has no first line; "#", quotes and numbers are words.
    odd = ["the", "#", "\"", "1999", "\"\"\"", "nan"]
    (HERE / "glove.txt").write_text("".join(
        f"{word} {' '.join(map(str, row))}\n" for word, row in zip(odd, points)))


def by_r():
    def quoted(values):
        return [f'"{value}"' for value in values]

    names, numbers = [f"V{i}" for i in range(1, 6)], [[f"{x:g}" for x in row] for row in points]
    # write.table(x), write.table(x, sep="\t", quote=FALSE), write.csv(x), write.csv2(x), write.table(x, col.names=FALSE)
    files = {
        "r-table.txt": [quoted(names)] + [[f'"{i + 1}"'] + row for i, row in enumerate(numbers)],
        "r-table.tsv": [names] + [[word] + row for word, row in zip(words, numbers)],
        "r-csv.csv": [quoted([""] + names)] + [[f'"{i + 1}"'] + row for i, row in enumerate(numbers)],
        "r-csv2.csv": [quoted([""] + names)] + [
            [f'"{i + 1}"'] + [x.replace(".", ",") for x in row] for i, row in enumerate(numbers)],
        "r-no-names.txt": [[f'"{i + 1}"'] + row for i, row in enumerate(numbers)],
        "r-labels.txt": [['"kind"']] + [[f'"{i + 1}"', f'"{kind}"'] for i, kind in enumerate(kinds)],
        "r-labels.tsv": [["kind"]] + [[str(i + 1), kind] for i, kind in enumerate(kinds)],
    }
    delimiters = {"r-table.tsv": "\t", "r-labels.tsv": "\t", "r-csv.csv": ",", "r-csv2.csv": ";"}
    for name, rows in files.items():
        (HERE / name).write_text("".join(delimiters.get(name, " ").join(row) + "\n" for row in rows))


def lists_by_pandas():
    texts = ["plain", "say \"x\"", "a, b", "two\nlines", "", "[1, 2]"]
    lists = pd.DataFrame({"id": [1234567890123456789 + i for i in range(6)], "text": texts, "embedding": points.tolist()})
    arrays = lists.assign(embedding=list(points))
    lists.to_csv(HERE / "lists.csv", index=False)
    lists.to_csv(HERE / "lists-index.csv")
    lists.to_csv(HERE / "lists.tsv", sep="\t", index=False)
    arrays.to_csv(HERE / "lists-arrays.csv", index=False)
    lists.to_json(HERE / "lists.jsonl", orient="records", lines=True)
    lists.to_json(HERE / "lists-records.json", orient="records", indent=1)
    pd.DataFrame({"id": lists["id"], "kind": kinds}).to_json(HERE / "labels.jsonl", orient="records", lines=True)
    several = named.assign(species=kinds, id=range(101, 107), target=[0, 1, 2, 3, 0, 1])
    several.insert(0, "name", words)
    several.to_csv(HERE / "several.csv")
    for before, after in [("several", "several-twice"), ("several-twice", "several-thrice")]:
        pd.read_csv(HERE / f"{before}.csv").to_csv(HERE / f"{after}.csv")
    (HERE / "several.csv.gz").write_bytes(gzip.compress((HERE / "several.csv").read_bytes(), mtime=0))


def archives_by_numpy():
    single = points.astype(np.float32)
    np.savez(HERE / "codes.npz", codes=single, kinds=np.array(kinds), numbers=np.arange(6))
    np.savez_compressed(HERE / "codes-single.npz", single)
    np.savez(HERE / "codes-several.npz", codes=single, others=single[:, :3])
    np.save(HERE / "codes.npy", single)
    (HERE / "codes.npy.gz").write_bytes(gzip.compress((HERE / "codes.npy").read_bytes(), mtime=0))


def word_vectors():
    """As word2vec.c, fastText and gensim document their formats; the Stanford files of GloVe have words with blanks."""
    odd = ["the", "2009", "\"quoted\"", "don't", "#", "caf\u00e9\u00a0noir"]
    single = points.astype("<f4")
    (HERE / "fasttext.vec").write_text("6 5\n" + "".join(
        f"{word} {' '.join(map(str, row))} \n" for word, row in zip(odd, points)))
    blanks = ["the", ". . .", "at name@domain.com", "\"\"", "0.5", ","]
    (HERE / "glove-blanks.txt").write_text("".join(
        f"{word} {' '.join(map(str, row))}\n" for word, row in zip(blanks, points)))
    for name, end in [("word2vec.bin", b""), ("word2vec-lines.bin", b"\n")]:
        (HERE / name).write_bytes(b"6 5\n" + b"".join(
            word.encode() + b" " + row.tobytes() + end for word, row in zip(odd, single)))


if __name__ == "__main__":
    # Names of functions; all of them, if there are none.
    for function in sys.argv[1:] or ["by_pandas", "labels_by_pandas", "by_numpy", "by_gensim", "by_r", "lists_by_pandas",
                                     "archives_by_numpy", "word_vectors"]:
        globals()[function]()
