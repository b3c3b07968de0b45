"""Draw docs/derivation.png: the notebook's example of a derivation, as JupyterLab shows it.

Needs the browser that playwright drives, and no network:

    .venv/bin/python scripts/derivation_picture.py [--browser /usr/bin/chromium]
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "derivation.png"
EXAMPLE = "derivation-example"
SOURCE = ROOT / "source" / "sheet1_kl" / "kl.ipynb"
START_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", help="the browser's program, if it is not playwright's own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_notebook(Path(folder) / "example.ipynb")
        port = free_port()
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
        command += ["--ServerApp.token=", "--ServerApp.password=", "--allow-root"]
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(f"http://127.0.0.1:{port}/api")
                draw(f"http://127.0.0.1:{port}/lab/tree/example.ipynb?reset", options.browser)
            finally:
                server.terminate()
    print(f"drawn: {PICTURE.relative_to(ROOT)}")


def write_notebook(file: Path) -> None:
    """A notebook with nothing but the example, executed."""
    cells = nbformat.read(SOURCE, as_version=4).cells
    example = next(cell for cell in cells if cell.id == EXAMPLE)
    imports = "from helpers.derivations import check_derivation"
    notebook = new_notebook(cells=[new_code_cell(imports), new_code_cell(example.source)])
    NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}).execute()
    nbformat.write(notebook, file)


def free_port() -> int:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


def wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise SystemExit(f"JupyterLab did not start within {START_SECONDS} s.") from None
            time.sleep(0.5)


def draw(address: str, browser: str | None) -> None:
    """A picture of the output, once its formulas are typeset."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=1.5)
        page.goto(address)
        page.locator("div.derivation mjx-container").last.wait_for(timeout=START_SECONDS * 1000)
        page.locator("div.derivation table").first.screenshot(path=PICTURE)
        opened.close()


if __name__ == "__main__":
    main()
