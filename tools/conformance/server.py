# server.py
# Starts a TensorBoard server on a log directory and asks it over HTTP; runs `aelog verify` on the same directory.

import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

LOADERS = {"python": "false", "rust": "true"}
# Lines of the log that report trouble: tracebacks, and warnings and errors of TensorBoard and of its data server.
TROUBLE = re.compile(r"Traceback|[WEF]\d{4} |\[\S+ (WARN|ERROR) ")


class Server:
    """TensorBoard on a free port of this machine, within a `with` block. `flags` go to the data server of the Rust loader."""

    def __init__(self, logdir, loader, scratch=None, flags=""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = None if scratch else tempfile.TemporaryDirectory()
        self.log = pathlib.Path(scratch or self.folder.name) / f"log-{self.port}"
        arguments = ["--logdir", str(logdir), "--port", str(self.port), "--load_fast", LOADERS[loader],
                     "--reload_interval", "1", "--host", "127.0.0.1"]
        if flags:
            arguments.append(f"--extra_data_server_flags={flags}")
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
            raise SystemExit(f"TensorBoard did not start: {self.said().strip()}")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        if self.folder:
            self.folder.cleanup()

    def said(self):
        """The log so far."""
        return self.log.read_text(errors="replace")

    def trouble(self):
        """The first line of the log that reports trouble, or nothing."""
        return next((line.strip() for line in self.said().splitlines() if TROUBLE.match(line)), "")

    def settle(self, question, wanted, seconds=60):
        """Asks until the answer is the wanted one, or is one that is wanted, or time is up; the last answer."""
        end = time.monotonic() + seconds
        while True:
            answer = question()
            if (wanted(answer) if callable(wanted) else answer == wanted) or time.monotonic() > end:
                return answer
            time.sleep(0.5)

    def get(self, path, body=None, **query):
        """The JSON that is served, or the HTTP status of a refusal."""
        try:
            return json.loads(self.bytes(path, body, **query))
        except urllib.error.HTTPError as error:
            return error.code

    def json(self, path, **query):
        """The JSON that is served; a refusal is an HTTPError."""
        return json.loads(self.bytes(path, **query))

    def bytes(self, path, body=None, **query):
        """The bytes that are served; a refusal is an HTTPError."""
        url = f"{self.address}/data/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()


def session_groups(server):
    """The table of hyperparameters."""
    query = {"startIndex": 0, "sliceSize": 100, "colParams": [],
             "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]}
    return server.get("plugin/hparams/session_groups", body=query)


def verify(aelog, logdir):
    """The lines of `aelog verify --json`, by their event."""
    run = subprocess.run([aelog, "verify", str(logdir), "--json"], capture_output=True, text=True, timeout=120)
    lines = {"finding": [], "series": [], "run": [], "summary": []}
    for line in run.stdout.splitlines():
        line = json.loads(line)
        lines[line["event"]].append(line)
    return lines
