// The page: login, the stream of updates, and what they change.

import {$, clock, count, el, price} from "./format.js";
import {Chart, tellLibrary} from "./chart.js";
import * as panels from "./panels.js";
import {act, Editor, post, setToken, tell} from "./acts.js";

const MOST_ROWS = 2000;

const state = {
  engines: {}, slow: {}, node: {}, rows: [], last: 0, incarnation: 0, engine: "", series: "", trades: {},
  heard: 0, dirty: false, role: "view", lost: 0,
};
let source = null;
let chart = null;
let editor = null;
let retry = 0;

// ---- login -----------------------------------------------------------------------

async function start() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    // Neither the history nor a copied address keeps it.
    history.replaceState(null, "", location.pathname);
    await logIn({token});
  }
  const session = await fetch("/api/session", {credentials: "same-origin"}).then((a) => a.json()).catch(() => ({name: null}));
  if (session.name === null) ask();
  else enter(session);
}

async function logIn(fields) {
  const [status, answer] = await post("/api/login", fields).catch(() => [0, {error: "The node did not answer."}]);
  if (status !== 200) $("login-error").textContent = answer.error ?? "It did not work.";
  return status === 200 ? answer : null;
}

function ask() {
  source?.close();
  source = null;
  $("page").hidden = true;
  $("login").hidden = false;
  $("token").focus();
}

for (const [form, fields] of [
  ["login-token", () => ({token: $("token").value})],
  ["login-user", () => ({name: $("name").value, password: $("password").value})],
]) {
  $(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $(form).querySelector("button");
    button.disabled = true;
    $("login-error").textContent = "";
    const session = await logIn(fields());
    button.disabled = false;
    for (const id of ["token", "password"]) $(id).value = "";
    if (session) enter(session);
  });
}

function enter(session) {
  setToken(session.csrf);
  state.role = session.role;
  $("who").textContent = `${session.name} (${session.role === "trade" ? "may trade" : "may look"})`;
  $("login").hidden = true;
  $("page").hidden = false;
  chart ??= new Chart($("chart"), fetchBars);
  editor ??= new Editor(() => ({engine: state.engine, strategies: fast().strategies, symbols: fast().prices.map(([symbol]) => symbol)}));
  tellLibrary();
  roles();
  listen();
}

// The node refuses it too; the page does not offer it.
function roles() {
  for (const element of document.querySelectorAll("[data-trade]")) element.hidden = state.role !== "trade";
}

// ---- the stream --------------------------------------------------------------------

function listen() {
  source?.close();
  const last = state.incarnation ? `?last=${state.incarnation}-${state.last}` : "";
  source = new EventSource(`/api/events${last}`);
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => {
    link(false);
    // A connection that is lost, or an answer that is no stream: the node restarts, or the session is over.
    source.close();
    clearTimeout(retry);
    retry = setTimeout(again, 1000);
  };
}

async function again() {
  const session = await fetch("/api/session", {credentials: "same-origin"}).then((a) => a.json()).catch(() => null);
  if (session === null) retry = setTimeout(again, 1000);
  else if (session.name === null) ask();
  else {
    setToken(session.csrf);
    listen();
  }
}

function link(is) {
  if (!is && !state.lost) state.lost = Date.now();
  $("link").textContent = is ? "live" : "no connection";
  $("link").className = is ? "pill good" : "pill bad";
}

function take(update) {
  link(true);
  if (state.incarnation && update.incarnation !== state.incarnation) restarted();
  state.incarnation = update.incarnation;
  state.heard = Date.now();
  if (update.missed) gap(`${count(update.missed)} events came while this page was away and are no longer kept`);
  for (const row of update.rows) {
    if (row.n <= state.last) continue;
    state.last = row.n;
    row.key = `${update.incarnation}-${row.n}`;
    state.rows.push(row);
  }
  if (state.rows.length > MOST_ROWS) state.rows.splice(0, state.rows.length - MOST_ROWS);
  for (const [name, engine] of Object.entries(update.engines)) if (engine) state.engines[name] = engine;
  for (const [name, slow] of Object.entries(update.slow)) if (slow) state.slow[name] = slow;
  if (update.node) {
    state.node = update.node;
    for (const name of Object.keys(state.engines)) if (!update.node.engines[name]) delete state.engines[name];
  }
  state.lost = 0;
  draw();
}

