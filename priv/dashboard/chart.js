// The chart: a strategy's bars as they form with its fills, or an instrument's prices. Without the chart library a line.

import {$, el, svg} from "./format.js";

const library = globalThis.LightweightCharts;
const MOST_MARKERS = 500;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const hasLibrary = Boolean(library);

export class Chart {
  /** `fetch(engine, strategy)` answers [number of the first bar, whether the last one forms, bars]. */
  constructor(element, fetchBars) {
    this.element = element;
    this.fetchBars = fetchBars;
    this.bars = new Map();
    this.markers = [];
    this.kind = null;
    if (library) {
      this.make();
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    }
  }

  make() {
    this.chart = library.createChart(this.element, {
      autoSize: true,
      timeScale: {timeVisible: true, secondsVisible: false, rightOffset: 4},
      layout: {attributionLogo: false},
    });
    this.paint();
  }

  paint() {
    this.chart.applyOptions({
      layout: {background: {color: colour("--card")}, textColor: colour("--text"), attributionLogo: false},
      grid: {vertLines: {color: colour("--line")}, horzLines: {color: colour("--line")}},
      rightPriceScale: {borderColor: colour("--line")},
      timeScale: {borderColor: colour("--line")},
    });
    this.series?.applyOptions(this.colours());
  }

  // Rising bars are hollow: the form says it too.
  colours() {
    return this.kind === "bars"
      ? {upColor: colour("--card"), borderUpColor: colour("--up"), wickUpColor: colour("--up"), downColor: colour("--down"),
        borderDownColor: colour("--down"), wickDownColor: colour("--down")}
      : {color: colour("--up"), lineWidth: 2};
  }

  /** Begins anew. `what`: {kind: "bars", engine, strategy, version, decimals} or {kind: "prices", symbol, decimals}. */
  show(what) {
    this.what = what;
    this.bars.clear();
    this.last = -1;
    this.ready = false;
    this.begin(what.kind, what.decimals);
    if (what.kind === "bars") this.load();
    else this.ready = true;
    this.tell();
  }

  begin(kind, decimals) {
    this.kind = kind;
    if (!library) return this.line();
    if (this.series) this.chart.removeSeries(this.series);
    const format = {type: "price", precision: decimals ?? 5, minMove: 10 ** -(decimals ?? 5)};
    this.series = this.chart.addSeries(kind === "bars" ? library.CandlestickSeries : library.LineSeries,
      {...this.colours(), priceFormat: format});
    this.pins = library.createSeriesMarkers(this.series, []);
  }

  async load() {
    const what = this.what;
    this.loading = true;
    const answer = await this.fetchBars(what.engine, what.strategy).catch(() => null);
    this.loading = false;
    if (what !== this.what || !answer) return;
    this.bars.clear();
    this.last = -1;
    this.ready = true;
    this.take(answer[0], answer[2]);
    this.draw();
    this.mark();
  }

  /** Bars with the number of the first of them, as an update has them. */
  update(first, bars) {
    if (!this.ready || this.loading) return;
    const end = first + bars.length - 1;
    if (this.last >= 0 && (first > this.last + 1 || end < this.last - 2)) return void this.load();
    // An update from just before the bars were read.
    if (end < this.last) return;
    const before = this.last;
    this.take(first, bars);
    if (!library) return this.line();
    for (let number = Math.max(first, before); number <= this.last; number++) {
      if (this.bars.has(number)) this.series.update(this.bars.get(number));
    }
    this.tell();
  }

  take(first, bars) {
    bars.forEach(([open, o, h, l, c], index) => {
      const number = first + index;
      const earlier = this.bars.get(number - 1);
      // Bars of so many ticks may begin in the same second; the library wants times that rise.
      const second = Math.max(Math.floor(open / 1000), earlier ? earlier.time + 1 : 0);
      this.bars.set(number, {time: second, open: o, high: h, low: l, close: c});
      this.last = Math.max(this.last, number);
    });
  }

  /** One more price of an instrument. */
  price(ms, mid) {
    const second = Math.floor(ms / 1000);
    if (second < this.last) return;
    this.last = second;
    this.bars.set(second, {time: second, value: mid, close: mid});
    if (this.bars.size > 5000) this.bars.delete(this.bars.keys().next().value);
    if (library) this.series.update({time: second, value: mid});
    else this.line();
    this.tell();
  }

  draw() {
    if (library) {
      this.series.setData([...this.bars.values()]);
      if (this.bars.size > 120) {
        this.chart.timeScale().setVisibleLogicalRange({from: this.bars.size - 120, to: this.bars.size + 4});
      } else this.chart.timeScale().fitContent();
    } else this.line();
    this.tell();
  }

  /** Fills of the strategy: {time, side, price}, ascending. */
  setMarkers(fills) {
    this.markers = fills.slice(-MOST_MARKERS);
    this.mark();
  }

  mark() {
    if (!library || !this.pins) return;
    const times = [...this.bars.values()].map((bar) => bar.time);
    const pins = this.kind !== "bars" ? [] : this.markers
      .map((fill) => [fill, barOf(times, fill.time / 1000)])
      .filter(([, second]) => second !== undefined)
      .map(([fill, second]) => ({time: second, position: fill.side === "buy" ? "belowBar" : "aboveBar",
        shape: fill.side === "buy" ? "arrowUp" : "arrowDown", color: colour(fill.side === "buy" ? "--up" : "--down")}));
    this.pins.setMarkers(pins);
    this.element.dataset.markers = pins.length;
  }

  line() {
    const closes = [...this.bars.values()].map((bar) => bar.close).slice(-600);
    const [low, high] = [Math.min(...closes), Math.max(...closes)];
    const points = closes.map((c, i) => `${i},${high > low ? 100 - ((c - low) / (high - low)) * 100 : 50}`).join(" ");
    this.element.replaceChildren(
      svg("svg", {viewBox: `0 -2 ${Math.max(1, closes.length - 1)} 104`, preserveAspectRatio: "none", role: "img",
        "aria-label": "closes"}, svg("polyline", {points})));
  }

  tell() {
    this.element.dataset.bars = this.bars.size;
    this.element.dataset.kind = this.kind;
  }
}

// The time of the bar that a moment lies in: the last one that begins before it.
function barOf(times, second) {
  let [from, to] = [0, times.length - 1];
  if (to < 0 || second < times[0]) return undefined;
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (times[middle] <= second) from = middle;
    else to = middle - 1;
  }
  return times[from];
}

export function tellLibrary() {
  const note = $("library");
  if (hasLibrary) {
    note.replaceChildren("Charts: TradingView Lightweight Charts™, © TradingView, Inc., Apache-2.0. ",
      el("a", {href: "/lightweight-charts.NOTICE.txt"}, "Notice"), ", ",
      el("a", {href: "https://www.tradingview.com/", rel: "noreferrer"}, "tradingview.com"));
  } else {
    $("chart-note").hidden = false;
    $("chart-note").textContent =
      "The chart library is not there (priv/www/lightweight-charts.js, which make setup fetches): a line of closes instead of candles.";
  }
}
