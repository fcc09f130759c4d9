// The panels beside the chart.

import {$, clock, count, direction, el, list, money, nanoseconds, price, signed, svg, table, time} from "./format.js";

const decimalsOf = (fast, symbol) => (fast.prices ?? []).find(([name]) => name === symbol)?.[1] ?? 5;

export function account(fast) {
  const {account} = fast;
  const currency = account.currency;
  list($("account"), [
    [`Equity ${currency}`, money(account.equity)],
    ["Balance", money(account.balance)],
    ["Realised", signed(account.realised), direction(account.realised)],
    ["Unrealised", signed(account.unrealised), direction(account.unrealised)],
    ["Margin used", money(account.margin_used)],
    ["Free margin", money(account.free_margin)],
    ["Margin level", account.level === null ? "no margin used" : `${count(account.level * 100)} %`],
  ]);
  gauge(account.level);
}

// Margin level on a scale of logarithms, 50 % to 10,000 %; at 100 % equity and used margin are equal.
function gauge(level) {
  const place = (l) => 300 * Math.min(1, Math.max(0, Math.log(l / 0.5) / Math.log(200)));
  const width = level === null ? 300 : place(level);
  const element = $("gauge");
  if (!element.firstChild) {
    element.append(svg("svg", {viewBox: "0 0 300 34", role: "img"},
      svg("rect", {class: "rest", x: 0, y: 4, width: 300, height: 10, rx: 5}), svg("rect", {class: "value", x: 0, y: 4, height: 10, rx: 5}),
      svg("line", {class: "limit", x1: place(1), x2: place(1), y1: 0, y2: 18}), svg("text", {x: place(1) + 3, y: 30}, "100 %"),
      svg("text", {x: 0, y: 30}, "50 %"), svg("text", {x: 300, y: 30, "text-anchor": "end"}, "10,000 %")));
  }
  const drawing = element.firstChild;
  drawing.setAttribute("aria-label", level === null ? "Margin level: no margin used" : `Margin level ${count(level * 100)} %`);
  const bar = drawing.querySelectorAll("rect")[1];
  bar.setAttribute("width", width);
  bar.setAttribute("class", level !== null && level < 1.5 ? "low" : "value");
}

export function prices(fast, choose) {
  table($("prices"), [
    {title: "Instrument", make: (row) => el("button", {onclick: () => choose(row()[0])}, row()[0])},
    {title: "Bid", number: true, of: ([, decimals, , bid]) => price(bid, decimals)},
    {title: "Ask", number: true, of: ([, decimals, , , ask]) => price(ask, decimals)},
    {title: "Time UTC", of: ([, , ms]) => clock(ms)},
  ], fast.prices, ([symbol]) => symbol);
}

export function strategies(fast, deployments, choose, rollBack, chosen) {
  const why = new Map(deployments.map((d) => [d.id, d]));
  table($("strategies"), [
    {title: "Strategy", make: (row) => el("button", {onclick: () => choose(row().id)}, row().id)},
    {title: "Of", of: (s) => s.name},
    {title: "On", of: (s) => `${s.symbol} ${s.timeframe}`},
    {title: "Tier", of: (s) => [s.tier, why.get(s.id)?.as_asked === false ? "down" : ""]},
    {title: "Version", number: true, of: (s) => count(s.version)},
    {title: "Position", number: true, of: (s) => [count(s.quantity), direction(s.quantity)]},
    {title: "Price", number: true, of: (s) => (s.quantity ? price(s.average_price, decimalsOf(fast, s.symbol)) : "")},
    {title: "Realised", number: true, of: (s) => [signed(s.realised), direction(s.realised)]},
    {title: "Unrealised", number: true, of: (s) => [signed(s.unrealised), direction(s.unrealised)]},
    {title: "State", text: true, of: (s) => state(s, why.get(s.id))},
    {title: "Fills", number: true, of: (s) => count(s.fills)},
    {title: "Refused", number: true, of: (s) => count(s.rejects)},
    {title: "Signals", number: true, of: (s) => count(s.signals)},
    {title: "Bars", number: true, of: (s) => count(s.bars)},
    {title: "", make: (row) => el("button", {"data-trade": "", onclick: () => rollBack(row())}, "Roll back")},
  ], fast.strategies, (s) => s.id, "none deployed");
  for (const [id, line] of $("strategies").kept) line.classList.toggle("chosen", id === chosen);
}

