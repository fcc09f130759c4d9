"""The dashboard in a real browser, of a node with a journal that each test starts for itself."""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from playwright.sync_api import expect

from browser import ROOT, BrowserCase

TRADER = "trader-token-0123456789"
VIEWER = "viewer-token-0123456789"
START = 1704240000000000000
MINUTE = 60

RIGHT = """//@version=6
strategy("Right")
plot(ta.sma(close, 5), "signal")
"""
WRONG = """//@version=6
strategy("Wrong")

plot(ta.smaa(close, 5))
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Node:
    """An Erlang node: `node("fxaot:stats(eur)")` is what the expression is, as text."""

    def __init__(self, folder: pathlib.Path, port: int):
        self.folder, self.port = folder, port
        subprocess.run(["erlc", "-o", folder, ROOT / "Tests/web/node.erl"], check=True)
        self.start()

    def start(self):
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                ["erl", "-noshell", "-pa", ROOT / "_build/default/lib/fxaot/ebin", self.folder, "-eval",
                 f'node:main(["{self.port}", "{self.folder}"]), halt(1).'],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise AssertionError(f"the node did not start: {line}{(self.folder / 'log').read_text()}")
        self.url = line.split()[1]

    def __call__(self, expression: str) -> str:
        self.process.stdin.write(expression + ".\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def quote(self, second: int, price: float, symbol: str = "EURUSD"):
        answer = self(f"fxaot:tick(eur, '{symbol}', {START} + {second} * 1000000000, {price:.5f}, {price + 0.0001:.5f})")
        if "error" in answer:
            raise AssertionError(answer)

    def deploy(self, name: str, strategy: str = "ma_crossover"):
        answer = self(f"fxaot:deploy(eur, {name}, #{{strategy => {strategy}, instrument => 'EURUSD', timeframe => {{minutes, 1}}}})")
        if answer != "ok":
            raise AssertionError(answer)

    def state(self) -> str:
        return self("maps:get(state, fxaot:account(eur))")


class DashboardCase(BrowserCase):
    def setUp(self):
        super().setUp()
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.node = Node(folder, free_port())
        self.addCleanup(self.node.kill)

        self._allowed = []

    def tearDown(self):
        self._errors = [e for e in self._errors if not any(re.search(x, e) for x in self._allowed)]
        super().tearDown()

    def allow_error(self, pattern: str):
        """Whether the browser reports it depends on the moment, as what it says of a node that is just not there."""
        self._allowed.append(pattern)

    def enter(self, token: str = TRADER, width: int = 1440, scheme: str = "light"):
        page = self.open(f"{self.node.url}#token={token}", width, scheme)
        expect(page.locator("#link")).to_have_text("live")
        return page

    def minutes(self, count: int, first: int = 0):
        """So many bars: a rise and a fall of sixteen minutes, two quotes a minute."""
        for minute in range(first, first + count):
            price = 1.1 + 0.0004 * abs((minute % 32) - 16)
            self.node.quote(minute * MINUTE, price)
            self.node.quote(minute * MINUTE + 30, price + (0.0003 if minute % 3 else -0.0002))


class PageTests(DashboardCase):
    def test_the_chart_has_the_bars_of_its_strategy_and_grows_with_them(self):
        self.node.deploy("cross")
        self.minutes(40)
        page = self.enter()
        expect(page.locator("#series")).to_have_value("bars cross")
        expect(page.locator("#chart")).to_have_attribute("data-bars", "40")
        expect(page.locator("#chart canvas").first).to_be_visible()
        self.minutes(5, first=40)
        expect(page.locator("#chart")).to_have_attribute("data-bars", "45")
        expect(page.locator("#strategies tbody tr")).to_have_count(1)
        self.assertEqual(page.locator("#strategies tbody tr td").nth(3).inner_text(), "built_in")
        # A fill is an arrow.
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, strategy => cross})")
        self.minutes(1, first=45)
        expect(page.locator("#chart")).to_have_attribute("data-bars", "46")
        fills = page.locator("#stream td", has_text=re.compile("^fill$"))
        expect(fills.first).to_be_visible()
        expect(page.locator("#chart")).to_have_attribute("data-markers", str(fills.count()))
        # Without a strategy: prices as they come.
        page.select_option("#series", "price USDJPY")
        self.node.quote(46 * MINUTE, 140.0, "USDJPY")
        expect(page.locator("#quote")).to_have_text("140.000 / 140.000")
        expect(page.locator("#chart")).to_have_attribute("data-kind", "prices")

    def test_money_and_refused_orders_are_shown(self):
        self.node.quote(0, 1.1)
        page = self.enter()
        expect(page.locator("#account")).to_contain_text("10,000.00")
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 100000})")
        self.node.quote(1, 1.1)
        expect(page.locator("#positions")).to_contain_text("100,000")
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 100000000})")
        expect(page.locator("#rejects")).to_contain_text("margin")
        expect(page.locator("#gauge svg")).to_have_attribute("aria-label", re.compile(r"^Margin level \d{3} %$"))

    def test_without_the_chart_library_there_is_a_line(self):
        self.node.deploy("cross")
        self.minutes(12)
        page = self.new_page()
        page.route("**/lightweight-charts.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto(f"{self.node.url}#token={VIEWER}")
        expect(page.locator("#chart")).to_have_attribute("data-bars", "12")
        expect(page.locator("#chart polyline")).to_have_attribute("points", re.compile("^0,.* 11,"))
        expect(page.locator("#chart-note")).to_contain_text("not there")

    def test_tokens_leave_the_address_and_wrong_ones_do_not_enter(self):
        self.expect_error("401")
        self.allow_error("api/events: net::ERR_ABORTED")
        page = self.open(f"{self.node.url}#token=wrong-token-0123456789")
        expect(page.locator("#login-error")).to_have_text("Unknown token, or wrong name or password.")
        self.assertNotIn("token", page.url)
        page.fill("#token", VIEWER)
        page.keyboard.press("Enter")
        expect(page.locator("#who")).to_have_text("viewer (may look)")
        page.reload()
        expect(page.locator("#who")).to_have_text("viewer (may look)")
        page.click("#logout")
        expect(page.locator("#login")).to_be_visible()

    def test_pictures_in_both_schemes_and_widths(self):
        self.node.deploy("cross")
        self.node.deploy("breakout", "momentum_breakout")
        self.minutes(200)
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 20000, strategy => cross})")
        self.minutes(2, first=200)

        def ready(page):
            expect(page.locator("#chart")).to_have_attribute("data-bars", "202")
            expect(page.locator("#positions tbody tr td").first).to_have_text("EURUSD")
        self.screenshots(f"{self.node.url}#token={TRADER}", "dashboard", ready)
        for width in (1440, 390):
            page = self.enter(width=width, scheme="dark" if width == 390 else "light")
            page.click("#edit")
            page.fill("#source", WRONG)
            expect(page.locator("#diagnostics li")).to_have_count(1)
            self.screenshot(page, f"dashboard-editor-{width}", full_page=False)
            self.assert_fits(page)

    def test_a_phone_shows_the_whole_text_of_an_event(self):
        self.node.deploy("cross")
        self.minutes(40)
        page = self.enter(width=390)
        expect(page.locator("#stream td.text").first).to_be_visible()
        hidden = "[...document.querySelectorAll('#stream td')].filter((cell) => cell.getBoundingClientRect().right > " \
                 "document.querySelector('.scroll:has(#stream)').getBoundingClientRect().right).length"
        self.assertEqual(page.evaluate(hidden), 0)


class ActTests(DashboardCase):
    def test_a_script_with_an_error_shows_its_line_and_is_not_deployed(self):
        page = self.enter()
        page.click("#edit")
        page.fill("#source", WRONG)
        expect(page.locator("#gutter .wrong")).to_have_text("4")
        expect(page.locator("#marks div")).to_have_attribute("data-line", "4")
        expect(page.locator("#diagnostics button")).to_contain_text("line 4:")
        page.click("#editor-deploy")
        page.click("#confirm-yes")
        expect(page.locator("#editor-verdict")).to_have_text("1 error")
        self.assertEqual(self.node("fxaot:strategies(eur)"), "[]")
        page.fill("#source", RIGHT)
        expect(page.locator("#gutter .wrong")).to_have_count(0)
        page.click("#editor-deploy")
        page.click("#confirm-yes")
        expect(page.locator("#editor")).to_be_hidden()
        expect(page.locator("#strategies tbody tr td").first).to_have_text("script_1")
        expect(page.locator("#stream")).to_contain_text("trader at 127.0.0.1: deploy script_1")

    def test_halt_stops_orders_and_resume_lets_them_pass(self):
        order = "element(1, fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000}))"
        self.node.quote(0, 1.1)
        page = self.enter()
        page.click("#halt")
        page.click("#confirm-no")
        self.assertEqual(self.node.state(), "active")
        page.click("#halt")
        page.keyboard.press("Escape")
        self.assertEqual(self.node(order), "ok")
        page.click("#halt")
        page.click("#confirm-yes")
        expect(page.locator("#state")).to_have_attribute("data-state", "halted")
        self.assertEqual(self.node.state(), "halted")
        self.assertIn("{error,{halted,", self.node(order.replace("element(1, ", "(")))
        page.click("#resume")
        page.click("#confirm-yes")
        expect(page.locator("#state")).to_have_attribute("data-state", "active")
        self.assertEqual(self.node(order), "ok")

    def test_a_position_is_closed_and_a_version_rolled_back_by_keyboard(self):
        self.node.deploy("cross")
        self.node.deploy("cross2")
        self.assertIn("{ok,", self.node("fxaot:deploy(eur, cross, #{strategy => ma_crossover, params => #{'band' => 0.001}})"))
        self.node.quote(0, 1.1)
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000})")
        self.node.quote(1, 1.1)
        page = self.enter()
        expect(page.locator("#positions")).to_contain_text("1,000")
        page.get_by_role("button", name="Close", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#confirm-no")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#toast")).to_have_text("Close EURUSD: done")
        self.node.quote(2, 1.1)
        expect(page.locator("#positions")).to_contain_text("no open position")
        row = page.locator("#strategies tbody tr", has=page.get_by_role("button", name="cross", exact=True))
        expect(row.locator("td").nth(4)).to_have_text("2")
        row.get_by_role("button", name="Roll back").click()
        page.click("#confirm-yes")
        expect(row.locator("td").nth(4)).to_have_text("3")

    def test_a_viewer_cannot_act(self):
        self.node.deploy("cross")
        page = self.enter(VIEWER)
        expect(page.locator("#strategies tbody tr")).to_have_count(1)
        for button in ("#halt", "#reduce", "#resume", "#edit"):
            expect(page.locator(button)).to_be_hidden()
        expect(page.get_by_role("button", name="Roll back")).to_be_hidden()
        # By the page's own means, and by HTTP without a browser.
        self.expect_error("403")
        status = page.evaluate("""async () => {
          const session = await (await fetch("/api/session")).json();
          return (await fetch("/api/act", {method: "POST", body: JSON.stringify({act: "halt", engine: "eur"}),
            headers: {"content-type": "application/json", "x-csrf-token": session.csrf}})).status;
        }""")
        self.assertEqual(status, 403)
        cookie = page.context.cookies()[0]
        self.assertTrue(cookie["httpOnly"] and cookie["sameSite"] == "Strict")
        request = urllib.request.Request(
            f"{self.node.url}api/act", json.dumps({"act": "halt", "engine": "eur"}).encode(),
            {"content-type": "application/json", "cookie": f"{cookie['name']}={cookie['value']}"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()
        self.assertEqual(self.node.state(), "active")


class RestartTests(DashboardCase):
    def test_a_page_goes_on_after_the_nodes_restart(self):
        self.allow_error("net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|ABORTED)")
        self.node.deploy("cross")
        self.minutes(20)
        self.node("fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000})")
        self.node.quote(20 * MINUTE, 1.1)
        self.assertEqual(self.node("fxaot:snapshot(eur)"), "ok")
        page = self.enter()
        expect(page.locator("#chart")).to_have_attribute("data-bars", "21")
        expect(page.locator("#positions")).to_contain_text("1,000")
        self.node.kill()
        expect(page.locator("#link")).to_have_text("no connection")
        self.node.start()
        expect(page.locator("#link")).to_have_text("live", timeout=20000)
        # No login, the journal's position and all bars; and the page says what it cannot know.
        expect(page.locator("#missed")).to_contain_text("The node has restarted")
        expect(page.locator("#positions")).to_contain_text("1,000")
        expect(page.locator("#chart")).to_have_attribute("data-bars", "21", timeout=20000)
        for minute in range(21, 24):
            self.node.quote(minute * MINUTE, 1.1)
        expect(page.locator("#chart")).to_have_attribute("data-bars", "24")

    def test_a_lost_connection_misses_no_event(self):
        self.allow_error("net::ERR_(CONNECTION_RESET|EMPTY_RESPONSE|ABORTED)")
        page = self.enter()
        self.node("fxaot_dashboard_collector:note(log, #{text => <<\"before\">>})")
        expect(page.locator("#stream")).to_contain_text("before")
        self.node("[exit(P, kill) || {P, streams} <- maps:to_list(element(5, sys:get_state(fxaot_dashboard_listener)))]")
        self.node("[fxaot_dashboard_collector:note(log, #{text => integer_to_binary(N)}) || N <- lists:seq(1001, 1030)]")
        for number in range(1001, 1031):
            expect(page.locator("#stream td", has_text=str(number))).to_have_count(1)


if __name__ == "__main__":
    unittest.main()
