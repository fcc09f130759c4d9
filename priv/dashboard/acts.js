// What a trader may do from the page: each act behind a question.

import {$, el} from "./format.js";

let csrf = "";
let told = 0;

export function setToken(token) {
  csrf = token;
}

/** Posts JSON; answers [status, value]. */
export async function post(path, value) {
  const answer = await fetch(path, {method: "POST", credentials: "same-origin",
    headers: {"content-type": "application/json", "x-csrf-token": csrf}, body: JSON.stringify(value)});
  return [answer.status, await answer.json().catch(() => ({}))];
}

export function tell(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(told);
  told = setTimeout(() => ($("toast").hidden = true), 6000);
}

/** Whether the trader confirms it. Escape and Cancel say no. */
export function confirmed(title, text, verb) {
  const dialog = $("confirm");
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = verb;
  dialog.returnValue = "";
  dialog.showModal();
  $("confirm-no").focus();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    $("confirm-yes").onclick = () => dialog.close("yes");
    $("confirm-no").onclick = () => dialog.close("no");
  });
}

/** Asks, then acts, and says what came of it. */
export async function act(title, text, verb, fields) {
  if (!(await confirmed(title, text, verb))) return null;
  const [status, answer] = await post("/api/act", fields).catch(() => [0, {}]);
  if (answer.ok) tell(`${title}: done`);
  else tell(answer.error ?? (status === 403 ? "This session may only look." : "The node did not answer."));
  return answer;
}

// ---- the editor --------------------------------------------------------------

const EXAMPLE = `//@version=6
strategy("Cross", overlay=true)
fast = input.int(5, "Fast")
slow = input.int(20, "Slow")
up = ta.crossover(ta.sma(close, fast), ta.sma(close, slow))
down = ta.crossunder(ta.sma(close, fast), ta.sma(close, slow))
if up
    strategy.entry("long", strategy.long)
if down
    strategy.close("long")
`;
const LINE = 20;
const TOP = 6;

export class Editor {
  /** `place()` answers {engine, strategies, symbols} as they are now. */
  constructor(place) {
    this.place = place;
    this.source = $("source");
    this.source.value = EXAMPLE;
    this.source.addEventListener("input", () => this.changed());
    this.source.addEventListener("scroll", () => this.scrolled());
    $("editor-close").onclick = () => $("editor").close();
    $("editor-check").onclick = () => this.check();
    $("editor-deploy").onclick = () => this.deploy();
    $("editor-id").onchange = () => this.chosen();
    this.number([]);
  }

  open() {
    const {engine, strategies, symbols} = this.place();
    this.engine = engine;
    $("editor-id").replaceChildren(el("option", {value: ""}, "a new strategy"),
      ...strategies.map((s) => el("option", {value: s.id}, `${s.id}, next version`)));
    $("editor-symbol").replaceChildren(...symbols.map((s) => el("option", {}, s)));
    this.chosen();
    $("editor").showModal();
    this.source.focus();
    this.check();
  }

  // A next version keeps its instrument and timeframe.
  chosen() {
    const isNew = $("editor-id").value === "";
    for (const id of ["editor-symbol", "editor-count", "editor-unit"]) $(id).disabled = !isNew;
  }

  changed() {
    this.number(this.wrong ?? []);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), 700);
  }

  scrolled() {
    $("gutter").scrollTop = this.source.scrollTop;
    this.mark();
  }

  number(wrong) {
    this.wrong = wrong;
    const lines = this.source.value.split("\n").length;
    $("gutter").replaceChildren(...Array.from({length: lines}, (_, i) =>
      el("div", {class: wrong.includes(i + 1) ? "wrong" : ""}, String(i + 1))));
    this.scrolled();
  }

  mark() {
    $("marks").replaceChildren(...this.wrong.map((line) => {
      const band = el("div", {"data-line": line});
      band.style.top = `${TOP + (line - 1) * LINE - this.source.scrollTop}px`;
      return band;
    }));
  }

  show(answer) {
    const found = answer.diagnostics ?? [];
    this.number([...new Set(found.map((d) => d.line).filter(Number.isInteger))]);
    $("diagnostics").replaceChildren(...found.map((d) =>
      el("li", {}, el("button", {type: "button", "data-line": d.line ?? "", onclick: () => this.go(d)},
        `line ${d.line}:${d.column} ${d.message}${d.suggestion ? ` (${d.suggestion}?)` : ""}`))));
    $("editor-verdict").textContent = answer.ok ? "no errors"
      : found.length ? `${found.length} error${found.length > 1 ? "s" : ""}` : answer.error ?? "the node did not answer";
  }

  go({line, column}) {
    const before = this.source.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.source.focus();
    this.source.setSelectionRange(before + (column ?? 1) - 1, before + (column ?? 1) - 1);
    this.source.scrollTop = Math.max(0, (line - 5) * LINE);
  }

  async check() {
    clearTimeout(this.timer);
    const asked = this.source.value;
    const [, answer] = await post("/api/check", {source: asked}).catch(() => [0, {}]);
    if (asked === this.source.value) this.show(answer);
    return answer;
  }

  async deploy() {
    const {engine} = this;
    const id = $("editor-id").value;
    const [unit, number] = [$("editor-unit").value, Number($("editor-count").value)];
    const fields = {act: "deploy", engine, source: this.source.value, strategy: id || null};
    if (!id) Object.assign(fields, {symbol: $("editor-symbol").value, timeframe: [unit, number]});
    const answer = await act(`Deploy to ${engine}`,
      id ? `The script replaces ${id} between two quotes. Its position and orders stay.`
        : `The script runs on ${$("editor-symbol").value} at once, and its orders are sent.`, "Deploy", fields);
    if (!answer) return;
    this.show(answer);
    if (answer.ok) $("editor").close();
  }
}