// Its rows are numbered from 1 again. Bars and trades are the engine's own, and are read again: a journal keeps them.
function restarted() {
  gap(`The node has restarted: events between ${clock(state.lost || state.heard)} and ${clock(Date.now())} UTC may be missing here; `
    + "bars and closed trades are read again");
  state.last = 0;
  state.trades = {};
  chart.what = null;
  state.shown = "";
}

function gap(text) {
  state.rows.push({kind: "gap", time: Date.now(), text, key: `gap-${Date.now()}-${state.rows.length}`});
  $("missed").textContent = text;
  $("missed").hidden = false;
}

const fetchBars = (engine, strategy) =>
  fetch(`/api/bars?engine=${encodeURIComponent(engine)}&strategy=${encodeURIComponent(strategy)}&most=1000`, {credentials: "same-origin"})
    .then((a) => a.json());

// ---- drawing -------------------------------------------------------------------------

const fast = () => state.engines[state.engine] ?? {strategies: [], prices: [], positions: [], bars: {}};

function draw() {
  bars();
  if (state.dirty) return;
  state.dirty = true;
  // Ten pictures a second are enough for people.
  setTimeout(() => requestAnimationFrame(() => {
    state.dirty = false;
    paint();
  }), 100);
}

function choices(select, values, current) {
  const known = [...select.options].map((o) => o.value + "\t" + o.text).join("\n");
  const wanted = values.map(([value, text]) => value + "\t" + text).join("\n");
  if (known !== wanted) select.replaceChildren(...values.map(([value, text]) => el("option", {value}, text)));
  if (select.value !== current) select.value = current;
}

function paint() {
  const names = Object.keys(state.engines).sort();
  if (!names.includes(state.engine)) state.engine = names[0] ?? "";
  choices($("engine"), names.map((name) => [name, name]), state.engine);
  const shown = fast();
  const slow = state.slow[state.engine];
  for (const id of ["halt", "reduce", "resume", "edit", "read-trades"]) $(id).disabled = !shown.account;
  pills(shown);
  panels.alarms(state.node);
  panels.node(state.node, state.engine, slow);
  panels.stream(state.rows, $("filter").value.split(" ").filter(Boolean), state.engine);
  if (!shown.account) return roles();
  chooseSeries(shown);
  panels.account(shown);
  panels.prices(shown, (symbol) => choose(`price ${symbol}`));
  panels.strategies(shown, deployments(), (id) => choose(`bars ${id}`), rollBack,
    state.series.startsWith("bars ") ? state.series.slice(5) : "");
  panels.positions(shown, slow, closePosition);
  panels.orders(shown, slow);
  panels.latency(slow);
  panels.rejects(slow);
  panels.trades(shown, state.trades[state.engine] ?? []);
  quote(shown);
  fills();
  roles();
}

// Those of a group are the group's.
function deployments() {
  const {group} = state.node.engines?.[state.engine] ?? {};
  return (state.node.deployments ?? []).filter((d) => d.engine === group);
}

function pills(shown) {
  const ready = state.node.ready;
  $("ready").textContent = ready ? "node ready" : "node not ready";
  $("ready").className = ready ? "pill good" : "pill bad";
  const trading = shown.account?.state ?? "no engine";
  $("state").textContent = {active: "trading", reducing: "reducing only", halted: "halted"}[trading] ?? trading;
  $("state").className = trading === "active" ? "pill good" : "pill bad";
  $("state").dataset.state = trading;
  document.title = `${trading === "active" ? "" : `${trading}: `}${state.engine || "fxaot"}`;
}

function chooseSeries(shown) {
  const values = [...shown.strategies.map((s) => [`bars ${s.id}`, `${s.id}: ${s.symbol} ${s.timeframe}`]),
    ...shown.prices.map(([symbol]) => [`price ${symbol}`, `${symbol}: prices`])];
  if (!values.some(([value]) => value === state.series)) state.series = values[0]?.[0] ?? "";
  choices($("series"), values, state.series);
  const what = described(shown);
  if (what && what.key !== state.shown) {
    state.shown = what.key;
    state.fills = -1;
    chart.show(what);
  }
}

