# projector_page.py
# Reads what the projector's page shows in a browser: points, labels, colors, legend, messages.

import io
import re
import time

from PIL import Image
from playwright.sync_api import Error as PlaywrightError

DEEP = """const deep = (root, selector) => [...root.querySelectorAll(selector)].concat(
  ...[root, ...root.querySelectorAll('*')].filter(e => e.shadowRoot).map(e => deep(e.shadowRoot, selector)));
const first = selector => deep(document, selector)[0];"""

STATE = "() => {" + DEEP + """
  const [projector, panel, views] = ['vz-projector', 'vz-projector-data-panel', 'vz-projector-bookmark-panel'].map(first);
  const data = projector && projector.dataSet, dialog = first('#notification-dialog');
  const info = data && data.spriteAndMetadataInfo;
  return data && {run: panel.selectedRun, isBusy: !!(dialog && dialog.opened), count: data.points.length,
    labels: data.points.map(point => point.metadata.label === undefined ? null : String(point.metadata.label)),
    sprite: !!(info && info.spriteImage && info.spriteImage.width), views: (views.savedStates || []).length};}"""

POINT_COLORS = "column => {" + DEEP + """
  const projector = first('vz-projector'), values = projector.projectorScatterPlotAdapter.scatterPlot.pointColors, colors = {};
  projector.dataSet.points.forEach((point, number) => {
    const parts = [...values.slice(3 * number, 3 * number + 3)].map(part => Math.round(255 * part));
    (colors[point.metadata[column]] ||= new Set()).add(`rgb(${parts.join(', ')})`);
  });
  return Object.fromEntries(Object.entries(colors).map(([label, found]) => [label, [...found].join(' and ')]));}"""

SELECT = "run => {" + DEEP + "first('vz-projector-data-panel').selectedRun = run;}"

WIDTH = """url => new Promise(done => {
  const image = new Image();
  image.onload = () => done(image.naturalWidth);
  image.onerror = () => done(0);
  image.src = url;
})"""


class ProjectorPage:
    """The page of one server."""

    def __init__(self, browser, port):
        self.browser, self.port, self.page = browser, port, None

    def open(self, patience=120):
        self.page = self.browser.new_page(viewport={"width": 600, "height": 400})
        self.page.goto(f"http://127.0.0.1:{self.port}/data/plugin/projector/projector_binary.html", timeout=patience * 1000)
        end = time.monotonic() + patience
        while not self.state() and time.monotonic() < end:
            self.page.wait_for_timeout(200)

    def state(self):
        try:
            return self.page.evaluate(STATE)
        except PlaywrightError:  # It is still loading.
            return None

    def shown(self, run, wanted, patience=20):
        """Waits until the page shows a run's first embedding as `wanted`. Returns what it shows at the end; None if nothing."""
        if self.page is None:
            self.open()
        self.page.evaluate(SELECT, run)
        # Nothing is only nothing after a while.
        end = time.monotonic() + (4 if wanted is None else patience)
        state = None
        while time.monotonic() < end:
            self.page.wait_for_timeout(100)
            state = self.state()
            if state and (state["run"] != run or state["isBusy"] or not state["count"]):
                state = None
            if state and wanted is not None and all(state[key] == wanted[key] for key in wanted):
                # Views come after the points.
                self.page.wait_for_timeout(300)
                break
        state = self.state() if state else None
        if state is None:
            # It may hang.
            self.page.close()
            self.page = None
        return state

    def width(self, url):
        """The width of a picture, 0 where the browser can't show it."""
        if self.page is None:
            self.open()
        return self.page.evaluate(WIDTH, url)


class Frame:
    """The projector inside TensorBoard's page: a frame in the plugin's frame."""

    def __init__(self, page, patience):
        self.page, self.patience = page, 1000 * patience
        self.frame = page.frame_locator('iframe[src*="name=projector"]').frame_locator('iframe[src*="projector_binary.html"]')

    def choose(self, kind, name):
        """Chooses a run or a tensor; there is no menu for a single run."""
        menu = self.frame.locator("vz-projector-data-panel paper-dropdown-menu").filter(
            has_text=re.compile(rf"\d+ {kind}s? found"))
        self.frame.locator("vz-projector-data-panel").wait_for(timeout=self.patience)
        return self.pick(menu, name) if menu.count() or kind != "run" else ""

    def color_by(self, name):
        return self.pick(self.frame.locator("#colorby"), name)

    def pick(self, menu, name):
        """Clicks an item of a menu until it is the selected one."""
        names = items(menu)
        if name not in names:
            return f"the menu has {names}"
        item = menu.locator("paper-item").nth(names.index(name))
        if "iron-selected" in (item.get_attribute("class") or "").split():
            return ""
        if not item.is_visible():
            menu.click(timeout=self.patience)
        item.click(timeout=self.patience)
        return f"{name} is not chosen yet"

    def menu(self, identifier):
        return items(self.frame.locator(f"#{identifier}"))

    def legend(self):
        """{label: number of points}."""
        rows = self.frame.locator("vz-projector-legend .item")
        return {row.locator(".label").inner_text().strip(): int(row.locator(".info").inner_text()) for row in rows.all()}

    def legend_colors(self):
        """{label: color}, as the browser shows it."""
        rows = self.frame.locator("vz-projector-legend .item")
        return {row.locator(".label").inner_text().strip():
                row.locator(".shape").evaluate("shape => getComputedStyle(shape).backgroundColor") for row in rows.all()}

    def point_colors(self, column):
        """{label: color of its points}."""
        return self.evaluate(POINT_COLORS, column)

    def evaluate(self, script, argument=None):
        return next(frame for frame in self.page.frames if "projector_binary.html" in frame.url).evaluate(script, argument)

    def extent(self):
        """The numbers of points and dimensions, as they are shown."""
        return tuple(self.frame.locator(f"vz-projector span.{name}").inner_text() for name in ("numDataPoints", "dim"))

    def message(self):
        """A dialog or a warning on the page, or nothing."""
        dialog = self.frame.locator("vz-projector #notification-dialog")
        return dialog.inner_text() if dialog.is_visible() else self.frame.locator("#toast").evaluate("toast => toast.text || ''")

    def has_sprite(self):
        """Whether the page has loaded a sheet of thumbnails."""
        state = self.evaluate(STATE)
        return bool(state and state["sprite"])

    def scatter(self):
        """A picture of the plot without its edge, which has buttons."""
        encoded = self.frame.locator("#scatter").screenshot(timeout=self.patience)
        with Image.open(io.BytesIO(encoded)) as image:
            return image.convert("RGB").crop((70, 70, image.width - 70, image.height - 70))


def items(menu):
    """The names in a menu, without their details."""
    return [text.strip().split("\n")[0].strip() for text in menu.locator("paper-item").all_text_contents()]


def ink(picture):
    """The number of pixels that are not nearly white."""
    image = picture if isinstance(picture, Image.Image) else Image.open(io.BytesIO(picture))
    return sum(value < 240 for value in image.convert("RGB").split()[1].getdata())


def hues(image):
    """The number of saturated pixels in each of twelve parts of the color circle."""
    counts = [0] * 12
    for hue, saturation, value in image.convert("HSV").getdata():
        if saturation > 90 and value > 60:
            counts[hue * 12 // 256] += 1
    return counts
