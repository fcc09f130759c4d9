// Paints what a script draws bar by bar: plots, levels, candles, shapes, fills and backgrounds. A view has the canvas `context`,
// `x(place)` and `y(value)` in its points, `step` points from bar to bar, `ratio` points a pixel, `size`, and the bars in sight,
// `from` to `to`.
"use strict";
window.fxaotPaint = ({ bars, decode, color }) => {
  const palette = ["#e69f00ff", "#009e73ff", "#cc79a7ff", "#56b4e9ff", "#d55e00ff", "#0072b2ff", "#b8a800ff", "#888888ff"];
  // Beyond this many bars in sight shapes cannot be told apart.
  const mostShapes = 3000;

  const inkCache = new Map();
  // A script's colour. One that cannot be told from the page is the text's.
  function readable(text) {
    const page = color("--page");
    const key = text + page;
    if (!inkCache.has(key)) {
      const part = (hex, at) => parseInt(hex.slice(at, at + 2), 16);
      const far = [1, 3, 5].some((at) => Math.abs(part(text, at) - part(page, at)) > 60);
      inkCache.set(key, far ? text : color("--text") + text.slice(7));
    }
    return inkCache.get(key);
  }
  const visible = (text) => (/^#[0-9a-f]{6}(?!00)[0-9a-f]{2}$/.test(text ?? "") ? text : null);

  function colors(packed, fallback) {
    if (packed === undefined) return () => fallback;
    if (packed === null || typeof packed === "string") { const one = visible(packed); return () => one; }
    const all = packed.palette.map(visible);
    const index = decode(packed.index);
    return (bar) => all[index[bar]] ?? null;
  }

  function numbers(packed) {
    if (packed === undefined) return null;
    if (packed === null || typeof packed === "number") { const one = packed ?? NaN; return () => one; }
    const values = decode(packed);
    return (bar) => (bar >= 0 && bar < bars.count ? values[bar] : NaN);
  }

  const named = (text) => String(text ?? "").split("_").at(-1).split(".").at(-1);
  const number = (value, fallback) => (typeof value === "number" ? value : fallback);

  // A call with its values read when they are first needed.
  function open(packed, place) {
    const own = palette[place % palette.length];
    const fallback = packed.call === "fill" ? own.slice(0, 7) + "33" : packed.call === "hline" ? "#787b86ff" : own;
    const call = {
      name: packed.call, title: packed.title || packed.call, pane: packed.pane, offset: packed.offset, isHidden: packed.hidden,
      texts: packed.texts, between: packed.between, style: named(packed.texts.style), fallback, place,
      width: Math.min(Math.max(number(packed.values.linewidth, 1), 1), 10), base: number(packed.values.histbase, 0),
    };
    const later = (name, make) => {
      let made;
      Object.defineProperty(call, name, { get: () => (made ??= { value: make() }).value });
    };
    for (const name of ["series", "price", "open", "high", "low", "close", "top_value", "bottom_value"]) {
      later(name, () => numbers(packed.values[name]));
    }
    for (const [name, or] of [["color", fallback], ["textcolor"], ["wickcolor"], ["bordercolor"], ["colorup", "#0072b2ff"],
      ["colordown", "#d55e00ff"], ["top_color", null], ["bottom_color", null]]) {
      later(name, () => colors(packed.colors[name], or));
    }
    call.isShape = /^plot(shape|char|arrow)$/.test(call.name);
    return call;
  }

  // The first colour that it has, for its key.
  function key(call) {
    for (let bar = bars.count - 1; bar >= 0; bar--) { const one = call.color(bar); if (one) return readable(one); }
    return call.fallback;
  }

  const clamp = (bar) => Math.min(Math.max(bar, 0), bars.count - 1);

  // Bars that share a point are one group: visit(x, first bar, last bar).
  function groups(view, call, visit) {
    const [from, to] = [Math.max(0, view.from - call.offset), Math.min(bars.count - 1, view.to - call.offset)];
    if (view.step >= 1) { for (let bar = from; bar <= to; bar++) visit(view.x(bar + call.offset), bar, bar); return; }
    let [first, at] = [from, Math.floor(view.x(from + call.offset))];
    for (let bar = from + 1; bar <= to + 1; bar++) {
      const next = bar <= to ? Math.floor(view.x(bar + call.offset)) : NaN;
      if (next !== at) { if (first <= to) visit(at, first, bar - 1); [first, at] = [bar, next]; }
    }
  }

  // The values of a group: its first, lowest, highest and last one, and the last one's bar.
  function extent(values, first, last) {
    let found = null;
    for (let bar = first; bar <= last; bar++) {
      const value = values(bar);
      if (!Number.isFinite(value)) continue;
      found ??= { first: value, low: value, high: value };
      found.low = Math.min(found.low, value);
      found.high = Math.max(found.high, value);
      found.last = value;
      found.bar = bar;
    }
    return found;
  }

  // The nearest bar with a value beyond the view, so that a line leads out of it.
  function beyond(values, bar, step) {
    for (bar += step; bar >= 0 && bar < bars.count; bar += step) if (Number.isFinite(values(bar))) return bar;
    return null;
  }

  function dash(context, style, ratio) {
    context.setLineDash(style === "dashed" ? [6 * ratio, 4 * ratio] : style === "dotted" ? [2 * ratio, 3 * ratio] : []);
  }

  function line(view, call) {
    const { context, x, y, ratio } = view;
    const [breaks, steps] = [/br$/.test(call.style), /^stepline|diamond$/.test(call.style)];
    const isArea = /^area/.test(call.style);
    context.lineWidth = Math.max(1, call.width * ratio);
    context.lineJoin = "round";
    dash(context, named(call.texts.linestyle), ratio);
    const points = [];
    const add = (bar, at, value) => points.push([at, y(value), bar]);
    const [from, to] = [clamp(view.from - call.offset), clamp(view.to - call.offset)];
    const before = breaks ? null : beyond(call.series, from, -1);
    if (before !== null) add(before, x(before + call.offset), call.series(before));
    groups(view, call, (at, first, last) => {
      const found = extent(call.series, first, last);
      if (!found) { if (breaks) points.push(null); return; }
      add(found.bar, at, found.first);
      if (found.low < found.high) {
        add(found.bar, at, found.low);
        add(found.bar, at, found.high);
        add(found.bar, at, found.last);
      }
    });
    const after = breaks ? null : beyond(call.series, to, 1);
    if (after !== null) add(after, x(after + call.offset), call.series(after));

    // A bar's colour is that of the part which ends on it.
    let [ink, last] = [undefined, null];
    const base = y(call.base);
    const flat = [];
    for (const point of points) {
      if (!point || !last) {
        last = point;
        ink = undefined;
        continue;
      }
      const next = call.color(point[2]);
      if (next !== ink || ink === undefined) {
        flat.push({ ink: next, points: [last] });
        ink = next;
      }
      const run = flat.at(-1).points;
      if (steps) run.push([point[0], last[1]]);
      run.push(point);
      last = point;
    }
    for (const run of flat) {
      if (!run.ink) continue;
      context.beginPath();
      run.points.forEach(([px, py], i) => (i ? context.lineTo(px, py) : context.moveTo(px, py)));
      context.strokeStyle = readable(run.ink);
      context.stroke();
      if (!isArea) continue;
      context.lineTo(run.points.at(-1)[0], base);
      context.lineTo(run.points[0][0], base);
      context.closePath();
      context.globalAlpha = 0.3;
      context.fillStyle = context.strokeStyle;
      context.fill();
      context.globalAlpha = 1;
    }
    context.setLineDash([]);
    if (/diamond$/.test(call.style) && view.step > 4) {
      for (const point of points) {
        const one = point && call.color(point[2]);
        if (!one) continue;
        context.fillStyle = readable(one);
        diamond(context, point[0], point[1], 3 * ratio);
      }
    }
  }

  function diamond(context, px, py, r) {
    context.beginPath();
    context.moveTo(px, py - r);
    context.lineTo(px + r, py);
    context.lineTo(px, py + r);
    context.lineTo(px - r, py);
    context.fill();
  }

  function stakes(view, call) {
    const { context, y, ratio, step } = view;
    const width = call.style === "columns" ? Math.max(1, step * 0.8) : Math.max(1, Math.min(call.width * ratio, Math.max(step, ratio)));
    const base = y(call.base);
    groups(view, call, (at, first, last) => {
      const found = extent(call.series, first, last);
      const one = found && call.color(found.bar);
      if (!one) return;
      const [top, bottom] = [Math.min(base, y(found.high)), Math.max(base, y(found.low))];
      context.fillStyle = readable(one);
      context.fillRect(at - width / 2, top, width, Math.max(1, bottom - top));
    });
  }

  function dots(view, call) {
    const { context, y, ratio } = view;
    const r = Math.max(1, call.width) * ratio * 1.2;
    groups(view, call, (at, first, last) => {
      const found = extent(call.series, first, last);
      const one = found && call.color(found.bar);
      if (!one) return;
      context.fillStyle = readable(one);
      const py = y(found.last);
      if (call.style === "cross") {
        context.fillRect(at - 2 * r, py - r / 2, 4 * r, r);
        context.fillRect(at - r / 2, py - 2 * r, r, 4 * r);
      } else {
        context.beginPath();
        context.arc(at, py, r, 0, 7);
        context.fill();
      }
    });
  }

  function level(view, call) {
    const { context, y, ratio, size } = view;
    const value = call.price(bars.count - 1);
    const one = call.color(bars.count - 1);
    if (!Number.isFinite(value) || !one) return;
    context.strokeStyle = readable(one);
    context.lineWidth = Math.max(1, call.width * ratio);
    dash(context, named(call.texts.linestyle) || "dashed", ratio);
    context.beginPath();
    context.moveTo(0, y(value));
    context.lineTo(size.width, y(value));
    context.stroke();
    context.setLineDash([]);
  }

  function candles(view, call) {
    const { context, y, ratio, step } = view;
    const width = Math.max(1, Math.round(step * 0.7));
    groups(view, call, (exact, first, last) => {
      // On whole points, or a wick of one would be two pale ones.
      const at = Math.round(exact);
      const [tops, bottoms] = [extent(call.high, first, last), extent(call.low, first, last)];
      const [opening, closing] = [extent(call.open, first, last), extent(call.close, first, last)];
      if (!tops || !bottoms || !opening || !closing) return;
      const body = call.color(closing.bar);
      const wick = call.wickcolor(closing.bar) ?? body;
      const [top, bottom] = [y(Math.max(tops.high, opening.first, closing.last)), y(Math.min(bottoms.low, opening.first, closing.last))];
      const [from, to] = [y(opening.first), y(closing.last)];
      const thin = Math.max(1, Math.round(ratio));
      if (wick) {
        context.fillStyle = readable(wick);
        context.fillRect(at - Math.floor(thin / 2), top, thin, Math.max(1, bottom - top));
        if (call.name === "plotbar" && step > 2) {
          context.fillRect(at - Math.floor(width / 2), from - thin / 2, width / 2, thin);
          context.fillRect(at, to - thin / 2, width / 2, thin);
        }
      }
      if (!body || call.name === "plotbar" || step <= 2) return;
      context.fillStyle = readable(body);
      context.fillRect(at - Math.floor(width / 2), Math.min(from, to), width, Math.max(1, Math.abs(to - from)));
      const border = call.bordercolor(closing.bar);
      if (!border) return;
      context.strokeStyle = border;
      context.lineWidth = thin;
      context.strokeRect(at - Math.floor(width / 2), Math.min(from, to), width, Math.max(1, Math.abs(to - from)));
    });
  }

  // Runs of bars with one colour, over the whole height.
  function background(view, call) {
    const { context, step, size } = view;
    let run = null;
    function end() {
      if (!run) return;
      const [left, right] = [Math.round(run.from), Math.round(run.to)];
      context.fillStyle = run.ink;
      context.fillRect(left, 0, Math.max(1, right - left), size.height);
      run = null;
    }
    groups(view, call, (at, first, last) => {
      // Of bars that share a point at least half.
      let [ink, count] = [null, 0];
      for (let bar = first; bar <= last; bar++) { const one = call.color(bar); if (one) { ink = one; count += 1; } }
      if (count * 2 <= last - first) ink = null;
      const [from, to] = step >= 1 ? [at - step / 2, at + step / 2] : [at, at + 1];
      if (run && run.ink === ink) { run.to = to; return; }
      end();
      if (ink) run = { ink, from, to };
    });
    end();
  }

  function fill(view, call, all) {
    const [a, b] = call.between.map((place) => all[place]).map((other) => other && (other.series ?? other.price));
    if (!a || !b) return;
    const offset = all[call.between[0]].offset;
    const { context, x, y } = view;
    const hasGradient = call.top_value !== null;
    const ink = hasGradient ? call.top_color : call.color;
    if (view.step < 1) {
      groups(view, { offset }, (at, first, last) => {
        let [low, high, one] = [Infinity, -Infinity, null];
        for (let bar = first; bar <= last; bar++) {
          const [p, q] = [a(bar), b(bar)];
          if (!Number.isFinite(p) || !Number.isFinite(q)) continue;
          low = Math.min(low, p, q);
          high = Math.max(high, p, q);
          one = ink(bar) ?? one;
        }
        if (!one || low > high) return;
        context.fillStyle = one;
        context.fillRect(at, y(high), 1, y(low) - y(high));
      });
      return;
    }
    let run = null;
    function end() {
      if (run && run.length > 1) {
        context.beginPath();
        run.forEach(([px, p], i) => (i ? context.lineTo(px, p) : context.moveTo(px, p)));
        for (let i = run.length - 1; i >= 0; i--) context.lineTo(run[i][0], run[i][2]);
        context.closePath();
        context.fill();
      }
      run = null;
    }
    let ended = null;
    for (let bar = Math.max(0, view.from - offset - 1); bar <= Math.min(bars.count - 1, view.to - offset + 1); bar++) {
      const [p, q] = [a(bar), b(bar)];
      const one = ink(bar);
      if (!Number.isFinite(p) || !Number.isFinite(q)) { end(); ended = null; continue; }
      const point = [x(bar + offset), y(p), y(q)];
      if (hasGradient) {
        const [top, bottom] = [call.top_value(bar), call.bottom_value(bar)];
        const other = call.bottom_color(bar);
        if (ended && (one || other) && Number.isFinite(top) && Number.isFinite(bottom)) {
          const shade = context.createLinearGradient(0, y(top), 0, y(bottom));
          shade.addColorStop(0, one ?? other.slice(0, 7) + "00");
          shade.addColorStop(1, other ?? one.slice(0, 7) + "00");
          context.fillStyle = shade;
          run = [ended, point];
          end();
        }
      } else if (!one) {
        end();
      } else {
        if (!run || run.ink !== one) {
          const first = ended;
          end();
          context.fillStyle = one;
          run = first ? [first] : [];
          run.ink = one;
        }
        run.push(point);
      }
      ended = point;
    }
    end();
  }

  function triangle(context, x, y, size, up) {
    const tip = up ? -size : size;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - size * 0.75, y - tip);
    context.lineTo(x + size * 0.75, y - tip);
    context.closePath();
    context.fill();
  }

  const scales = { tiny: 0.6, small: 0.8, normal: 1, large: 1.5, huge: 2 };

  // Shapes, characters and arrows of the bars in sight. Answers how many.
  function shapes(view, call) {
    const { context, x, y, ratio, size } = view;
    if (view.to - view.from > mostShapes) return 0;
    const isAt = (place) => String(call.texts.location ?? "").endsWith(place);
    const isArrow = call.name === "plotarrow";
    const r = 6 * ratio * (scales[named(call.texts.size)] ?? 1);
    context.textAlign = "center";
    let drawn = 0;
    for (let bar = Math.max(0, view.from - call.offset); bar <= Math.min(bars.count - 1, view.to - call.offset); bar++) {
      const value = call.series(bar);
      if (!Number.isFinite(value) || value === 0) continue;
      const one = isArrow ? (value > 0 ? call.colorup : call.colordown)(bar) : call.color(bar);
      if (!one) continue;
      drawn += 1;
      const place = clamp(bar + call.offset);
      const isBelow = isArrow ? value > 0 : isAt("belowbar") || isAt("bottom");
      let at = isBelow ? y(bars.low[place]) + 2 * r : y(bars.high[place]) - 2 * r;
      if (isAt("absolute")) at = y(value);
      else if (isAt("top")) at = 2 * r;
      else if (isAt("bottom")) at = size.height - 2 * r;
      const px = x(bar + call.offset);
      context.fillStyle = readable(one);
      context.font = `${2 * r}px system-ui, sans-serif`;
      if (call.name === "plotchar") context.fillText([...(call.texts.char || "★")].slice(0, 2).join(""), px, at + r / 2);
      else mark(context, isArrow ? (isBelow ? "arrowup" : "arrowdown") : call.style, px, at, r);
      const text = call.texts.text;
      if (!text || isArrow) continue;
      const written = call.textcolor(bar);
      if (written === null) continue;
      if (written) context.fillStyle = readable(written);
      context.font = `${12 * ratio}px system-ui, sans-serif`;
      text.split("\n").slice(0, 3).forEach((row, i) =>
        context.fillText([...row].slice(0, 24).join(""), px, isBelow ? at + 2 * r + (12 + 13 * i) * ratio : at - 2 * r - 13 * i * ratio));
    }
    context.textAlign = "start";
    return drawn;
  }

  function mark(context, style, px, at, r) {
    switch (style) {
      case "triangleup": case "arrowup": case "labelup": return triangle(context, px, at - r / 2, r, true);
      case "triangledown": case "arrowdown": case "labeldown": return triangle(context, px, at + r / 2, r, false);
      case "circle": context.beginPath(); context.arc(px, at, r * 0.7, 0, 7); return context.fill();
      case "square": case "flag": return context.fillRect(px - r / 2, at - r / 2, r, r);
      case "diamond": return diamond(context, px, at, r * 0.8);
      case "cross":
        context.fillRect(px - r * 0.7, at - r / 6, r * 1.4, r / 3);
        return context.fillRect(px - r / 6, at - r * 0.7, r / 3, r * 1.4);
      default:
        context.strokeStyle = context.fillStyle;
        context.lineWidth = r / 3;
        context.beginPath();
        context.moveTo(px - r * 0.6, at - r * 0.6);
        context.lineTo(px + r * 0.6, at + r * 0.6);
        context.moveTo(px - r * 0.6, at + r * 0.6);
        context.lineTo(px + r * 0.6, at - r * 0.6);
        context.stroke();
    }
  }

  function paint(view, call, all) {
    switch (call.name) {
      case "hline": return level(view, call);
      case "plotcandle": case "plotbar": return candles(view, call);
      case "bgcolor": return background(view, call);
      case "fill": return fill(view, call, all);
      case "plot":
        if (/^(histogram|columns)$/.test(call.style)) return stakes(view, call);
        if (/^(circles|cross)$/.test(call.style)) return dots(view, call);
        return line(view, call);
    }
  }

  // The lowest and the highest value between two places; nothing for what has no height.
  function range(call, from, to) {
    const values = call.name === "hline" ? [call.price] : /^plot(candle|bar)$/.test(call.name) ? [call.high, call.low]
      : call.name === "plot" || (call.isShape && String(call.texts.location ?? "").endsWith("absolute")) ? [call.series] : [];
    let [low, high] = [Infinity, -Infinity];
    for (const each of values) {
      for (let bar = Math.max(0, from - call.offset); each && bar <= Math.min(bars.count - 1, to - call.offset); bar++) {
        const value = each(bar);
        if (value < low) low = value;
        if (value > high) high = value;
        if (call.name === "hline") break;
      }
    }
    if (low <= high && /^(histogram|columns)$/.test(call.style) && call.name === "plot") {
      [low, high] = [Math.min(low, call.base), Math.max(high, call.base)];
    }
    return low <= high && Number.isFinite(low) && Number.isFinite(high) ? { minValue: low, maxValue: high } : null;
  }

  const mostPlaces = 8;
  // The decimals that a value has.
  function decimals(value) {
    for (let places = 0; places < mostPlaces; places++) {
      const scaled = value * 10 ** places;
      if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return places;
    }
    return mostPlaces;
  }

  // The decimals of a pane's scale: three digits of its range, two places for less than 1,000, and no more than the values have.
  // Of a long history some bars tell it.
  function places(some) {
    const step = Math.ceil(bars.count / 2000);
    let [low, high, own] = [Infinity, -Infinity, 0];
    for (const call of some) {
      for (const each of [call.series, call.price, call.open, call.high, call.low, call.close]) {
        for (let bar = 0; each && bar < bars.count; bar += step) {
          const value = each(bar);
          if (!Number.isFinite(value)) continue;
          [low, high] = [Math.min(low, value), Math.max(high, value)];
          if (own < mostPlaces) own = Math.max(own, decimals(value));
        }
      }
    }
    if (low > high) return 2;
    const range = high - low || Math.abs(high) || 1;
    return Math.min(own, mostPlaces, Math.max(2 - Math.floor(Math.log10(range)), range < 1000 ? 2 : 0));
  }

  return { open, paint, shapes, range, places, key, triangle };
};
