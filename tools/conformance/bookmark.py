# bookmark.py
# Clicks a bookmark in the projector of a real TensorBoard: the points must be there, coloured, and stand still.
"""Usage: PYTHON tools/conformance bookmark LOGDIR RUN TENSOR NUMBER OUT. NUMBER counts the bookmarks of the tensor from 0; OUT is a directory
for pictures. Needs tensorboard, playwright and pillow (tools/tensorboard-requirements.txt), and chromium on the path.

The status is 0 where the plot shows six colours or more after the click and is the same, pixel for pixel, five seconds later.
"""
import io
import pathlib
import re
import sys
import time
import urllib.parse

from PIL import Image

from .browser import PATIENCE, opened


def choose(frame, kind, name):
    """Selects a run or a tensor; there is no menu for a single one."""
    menu = frame.locator("vz-projector-data-panel paper-dropdown-menu").filter(
        has_text=re.compile(rf"\d+ {kind}s? found"))
    if menu.count() == 0:
        return
    names = [text.strip().split("\n")[0] for text in menu.locator("paper-item").all_text_contents()]
    if name not in names:
        sys.exit(f"the menu of {kind}s has {names}, not {name}")
    item = menu.locator("paper-item").nth(names.index(name))
    if "iron-selected" not in (item.get_attribute("class") or "").split():
        menu.click()
        item.click()


def picture(frame, path):
    """The plot without its edge, which has buttons."""
    png = frame.locator("#scatter").screenshot(timeout=PATIENCE * 1000)
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(path)
        return image.convert("RGB").crop((70, 70, image.width - 70, image.height - 70))


def hues(image):
    """How many of twelve parts of the circle of colours have fifty saturated pixels."""
    counts = [0] * 12
    for hue, saturation, value in image.convert("HSV").getdata():
        if saturation > 90 and value > 60:
            counts[hue * 12 // 256] += 1
    return sum(count >= 50 for count in counts)


def look(page, address, run, tensor, number, out):
    page.goto(f"{address}/?{urllib.parse.urlencode({'darkMode': 'false'})}#projector", timeout=PATIENCE * 1000)
    frame = page.frame_locator('iframe[src*="name=projector"]').frame_locator('iframe[src*="projector_binary.html"]')
    frame.locator("vz-projector-data-panel").wait_for(timeout=PATIENCE * 1000)
    frame.locator("vz-projector span.numDataPoints").filter(has_text=re.compile(r"\d")).wait_for(timeout=PATIENCE * 1000)
    choose(frame, "run", run)
    time.sleep(5)
    choose(frame, "tensor", tensor)
    time.sleep(10)
    before = picture(frame, out / "before.png")
    panel = frame.locator("vz-projector-bookmark-panel")
    rows = panel.locator(".state-row")
    # The panel opens by itself only where somebody asks for it.
    if rows.count() == 0 or not rows.first.is_visible():
        panel.locator('#expand-more').click()
    rows.nth(number).locator("paper-icon-button").first.click()
    time.sleep(8)
    page.screenshot(path=out / "page.png")
    first = picture(frame, out / "first.png")
    time.sleep(5)
    second = picture(frame, out / "second.png")
    # Values of paper-textarea are not text of the page.
    labels = panel.locator("paper-textarea").evaluate_all("all => all.map(area => area.value)")
    print(f"bookmarks: {labels}")
    print(f"colours before: {hues(before)}, after: {hues(first)}")
    if hues(first) < 6:
        return "too few colours: the bookmark has coloured nothing"
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
    print(complaint or "the points are there, coloured, and stand still")
    sys.exit(1 if complaint else 0)

