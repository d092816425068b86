# tensorboard_server.py
# TensorBoard as people start it, asked over HTTP; and what aelog says of the same log directory.

import json
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

LOADERS = {"python": "false", "rust": "true"}


class Server:
    """TensorBoard on a log directory, until it has loaded it."""

    def __init__(self, logdir, loader, scratch):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = pathlib.Path(scratch) / f"log-{self.port}"
        arguments = ["--logdir", str(logdir), "--port", str(self.port), "--load_fast", LOADERS[loader],
                     "--reload_interval", "1", "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", *arguments], stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT)

    def __enter__(self):
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.get("environment")
                break
            except OSError:
                time.sleep(0.2)
        if self.process.poll() is not None:
            raise SystemExit(f"TensorBoard did not start: {self.log.read_text(errors='replace').strip()}")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def settle(self, question, wanted, seconds=60):
        """Asks until the answer is the wanted one, or is one that is wanted, or time is up; the last answer."""
        end = time.monotonic() + seconds
        while True:
            answer = question()
            if (wanted(answer) if callable(wanted) else answer == wanted) or time.monotonic() > end:
                return answer
            time.sleep(0.5)

    def get(self, path, body=None, **query):
        url = f"http://127.0.0.1:{self.port}/data/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code


def verify(aelog, logdir):
    """The lines of `aelog verify --json`, by their event."""
    run = subprocess.run([aelog, "verify", str(logdir), "--json"], capture_output=True, text=True, timeout=120)
    lines = {"finding": [], "series": [], "run": [], "summary": []}
    for line in run.stdout.splitlines():
        line = json.loads(line)
        lines[line["event"]].append(line)
    return lines
