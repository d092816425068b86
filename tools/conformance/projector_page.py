# projector_page.py
# The projector's page in a browser, asked what it shows.

import time

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
        """What the page soon shows of a run's first embedding; None where that is nothing. Stops early where it is `wanted`."""
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