function state(strategy, deployment) {
  if (strategy.failure) return [`stopped: ${strategy.failure}`, "down"];
  if (strategy.stale_since) return [`has missed quotes since ${time(strategy.stale_since)}`, "down"];
  if (deployment && deployment.status !== "up") return [deployment.status, "down"];
  return [deployment?.why ?? "", ""];
}

export function positions(fast, slow, close) {
  const tickets = slow?.tickets ?? [];
  const rows = tickets.length > 0
    ? tickets.map((t) => ({key: `t${t.number}`, what: t.id ?? `#${t.number}`, symbol: t.symbol, ticket: t.id,
      quantity: t.side === "sell" ? -Math.abs(t.quantity) : t.quantity, price: t.price, unrealised: t.unrealised}))
    : fast.positions.filter(([, quantity]) => quantity !== 0)
      .map(([symbol, quantity, average, , unrealised]) => ({key: symbol, what: symbol, symbol, quantity, price: average, unrealised}));
  table($("positions"), [
    {title: "Position", of: (p) => p.what},
    {title: "Units", number: true, of: (p) => [count(p.quantity), direction(p.quantity)]},
    {title: "Price", number: true, of: (p) => price(p.price, decimalsOf(fast, p.symbol))},
    {title: "Unrealised", number: true, of: (p) => [signed(p.unrealised), direction(p.unrealised)]},
    {title: "", make: (row) => el("button", {"data-trade": "", onclick: () => close(row())}, "Close")},
  ], rows, (p) => p.key, "no open position");
}

export function orders(fast, slow) {
  table($("orders"), [
    {title: "Order", number: true, of: (o) => String(o.number)},
    {title: "", of: (o) => [`${o.side} ${count(o.quantity)}`, o.side === "buy" ? "up" : "down"]},
    {title: "On", of: (o) => o.symbol},
    {title: "Type", of: (o) => o.type},
    {title: "At", number: true, of: (o) => price(o.price, decimalsOf(fast, o.symbol))},
    {title: "State", of: (o) => o.state ?? ""},
  ], slow?.open_orders ?? [], (o) => o.number, "none waits");
}

export function stream(rows, kinds, engine) {
  const shown = [];
  for (let i = rows.length - 1; i >= 0 && shown.length < 200; i--) {
    const row = rows[i];
    if ((kinds.length === 0 || kinds.includes(row.kind)) && (!row.engine || row.engine === engine)) shown.push(row);
  }
  table($("stream"), [
    {title: "Time UTC", of: (row) => time(row.time)},
    {title: "Kind", of: (row) => [row.kind, ["reject", "alarm", "gap"].includes(row.kind) ? "down" : ""]},
    {title: "Strategy", of: (row) => row.strategy ?? ""},
    {title: "What", text: true, of: (row) => row.text},
    {title: "Profit", number: true, of: (row) => (row.profit ? [signed(row.profit), direction(row.profit)] : "")},
  ], shown, (row) => row.key, "nothing yet");
}

export function trades(fast, rows) {
  table($("trades"), [
    {title: "Closed UTC", of: (t) => time(t.exit_time)},
    {title: "Strategy", of: (t) => t.strategy},
    {title: "", of: (t) => [`${t.side} ${count(t.quantity)} ${t.symbol}`, t.side === "buy" ? "up" : "down"]},
    {title: "Entry", number: true, of: (t) => price(t.entry_price, decimalsOf(fast, t.symbol))},
    {title: "Exit", number: true, of: (t) => price(t.exit_price, decimalsOf(fast, t.symbol))},
    {title: "Profit", number: true, of: (t) => [signed(t.profit), direction(t.profit)]},
  ], rows.map((t, i) => ({...t, key: i})).reverse(), (t) => t.key);
}

