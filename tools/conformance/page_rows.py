# page_rows.py
# Writes sound and broken files of embeddings; names what the projector's page shows of each, and the rule by which verify reports it.

import io
import json
import pathlib

import numpy as np
from PIL import Image

from .event_files import File, fill

POINTS = b"1\t2\n3\t4\n5\t6\n7\t9\n"
LABELS = ["a", "b", "c", "d"]


class Row:
    """Files beside four points: `labels`, `sprite` or `views`; the configuration's text; and the outcome.

    `shown` is what the page shows: None where it shows no points; else a dict, whose "labels" are those of the points,
    whose "views" is the number of listed views and whose "sprite" says whether there is a sheet. `rules` are verify's.
    """

    def __init__(self, rules=(), shown=(), config="embeddings {%s}", points=POINTS, **files):
        self.rules, self.config, self.points, self.files = set(rules), config, points, files
        self.shown = None if shown is None else dict(shown)

    def write(self, directory):
        fill(File(directory), "described_scalar", range(2)).close()
        directory = pathlib.Path(directory)
        fields = ['tensor_name: "t" tensor_path: "t.tsv" tensor_shape: [4, 2]']
        (directory / "t.tsv").write_bytes(self.points)
        for name, field in [("labels", 'metadata_path: "labels"'), ("views", 'bookmarks_path: "views"'),
                            ("sprite", 'sprite { image_path: "sprite" single_image_dim: [32, 32] }')]:
            if name in self.files:
                fields.append(field)
                (directory / name).write_bytes(self.files[name])
        (directory / "projector_config.pbtxt").write_text(self.config % " ".join(fields))


def picture(kind, side=64, **options):
    file = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, kind, **options)
    return file.getvalue()


def labeled(text, rules=(), labels=LABELS):
    return Row(rules, None if labels is None else {"labels": labels}, labels=text.encode() if isinstance(text, str) else text)


def viewed(text, views, rules=("bad-bookmarks",)):
    return Row(rules, {"views": views}, views=text.encode() if isinstance(text, str) else text)


VIEW = {"label": "v", "isSelected": False, "selectedProjection": "pca", "dataSetDimensions": [4, 2],
        "projections": [{"pca-0": 1, "pca-1": 1}] * 4}
VIEWS = json.dumps([VIEW])
MOVED = ["a", "c", "d", None]
SHOWN, HIDDEN = {"sprite": True}, None

ROUNDED = ["rounded-number"]
# Cells, and what the page shows of each. It makes a number of every cell that is one, whatever the others of the column are.
NUMBERS = [
    ("1234567890123456789", "1234567890123456800", ROUNDED), ("-9007199254740993", "-9007199254740992", ROUNDED),
    (" 9007199254740993", "9007199254740992", ROUNDED), ("123456789012345678901234", "1.2345678901234569e+23", ROUNDED),
    ("12e45678", "Infinity", ROUNDED), ("0x20000000000001", "9007199254740992", ROUNDED), ("0x1ffffffffffffffff", "36893488147419103000", ROUNDED),
    ("0000000001234567890123456789", "1234567890123456800", ROUNDED), ("9007199254740993.0", "9007199254740992", ROUNDED),
    # The same number, or no number.
    ("007", "7", ()), ("0x1F", "31", ()), ("0b101", "5", ()), ("0o17", "15", ()), ("-01.50", "-1.5", ()), ("0x8000000000000000", "9223372036854776000", ()),
    ("9007199254740992", "9007199254740992", ()), ("1234567890123456800", "1234567890123456800", ()), ("0.12345678901234567890", "0.12345678901234568", ()),
    ("1.50", "1.5", ()), ("1e5", "100000", ()), ("1_000000000000000000001", "1_000000000000000000001", ()), ("-0x1F", "-0x1F", ()),
    ("9007199254740993x", "9007199254740993x", ()), ("Infinity", "Infinity", ()), ("1e", "1e", ()), ("..", "..", ())]

