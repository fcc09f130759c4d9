"""The chart library that scripts/web-library has fetched, and the case that all tests here stand on."""

import unittest

from browser import WWW, BrowserCase

CHART = """
() => {
  const chart = LightweightCharts.createChart(document.body, {width: 600, height: 300});
  const bars = chart.addSeries(LightweightCharts.CandlestickSeries);
  bars.setData([{time: 60, open: 1, high: 4, low: 1, close: 3}, {time: 120, open: 3, high: 5, low: 2, close: 2}]);
  return [LightweightCharts.version(), bars.data().length, document.querySelectorAll("canvas").length > 0];
}
"""


class LibraryTests(BrowserCase):
    def test_draws_a_chart(self):
        page = self.new_page()
        page.set_content("<!doctype html><title>chart</title>")
        page.add_script_tag(path=WWW / "lightweight-charts.js")
        self.assertEqual(page.evaluate(CHART), ["5.1.0", 2, True])

    def test_its_notice_stands_beside_it(self):
        self.assertIn("Copyright (c) 2025 TradingView", (WWW / "lightweight-charts.NOTICE.txt").read_text())
        self.assertIn("Apache License", (WWW / "LICENSE.Apache-2.0.txt").read_text())


class BrowserCaseTests(BrowserCase):
    def test_sees_what_a_page_does_wrong(self):
        self.expect_error("^console: an error")
        self.expect_error("^exception: nobody catches this")
        self.expect_error("^request: http://pictures.test/one.png")
        self.expect_error("^console: Failed to load resource: net::ERR_FAILED")
        page = self.new_page()
        page.route("**/one.png", lambda route: route.abort())
        page.set_content("<!doctype html><title>errors</title>")
        page.evaluate("console.warn('a warning is none'); console.error('an error')")
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('nobody catches this') })")
        with page.expect_console_message(lambda message: "Failed to load" in message.text):
            page.evaluate("new Image().src = 'http://pictures.test/one.png'")
        self.assertEqual(len(self.errors), 4)

    def test_sees_a_page_that_is_too_wide(self):
        page = self.new_page(390)
        page.set_content("<!doctype html><title>wide</title><div style='width: 500px'>wide</div>")
        with self.assertRaises(AssertionError):
            self.assert_fits(page)

    def test_opens_pages_in_both_schemes_and_widths(self):
        for scheme in ("light", "dark"):
            for width in (1440, 390):
                page = self.new_page(width, scheme)
                dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
                self.assertEqual((dark, page.evaluate("innerWidth")), (scheme == "dark", width))


if __name__ == "__main__":
    unittest.main()