// A version may have another timeframe: its bars are others.
function described(shown) {
  const [kind, name] = [state.series.split(" ")[0], state.series.slice(state.series.indexOf(" ") + 1)];
  const decimals = (symbol) => shown.prices.find(([known]) => known === symbol)?.[1];
  if (kind === "price") return {key: `${state.engine} ${state.series}`, kind: "prices", symbol: name, decimals: decimals(name)};
  const strategy = shown.strategies.find((s) => s.id === name);
  return strategy && {key: `${state.engine} ${state.series} ${strategy.version} ${strategy.timeframe} ${state.incarnation}`, kind: "bars",
    engine: state.engine, strategy: name, decimals: decimals(strategy.symbol)};
}

// Each update, not each picture: no bar may be left out.
function bars() {
  const {what} = chart;
  if (!what) return;
  const shown = fast();
  if (what.kind === "bars" && what.engine === state.engine) {
    const series = shown.bars[what.strategy];
    if (series) chart.update(series[0], series[2]);
  } else if (what.kind === "prices") {
    const found = shown.prices.find(([symbol]) => symbol === what.symbol);
    if (found?.length === 5) chart.price(found[2], (found[3] + found[4]) / 2);
  }
}

function fills() {
  const {what} = chart;
  if (what?.kind !== "bars") return;
  const found = state.rows.filter((r) => r.kind === "fill" && r.engine === state.engine && r.strategy === what.strategy);
  if (found.length === state.fills) return;
  state.fills = found.length;
  chart.setMarkers(found);
}

function quote(shown) {
  const {what} = chart;
  const symbol = what?.kind === "bars" ? shown.strategies.find((s) => s.id === what.strategy)?.symbol : what?.symbol;
  const found = shown.prices.find(([known]) => known === symbol);
  $("quote").textContent = found?.length === 5 ? `${price(found[3], found[1])} / ${price(found[4], found[1])}` : "";
}

function choose(series) {
  state.series = series;
  paint();
}

// ---- what people do --------------------------------------------------------------------

$("engine").onchange = () => {
  state.engine = $("engine").value;
  state.series = "";
  paint();
};
$("series").onchange = () => choose($("series").value);
$("filter").onchange = () => paint();
$("edit").onclick = () => editor.open();
$("halt").onclick = () => act(`Halt ${state.engine}`,
  "New orders are refused at once, and waiting ones are cancelled. Stop-losses and take-profits stay.", "Halt",
  {act: "halt", engine: state.engine});
$("reduce").onclick = () => act(`Reduce ${state.engine}`, "Only orders that shrink a position pass.", "Reduce",
  {act: "reduce", engine: state.engine});
$("resume").onclick = () => act(`Resume ${state.engine}`, "Strategies send orders again.", "Resume",
  {act: "resume", engine: state.engine});
$("logout").onclick = async () => {
  await post("/api/logout", {}).catch(() => null);
  ask();
};
$("read-trades").onclick = async () => {
  const found = await fetch(`/api/trades?engine=${encodeURIComponent(state.engine)}`, {credentials: "same-origin"})
    .then((a) => a.json()).catch(() => null);
  if (!found) return tell("The engine did not answer.");
  state.trades[state.engine] = found;
  paint();
};

const rollBack = (strategy) => act(`Roll back ${strategy.id}`,
  `The version before version ${strategy.version} runs again. Position and orders stay.`, "Roll back",
  {act: "rollback", engine: state.engine, strategy: strategy.id});

const closePosition = (position) => act(`Close ${position.what}`,
  `A market order closes ${count(Math.abs(position.quantity))} units of ${position.symbol}.`, "Close",
  position.ticket ? {act: "close", engine: state.engine, ticket: position.ticket}
    : {act: "close", engine: state.engine, symbol: position.symbol});

// No update for three seconds: the numbers are old, and the page must not look alive.
setInterval(() => {
  if (!$("page").hidden && state.heard && Date.now() - state.heard > 3000) link(false);
}, 1000);

start();
