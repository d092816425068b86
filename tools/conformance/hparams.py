# hparams.py
# Opens a sweep in the HParams tab of a real TensorBoard: every column must be shown and every cell filled.
"""Usage: PYTHON tools/conformance hparams SWEEP OUT. SWEEP is the directory of a sweep, the only one in its log directory; OUT is a
directory for pictures. Needs tensorboard and playwright (tools/tensorboard-requirements.txt), and chromium on the path.

TensorBoard shows five hyperparameters and five metrics until more are ticked; all are ticked here. The status is 0 if
- the table has a row for each trial of results.json and no empty cell, and has the losses, errors, weights and bottleneck of
  results.json;
- the parallel coordinates have an axis for each column and a line for each trial;
- the scatter plots have a field for each metric against each column, with a point for each trial.
"""
import collections
import json
import pathlib
import sys

from .browser import opened, settled

# Headings of the table, and columns of results.json.
SAME = {"test loss": "test_loss", "test RMSE": "rmse", "validation loss": "validation_loss", "weights": "weights",
        "bottleneck": "bottleneck"}
# The corner and the text of each visible cell.
CELLS = """cells => cells.map(cell => [cell.getBoundingClientRect(), cell.innerText.trim()])
    .filter(([box, _]) => box.width > 0).map(([box, text]) => [box.x, box.y, text])"""


def tick_all(page):
    """Ticks every box of hyperparameters and metrics: the names of both."""
    names = []
    for kind in ("hyperparameters", "metrics"):
        boxes = page.locator(f"tf-hparams-query-pane .section.{kind} paper-checkbox.{kind[:-1].replace('hyperparameter', 'hparam')}-checkbox")
        boxes.first.wait_for()
        for box in boxes.all():
            if box.get_attribute("aria-checked") != "true":
                box.click()
        names.append([box.inner_text().strip() for box in boxes.all()])
    return names


def table(page):
    """The rows of the table, top to bottom: from heading to text."""
    lines = collections.defaultdict(list)
    for x, y, text in page.locator("tf-hparams-table-view vaadin-grid-cell-content").evaluate_all(CELLS):
        # Headings of two lines begin higher than the others.
        lines[round(y / 30)].append((x, text))
    return [sorted(line) for _, line in sorted(lines.items())]


def table_complaint(page, names, trials):
    lines = table(page)
    headings = {round(x): text for line in lines for x, text in line if text in names or text == "Trial ID"}
    absent = set(names) - set(headings.values())
    if absent:
        return f"no column {sorted(absent)}"
    rows = {}
    for line in lines:
        row = {headings[round(x)]: text for x, text in line if round(x) in headings and text not in headings.values()}
        if row:
            rows[row.pop("Trial ID", "")] = row
    if sorted(name.split("/")[-1] for name in rows) != sorted(trials):
        return f"the rows are {sorted(rows)}, not {sorted(trials)}"
    for name, row in rows.items():
        empty = [heading for heading in names if row.get(heading, "") in ("", "-", "NaN")]
        if empty:
            return f"{name} has nothing in {empty}"
        for heading, column in SAME.items():
            want = trials[name.split("/")[-1]][column]
            if abs(float(row[heading]) - want) > 1e-4 * abs(want):
                return f"{name}: {heading} is {row[heading]}, not {want}"
    return ""


def parallel_complaint(page, names, trials):
    plot = page.locator("tf-hparams-parallel-coords-plot svg").first
    axes = plot.locator("text.axis-title").all_text_contents()
    lines = plot.locator("g.foreground path").evaluate_all("all => all.filter(path => path.getAttribute('d')).length")
    if sorted(axes) != sorted(names):
        return f"the axes are {sorted(axes)}, not {sorted(names)}"
    return "" if lines == len(trials) else f"{lines} lines, not {len(trials)}"


def scatter_complaint(page, names, metrics, trials):
    fields = page.locator("tf-hparams-scatter-plot-matrix-plot svg g.cell")
    points = fields.evaluate_all("all => all.map(field => field.querySelectorAll('.data-marker').length)")
    if len(points) != len(names) * len(metrics):
        return f"{len(points)} fields, not {len(names)} × {len(metrics)}"
    wrong = [count for count in points if count != len(trials)]
    return f"a field has {wrong[0]} points, not {len(trials)}" if wrong else ""


def look(page, address, trials, out):
    page.goto(f"{address}/#hparams")
    hyperparameters, metrics = tick_all(page)
    names = hyperparameters + metrics
    # As wide as the table.
    page.set_viewport_size({"width": 900 + 160 * len(names), "height": 400 + 40 * len(trials)})
    views = [("table", "TABLE VIEW", lambda: table_complaint(page, names, trials)),
             ("parallel", "PARALLEL COORDINATES VIEW", lambda: parallel_complaint(page, names, trials)),
             ("scatter", "SCATTER PLOT MATRIX VIEW", lambda: scatter_complaint(page, names, metrics, trials))]
    complaints = []
    for name, tab, probe in views:
        page.locator("tf-hparams-sessions-pane paper-tab").filter(has_text=tab).click()
        complaint = settled(probe)
        page.screenshot(path=out / f"hparams-{name}.png")
        print(f"{name}: {complaint or 'ok'}")
        complaints += [complaint] if complaint else []
    print(f"{len(trials)} trials, {len(hyperparameters)} hyperparameters, {len(metrics)} metrics")
    return complaints


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sweep, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    trials = {row["trial"]: row for row in json.loads((sweep / "results.json").read_text())}
    with opened(str(sweep.resolve().parent)) as (page, address):
        complaints = look(page, address, trials, out)
    sys.exit(1 if complaints else 0)

