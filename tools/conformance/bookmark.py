# bookmark.py
# Clicks a bookmark in the projector of a real TensorBoard: the points must be visible, colored and still.
"""Usage: PYTHON tools/conformance bookmark LOGDIR RUN TENSOR NUMBER OUT. NUMBER counts the bookmarks of the tensor from 0; OUT is a directory
for pictures. Needs tensorboard, playwright and pillow (tools/tensorboard-requirements.txt), and chromium on the path.

The status is 0 if the click gives each label's points one color and other labels other colors, six or more, and if the plot is the same,
pixel for pixel, five seconds later.
"""
import pathlib
import re
import sys
import time

from .browser import PATIENCE, opened, settled
from .projector_page import Frame


def look(page, address, run, tensor, number, out):
    page.goto(f"{address}/#projector")
    projector = Frame(page, PATIENCE)
    frame = projector.frame
    frame.locator("vz-projector span.numDataPoints").filter(has_text=re.compile(r"\d")).wait_for(timeout=PATIENCE * 1000)
    for kind, name in (("run", run), ("tensor", tensor)):
        if complaint := settled(lambda: projector.choose(kind, name)):
            return complaint
        time.sleep(5)
    before, uncolored = projector.scatter(), projector.point_colors("label")
    panel = frame.locator("vz-projector-bookmark-panel")
    rows = panel.locator(".state-row")
    # The panel is closed until it is clicked.
    if rows.count() == 0 or not rows.first.is_visible():
        panel.locator('#expand-more').click()
    rows.nth(number).locator("paper-icon-button").first.click()
    time.sleep(8)
    page.screenshot(path=out / "bookmark.png")
    first = projector.scatter()
    time.sleep(5)
    second = projector.scatter()
    # Values of paper-textarea are not text of the page.
    labels = panel.locator("paper-textarea").evaluate_all("all => all.map(area => area.value)")
    print(f"bookmarks: {labels}")
    colored = projector.point_colors("label")
    print(f"colors before: {len({*uncolored.values()})}, after: {len({*colored.values()})}, for {len(colored)} labels")
    if len({*colored.values()}) < max(6, len(colored)):
        return f"the points are not colored by label: {colored}"
    if first.tobytes() == before.tobytes():
        return "the bookmark has changed nothing"
    if first.tobytes() != second.tobytes():
        return "the points have moved"
    return ""


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    logdir, run, tensor, number, out = sys.argv[1:]
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with opened(logdir) as (page, address):
        complaint = look(page, address, run, tensor, int(number), out)
    print(complaint or "the points are visible, colored and still")
    sys.exit(1 if complaint else 0)

