"""The site of the documents, opened from its folder as `make docs` leaves it; it is made where it is missing."""

import subprocess
import unittest

from playwright.sync_api import expect

from browser import ROOT, BrowserCase

SITE = ROOT / "_build" / "docs" / "site"


class DocsTest(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not (SITE / "index.html").exists():
            subprocess.run([ROOT / "scripts" / "docs"], check=True, stdout=subprocess.DEVNULL)

    def test_every_page_loads_and_fits(self):
        pages = [path for path in SITE.rglob("*.html") if "reference/swift/" not in path.as_posix() and path.name != "404.html"]
        self.assertGreater(len(pages), 50)
        page = self.new_page(390)
        for path in pages:
            page.goto(path.as_uri())
            self.assertTrue(page.title(), path)
            if not path.parent.name == "erlang":
                self.assert_fits(page)

    def test_the_search_needs_no_server(self):
        page = self.open(SITE / "index.html")
        page.fill("input.md-search__input", "margin call")
        expect(page.locator(".md-search-result__meta")).to_contain_text("matching documents", timeout=30000)
        expect(page.locator(".md-search-result__link[href*='trading.html']").first).to_be_attached()
        expect(page.locator(".md-search-result__link[href*='files/']")).to_have_count(0)

    def test_references_are_of_this_tool_and_this_language(self):
        page = self.open(SITE / "reference" / "tool.html")
        expect(page.locator("#fxaot-run")).to_be_visible()
        expect(page.locator("#fxaot-journal-replay")).to_be_attached()
        expect(page.locator("code", has_text="--timeframe <timeframe>").first).to_be_visible()
        page.goto((SITE / "reference" / "language.html").as_uri())
        expect(page.locator("td", has_text="ta.rci(source: float, length: int) float").first).to_be_attached()
        page.goto((SITE / "reference" / "erlang.html").as_uri())
        page.click("td a >> text=fxaot_feed")
        expect(page.locator("h1")).to_have_text("Module fxaot_feed")

    def test_swift_pages_lead_back_where_there_is_no_server(self):
        swift = SITE / "reference" / "swift" / "documentation" / "fxcore" / "index.html"
        if not swift.exists():
            self.skipTest("the site was built without docc")
        page = self.open(swift)
        page.wait_for_url("**/reference/swift.html#from-a-folder")
        expect(page.get_by_text("DocC's pages need a web server")).to_be_visible()

    def test_pictures_in_both_schemes_and_widths(self):
        def ready(page):
            expect(page.locator("img[src*='report.png']")).to_be_visible()

        self.screenshots(SITE / "index.html", "docs", ready)


if __name__ == "__main__":
    unittest.main()
