# browser.py
# Starts headless Chromium, alone or with a TensorBoard server for a log directory.

import contextlib
import shutil
import time

from playwright.sync_api import sync_playwright

from .server import Server

# WebGL without a graphics card.
ARGUMENTS = ["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
# Longest wait for one thing on a busy machine, in seconds.
PATIENCE = 240


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(logdir, width=1600, height=1000):
    """A page, and the address of a TensorBoard server that shows the log directory."""
    with Server(logdir, "rust") as server, chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE * 1000)
        yield page, server.address


def settled(probe, seconds=PATIENCE, pause=time.sleep):
    """Calls `probe` until it has no complaint or the time is up. Returns its last complaint."""
    end = time.monotonic() + seconds
    while (complaint := probe()) and time.monotonic() < end:
        pause(0.5)
    return complaint
