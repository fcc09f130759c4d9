"""A report's page in a browser."""

import json
import shutil
import subprocess
import unittest

from browser import ROOT
from report_case import CROSS, TOOL, ReportCase

EVERY_TEN_BARS = """//@version=6
strategy("Ten thousand trades", overlay = true)
plot(ta.sma(close, 5), "Fast")
plot(ta.sma(close, 20), "Slow")
plot(ta.rsi(close, 14), "RSI")
if bar_index % 10 == 0
    strategy.entry("Long", strategy.long)
if bar_index % 10 == 5
    strategy.close("Long")
"""

# Texts that would be scripts, in all places that show a text.
HOSTILE = """//@version=6
strategy("</title></script><script>window.hacked=1</script><img src=x onerror=window.hacked=2>", overlay = true)
length = input.int(10, "<img src=x onerror=window.hacked=3>")
mode = input.string("</script><script>window.hacked=4</script>", "Mode", tooltip = "<b>")
plot(ta.sma(close, length), "<img src=x onerror=window.hacked=5>")
if bar_index % 40 == 0
    strategy.entry("<b onmouseover=window.hacked=6>L</b>", strategy.long, comment = "<img src=x onerror=window.hacked=7>")
    label.new(bar_index, high, "<svg onload=window.hacked=8>")
if bar_index % 40 == 20
    strategy.close_all(comment = "</script><script>window.hacked=9</script>")
    box.new(bar_index - 10, high[10], bar_index, low, text = "</svg><script>window.hacked=10</script>")
var t = table.new(position.top_right, 2, 2)
table.cell(t, 0, 0, "<img src=x onerror=window.hacked=11>")
table.cell(t, 1, 1, "profit")
"""

# Each thing has a colour of its own, where no other one is.
DRAWN = """//@version=6
indicator("Drawn", overlay = true)
bgcolor(bar_index % 2 == 0 ? #ffff00ff : na)
barcolor(#00ff00ff)
plot(bar_index, "Wide", display = display.none)
plot(10, "Flat", bar_index < 50 ? #ff0000ff : #0000ffff, 4)
plot(bar_index < 50 ? 20 : na, "Broken", #ff00ffff, 4, plot.style_linebr)
plot(bar_index == 0 or bar_index == 90 ? 30 : na, "Joined", #00ffffff, 4)
plot(bar_index < 50 ? 40 : 46, "Steps", #aa0000ff, 4, plot.style_stepline)
upper = hline(50, "Upper", #00aa00ff, hline.style_solid, 4)
lower = hline(60, "Lower", #0000aaff, hline.style_solid, 4)
fill(upper, lower, #aaaa00ff)
plotcandle(72, 78, 70, 76, "Candle", #aa00aaff, #00aaaaff)
a = plot(80, "A", display = display.none)
b = plot(90, "B", display = display.none)
fill(a, b, 90, 80, #ff0000ff, #0000ffff)
plot(bar_index % 10, "Shifted", #550000ff, style = plot.style_columns, offset = 3, histbase = -5)
plot(95, "Newest", #005500ff, 4, show_last = 10)
plot(close, "Hidden", #000055ff, display = display.none)
"""

FIGURES = """//@version=6
indicator("Figures", overlay = true)
if barstate.islast
    box.new(bar_index - 60, high[60], bar_index - 40, low[60], #0000aaff, 2, bgcolor = #0000aa33, text = "Zone")
    a = line.new(bar_index - 90, low[90], bar_index - 50, low[50], color = #aa0000ff, width = 3, extend = extend.right)
    b = line.new(bar_index - 90, low[90] - 5, bar_index - 50, low[50] - 5, color = #aa0000ff, style = line.style_dashed)
    linefill.new(a, b, #00aa0033)
    label.new(bar_index - 20, na, "Top <b>\\nof it", yloc = yloc.abovebar, color = #aa00aaff, textcolor = #ffffffff)
    polyline.new(array.from(chart.point.from_index(bar_index - 30, low), chart.point.from_index(bar_index - 20, high), chart.point.from_index(bar_index - 10, low)), line_color = #008888ff)
"""

