"""A real TensorBoard and a real browser, for the checks that look at its pages."""

import contextlib
import re
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

# WebGL without a graphics card.
ARGUMENTS = ["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
# Patience with a busy machine, in seconds.
PATIENCE = 240


def serve(logdir):
    """Starts TensorBoard; the process and its address."""
    process = subprocess.Popen(["tensorboard", "--logdir", logdir, "--port", "0"], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"http://\S+:(\d+)", line)
        if found:
            return process, f"http://localhost:{found.group(1)}"
    sys.exit("tensorboard did not start")


@contextlib.contextmanager
def opened(logdir, width=1600, height=1000):
    """A page of a browser, and the address of a TensorBoard that shows the log directory."""
    process, address = serve(logdir)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(PATIENCE * 1000)
            yield page, address
            browser.close()
    finally:
        process.terminate()
