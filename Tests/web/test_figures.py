"""The figures of a report that backtesting.py has too, compared with backtesting.py's own over the same equity and trades."""

import base64
import json
import math
import struct
import unittest
import warnings

import numpy
import pandas
from browser import ROOT
from report_case import CROSS, ReportCase

# Ours by theirs. Durations are ours in milliseconds.
NAMES = {
    "Exposure time %": "Exposure Time [%]", "Equity final": "Equity Final [$]", "Equity peak": "Equity Peak [$]",
    "Return %": "Return [%]", "Buy & hold return %": "Buy & Hold Return [%]", "Return (ann.) %": "Return (Ann.) [%]",
    "Volatility (ann.) %": "Volatility (Ann.) [%]", "CAGR %": "CAGR [%]", "Sharpe ratio": "Sharpe Ratio",
    "Sortino ratio": "Sortino Ratio", "Calmar ratio": "Calmar Ratio", "Alpha %": "Alpha [%]", "Beta": "Beta",
    "Max. drawdown %": "Max. Drawdown [%]", "Avg. drawdown %": "Avg. Drawdown [%]",
    "Max. drawdown duration": "Max. Drawdown Duration", "Avg. drawdown duration": "Avg. Drawdown Duration",
    "# Trades": "# Trades", "Win rate %": "Win Rate [%]", "Best trade %": "Best Trade [%]",
    "Worst trade %": "Worst Trade [%]", "Avg. trade %": "Avg. Trade [%]", "Max. trade duration": "Max. Trade Duration",
    "Avg. trade duration": "Avg. Trade Duration", "Profit factor": "Profit Factor", "Expectancy %": "Expectancy [%]",
    "SQN": "SQN", "Kelly criterion": "Kelly Criterion", "Duration": "Duration",
}


def column(packed):
    raw = base64.b64decode(packed["data"])
    if packed["type"] == "f64":
        return numpy.array(struct.unpack(f"<{len(raw) // 8}d", raw))
    whole = numpy.array(struct.unpack(f"<{len(raw) // 4}i", raw))
    return numpy.where(whole == -(2**31), math.nan, whole / packed["scale"])


class FigureTests(ReportCase):
    def compare(self, minutes: int, count: int):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from backtesting._stats import compute_stats
        name = f"peer-{minutes}.json"
        path = self.run_script(CROSS, self.bars(count, minutes), name)
        data = json.loads(path.read_text())
        bars, trades = data["bars"], data["trades"]
        index = pandas.to_datetime(column(bars["time"]), unit="s")
        closed = ~numpy.isnan(column(trades["exitTime"]))
        of = lambda key: column(trades[key])[closed]
        times = [pandas.to_datetime(of(key), unit="s") for key in ("entryTime", "exitTime")]
        listed = pandas.DataFrame({
            "EntryBar": of("entryBar").astype(int), "ExitBar": of("exitBar").astype(int), "PnL": of("profit"),
            "ReturnPct": of("percent") / 100, "Duration": times[1] - times[0],
        })
        prices = pandas.DataFrame({"Close": column(bars["close"])}, index=index)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = compute_stats(listed, column(bars["equity"]), prices, None)
        ours = {f["name"]: (f["unit"], f["values"][0]) for f in data["figures"] if f["group"] == "backtesting"}
        self.assertGreater(ours["# Trades"][1], 20)
        step = pandas.Series(index[-100:]).diff().median()
        for mine, their in NAMES.items():
            unit, value = ours[mine]
            with self.subTest(f"{mine}, bars of {minutes} minutes"):
                if unit == "duration":
                    # It rounds durations up to a whole unit of the bars' step.
                    value = pandas.Timedelta(value, unit="ms")
                    if mine != "Duration":
                        value = value.ceil(step.resolution_string)
                    self.assertEqual(value, theirs[their])
                elif isinstance(value, dict):
                    self.assertFalse(math.isfinite(theirs[their]), value)
                else:
                    self.assertTrue(math.isclose(value, theirs[their], rel_tol=1e-9, abs_tol=1e-9), (value, theirs[their]))

    def test_each_definition_stands_in_the_documents(self):
        figures = json.loads(self.run_script(CROSS, self.bars(500), "all.json").read_text())["figures"]
        rows = [f"| {figure['name']} | {figure['definition']} |" for figure in figures]
        documents = [line for line in (ROOT / "docs" / "report.md").read_text().split("## Figures")[1].splitlines()
                     if line.startswith("| ") and line != "| figure | definition |"]
        self.assertEqual(rows, documents)

    def test_bars_of_an_hour_agree(self):
        self.compare(60, 5000)

    def test_bars_of_a_day_agree(self):
        self.compare(1440, 1500)

    def test_bars_of_a_week_agree(self):
        self.compare(10080, 700)


if __name__ == "__main__":
    unittest.main()
