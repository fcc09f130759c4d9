// The page of a report. Everything from scripts and files is shown as text (textContent) and never as HTML.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const otherElement = document.getElementById("other");
  const other = otherElement && JSON.parse(otherElement.textContent);
  const library = window.LightweightCharts;
  const root = document.getElementById("report");

  // ---- elements and numbers

  function element(name, options = {}, children = []) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(options)) {
      if (key === "text") made.textContent = value;
      else if (key === "class") made.className = value;
      else if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function shape(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // A column of numbers: see NumberColumn in the tool.
  function column(packed) {
    const bytes = Uint8Array.fromBase64?.(packed.data) ?? Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
    if (packed.type === "f64") return new Float64Array(bytes.buffer);
    const whole = new Int32Array(bytes.buffer);
    const values = new Float64Array(whole.length);
    for (let i = 0; i < whole.length; i++) values[i] = whole[i] === -2147483648 ? NaN : whole[i] / packed.scale;
    return values;
  }

  const columns = (table, names) => Object.fromEntries(names.map((name) => [name, column(table[name])]));
  const formats = {};
  function fixed(value, places) {
    formats[places] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    // No minus before a zero.
    return formats[places].format(Math.abs(value) < 0.5 / 10 ** places ? 0 : value);
  }
  // With so many places, or for what these would make a zero of, with three digits.
  const least = (value, places) =>
    value !== 0 && Math.abs(value) < 0.1 ** places * 10 && Number.isFinite(value) ? String(+value.toPrecision(3)) : fixed(value, places);
  const price = (value) => fixed(value, data.decimals);
  const pad = (number) => String(number).padStart(2, "0");
  function moment(seconds) {
    const date = new Date(seconds * 1000);
    if (isNaN(date)) return "";
    const text = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
    return `${text} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
  }
  // A script's name of a timeframe, as people write it: minutes are a number alone, and seconds have an S.
  function length(timeframe) {
    const [, count, unit] = /^(\d+)(S?)$/.exec(timeframe ?? "") ?? [];
    if (!Number(count)) return timeframe;
    if (unit) return `${count} s`;
    return count % 60 ? `${count} min` : `${count / 60} h`;
  }
  function duration(milliseconds) {
    const minutes = Math.round(milliseconds / 60000);
    if (milliseconds < 60000) return `${fixed(milliseconds / 1000, milliseconds % 1000 ? 3 : 0)} s`;
    const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
    return parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
  }
  const units = {
    money: (x) => least(x, 2), percent: (x) => `${least(x, 2)} %`, ratio: (x) => least(x, 3), count: (x) => fixed(x, 0),
    units: (x) => String(+x.toPrecision(12)), bars: (x) => fixed(x, 1), duration, time: (x) => moment(x / 1000),
  };
  const shown = (figure, value) => (units[figure.unit] ?? String)(value);
  const isNumber = (value) => typeof value === "number";

  // ---- data

  const bars = { count: data.bars.count, ...columns(data.bars, ["time", "open", "high", "low", "close"]) };
  if (data.strategy) Object.assign(bars, columns(data.bars, ["equity", "lowest"]));
  const trades = {
    count: data.trades.count, names: data.trades.names,
    ...columns(data.trades, ["number", "long", "entryTime", "exitTime", "entryBar", "exitBar", "entryPrice", "exitPrice",
      "quantity", "profit", "percent", "commission", "runup", "drawdown", "entryName", "exitName"]),
  };
  const isClosed = (trade) => !Number.isNaN(trades.exitTime[trade]);
  const figure = (group, name) => data.figures.find((f) => f.group === group && f.name === name);

  // `first` is the first bar that the chart has: a page with many bars opens with the newest ones, and takes the others next.
  const state = { chart: null, candles: null, first: 0, arrows: 0, chosen: -1, openedAfter: 0, completeAfter: 0 };

  // ---- head

  function head() {
    const first = bars.count ? moment(bars.time[0]) : "";
    const last = bars.count ? moment(bars.time[bars.count - 1]) : "";
    const about = [data.symbol, length(data.timeframe), `${fixed(bars.count, 0)} ${bars.count === 1 ? "bar" : "bars"}`, `${first} to ${last} UTC`];
    if (data.strategy) about.push(`account in ${data.currency}`);
    root.append(element("header", {}, [
      element("h1", { text: data.title || "Report", title: data.title }), element("p", { class: "about", text: about.join(" · ") }),
    ]));
    if (!data.strategy) return;
    const wanted = [["performance", "Net profit"], ["performance", "Return on initial capital"], ["risk", "Max drawdown %"],
      ["performance", "Profit factor"], ["trades", "Total trades"], ["trades", "Percent profitable"], ["risk", "Sharpe ratio"]];
    root.append(element("div", { class: "tiles" }, wanted.map(([group, name]) => figure(group, name)).filter(Boolean).map((f) => {
      const value = f.values[0];
      const tone = f.name === "Net profit" && isNumber(value) ? (value < 0 ? "bad" : "good") : "";
      const tile = element("div", { class: "tile", title: f.definition }, [
        element("span", { text: f.name }), element("b", { class: tone, text: isNumber(value) ? shown(f, value) : "n/a" }),
      ]);
      if (!isNumber(value)) tile.append(element("span", { text: value.none }));
      return tile;
    })));
  }

  // ---- charts

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const paint = window.fxaotPaint({ bars, decode: column, color });
  // What the script draws bar by bar, in its order.
  const calls = data.plots.map((packed, place) => paint.open(packed, place));
  // A script's colour, which only a canvas reads.
  const inked = (text, fallback) => (/^#[0-9a-f]{8}$/.test(text ?? "") ? text : fallback);

  /// Draws above or below the bars, on the canvas of their pane: `draw(view)`, see paint.js.
  class Layer {
    constructor(order, draw) {
      const renderer = { draw: (target) => target.useBitmapCoordinateSpace((scope) => this.show(scope, draw)) };
      const view = { zOrder: () => order, renderer: () => renderer };
      this.views = [view];
    }
    show(scope, draw) {
      const { context, horizontalPixelRatio: horizontal, verticalPixelRatio: vertical, bitmapSize: size } = scope;
      // Two places tell all others: bars are as far from each other everywhere, and prices too.
      const scale = this.chart.timeScale();
      const zero = (scale.logicalToCoordinate(0) - state.first * (scale.logicalToCoordinate(1) - scale.logicalToCoordinate(0))) * horizontal;
      const step = (scale.logicalToCoordinate(1) - scale.logicalToCoordinate(0)) * horizontal;
      const [top, bottom] = [this.series.coordinateToPrice(0), this.series.coordinateToPrice(size.height / vertical)];
      if (top === null || bottom === null || !(step > 0)) return;
      const height = size.height / (top - bottom);
      context.save();
      draw({
        context, size, step, ratio: horizontal, x: (place) => zero + place * step, y: (value) => (top - value) * height,
        from: Math.max(0, Math.floor(-zero / step) - 1), to: Math.ceil((size.width - zero) / step) + 1,
      });
      context.restore();
    }
    attached({ chart, series, requestUpdate }) { Object.assign(this, { chart, series, requestUpdate }); }
    paneViews() { return this.views; }
  }

  // Of so many trades on the picture arrows would hide everything; lines stay.
  const mostArrows = 1500;

  function drawTrades({ context, x, y, ratio, size }) {
    const visible = [];
    for (let trade = 0; trade < trades.count; trade++) {
      const [from, to] = [trades.entryBar[trade], isClosed(trade) ? trades.exitBar[trade] : bars.count - 1];
      if (x(to) >= 0 && x(from) <= size.width) visible.push(trade);
    }
    const [good, bad] = [color("--good"), color("--bad")];
    const isCrowded = visible.length > mostArrows;
    context.lineWidth = Math.max(1, ratio * (isCrowded ? 0.75 : 1.5));
    for (const wins of [true, false]) {
      context.strokeStyle = wins ? good : bad;
      context.setLineDash(wins || isCrowded ? [] : [5 * ratio, 3 * ratio]);
      context.beginPath();
      for (const trade of visible) {
        if (trades.profit[trade] >= 0 !== wins) continue;
        const [end, exit] = isClosed(trade) ? [trades.exitBar[trade], trades.exitPrice[trade]] : [bars.count - 1, bars.close[bars.count - 1]];
        context.moveTo(x(trades.entryBar[trade]), y(trades.entryPrice[trade]));
        context.lineTo(x(end), y(exit));
      }
      context.stroke();
    }
    context.setLineDash([]);
    state.arrows = 0;
    if (!isCrowded) {
      for (const trade of visible) {
        const isLong = trades.long[trade] === 1;
        // An entry's arrow points to its price from below for long, from above for short; an exit's is the other way round.
        context.fillStyle = isLong ? good : bad;
        paint.triangle(context, x(trades.entryBar[trade]), y(trades.entryPrice[trade]), 8 * ratio, isLong);
        state.arrows += 1;
        if (!isClosed(trade)) continue;
        context.fillStyle = color("--text");
        paint.triangle(context, x(trades.exitBar[trade]), y(trades.exitPrice[trade]), 6 * ratio, !isLong);
        state.arrows += 1;
      }
    }
    if (state.chosen >= 0) {
      const trade = state.chosen;
      context.strokeStyle = color("--text");
      context.lineWidth = 2 * ratio;
      context.beginPath();
      context.arc(x(trades.entryBar[trade]), y(trades.entryPrice[trade]), 12 * ratio, 0, 7);
      context.stroke();
    }
  }

  function drawFigures({ context, x, y, ratio, size }) {
    const ink = color("--quiet");
    context.font = `${12 * ratio}px system-ui, sans-serif`;
    for (const drawing of data.drawings) {
      if (!drawing.points) continue;
      const points = drawing.points.map(([place, value]) => {
        const bar = Math.min(Math.max(Math.round(place), 0), bars.count - 1);
        const above = !String(drawing.yloc ?? "").endsWith("belowbar");
        return [x(place), y(value ?? (above ? bars.high[bar] : bars.low[bar]))];
      });
      context.lineWidth = Math.max(1, (drawing.width ?? 1) * ratio);
      context.strokeStyle = inked(drawing.color, ink);
      if (drawing.kind === "line") {
        let [[x0, y0], [x1, y1]] = points;
        const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
        const extend = String(drawing.extend ?? "");
        if (x1 !== x0 && /(right|both)$/.test(extend)) [x1, y1] = [size.width, y1 + (size.width - x1) * slope];
        if (x1 !== x0 && /(left|both)$/.test(extend)) [x0, y0] = [0, y0 - x0 * slope];
        context.setLineDash(/(dashed|dotted)$/.test(drawing.style ?? "") ? [4 * ratio, 4 * ratio] : []);
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.stroke();
        context.setLineDash([]);
      } else if (drawing.kind === "box") {
        const [[x0, y0], [x1, y1]] = points;
        context.fillStyle = inked(drawing.fill, "rgba(86, 180, 233, 0.15)");
        context.fillRect(x0, y0, x1 - x0, y1 - y0);
        context.strokeRect(x0, y0, x1 - x0, y1 - y0);
        if (drawing.text) { context.fillStyle = ink; context.fillText(drawing.text.slice(0, 80), x0 + 4 * ratio, y0 + 14 * ratio); }
      } else if (drawing.kind === "polyline") {
        context.beginPath();
        points.forEach(([px, py], i) => (i ? context.lineTo(px, py) : context.moveTo(px, py)));
        if (drawing.closed) context.closePath();
        if (drawing.fill) { context.fillStyle = inked(drawing.fill, "transparent"); context.fill(); }
        if (drawing.color) context.stroke();
      } else if (drawing.kind === "label") {
        const [[px, py]] = points;
        const lines = String(drawing.text ?? "").split("\n").slice(0, 6);
        const width = Math.max(8 * ratio, ...lines.map((line) => context.measureText(line).width)) + 8 * ratio;
        const height = lines.length * 15 * ratio + 4 * ratio;
        const below = /(belowbar)$/.test(drawing.yloc ?? "") || /label_up$/.test(drawing.style ?? "");
        const top = below ? py + 6 * ratio : py - height - 6 * ratio;
        if (px + width < 0 || px - width > size.width) continue;
        if (!/none$/.test(drawing.style ?? "")) {
          context.fillStyle = inked(drawing.color, color("--link"));
          context.fillRect(px - width / 2, top, width, height);
        }
        context.fillStyle = inked(drawing.textColor, color("--page"));
        lines.forEach((line, i) => context.fillText(line, px - width / 2 + 4 * ratio, top + (i + 1) * 15 * ratio - 2 * ratio));
      }
    }
  }

  // Of a longer list of plots the others wait for their check boxes.
  const mostShown = 16;

  function chartOptions() {
    return {
      autoSize: true,
      layout: {
        background: { color: color("--page") }, textColor: color("--text"), panes: { separatorColor: color("--line") },
      },
      grid: { vertLines: { color: color("--line") + "55" }, horzLines: { color: color("--line") + "55" } },
      localization: { timeFormatter: moment, locale: "en-US" },
      crosshair: { mode: 0 },
      timeScale: { timeVisible: true, minBarSpacing: 0.0001, enableConflation: true, borderColor: color("--line") },
      rightPriceScale: { borderColor: color("--line") },
    };
  }

  // A series of one value a bar; where it is none, a gap.
  function points(values) {
    const made = new Array(bars.count - state.first);
    for (let i = state.first, j = 0; i < bars.count; i++, j++) {
      made[j] = Number.isFinite(values[i]) ? { time: bars.time[i], value: values[i] } : { time: bars.time[i] };
    }
    return made;
  }

  function drawdown() {
    const made = new Float64Array(bars.count);
    let peak = data.bars.capital;
    for (let i = 0; i < bars.count; i++) {
      made[i] = peak > 0 ? (Math.min(bars.lowest[i] - peak, 0) / peak) * 100 : NaN;
      peak = Math.max(peak, bars.equity[i]);
    }
    return made;
  }

  // Times on the axis must rise; bars of ticks may share one.
  function raiseTimes() {
    for (let i = 1; i < bars.count; i++) if (!(bars.time[i] > bars.time[i - 1])) bars.time[i] = bars.time[i - 1] + 0.001;
  }

  function otherEquity() {
    if (!other?.strategy || !other.bars?.equity || !bars.count) return null;
    const [times, values] = [column(other.bars.time), column(other.bars.equity)];
    const made = new Float64Array(bars.count).fill(NaN);
    for (let i = 0, j = -1; i < bars.count; i++) {
      while (j + 1 < times.length && times[j + 1] <= bars.time[i]) j += 1;
      if (j >= 0 && (j < times.length - 1 || bars.time[i] === times[j])) made[i] = values[j];
    }
    return made;
  }

  function charts() {
    const section = element("section", { "aria-label": "Charts" }, [element("h2", { text: "Price, trades and equity" })]);
    root.append(section);
    const still = document.getElementById("still");
    if (!library) {
      section.append(element("p", { class: "note", text:
        "The chart library was not there when this report was made, so these pictures do not move. make setup fetches it." }));
      if (still) section.append(still.content.cloneNode(true));
      return;
    }
    const tools = element("div", { class: "bar", role: "group", "aria-label": "What the chart shows" });
    const place = element("div", { id: "chart" });
    const values = element("div", { id: "values", "aria-live": "off" });
    section.append(tools, values, place);
    raiseTimes();
    const chart = library.createChart(place, chartOptions());
    state.chart = chart;

    // What the script draws: of a long list of plots the first ones are shown.
    const shown = new Set(calls.filter((call) => !call.isHidden).map((call) => call.place));
    const single = calls.filter((call) => /^(plot|hline|plotcandle|plotbar)$/.test(call.name));
    single.filter((call) => shown.has(call.place)).slice(mostShown).forEach((call) => shown.delete(call.place));
    const isShown = (call) => shown.has(call.place);

    const candles = chart.addSeries(library.CandlestickSeries, {
      autoscaleInfoProvider: (own) => widest(own(), 0),
      priceFormat: { type: "price", precision: data.decimals, minMove: 10 ** -data.decimals }, priceLineVisible: false,
    });
    // Each gives a series its bars from state.first on.
    const fills = [() => {
      const made = new Array(bars.count - state.first);
      const tints = calls.filter((call) => call.name === "barcolor" && isShown(call)).reverse();
      for (let i = state.first, j = 0; i < bars.count; i++, j++) {
        const bar = made[j] = { time: bars.time[i], open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i] };
        const tint = tints.map((call) => call.color(i - call.offset)).find(Boolean);
        if (tint) bar.color = bar.borderColor = bar.wickColor = tint;
      }
      candles.setData(made);
    }];
    function fill(line, values) {
      fills.push(() => line.setData(points(values)));
      line.setData(points(values));
    }
    state.first = bars.count > 20000 ? bars.count - 5000 : 0;
    fills[0]();
    state.candles = candles;
    state.complete = () => {
      if (state.completeAfter) return;
      const range = chart.timeScale().getVisibleLogicalRange();
      const shift = state.first;
      state.first = 0;
      if (shift) fills.forEach((act) => act());
      if (shift && range) chart.timeScale().setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
      state.completeAfter = performance.now();
    };

    let panes = 1;
    const lines = [];
    for (const call of calls) {
      if (call.name !== "plot") continue;
      lines.push({ title: call.title, isShown: () => isShown(call), value: (bar) => call.series(bar - call.offset) });
    }

    // The calls of a pane stretch its scale, where they are in sight.
    function widest(own, pane) {
      const range = chart.timeScale().getVisibleLogicalRange();
      if (!range) return own;
      const [from, to] = [Math.floor(range.from) + state.first, Math.ceil(range.to) + state.first];
      let made = own?.priceRange ?? null;
      for (const call of calls) {
        const one = call.pane === pane && isShown(call) ? paint.range(call, from, to) : null;
        if (one) made = made
          ? { minValue: Math.min(made.minValue, one.minValue), maxValue: Math.max(made.maxValue, one.maxValue) } : one;
      }
      return made ? { ...own, priceRange: made } : own;
    }
    const marks = [];
    function attach(series, pane) {
      const own = calls.filter((call) => call.pane === pane);
      const behind = new Layer("bottom", (view) => {
        for (const name of ["bgcolor", "fill"]) {
          for (const call of own) if (call.name === name && isShown(call)) paint.paint(view, call, calls);
        }
      });
      const before = new Layer("normal", (view) => {
        for (const call of own) if (!call.isShape && !/^(bgcolor|fill)$/.test(call.name) && isShown(call)) paint.paint(view, call, calls);
        marks[pane] = 0;
        for (const call of own) if (call.isShape && isShown(call)) marks[pane] += paint.shapes(view, call);
        state.shapes = marks.reduce((sum, count) => sum + (count ?? 0), 0);
      });
      series.attachPrimitive(behind);
      series.attachPrimitive(before);
      layers.push(behind, before);
    }
    const layers = [];
    // A pane of the script's own: its series has no line, and the scale of what is painted.
    const own = new Set([0]);
    function openPane(pane) {
      if (own.has(pane) || !bars.count) return;
      own.add(pane);
      const precision = paint.places(calls.filter((call) => call.pane === pane && isShown(call)));
      const carrier = chart.addSeries(library.LineSeries, {
        lineVisible: false, pointMarkersVisible: false, crosshairMarkerVisible: false, priceLineVisible: false, lastValueVisible: false,
        priceFormat: { type: "price", precision, minMove: 10 ** -precision },
        autoscaleInfoProvider: () => widest(null, pane),
      }, panes);
      panes += 1;
      carrier.setData([{ time: bars.time[bars.count - 1], value: 0 }]);
      carrier.getPane().setStretchFactor(1.6);
      attach(carrier, pane);
    }
    function redraw(call) {
      openPane(call.pane);
      if (call.name === "barcolor") fills[0]();
      // The scales follow.
      chart.applyOptions({});
      layers.forEach((layer) => layer.requestUpdate?.());
    }
    function toggle(title, some, key) {
      const box = element("input", { type: "checkbox", on: { change: () => {
        for (const call of some) {
          if (box.checked) shown.add(call.place); else shown.delete(call.place);
          redraw(call);
        }
      } } });
      box.checked = some.some(isShown);
      return element("label", { title }, [box, ...(key ? [key] : []), element("span", { text: title })]);
    }
    const toggles = single.map((call) => {
      const key = element("span", { class: "key" });
      key.style.background = paint.key(call);
      return toggle(call.title, [call], key);
    });
    const kinds = [["Shapes", (call) => call.isShape], ["Fills", (call) => call.name === "fill"],
      ["Backgrounds", (call) => call.name === "bgcolor"], ["Bar colours", (call) => call.name === "barcolor"]];
    for (const [title, isOne] of kinds) {
      const some = calls.filter(isOne);
      if (some.length) toggles.push(toggle(title, some));
    }
    [...new Set(calls.filter(isShown).map((call) => call.pane))].sort((a, b) => a - b).forEach(openPane);

    let equity = null, fall = null;
    if (data.strategy) {
      equity = chart.addSeries(library.LineSeries, { lineWidth: 2, priceLineVisible: false, title: "equity",
        priceFormat: { type: "price", precision: 2, minMove: 0.01 } }, panes);
      fill(equity, bars.equity);
      const compared = otherEquity();
      if (compared) {
        const line = chart.addSeries(library.LineSeries, { lineWidth: 2, lineStyle: 2, priceLineVisible: false, title: "other",
          color: color("--other") }, panes);
        fill(line, compared);
        lines.push({ title: "equity of the other run", isShown: () => line.options().visible, value: (bar) => compared[bar] });
      }
      panes += 1;
      fall = chart.addSeries(library.AreaSeries, { lineWidth: 1, priceLineVisible: false, title: "drawdown %", invertFilledArea: true,
        priceFormat: { type: "price", precision: 2, minMove: 0.01 } }, panes);
      fill(fall, drawdown());
      panes += 1;
    }
    const made = chart.panes();
    made.forEach((pane, i) => pane.setStretchFactor(i === 0 ? 5 : i === made.length - 1 && data.strategy ? 1 : 1.6));

    attach(candles, 0);
    if (data.drawings.length) candles.attachPrimitive(new Layer("normal", drawFigures));
    state.layer = new Layer("top", drawTrades);
    if (trades.count) candles.attachPrimitive(state.layer);

    function colours() {
      chart.applyOptions(chartOptions());
      candles.applyOptions({ upColor: color("--page"), downColor: color("--down"), borderUpColor: color("--up"),
        borderDownColor: color("--down"), wickUpColor: color("--up"), wickDownColor: color("--down") });
      equity?.applyOptions({ color: color("--equity") });
      const ink = color("--fall");
      fall?.applyOptions({ lineColor: ink, topColor: `rgba(${color("--bad-rgb")}, 0.1)`, bottomColor: `rgba(${color("--bad-rgb")}, 0.35)` });
    }
    colours();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", colours);

    const button = (text, act) => element("button", { type: "button", text, on: { click: act } });
    tools.append(
      button("Whole run", () => look(-0.5, bars.count - 0.5)),
      button("Newest bars", () => look(bars.count - 150, bars.count + 5)));
    if (trades.count) {
      tools.append(button("Trade before", () => list.move(-1)), button("Next trade", () => list.move(1)));
    }
    tools.append(...toggles);

    const brief = (text) => (text.length > 30 ? [...text].slice(0, 29).join("") + "…" : text);
    function tell(bar) {
      if (!(bar >= 0 && bar < bars.count)) { values.textContent = ""; return; }
      const parts = [moment(bars.time[bar]), `O ${price(bars.open[bar])}`, `H ${price(bars.high[bar])}`,
        `L ${price(bars.low[bar])}`, `C ${price(bars.close[bar])}`];
      for (const { title, isShown, value } of lines) {
        if (isShown() && Number.isFinite(value(bar))) parts.push(`${brief(title)} ${+value(bar).toPrecision(8)}`);
      }
      if (equity) parts.push(`equity ${fixed(bars.equity[bar], 2)}`);
      values.textContent = parts.join("   ");
    }
    chart.subscribeCrosshairMove((event) => tell(event.logical === undefined ? bars.count - 1 : Math.round(event.logical) + state.first));
    tell(bars.count - 1);
    // The newest stretch first, wide enough to see something: all bars where they are few.
    if (bars.count > 3000) {
      chart.timeScale().setVisibleLogicalRange({ from: bars.count - 600 - state.first, to: bars.count + 5 - state.first });
    } else {
      chart.timeScale().fitContent();
    }
  }

  /// Moves the chart to these bars.
  function look(from, to) {
    state.complete();
    state.chart.timeScale().setVisibleLogicalRange({ from, to });
  }

  function showTrade(trade) {
    state.chosen = trade;
    if (!state.chart) return;
    const from = trades.entryBar[trade];
    const to = isClosed(trade) ? trades.exitBar[trade] : bars.count - 1;
    const room = Math.max(20, Math.round((to - from) / 2));
    look(from - room, to + room);
    state.layer.requestUpdate?.();
  }

  // ---- the list of trades: of so many rows only those in sight are there

  const list = { order: [], move: () => {} };
  const fields = [
    ["#", (t) => trades.number[t], (t) => fixed(trades.number[t], 0)],
    ["Side", (t) => trades.long[t], (t) => (trades.long[t] ? "long" : "short")],
    ["Entry", (t) => trades.entryTime[t], (t) => moment(trades.entryTime[t])],
    ["Price", (t) => trades.entryPrice[t], (t) => price(trades.entryPrice[t])],
    ["Exit", (t) => trades.exitTime[t], (t) => (isClosed(t) ? moment(trades.exitTime[t]) : "open")],
    ["Price", (t) => trades.exitPrice[t], (t) => (isClosed(t) ? price(trades.exitPrice[t]) : "")],
    ["Quantity", (t) => trades.quantity[t], (t) => units.units(trades.quantity[t])],
    ["Profit", (t) => trades.profit[t], (t) => least(trades.profit[t], 2)],
    ["Profit %", (t) => trades.percent[t], (t) => (Number.isNaN(trades.percent[t]) ? "n/a" : fixed(trades.percent[t], 3))],
    ["Run-up", (t) => trades.runup[t], (t) => (Number.isNaN(trades.runup[t]) ? "n/a" : least(trades.runup[t], 2))],
    ["Drawdown", (t) => trades.drawdown[t], (t) => (Number.isNaN(trades.drawdown[t]) ? "n/a" : least(trades.drawdown[t], 2))],
    ["Entry by", (t) => trades.names[trades.entryName[t]], (t) => trades.names[trades.entryName[t]]],
    ["Exit by", (t) => trades.names[trades.exitName[t]], (t) => trades.names[trades.exitName[t]]],
  ];

  function tradeList() {
    const rowHeight = 30;
    list.order = Array.from({ length: trades.count }, (_, i) => i);
    let [sorted, falls] = [0, false];
    const before = element("td", { colspan: fields.length });
    const after = element("td", { colspan: fields.length });
    const body = element("tbody");
    const headers = fields.map(([name], number) =>
      element("th", { scope: "col", class: [1, 11, 12].includes(number) ? "left" : "" }, [
        element("button", { type: "button", text: name, on: { click: () => sort(number) } })]));
    const table = element("table", {}, [element("thead", {}, [element("tr", {}, headers)]), body]);
    const box = element("div", { id: "trades", class: "scroll", tabindex: "0", role: "region",
      "aria-label": "Trades: arrow keys choose one, the chart follows" }, [table]);

    function sort(number) {
      falls = number === sorted ? !falls : false;
      sorted = number;
      const key = fields[number][1];
      const keys = list.order.length ? Array.from({ length: trades.count }, (_, t) => key(t)) : [];
      list.order.sort((a, b) => {
        const [x, y] = [keys[a], keys[b]];
        // What is not known stands last in either direction.
        if (x !== x || y !== y) return (x !== x) - (y !== y) || a - b;
        const way = x < y ? -1 : x > y ? 1 : 0;
        return (falls ? -way : way) || a - b;
      });
      headers.forEach((header, i) => {
        if (i === sorted) header.setAttribute("aria-sort", falls ? "descending" : "ascending");
        else header.removeAttribute("aria-sort");
      });
      box.scrollTop = 0;
      show();
    }

    function show() {
      const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - 5);
      const last = Math.min(trades.count, first + Math.ceil(box.clientHeight / rowHeight) + 12);
      before.style.height = `${first * rowHeight}px`;
      after.style.height = `${(trades.count - last) * rowHeight}px`;
      const rows = list.order.slice(first, last).map((trade) =>
        element("tr", { "aria-selected": String(trade === state.chosen), "data-trade": trade, on: { click: () => choose(trade) } },
          fields.map(([, , text], number) => {
            const tone = number === 7 || number === 8 ? (trades.profit[trade] < 0 ? "bad" : "good") : "";
            const left = [1, 11, 12].includes(number) ? "left" : "";
            const content = text(trade);
            return element("td", { class: `${tone} ${left}`.trim(), text: content, ...(number > 10 ? { title: content } : {}) });
          })));
      state.shownRows = rows.length;
      body.replaceChildren(
        element("tr", { class: "space", "aria-hidden": "true" }, [before]), ...rows,
        element("tr", { class: "space", "aria-hidden": "true" }, [after]));
    }

    function choose(trade) {
      showTrade(trade);
      show();
    }

    list.move = (step) => {
      const at = list.order.indexOf(state.chosen);
      const next = Math.min(Math.max(state.chosen < 0 ? (step > 0 ? 0 : trades.count - 1) : at + step, 0), trades.count - 1);
      const top = next * rowHeight;
      if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 3 * rowHeight) box.scrollTop = Math.max(0, top - 3 * rowHeight);
      choose(list.order[next]);
    };
    box.addEventListener("keydown", (event) => {
      if (event.target !== box) return;
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -trades.count, End: trades.count };
      if (!(event.key in steps)) return;
      event.preventDefault();
      list.move(steps[event.key]);
    });
    box.addEventListener("scroll", show, { passive: true });
    root.append(element("section", {}, [element("h2", { text: `Trades (${fixed(trades.count, 0)})` }), box]));
    headers[0].setAttribute("aria-sort", "ascending");
    show();
    new ResizeObserver(show).observe(box);
  }

  // ---- heat maps and distributions

  function heat(title, rows, names, isWritten) {
    const most = Math.max(1e-12, ...rows.flatMap(([, cells]) => cells.map(([, profit]) => Math.abs(profit))));
    return element("div", { class: "panel" }, [
      element("h3", { text: title }),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, [
        element("table", { class: "heat" }, [
          element("thead", {}, [element("tr", {}, [element("td"), ...names.map((name) => element("th", { scope: "col", text: name }))])]),
          element("tbody", {}, rows.map(([name, cells]) => element("tr", {}, [
            element("th", { scope: "row", text: name }),
            ...cells.map(([count, profit], i) => {
              const cell = element("td", { text: count ? (isWritten ? fixed(profit, 0) : profit < 0 ? "−" : "+") : "",
                title: `${name} ${names[i]}: ${count} trades, profit ${least(profit, 2)}` });
              if (count) cell.style.background = `rgba(${color(profit < 0 ? "--bad-rgb" : "--good-rgb")}, ${0.08 + 0.62 * Math.abs(profit) / most})`;
              return cell;
            }),
          ]))),
        ]),
      ]),
    ]);
  }

  function histogram(title, values, text, splits) {
    const panel = element("div", { class: "panel" }, [element("h3", { text: title })]);
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    if (!sorted.length) {
      panel.append(element("p", { class: "why", text: "n/a: there are no closed trades of which it is known" }));
      return panel;
    }
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    // The outer bins have what lies beyond them.
    const [low, high] = [at(0.01), at(0.99)];
    const count = high > low ? 30 : 1;
    const bins = new Array(count).fill(0);
    for (const value of sorted) bins[Math.min(count - 1, Math.max(0, Math.floor(((value - low) / (high - low || 1)) * count)))] += 1;
    const most = Math.max(...bins);
    const [width, height] = [600, 160];
    const picture = shape("svg", { viewBox: `0 0 ${width} ${height + 20}`, role: "img",
      "aria-label": `${title}: from ${text(sorted[0])} to ${text(sorted.at(-1))}, median ${text(at(0.5))}` });
    bins.forEach((number, i) => {
      const [from, to] = [low + ((high - low) * i) / count, low + ((high - low) * (i + 1)) / count];
      const bar = shape("rect", { x: (i * width) / count + 1, width: width / count - 2, y: height - (number / most) * height,
        height: (number / most) * height, fill: splits && (from + to) / 2 < 0 ? "var(--bad)" : "var(--good)" });
      bar.append(shape("title", {}, `${text(from)} to ${text(to)}: ${number} trades`));
      picture.append(bar);
    });
    picture.append(shape("text", { x: 0, y: height + 15 }, text(low)),
      shape("text", { x: width / 2, y: height + 15, "text-anchor": "middle" }, `median ${text(at(0.5))}`),
      shape("text", { x: width, y: height + 15, "text-anchor": "end" }, text(high)));
    panel.append(picture);
    return panel;
  }

  function patterns() {
    const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const closed = Array.from({ length: trades.count }, (_, t) => t).filter(isClosed);
    root.append(element("section", {}, [
      element("h2", { text: "When it earned" }),
      element("div", { class: "columns" }, [
        heat("Profit by weekday and hour of entry (UTC)", data.grids.hours.map((cells, i) => [days[i], cells]),
          Array.from({ length: 24 }, (_, hour) => String(hour)), false),
        heat("Profit by month of exit (UTC)", data.grids.months.map(({ year, cells }) => [String(year), cells]), months, true),
      ]),
      element("h2", { text: "Distributions" }),
      element("div", { class: "columns" }, [
        histogram(`Profit (${data.currency})`, closed.map((t) => trades.profit[t]), (x) => least(x, 2), true),
        histogram("Duration", closed.map((t) => (trades.exitTime[t] - trades.entryTime[t]) * 1000), (x) => duration(x) || "0 s", false),
        histogram(`Adverse excursion, MAE (${data.currency})`, closed.map((t) => trades.drawdown[t]), (x) => least(x, 2), false),
        histogram(`Favourable excursion, MFE (${data.currency})`, closed.map((t) => trades.runup[t]), (x) => least(x, 2), false),
      ]),
    ]));
  }

  // ---- figures

  function valueCell(f, value, isFirst) {
    if (isNumber(value)) return element("td", { text: shown(f, value) });
    const cell = element("td", { title: value?.none ?? "" }, ["n/a"]);
    if (isFirst) cell.append(element("span", { class: "why", text: value?.none ?? "" }));
    return cell;
  }

  function figures() {
    const groups = [["performance", "Performance", true], ["trades", "Trades analysis", true],
      ["risk", "Risk and ratios", false], ["backtesting", "backtesting.py’s statistics", false]];
    const section = element("section", {}, [element("h2", { text: "Figures" })]);
    section.append(element("p", { class: "about", text: `Money is in ${data.currency}. n/a stands where a figure is undefined.` }));
    for (const [group, title, hasSides] of groups) {
      const rows = data.figures.filter((f) => f.group === group);
      if (!rows.length) continue;
      section.append(element("div", { class: "scroll" }, [element("table", { class: "figures" }, [
        element("caption", {}, [element("h3", { text: title })]),
        element("thead", {}, [element("tr", {}, [
          element("th", { scope: "col", text: "Figure" }),
          ...(hasSides ? ["All", "Long", "Short"] : ["Value"]).map((name) => element("th", { scope: "col", text: name })),
          element("th", { scope: "col", class: "left definition", text: "Definition" }),
        ])]),
        element("tbody", {}, rows.map((f) => element("tr", {}, [
          element("th", { scope: "row", title: f.definition }, [f.name, element("span", { class: "inline", text: f.definition })]),
          ...f.values.map((value, i) => valueCell(f, value, i === 0)),
          element("td", { class: "definition", text: f.definition }),
        ]))),
      ])]));
    }
    root.append(section);
  }

  function comparison() {
    if (!other) return;
    const theirs = new Map((Array.isArray(other.figures) ? other.figures : []).map((f) => [`${f.group} ${f.name}`, f]));
    const rows = data.figures.map((f) => {
      const [mine, their] = [f.values[0], theirs.get(`${f.group} ${f.name}`)?.values?.[0] ?? { none: "the other run has no such figure" }];
      const difference = isNumber(mine) && isNumber(their) && f.unit !== "time" ? mine - their : null;
      const text = difference === null ? ""
        : f.unit === "duration" ? `${difference < 0 ? "−" : ""}${duration(Math.abs(difference)) || "0"}` : shown(f, difference);
      return element("tr", {}, [
        element("th", { scope: "row", title: f.definition, text: f.group === "backtesting" ? `${f.name} (backtesting.py)` : f.name }),
        valueCell(f, mine, false), valueCell(f, their, false), element("td", { text }),
      ]);
    });
    const inputs = new Map();
    for (const [name, value] of data.inputs) inputs.set(name, [value, ""]);
    for (const [name, value] of other.inputs ?? []) inputs.set(name, [inputs.get(name)?.[0] ?? "", value]);
    const different = [...inputs].filter(([, [mine, their]]) => mine !== their);
    const title = (run) => [run.title, run.symbol, length(run.timeframe)].filter((part) => typeof part === "string" && part).join(", ");
    const sections = [
      element("h2", { text: "Two runs side by side" }),
      element("p", { class: "about", text: `This run: ${title(data)}. The other run (dashed in the chart): ${title(other)}.` }),
    ];
    if (other.currency !== data.currency) {
      sections.push(element("p", { class: "note", text: `The accounts are in ${data.currency} and ${other.currency}: money does not compare.` }));
    }
    if (different.length) {
      sections.push(element("div", { class: "scroll" }, [element("table", { class: "inputs" }, [
        element("thead", {}, [element("tr", {}, ["Input", "This run", "Other run"].map((text) => element("th", { scope: "col", text })))]),
        element("tbody", {}, different.map(([name, pair]) =>
          element("tr", {}, [element("th", { scope: "row", text: name }), ...pair.map((text) => element("td", { text }))]))),
      ])]));
    }
    sections.push(element("div", { class: "scroll" }, [element("table", { id: "comparison" }, [
      element("thead", {}, [element("tr", {}, ["Figure", "This run", "Other run", "Difference"].map((text) => element("th", { scope: "col", text })))]),
      element("tbody", {}, rows),
    ])]));
    root.append(element("section", {}, sections));
  }

  function tables() {
    for (const drawing of data.drawings) {
      if (drawing.kind !== "table" || !drawing.cells.length) continue;
      const rows = drawing.cells.reduce((most, [, row]) => Math.max(most, row), 0) + 1;
      const width = drawing.cells.reduce((most, [place]) => Math.max(most, place), 0) + 1;
      if (rows * width > 20000) continue;
      const grid = Array.from({ length: rows }, () => new Array(width).fill(""));
      for (const [place, row, text] of drawing.cells) grid[row][place] = text;
      root.append(element("section", {}, [
        element("h2", { text: "The script’s table" }),
        element("div", { class: "scroll" }, [element("table", {}, grid.map((row) =>
          element("tr", {}, row.map((text) => element("td", { class: "left", text })))))]),
      ]));
    }
  }

  function origin() {
    const rows = data.facts.map(([name, text]) =>
      element("tr", {}, [element("th", { scope: "row", text: name }), element("td", { class: "text", text })]));
    const inputs = data.inputs.map(([name, value, initial]) => element("tr", {}, [
      element("th", { scope: "row", text: name }),
      element("td", { class: "text", text: initial === null ? value : `${value} (default: ${initial})` }),
    ]));
    const section = element("section", {});
    if (inputs.length) {
      section.append(element("h2", { text: "Inputs" }), element("table", { id: "inputs" }, [element("tbody", {}, inputs)]));
    }
    section.append(element("h2", { text: "Where it comes from" }), element("table", { id: "facts" }, [element("tbody", {}, rows)]));
    if (library) {
      const notice = element("p", { class: "about", text: "Charts: TradingView Lightweight Charts™, Copyright (c) 2025 TradingView, Inc., Apache License 2.0, " });
      notice.append(element("a", { href: "https://www.tradingview.com/", rel: "noopener noreferrer", target: "_blank", text: "tradingview.com" }));
      section.append(notice);
    }
    root.append(section);
  }

  head();
  charts();
  if (data.strategy) {
    comparison();
    tradeList();
    figures();
    patterns();
  }
  tables();
  origin();
  // For tests: what is drawn, and when the page was ready.
  window.fxaotReport = { bars, trades, state, data, visible: () => state.chart?.timeScale().getVisibleLogicalRange() };
  requestAnimationFrame(() => requestAnimationFrame(() => {
    state.openedAfter = performance.now();
    setTimeout(() => state.complete?.());
  }));
})();
