"""Opens each of TensorBoard's pages in headless Chromium and compares what it shows with what is served and expected.

    PYTHON tools/conformance pages LOGDIR EXPECTATIONS --out DIRECTORY

The Rust loader serves. Each expected tag (every tag if none is expected) must have its card with everything drawn, the
hyperparameters their table, the graphs their nodes, the embeddings their points, labels, colors and thumbnails. No page may log
a warning, fail a request or ask another server. A picture of each page goes to DIRECTORY. One line for each check, `ok: ...` or
`FAILED: ...: why`; the exit status is 0 only if every check holds.
"""

import html
import pathlib
import re
import sys
import urllib.parse

from PIL import Image
from playwright.sync_api import Error as PlaywrightError

from .browser import chromium, settled
from .expectations import Report, parser, wanted
from .projector_page import DEEP, Frame, hues, ink
from .served import Served, logged, step_of
from .server import Server

# Warnings that TensorBoard 2.21 logs about sound data too.
HARMLESS = re.compile("|".join(["Multiple instances of Three.js", "paper-(header-panel|toolbar) is deprecated", "GPU stall due to ReadPixels",
                                "Too many active WebGL contexts", "without discrete domain values"]))
# All cards of a group on one page.
SETTINGS = "localStorage.setItem('_tb_global_settings', JSON.stringify({paginationSize: 1000}));"

OPEN_GROUPS = "() => {" + DEEP + """
  const groups = deep(document, 'tf-category-paginated-view').map(view => view.shadowRoot || view);
  const closed = groups.filter(group => { const body = deep(group, 'iron-collapse')[0]; return body && !body.opened; });
  closed.forEach(group => deep(group, 'button.heading')[0].click());
  return groups.length && !closed.length; }"""

CARDS = "name => {" + DEEP + """
  return deep(document, name).filter(card => card.offsetParent).map(card => {
    const count = selector => deep(card, selector).filter(path => path.getAttribute('d')).length;
    const picture = deep(card, 'img').filter(image => image.complete && image.naturalWidth)[0];
    return {run: card.run, tag: card.tag, text: card.innerText + deep(card, '*').map(part => part.innerText || '').join(' '),
      lines: Math.max(count('path.line'), count('path.symbol')), areas: count('path.area'), outlines: count('g.histogram path.outline'),
      image: picture ? [picture.naturalWidth, picture.naturalHeight] : null};
  }); }"""


