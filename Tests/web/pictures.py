"""The README's pictures, into docs/pictures: `make pictures`."""

import os
import pathlib
import subprocess
import sys
import tempfile

from browser import CHROMIUM
from playwright.sync_api import Page, expect, sync_playwright
from test_dashboard import TRADER, Node, free_port

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


STRATEGIES = {
    "crossover": "#{strategy => ma_crossover, params => #{'band' => 0.00005}}",
    "breakout": "#{strategy => momentum_breakout, params => #{threshold => 0.0004}}",
    "reversion": "#{strategy => mean_reversion}",
}


def traded(node: Node):
    """Three strategies, and a day of the same EURUSD."""
    for name, deployment in STRATEGIES.items():
        told(node, f"fxaot:deploy(eur, {name}, maps:merge({deployment}, #{{instrument => 'EURUSD', timeframe => {{minutes, 1}}}}))")
    told(node, "{ok, _} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}), ok")
    told(node, "_ = fxaot:tick(eur, 'USDJPY', 1704153600000000000, 141.05, 141.06), ok")
    told(node, "{ok, _} = fxaot:submit(eur, #{id => <<\"desk.1\">>, symbol => 'EURUSD', side => buy, quantity => 20000, "
               "type => limit, price => 1.0950}), ok")


def told(node: Node, expression: str):
    answer = node(expression)
    if answer != "ok":
        sys.exit(f"{expression}: {answer}")


def saved(page: Page, name: str):
    path = OUT / name
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}")


def main():
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(viewport={"width": 1280, "height": 980}, color_scheme="light")
        page = context.new_page()
        page.goto(report(pathlib.Path(name)).as_uri())
        page.evaluate("async () => { while (!fxaotReport.state.completeAfter) await new Promise(requestAnimationFrame); }")
        saved(page, "report.png")

        node = Node(pathlib.Path(name), free_port())
        try:
            traded(node)
            page = context.new_page()
            page.set_viewport_size({"width": 1280, "height": 860})
            page.goto(f"{node.url}#token={TRADER}")
            expect(page.locator("#link")).to_have_text("live")
            expect(page.locator("#chart canvas").first).to_be_visible()
            expect(page.locator("#chart")).to_have_attribute("data-bars", "1000")
            # The next day comes while the page is open.
            told(node, "{ok, _} = fxaot:replay(eur, #{start => 1704153600000000000, days => 1, seed => 3, price => 1.1041}, #{}), ok")
            expect(page.locator("#stream tr").nth(10)).to_be_visible()
            page.select_option("#filter", "order fill reject")
            saved(page, "dashboard.png")
        finally:
            node.kill()
        browser.close()


if __name__ == "__main__":
    main()
