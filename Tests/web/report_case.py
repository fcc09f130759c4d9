"""Reports for the browser's tests: runs the tool on bars that are made here, the same ones every time."""

import os
import pathlib
import random
import subprocess
import tempfile

from browser import ROOT, BrowserCase

TOOL = ROOT / os.environ.get("FXAOT_TOOL", "bin/fxaot")

CROSS = """//@version=6
strategy("Cross", overlay = true, commission_type = strategy.commission.percent, commission_value = 0.01)
length = input.int(10, "Length")
fast = ta.sma(close, length)
slow = ta.sma(close, 30)
plot(fast, "Fast")
plot(slow, "Slow")
plot(ta.rsi(close, 14), "RSI")
if ta.crossover(fast, slow)
    strategy.entry("Long", strategy.long, qty = 1000)
if ta.crossunder(fast, slow)
    strategy.entry("Short", strategy.short, qty = 1000)
"""


class ReportCase(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    @classmethod
    def bars(cls, count: int, step_minutes: int = 1) -> pathlib.Path:
        """Bars of EURUSD that walk at random, from Monday 2010-01-04 on."""
        path = cls.folder / f"eurusd-{count}-{step_minutes}.csv"
        if not path.exists():
            chance = random.Random(7)
            close, rows = 1.1, ["timestamp,open,high,low,close,volume"]
            for number in range(count):
                opening = close
                close = round(opening + chance.gauss(0, 0.0002), 5)
                high = max(opening, close) + abs(chance.gauss(0, 0.0001))
                low = min(opening, close) - abs(chance.gauss(0, 0.0001))
                time = 1262563200000 + number * step_minutes * 60000
                rows.append(f"{time},{opening:.5f},{high:.5f},{low:.5f},{close:.5f},10")
            path.write_text("\n".join(rows) + "\n")
        return path

    @classmethod
    def run_script(cls, script: str, bars: pathlib.Path, *reports: str, options=(), environment=None) -> pathlib.Path:
        """Writes the reports, and answers the first one's path."""
        source = cls.folder / "script.pine"
        source.write_text(script)
        paths = [cls.folder / name for name in reports]
        command = [TOOL, "run", source, "--bars", bars, "--symbol", "EURUSD", *options]
        for path in paths:
            command += ["--report", path]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
        assert done.returncode == 0, done.stderr
        return paths[0]

    def open_report(self, path: pathlib.Path, width: int = 1440, scheme: str = "light"):
        page = self.open(path, width, scheme)
        self.wait(page)
        return page

    @classmethod
    def wait(cls, page):
        """Until the chart is drawn and has all bars."""
        cls.until(
            page,
            "window.fxaotReport?.state.openedAfter > 0 && (!fxaotReport.state.chart || fxaotReport.state.completeAfter > 0)")
