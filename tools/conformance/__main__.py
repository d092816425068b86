"""Checks log directories against TensorBoard: its loaders, its HTTP interface and its pages in a browser.

    PYTHON tools/conformance COMMAND ARGUMENTS...

    events LOGDIR                        every record of every event file, by both loaders
    kinds LOGDIR                         the dashboards that only log-every-kind fills
    served LOGDIR EXPECTATIONS           what both loaders serve over HTTP
    pages LOGDIR OUT EXPECTATIONS        what the pages show in Chromium
    hparams SWEEP OUT                    the HParams page of a sweep
    bookmark LOGDIR RUN TENSOR N OUT     a bookmark of the projector's page
    loaders AELOG [LOGDIR...]            what `aelog verify` predicts, for sound and broken files

PYTHON has the packages of tools/tensorboard-requirements.txt; the pages need chromium on the path. `COMMAND --help` says more.
"""

import importlib
import pathlib
import sys

COMMANDS = ("events", "kinds", "served", "pages", "hparams", "bookmark", "loaders")


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.path[0] = str(pathlib.Path(__file__).resolve().parents[1])
    command = sys.argv.pop(1)
    try:
        module = importlib.import_module(f"conformance.{command}")
    except ImportError as error:
        sys.exit(f"tools/conformance {command}: {error}; install tools/tensorboard-requirements.txt for {sys.executable}")
    module.main()


if __name__ == "__main__":
    main()