ROWS = {
    "sound": Row(),
    "list": Row(config="embeddings: [{%s}]"),
    "list-of-two": Row(config="embeddings [{%s}, <tensor_name: 'u' tensor_path: 't.tsv'>]"),
    "unknown-escape": Row(config="embeddings {%s} model_checkpoint_dir: 'a\\q'"),
    "numbers-of-python": Row(points="1_0\t２\n\u00a03\t4\n5\t6\n7\t9\n".encode()),
    "labels": labeled("a\nb\nc\nd\n"),
    "labels-empty": labeled("", ["endless-labels"], None),
    "labels-latin-1": labeled(b"a\nb\xe9\nc\nd\n", ["labels-not-text"], None),
    "labels-two-columns-blank": labeled("h\tk\na\t1\n\u00a0\t\u3000\nc\t2\nd\t3\n", ["blank-line", "header-rule"], None),
    "labels-blank-first": labeled("\na\nb\nc\nd\n"),
    "labels-header-after-blank": Row((), {"labels": LABELS}, labels=b"\nlabel\tk\na\t1\nb\t2\nc\t3\nd\t4\n"),
    "labels-blank-last": labeled("a\nb\nc\nd\n\n\n"),
    "labels-no-line-end": labeled("a\nb\nc\nd"),
    **{f"labels-blank-{ord(blank):04x}": labeled(f"a\n{blank}\nc\nd\n", ["blank-line", "row-count"], MOVED)
       for blank in "\u3000\u00a0\u2028\ufeff\u1680\u202f\x0b "},
    **{f"labels-kept-{ord(mark):04x}": labeled(f"a\n{mark}\nc\nd\n", (), ["a", mark, "c", "d"])
       for mark in "\u0085\u200b\u180e\x1c\u2060"},
    **{f"labels-number-{text.strip()}": labeled(f"a\n{text}\nc\nd\n", rules, ["a", shown, "c", "d"])
       for text, shown, rules in NUMBERS},
    **{f"sprite-{kind}": Row((), SHOWN, sprite=picture(kind)) for kind in ["png", "jpeg", "gif", "bmp", "webp", "avif", "ico"]},
    "sprite-webp-lossless": Row((), SHOWN, sprite=picture("webp", lossless=True)),
    "sprite-tiff": Row(["bad-sprite"], HIDDEN, sprite=picture("tiff")),
    "sprite-empty": Row(["bad-sprite"], HIDDEN, sprite=b""),
    **{f"sprite-half-{kind}": Row(["sprite-cut-off"], SHOWN, sprite=picture(kind)[:len(picture(kind)) // 2])
       for kind in ["png", "jpeg", "gif", "bmp", "webp"]},
    "sprite-head": Row(["sprite-cut-off"], HIDDEN, sprite=picture("png")[:33]),
    "views": viewed(VIEWS, 1, ()),
    "views-mark": viewed("\ufeff" + VIEWS, 1, ()),
    "views-none": viewed("[]", 0, ()),
    "views-deep": viewed('[{"projections":' + "[" * 3000 + "]" * 3000 + "}]", 1, ()),
    "views-latin-1": viewed('[{"projections":[],"label":"é"}]'.encode("latin-1"), 1),
    "views-utf-16": viewed(VIEWS.encode("utf-16"), 1, ()),
    "views-empty": viewed("", 0),
    "views-cut": viewed(VIEWS[:-20], 0),
    "views-nan": viewed(VIEWS.replace("1}", "NaN}"), 0),
    "views-comma": viewed(VIEWS[:-1] + ",]", 0),
    "views-object": viewed(json.dumps(VIEW), 0),
    "views-numbers": viewed("[1]", 0),
    "views-null": viewed("[null]", 0),
    "views-mixed": viewed(json.dumps([VIEW, 1, VIEW]), 1),
    "views-without-places": viewed("[{}]", 1),
    "views-behind": viewed(VIEWS + " x", 0),
    "views-control": viewed('[{"label":"v\nw","projections":[]}]', 0),
    "views-zeros": viewed('[{"projections":[{"pca-0":01}]}]', 0),
}

# Encoded images in summaries: the format, and whether browsers show it.
IMAGES = {"png": True, "jpeg": True, "gif": True, "bmp": True, "webp": True, "avif": True, "ico": True, "tiff": False}
