# projector_files.py
# A run's embeddings as TensorBoard reads them: the configuration, and every file that it names.

import pathlib
import re

FIELD = re.compile(r'^\s*(\w+)(?::\s*(?:"([^"]*)"|(\d+))|\s*(\{)|)\s*$')
FILES = ("tensor_path", "metadata_path", "bookmarks_path", "image_path")


def parsed(text):
    """The embeddings of a configuration as aelog writes it: a dictionary of lists each."""
    found, depth = [], 0
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        if line == "}":
            depth -= 1
            continue
        match = FIELD.match(line)
        if not match:
            raise ValueError(f"the configuration says {line!r}")
        name, text_value, number, brace = match.groups()
        if brace:
            depth += 1
            if name == "embeddings":
                found.append({})
        else:
            found[-1].setdefault(name, []).append(text_value if number is None else int(number))
    if depth:
        raise ValueError("the configuration is truncated")
    return found


def bundle(run):
    """{embedding: {what: bytes}}; None without a configuration. A file that is missing is an error."""
    run = pathlib.Path(run)
    config = run / "projector_config.pbtxt"
    if not config.exists():
        return None
    found = {}
    for embedding in parsed(config.read_text()):
        contents = {"shape": embedding["tensor_shape"], "thumbnail": embedding.get("single_image_dim")}
        contents.update({field: (run / embedding[field][0]).read_bytes() for field in FILES if field in embedding})
        found[embedding["tensor_name"][0]] = contents
    return found


def names(run):
    """Every file and directory below a run, relative."""
    return sorted(str(path.relative_to(run)) for path in pathlib.Path(run).rglob("*"))
