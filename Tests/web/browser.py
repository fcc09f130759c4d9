"""Pages in a real browser: a unittest case that opens them in chromium.

A page's console errors, exceptions that nobody catches and requests that fail make its test fail, unless the test
expects them (`self.expect_error`). Screenshots go to _build/web.
"""

import os
import pathlib
import re
import shutil
import unittest

from playwright.sync_api import Page, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
WWW = ROOT / "priv" / "www"
PICTURES = ROOT / "_build" / "web"

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("FXAOT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)

WIDTHS = {1440: 900, 390: 844}
SCHEMES = ("light", "dark")


class BrowserCase(unittest.TestCase):
    """Each test has a browser context of its own: no cookies and no storage of another test."""

    @classmethod
    def setUpClass(cls):
        cls._playwright = sync_playwright().start()
        cls.addClassCleanup(cls._playwright.stop)
        cls.browser = cls._playwright.chromium.launch(executable_path=CHROMIUM)
        cls.addClassCleanup(cls.browser.close)
        PICTURES.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self._errors = []
        self._expected = []

    def tearDown(self):
        unexpected = [e for e in self._errors if not any(re.search(x, e) for x in self._expected)]
        self.assertEqual(unexpected, [], "errors in the browser")
        missing = [x for x in self._expected if not any(re.search(x, e) for e in self._errors)]
        self.assertEqual(missing, [], "these errors were expected, and none came")

    def expect_error(self, pattern: str):
        """The page must report an error that has `pattern` (a regular expression) in it."""
        self._expected.append(pattern)

    @property
    def errors(self) -> list[str]:
        return list(self._errors)

    def new_page(self, width: int = 1440, scheme: str = "light", **context) -> Page:
        """An empty page of a window of `width` pixels, in `light` or `dark`; `context` as in Playwright's new_context."""
        made = self.browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)}, color_scheme=scheme, **context)
        self.addCleanup(made.close)
        page = made.new_page()
        page.on("console", lambda m: self._errors.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self._errors.append(f"exception: {e}"))
        page.on("requestfailed", self._note_request)
        return page

    def _note_request(self, request):
        # The browser ends a page's requests when the page is left, as DocC's pages do without a server.
        if request.failure != "net::ERR_ABORTED":
            self._errors.append(f"request: {request.url[:200]}: {request.failure}")

    def open(self, target, width: int = 1440, scheme: str = "light", **context) -> Page:
        """Opens a URL or a file and waits until it has loaded."""
        page = self.new_page(width, scheme, **context)
        page.goto(target.resolve().as_uri() if isinstance(target, pathlib.Path) else target)
        return page

    @staticmethod
    def until(page: Page, expression: str, seconds: float = 20):
        """Waits frame by frame until a JavaScript expression is true; pages whose policy forbids eval let this through."""
        page.evaluate("""async ([text, most]) => {
          const began = performance.now();
          while (!(%s)) {
            if (performance.now() - began > most) throw new Error(`not within ${most} ms: ${text}`);
            await new Promise(requestAnimationFrame);
          }
        }""" % expression, [expression, seconds * 1000])

    def screenshot(self, page: Page, name: str, full_page: bool = True) -> pathlib.Path:
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    def screenshots(self, target, name: str, prepare=None):
        """`target` in light and dark, at 1440 and 390 pixels; `prepare(page)` waits for what shall be on the picture.

        Fails where a page is wider than its window.
        """
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = self.open(target, width, scheme)
                if prepare:
                    prepare(page)
                self.screenshot(page, f"{name}-{width}-{scheme}")
                self.assert_fits(page)
                page.context.close()

    def assert_fits(self, page: Page):
        """Nothing makes the whole page scroll sideways."""
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.assertEqual(wide, 0, "the page is wider than its window")