export function latency(slow) {
  const {latency: histogram, stats} = slow ?? {};
  const element = $("latency");
  if (!histogram || histogram.samples === 0) return void (element.textContent = "no quote timed yet");
  let before = 0;
  const bins = histogram.buckets.map(([bound, all]) => {
    const bin = [bound, all - before];
    before = all;
    return bin;
  });
  const used = bins.map(([, n]) => n > 0);
  const [from, to] = [Math.max(0, used.indexOf(true) - 1), Math.min(bins.length - 1, used.lastIndexOf(true) + 1)];
  const shown = bins.slice(from, to + 1);
  const most = Math.max(...shown.map(([, n]) => n));
  const wide = 300 / shown.length;
  const percentiles = stats.latency_ns;
  const text = `half under ${nanoseconds(percentiles.p50)}, 99 % under ${nanoseconds(percentiles.p99)}, `
    + `longest ${nanoseconds(percentiles.max)}`;
  element.replaceChildren(
    svg("svg", {class: "histogram", viewBox: "0 0 300 96", role: "img", "aria-label": text},
      ...shown.map(([, n], i) => svg("rect", {class: "value", x: i * wide + 1, width: Math.max(1, wide - 2), y: 76 - 74 * (n / most),
        height: 74 * (n / most)})),
      svg("line", {class: "limit", x1: 0, x2: 300, y1: 76.5, y2: 76.5}),
      svg("text", {x: 0, y: 90}, "≤ " + nanoseconds(shown[0][0])),
      svg("text", {x: 300, y: 90, "text-anchor": "end"}, "≤ " + nanoseconds(shown.at(-1)[0]))),
    el("p", {class: "quiet"}, `${text}; ${count(histogram.samples)} quotes timed`));
}

export function rejects(slow) {
  table($("rejects"), [
    {title: "Reason", of: ([reason]) => reason.replaceAll("_", " ")},
    {title: "Orders", number: true, of: ([, n]) => count(n)},
  ], Object.entries(slow?.rejected ?? {}).sort((a, b) => b[1] - a[1]), ([reason]) => reason, "none refused");
}

export function node(node, name, slow) {
  const engine = node.engines?.[name];
  const journal = node.journals?.[name];
  const gateway = slow?.gateway;
  const mailbox = slow?.mailbox;
  list($("node"), [
    ["Name", node.node],
    ["Native code", node.native === true ? "loaded" : node.native],
    ["Engine's process", engine?.status ?? "gone", engine?.status === "up" ? "" : "down"],
    ["Messages that wait", count(engine?.queue)],
    ...(mailbox ? [["Quotes in the mailbox", `${count(mailbox.waiting)} of ${count(mailbox.capacity)}`]] : []),
    ["Quotes taken in", count(slow?.stats?.quotes)],
    ["Run queues", count(node.run_queue)],
    ["Journal", journal ? `${journal.status}, durable to ${count(journal.durable)}` : "none", journal?.status === "unavailable" ? "down" : ""],
    ["Gateway", gateway ? `${gateway.link}, ${count(gateway.requests - gateway.acknowledged)} requests wait` : "none",
      gateway?.link === "down" ? "down" : ""],
    ["Quarantined plans", count(node.quarantined), node.quarantined ? "down" : ""],
  ]);
}

export function alarms(node) {
  const rows = node.alarms ?? [];
  $("alarms").hidden = rows.length === 0;
  $("alarms").textContent = rows.length === 0 ? "" : `⚠ ${rows.map((a) => a.text + (a.time ? ` (since ${time(a.time)})` : "")).join("; ")}`;
}