class Page:
    """A page of TensorBoard, and everything that the browser complains about."""

    def __init__(self, browser, server, name, report, out, timeout):
        self.server, self.name, self.report, self.out, self.timeout, self.complaints = server, name, report, out, timeout, []
        self.page = browser.new_page(viewport={"width": 1600, "height": 1000})
        self.page.set_default_timeout(timeout * 1000)
        self.page.add_init_script(SETTINGS)
        self.page.on("console", lambda said: said.type in ("warning", "error") and not HARMLESS.search(said.text)
                     and self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("requestfailed", lambda request: request.failure != "net::ERR_ABORTED"
                     and self.complaints.append(f"{request.failure}: {request.url}"))
        self.page.on("response", lambda answer: answer.status >= 400 and self.complaints.append(f"HTTP {answer.status}: {answer.url}"))
        self.page.on("request", lambda request: request.url.startswith((server.address, "data:", "blob:"))
                     or self.complaints.append(f"another server: {request.url}"))

    def open(self, more="", query=""):
        self.page.goto(f"{self.server.address}/{query}#{self.name}{more}")

    def check(self, what, probe):
        """The check holds as soon as `probe` has no complaint."""
        def guarded():
            try:
                return probe()
            except PlaywrightError as error:
                return str(error).split("\n")[0]
        # Unlike sleep, this lets the page's messages in.
        return self.report.check(what, settled(guarded, self.timeout, lambda seconds: self.page.wait_for_timeout(1000 * seconds)))

    def picture(self, name):
        try:
            self.page.screenshot(path=self.out / f"{name}.png")
        except PlaywrightError as error:
            self.report.check(f"a picture {name}.png", str(error).split("\n")[0])

    def close(self):
        self.picture(self.name)
        self.page.close()
        self.report.check("nothing to complain about", "; ".join(dict.fromkeys(self.complaints)))


# Cards


def check_cards(page, element, pairs, complaint_of, has_run=True):
    """Each pair of run and tag has its card; those of scalars show all runs."""
    page.open()
    page.check("the groups open", lambda: "" if page.page.evaluate(OPEN_GROUPS) else "not yet")

    def probe():
        cards = {(card["run"] if has_run else None, card["tag"]): card for card in page.page.evaluate(CARDS, element)}
        for run, tag in pairs:
            card = cards.get((run if has_run else None, tag))
            if complaint := complaint_of((run, tag), card) if card else "no card":
                return f"{run}::{tag}: {complaint}"
        return ""
    page.check(f"{len(pairs)} cards", probe)


def check_scalars(page, served):
    def complaint_of(pair, card):
        runs = sum(tag == pair[1] for _, tag in served.series["scalars"])
        return "" if card["lines"] >= runs else f"{card['lines']} lines for {runs} runs"
    check_cards(page, "tf-scalar-card", wanted(served.given, "scalars", served.series["scalars"]), complaint_of, has_run=False)


def check_images(page, served):
    def complaint_of(pair, card):
        size, step = list(served.image_sizes[pair]), step_of(served.series["images"][pair][-1])
        if card["image"] != size:
            return f"an image of {card['image']}, {size} wanted"
        return "" if re.search(rf"step\s+{step:,}\b", card["text"]) else f"not at step {step}"
    check_cards(page, "tf-image-loader", wanted(served.given, "images", served.series["images"]), complaint_of)


def check_histograms(page, served):
    def complaint_of(pair, card):
        steps = len(served.series["histograms"][pair])
        return "" if card["outlines"] == steps else f"{card['outlines']} histograms of {steps}"
    check_cards(page, "tf-histogram-loader", wanted(served.given, "histograms", served.series["histograms"]), complaint_of)


def check_distributions(page, served):
    pairs = wanted(served.given, "histograms", served.series["histograms"])
    check_cards(page, "tf-distribution-loader", pairs, lambda _, card: "" if card["areas"] else "nothing is drawn")


def check_text(page, served):
    def complaint_of(pair, card):
        words = html.unescape(re.sub("<[^>]*>", " ", served.series["text"][pair][-1]["text"])).split()
        absent = [word for word in words if word not in card["text"]]
        return f"it lacks {absent[:5]}" if absent else ""
    check_cards(page, "tf-text-loader", wanted(served.given, "text", served.series["text"]), complaint_of)


# Other pages


TABLES = """() => [...document.querySelectorAll('metrics-filtered-view card-view')].map(view => {
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map(part => part.innerText.trim());
  const path = view.querySelector('tb-truncated-path');
  if (!path) view.scrollIntoView();  // A card is filled when it comes into view.
  return {tag: path && path.getAttribute('title'), names: texts(view, 'tb-data-table-header-cell'),
    rows: [...view.querySelectorAll('tb-data-table-content-row')].map(row => texts(row, 'tb-data-table-content-cell'))};
})"""


def check_timeseries(page, served):
    """The last step and value of each run below its chart."""
    pairs = wanted(served.given, "scalars", served.series["scalars"])
    tags = sorted({tag for _, tag in pairs})
    page.open(query="?" + urllib.parse.urlencode({"tagFilter": "|".join(f"^{re.escape(tag)}$" for tag in tags)}))

    def probe():
        shown = {}
        for card in page.page.evaluate(TABLES):
            for row in (dict(zip(card["names"], row)) for row in card["rows"]):
                shown[row["Run"], card["tag"]] = number(row["Step"]), number(row["Value"])
        for run, tag in pairs:
            _, step, value = served.series["scalars"][run, tag][-1]
            got = shown.get((run, tag))
            # Four digits are shown.
            if not got or got[0] != step or not (abs(got[1] - float(value)) <= 1e-4 * max(1, abs(float(value))) or str(got[1]) == str(value).lower()):
                return f"{run}::{tag} shows {got}, want {(step, value)}"
        return ""
    page.check(f"the last values of {len(pairs)} series", probe)
    chart = page.page.locator("metrics-filtered-view scalar-card line-chart").first
    page.check("the first chart is drawn", lambda: chart.scroll_into_view_if_needed() or ("" if ink(chart.screenshot()) >= 20 else "not yet"))


def number(text):
    """A number as the page writes it."""
    return float(text.strip().replace("\u2212", "-").replace(",", ""))


def check_hparams(page, served):
    page.open()
    # Without more ticks the table has five columns of each kind.
    want = {*served.hparams[:5], *served.sessions[:10]}

    def probe():
        cells = {cell.strip() for cell in page.page.locator("tf-hparams-table-view vaadin-grid-cell-content").all_inner_texts()}
        return "" if want <= cells else f"no cell {sorted(want - cells)}"
    page.check(f"a table of {len(want)} hyperparameters and sessions", probe)


def check_graphs(page, served):
    for run, names in sorted(served.graphs.items()):
        page.open(f"&run={run}")
        page.page.reload()  # The page does not follow its fragment alone.

        def probe():
            shown = page.page.evaluate("() => {" + DEEP + "return deep(document, 'g.node').map(node => node.getAttribute('data-name'));}")
            return "" if set(shown) & names else f"nodes {shown}, want some of {sorted(names)}"
        page.check(f"the graph of {run}", probe)
        page.page.wait_for_timeout(2000)  # It moves until it is laid out.


# The projector


def check_projector(page, served):
    page.open()
    frame = Frame(page.page, page.timeout)
    names = dict(served.given.embedding)
    for embedding in served.embeddings:
        if names and embedding.name not in names:
            continue
        where, extent = f"{embedding.run}::{embedding.name}", (str(embedding.points), str(embedding.dimensions))
        picture = re.sub(r"\W+", "-", f"projector-{where}")
        page.check(f"{where} is chosen", lambda: frame.choose("run", embedding.run) or frame.choose("tensor", embedding.name))
        if page.check(f"{where}: {extent[0]} points × {extent[1]} dimensions",
                      lambda: "" if frame.extent() == extent else f"{frame.extent()}"):
            page.check(f"{where}: no message", frame.message)
            page.check(f"{where}: its points are drawn", lambda: "" if ink(frame.scatter()) >= 2000 else "not yet")
            page.check(f"{where}: {'with' if embedding.has_sprite else 'without'} thumbnails",
                       lambda: "" if frame.has_sprite() == embedding.has_sprite else "not so")
            check_columns(page, frame, embedding, where, picture)
            page.check(f"{where}: still no message", frame.message)
        page.picture(picture)


def check_columns(page, frame, embedding, where, picture):
    """Each column can label the points; one of few values, or of numbers, can color them."""
    if len(embedding.columns) > 1:
        page.check(f"{where}: columns", lambda: "" if frame.menu("labelby") == list(embedding.columns) else f"{frame.menu('labelby')}")
    for column, values in embedding.columns.items():
        counts = {value: values.count(value) for value in set(values)}
        if len(counts) > 50 and not all(re.fullmatch(r"[-+.\deE]+", value) for value in counts):
            continue
        before = hues(frame.scatter())
        page.check(f"{where}: colored by {column}", lambda: frame.color_by(column))
        if len(counts) <= 50:
            page.check(f"{where}: legend of {column}", lambda: "" if frame.legend() == counts else f"{frame.legend()}")
            page.check(f"{where}: colors of the legend of {column}",
                       lambda: differing_colors(frame.legend_colors(), frame.point_colors(column)))

        def probe():
            after = hues(frame.scatter())
            # A gradient of numbers may stay within one part of the color circle.
            changed = sum(abs(now - then) >= 100 for now, then in zip(after, before))
            return "" if changed >= (2 if 1 < len(counts) <= 50 else 1) else f"hues {before} became {after}"
        page.check(f"{where}: colors of {column}", probe)
        page.picture(f"{picture}-by-{re.sub(r'[^0-9A-Za-z]+', '-', column)}")
        page.check(f"{where}: colored by nothing", lambda: frame.color_by("No color map"))


def differing_colors(legend, points):
    """Names the labels whose points have another color than the legend says."""
    return "; ".join(f"{label}: {legend.get(label)} in the legend, {points.get(label)} in the plot"
                     for label in sorted({*legend, *points}) if legend.get(label) != points.get(label))


CHECKS = {"timeseries": check_timeseries, "scalars": check_scalars, "images": check_images, "histograms": check_histograms,
          "distributions": check_distributions, "text": check_text, "hparams": check_hparams, "graphs": check_graphs,
          "projector": check_projector}


def has_data(name, served):
    plugin = {"timeseries": "scalars", "distributions": "histograms"}.get(name, name)
    others = {"hparams": served.hparams, "graphs": served.graphs, "projector": served.embeddings}
    return others[name] if name in others else served.series[plugin]


def main():
    arguments = parser(__doc__.split("\n\n")[0])
    arguments.add_argument("--out", type=pathlib.Path, required=True, help="a directory for pictures")
    arguments.add_argument("--pages", type=lambda text: text.split(","), default=list(CHECKS), help="only these, between commas")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    Image.MAX_IMAGE_PIXELS = None
    report = Report("served: ")
    with Server(given.logdir, "rust", flags="--checksum") as server, chromium() as browser:
        served = Served(server, *logged(given.logdir), given, report)
        served.check()
        for name in (name for name in given.pages if has_data(name, served)):
            report.prefix = f"{name}: "
            page = Page(browser, server, name, report, given.out, given.timeout)
            try:
                CHECKS[name](page, served)
            except PlaywrightError as error:
                report.check("the page works", str(error).split("\n")[0])
            page.close()
        report.prefix = ""
        report.check("the log has no trouble", server.trouble())
    print(f"{report.checks} checks, {report.failures} failed")
    sys.exit(report.failures > 0)
