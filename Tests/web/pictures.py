"""The README's pictures, into docs/pictures: `make pictures`."""

import os
import pathlib
import subprocess
import sys
import tempfile

from browser import CHROMIUM
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / os.environ.get("FXAOT_TOOL", "bin/fxaot")
OUT = ROOT / "docs" / "pictures"
MOST_BYTES = 200_000

SCRIPT = """//@version=6
strategy("Cross of averages", overlay = true, default_qty_value = 100000, commission_type = strategy.commission.cash_per_order, commission_value = 2)
fast = ta.ema(close, input.int(8, "Fast"))
slow = ta.ema(close, input.int(24, "Slow"))
plot(fast, "Fast")
plot(slow, "Slow")
plot(ta.rsi(close, 14), "RSI")
if ta.crossover(fast, slow)
    strategy.entry("Long", strategy.long)
if ta.crossunder(fast, slow)
    strategy.entry("Short", strategy.short)
"""


def report(folder: pathlib.Path) -> pathlib.Path:
    """A week of a simulated EURUSD, the same one every time."""
    quotes, page = folder / "eurusd.csv.gz", folder / "report.html"
    run = lambda *words: subprocess.run([TOOL, *words], check=True, stdout=subprocess.DEVNULL)
    run("simulate", "--symbol", "EURUSD", "--days", "5", "--seed", "1", "-o", quotes)
    script = folder / "cross.pine"
    script.write_text(SCRIPT)
    run("run", script, "--ticks", quotes, "--timeframe", "15m", "--report", page)
    return page


def main():
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_context(viewport={"width": 1280, "height": 980}, color_scheme="light").new_page()
        page.goto(report(pathlib.Path(name)).as_uri())
        page.evaluate("async () => { while (!fxaotReport.state.completeAfter) await new Promise(requestAnimationFrame); }")
        path = OUT / "report.png"
        page.screenshot(path=path)
        browser.close()
        if path.stat().st_size > MOST_BYTES:
            sys.exit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}")


if __name__ == "__main__":
    main()