# The colour of a pane at a bar and a price, as the chart shows it.
COLOR_AT = """([pane, bar, price]) => {
  const chart = fxaotReport.state.chart;
  const series = chart.panes()[pane].getSeries()[0];
  const above = chart.panes().slice(0, pane).reduce((sum, one) => sum + one.getHeight() + 1, 0);
  const y = typeof price === "number" ? series.priceToCoordinate(price) : 2;
  const [r, g, b] = chart.takeScreenshot().getContext("2d").getImageData(
    Math.round(chart.timeScale().logicalToCoordinate(bar)), above + Math.round(y), 1, 1).data;
  return "#" + [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
}"""


def rows(page, selector):
    """The texts of a table's cells, row by row."""
    return page.eval_on_selector_all(
        f"{selector} tbody tr:not(.space)", "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")


class ReportTests(ReportCase):
    def test_has_every_bar_and_two_arrows_for_each_closed_trade(self):
        path = self.run_script(CROSS, self.bars(1000), "cross.html", "cross.json")
        data = json.loads((self.folder / "cross.json").read_text())
        page = self.open_report(path)
        self.assertEqual(page.evaluate("fxaotReport.state.candles.data().length"), 1000)
        # All of a short run is in sight; the last trade is open and has no exit.
        count = data["trades"]["count"]
        self.assertGreater(count, 10)
        self.until(page, "fxaotReport.state.arrows > 0")
        self.assertEqual(page.evaluate("fxaotReport.state.arrows"), 2 * count - 1)
        # Price, the RSI, equity, drawdown.
        self.assertEqual(page.evaluate("fxaotReport.state.chart.panes().length"), 4)
        self.assertEqual(page.evaluate("fxaotReport.bars.equity.length"), 1000)

    def test_draws_shapes_where_the_script_has_them(self):
        script = CROSS + """
plot(close - open, "Body", color = #123456, style = plot.style_histogram)
plotshape(bar_index % 50 == 10, "Up", shape.triangleup, location.belowbar, text = "U")
plotchar(bar_index % 100 == 30 ? high : na, "High", "H", location.absolute)
plotarrow(bar_index % 200 == 60 ? close - open : na, "Arrow")
hline(1.1, "Level")
hline(50, "Middle")
"""
        options = ["--plots", self.folder / "plots.csv"]
        page = self.open_report(self.run_script(script, self.bars(1000), "shapes.html", options=options))
        self.until(page, "fxaotReport.state.shapes > 0")
        self.assertEqual(page.evaluate("fxaotReport.state.shapes"), 20 + 10 + 5)
        self.assertEqual(page.locator(".bar label").all_inner_texts(), ["Fast", "Slow", "RSI", "Body", "Level", "Middle", "Shapes"])
        page.get_by_label("Shapes").uncheck()
        self.until(page, "fxaotReport.state.shapes === 0")
        page.get_by_label("Shapes").check()
        body = page.locator(".bar label", has_text="Body").locator(".key")
        self.assertEqual(body.evaluate("key => getComputedStyle(key).backgroundColor"), "rgb(18, 52, 86)")
        # The RSI and its level, the bodies, equity, drawdown.
        self.assertEqual(page.evaluate("fxaotReport.state.chart.panes().length"), 5)
        # The price has the instrument's decimals, another pane those that its values need.
        places = page.evaluate("fxaotReport.state.chart.panes().map((one) => one.getSeries()[0].options().priceFormat.precision)")
        self.assertEqual(places[:2], [5, 2])
        self.assertGreater(places[2], 2)
        # What --plots writes does not depend on the report.
        self.assertEqual((self.folder / "plots.csv").read_text().split("\n")[0], "time,Fast,Slow,RSI,Body")
        self.screenshot(page, "report-shapes", full_page=False)

    def test_draws_each_thing_in_its_place_and_colour(self):
        bars = self.bars(100)
        page = self.open_report(self.run_script(DRAWN, bars, "drawn.html"))
        page.evaluate("fxaotReport.state.chart.applyOptions({grid: {vertLines: {visible: false}, horzLines: {visible: false}}})")
        at = lambda pane, bar, price=None: page.evaluate(COLOR_AT, [pane, bar, price])
        # Behind the prices, on every other bar.
        self.assertEqual([at(0, 4), at(0, 5), at(0, 6)], ["#ffff00", "#ffffff", "#ffff00"])
        body = [float(cell) for cell in bars.read_text().split("\n")[9].split(",")[1:5]]
        self.assertEqual(at(0, 8, (body[0] + body[3]) / 2), "#00ff00")
        self.assertEqual([at(1, 20, 10), at(1, 80, 10)], ["#ff0000", "#0000ff"])
        self.assertEqual([at(1, 20, 20), at(1, 80, 20)], ["#ff00ff", "#ffffff"])
        self.assertEqual([at(1, 45, 30), at(1, 95, 30)], ["#00ffff", "#ffffff"])
        self.assertEqual([at(1, 20, 40), at(1, 80, 46), at(1, 20, 46)], ["#aa0000", "#aa0000", "#ffffff"])
        self.assertEqual([at(1, 7, 50), at(1, 7, 60), at(1, 7, 55)], ["#00aa00", "#0000aa", "#aaaa00"])
        self.assertEqual([at(1, 7, 74), at(1, 7, 77.5), at(1, 7, 71)], ["#aa00aa", "#00aaaa", "#00aaaa"])
        shades = [int(at(1, 7, price)[1:3], 16) for price in (89, 85, 81)]
        self.assertGreater(shades[0], shades[1] + 40)
        self.assertGreater(shades[1], shades[2] + 40)
        # The value 9 of bar 9 stands on bar 12, and the 0 of bar 10 on bar 13.
        self.assertEqual([at(1, 12, 7), at(1, 13, 7), at(1, 13, -2), at(1, 2, -2)], ["#550000", "#ffffff", "#550000", "#ffffff"])
        self.assertEqual([at(1, 80, 95), at(1, 95, 95)], ["#ffffff", "#005500"])

        page.get_by_label("Backgrounds").uncheck()
        page.get_by_label("Fills").uncheck()
        page.get_by_label("Steps").uncheck()
        page.get_by_label("Bar colours").uncheck()
        self.until(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        self.assertEqual([at(0, 4), at(1, 7, 55), at(1, 20, 40)], ["#ffffff"] * 3)
        self.assertNotEqual(at(0, 8, (body[0] + body[3]) / 2), "#00ff00")
        self.screenshots(self.folder / "drawn.html", "report-drawn", self.wait)

    def test_shows_the_figures_of_the_data_and_their_definitions(self):
        path = self.run_script(CROSS, self.bars(1000), "figures.html", "figures.json")
        data = json.loads((self.folder / "figures.json").read_text())
        page = self.open_report(path)
        shown = page.eval_on_selector_all(
            "table.figures tbody tr", "rows => rows.map(row => [row.cells[0].firstChild.textContent, row.cells[1].innerText, row.title || row.cells[0].title])")
        self.assertEqual([row[0] for row in shown], [figure["name"] for figure in data["figures"]])
        self.assertEqual([row[2] for row in shown], [figure["definition"] for figure in data["figures"]])
        net = next(figure for figure in data["figures"] if figure["name"] == "Net profit")["values"][0]
        self.assertIn(["Net profit", f"{net:,.2f}"], [row[:2] for row in shown])
        # Initial capital has no long part, and says why.
        cell = page.locator("table.figures tbody tr").first.locator("td").nth(1)
        self.assertEqual((cell.inner_text(), cell.get_attribute("title")), ("n/a", "known for the account as a whole only"))

    def test_sorts_the_trades_and_moves_the_chart(self):
        path = self.run_script(CROSS, self.bars(1000), "sort.html")
        page = self.open_report(path)
        profits = page.evaluate("[...fxaotReport.trades.profit]")
        page.get_by_role("button", name="Profit", exact=True).click()
        self.assertEqual(page.locator("#trades th[aria-sort]").inner_text(), "Profit")
        first = page.locator("#trades tbody tr[data-trade]").first
        self.assertEqual(int(first.get_attribute("data-trade")), profits.index(min(profits)))
        page.get_by_role("button", name="Profit", exact=True).click()
        best = profits.index(max(profits))
        self.assertEqual(int(first.get_attribute("data-trade")), best)

        first.click()
        self.until(page, "fxaotReport.visible().to - fxaotReport.visible().from < 400")
        range_ = page.evaluate("fxaotReport.visible()")
        entry, exit_ = page.evaluate(f"[fxaotReport.trades.entryBar[{best}], fxaotReport.trades.exitBar[{best}]]")
        self.assertTrue(range_["from"] < entry <= exit_ < range_["to"], (range_, entry, exit_))
        self.assertEqual(page.locator("#trades tr[aria-selected=true]").get_attribute("data-trade"), str(best))

    def test_is_used_by_keyboard(self):
        path = self.run_script(CROSS, self.bars(1000), "keys.html")
        page = self.open_report(path)
        page.locator("#trades").focus()
        chosen = lambda: page.evaluate("fxaotReport.state.chosen")
        page.keyboard.press("ArrowDown")
        self.assertEqual(chosen(), 0)
        page.keyboard.press("ArrowDown")
        self.assertEqual(chosen(), 1)
        page.keyboard.press("End")
        count = page.evaluate("fxaotReport.trades.count")
        self.assertEqual(chosen(), count - 1)
        self.assertTrue(page.locator("#trades tr[aria-selected=true]").is_visible())
        page.keyboard.press("Home")
        self.assertEqual(chosen(), 0)
        # Every control is reached by the tab key and shows that it is.
        page.get_by_role("button", name="Next trade").focus()
        page.keyboard.press("Enter")
        self.assertEqual(chosen(), 1)

    def test_opens_100000_bars_and_10000_trades_in_two_seconds(self):
        path = self.run_script(EVERY_TEN_BARS, self.bars(100_000), "large.html")
        page = self.open_report(path)
        opened, complete = page.evaluate("[fxaotReport.state.openedAfter, fxaotReport.state.completeAfter]")
        print(f"opened after {opened:.0f} ms, all bars after {complete:.0f} ms", end=" ", flush=True)
        self.assertLess(opened, 2000)
        self.assertEqual(page.evaluate("fxaotReport.state.candles.data().length"), 100_000)
        self.assertEqual(page.evaluate("fxaotReport.trades.count"), 10_000)
        # Of 10,000 rows those in sight are there.
        self.assertLess(page.locator("#trades tbody tr").count(), 60)
        page.locator("#trades").evaluate("box => { box.scrollTop = 5000 * 30 }")
        page.wait_for_selector("#trades tr[data-trade='5000']")
        # From one end to the other, and the whole run at once.
        frames = page.evaluate("""async () => {
          const scale = fxaotReport.state.chart.timeScale();
          const times = [];
          for (let i = 0; i < 40; i++) {
            scale.setVisibleLogicalRange({from: i * 2400, to: i * 2400 + 600});
            const began = performance.now();
            await new Promise(requestAnimationFrame);
            times.push(performance.now() - began);
          }
          return times.sort((a, b) => a - b);
        }""")
        print(f"median frame {frames[20]:.0f} ms", end=" ", flush=True)
        self.assertLess(frames[20], 50)
        page.get_by_role("button", name="Whole run").click()
        self.until(page, "fxaotReport.visible().from <= 0 && fxaotReport.visible().to >= 99999")
        page.get_by_role("button", name="Next trade").click()

    def test_keeps_the_view_while_older_bars_come(self):
        path = self.run_script(CROSS, self.bars(30_000), "older.html")
        page = self.open_report(path)
        range_ = page.evaluate("fxaotReport.visible()")
        self.assertAlmostEqual(range_["from"], 29_400, delta=2)
        self.assertAlmostEqual(range_["to"], 30_005, delta=2)

    def test_compares_two_runs(self):
        bars = self.bars(1000)
        self.run_script(CROSS, bars, "other.json", options=["--param", "Length=5"])
        path = self.run_script(CROSS, bars, "compare.html", "mine.json", options=["--compare", self.folder / "other.json"])
        net = []
        for name in ["mine.json", "other.json"]:
            figures = json.loads((self.folder / name).read_text())["figures"]
            net.append(next(figure for figure in figures if figure["name"] == "Net profit")["values"][0])
        page = self.open_report(path)
        shown = {row[0]: row[1:] for row in rows(page, "#comparison")}
        self.assertEqual(shown["Net profit"], [f"{x:,.2f}" for x in [*net, net[0] - net[1]]])
        self.assertEqual(rows(page, "table.inputs"), [["Length", "10", "5"]])
        self.screenshots(path, "report-compare", self.wait)

    def test_shows_a_script_s_texts_as_texts(self):
        self.run_script(HOSTILE, self.bars(500), "hostile.json")
        path = self.run_script(HOSTILE, self.bars(500), "hostile.html", options=["--compare", self.folder / "hostile.json"])
        page = self.open_report(path)
        for _ in range(3):
            page.keyboard.press("Tab")
        page.locator("#trades tbody tr[data-trade]").first.hover()
        page.locator("#trades tbody tr[data-trade]").first.click()
        self.assertIsNone(page.evaluate("window.hacked ?? null"))
        self.assertEqual(page.locator("h1").inner_text(),
            "</title></script><script>window.hacked=1</script><img src=x onerror=window.hacked=2>")
        self.assertEqual(page.locator("img, script[src], iframe, object, h1 *").count(), 0)
        self.assertEqual(page.locator("script").count(), 5)
        self.assertIn("<img src=x onerror=window.hacked=11>", page.locator("main").inner_text())

    def test_runs_no_script_that_it_does_not_name(self):
        page = self.open_report(self.run_script(CROSS, self.bars(500), "policy.html"))
        self.expect_error("Content Security Policy")
        page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
        }""")
        self.assertIsNone(page.evaluate("window.hacked ?? null"))

    def test_has_pictures_without_the_chart_library(self):
        www = self.folder / "parts"
        (www / "www").mkdir(parents=True)
        shutil.copytree(ROOT / "priv" / "report", www / "report")
        path = self.run_script(CROSS, self.bars(1000), "still.html", environment={"FXAOT_WWW": str(www)})
        page = self.open_report(path)
        # Price, the RSI, equity, drawdown.
        self.assertEqual(page.locator("figure.still svg").count(), 4)
        self.assertIn("make setup fetches it", page.locator(".note").inner_text())
        self.assertGreater(page.locator("table.figures tr").count(), 60)
        page.locator("#trades tbody tr[data-trade]").first.click()
        self.assertEqual(page.locator("#trades tr[aria-selected=true]").count(), 1)
        self.screenshots(path, "report-still", self.wait)
        path = self.run_script(DRAWN, self.bars(100), "still-drawn.html", environment={"FXAOT_WWW": str(www)})
        page = self.open_report(path)
        inks = page.eval_on_selector_all("figure.still path", "paths => paths.map(p => p.getAttribute('fill') ?? p.getAttribute('stroke'))")
        for ink in ["#ffff00ff", "#00ff00ff", "#ff0000ff", "#0000ffff", "#ff00ffff", "#aaaa00ff", "#aa00aaff", "#550000ff", "#005500ff"]:
            self.assertIn(ink, inks)
        self.assertNotIn("#000055ff", inks)

    def test_has_drawings_in_its_still_pictures(self):
        www = self.folder / "figures"
        (www / "www").mkdir(parents=True)
        shutil.copytree(ROOT / "priv" / "report", www / "report")
        path = self.run_script(FIGURES, self.bars(100), "still-figures.html", environment={"FXAOT_WWW": str(www)})
        page = self.open_report(path)
        self.assertEqual(page.locator("figure.still .drawn span").all_inner_texts(), ["Top <b>\nof it", "Zone"])
        inks = page.eval_on_selector_all(
            "figure.still path", "paths => paths.map(p => p.getAttribute('fill') ?? p.getAttribute('stroke'))")
        for ink in ["#0000aaff", "#0000aa33", "#aa0000ff", "#00aa0033", "#008888ff"]:
            self.assertIn(ink, inks)
        self.screenshots(path, "report-still-figures", self.wait)

    def test_an_indicator_has_a_chart_and_no_trades(self):
        script = '//@version=6\nindicator("Average")\nplot(ta.sma(close, 20), "Average")\n'
        page = self.open_report(self.run_script(script, self.bars(500), "indicator.html"))
        self.assertEqual(page.locator("#chart canvas").count() > 0, True)
        self.assertEqual(page.locator("#trades, table.figures").count(), 0)

    def test_a_strategy_without_trades_says_so(self):
        script = '//@version=6\nstrategy("Nothing")\n'
        page = self.open_report(self.run_script(script, self.bars(500), "nothing.html"))
        shown = {row[0].split("\n")[0]: row[1] for row in rows(page, "table.figures")}
        self.assertEqual(shown["Total trades"], "0")
        self.assertEqual(shown["Percent profitable"], "n/a\nthere are no closed trades")

    def test_a_report_of_a_list_of_trades(self):
        bars = self.bars(1000)
        self.run_script(CROSS, bars, "run.json", options=["--trades", self.folder / "trades.csv"])
        path = self.folder / "list.html"
        subprocess.run([TOOL, "report", self.folder / "trades.csv", "--bars", bars, "--symbol", "EURUSD", "--report", path],
            check=True, capture_output=True)
        page = self.open_report(path)
        shown = {row[0].split("\n")[0]: row[1] for row in rows(page, "table.figures")}
        self.assertEqual(shown["Commission paid"], "n/a\nthe list of trades does not tell it")
        data = json.loads((self.folder / "run.json").read_text())
        net = next(figure for figure in data["figures"] if figure["name"] == "Net profit")["values"][0]
        self.assertEqual(shown["Net profit"], f"{net:,.2f}")

    def test_a_report_of_a_run_in_an_account(self):
        account = self.folder / "account.jsonl"
        account.write_text("")
        source = self.folder / "live.pine"
        source.write_text(CROSS)
        path = self.folder / "live.html"
        done = subprocess.run([TOOL, "run", source, "--bars", self.bars(1000), "--symbol", "EURUSD", "--account", account,
            "--report", path, "--json"], check=True, capture_output=True, text=True)
        summary = json.loads(done.stdout)
        self.assertGreater(summary["trades"], 10)
        page = self.open_report(path)
        shown = {row[0].split("\n")[0]: row[1] for row in rows(page, "table.figures")}
        self.assertEqual(shown["Net profit"], f"{summary['net_profit']:,.2f}")
        self.assertEqual(shown["Total trades"], str(summary["trades"]))
        self.assertEqual([row[0] for row in rows(page, "#facts")], ["script", "data", "account", "tool", "command"])

    def test_looks_right_in_light_and_dark_on_screen_and_phone(self):
        self.screenshots(self.run_script(CROSS, self.bars(3000), "look.html"), "report", self.wait)


if __name__ == "__main__":
    unittest.main()
