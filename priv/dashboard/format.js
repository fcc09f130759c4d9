// Numbers, times and elements of the page.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; texts are texts, never markup. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const whole = new Intl.NumberFormat("en-US", {maximumFractionDigits: 0});
const cents = new Intl.NumberFormat("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2});

export const count = (value) => (value === undefined || value === null ? "" : whole.format(value).replace("-", "−"));
export const money = (value) => (value === undefined || value === null ? "" : cents.format(value).replace("-", "−"));
/** With its sign, since colour alone says nothing to some. */
export const signed = (value) =>
  value === undefined || value === null ? "" : value > 0 ? "+" + cents.format(value) : cents.format(value).replace("-", "−");
export const direction = (value) => (value > 0 ? "up" : value < 0 ? "down" : "");
export const price = (value, decimals) => (typeof value === "number" ? value.toFixed(decimals ?? 5) : "");

/** Of the market, UTC. */
export function time(ms) {
  return ms ? new Date(ms).toISOString().slice(0, 19).replace("T", " ") : "";
}
export const clock = (ms) => (ms ? new Date(ms).toISOString().slice(11, 19) : "");

export function nanoseconds(ns) {
  if (ns < 1000) return Math.round(ns) + " ns";
  if (ns < 1e6) return (ns / 1000).toFixed(1) + " µs";
  if (ns < 1e9) return (ns / 1e6).toFixed(1) + " ms";
  return (ns / 1e9).toFixed(2) + " s";
}

/**
 * Rows by their keys into a table: rows that stay keep their elements, so that the focus stays too.
 * A column is {title, number, text, of: row => text or [text, class], make: (row, current) => element}.
 */
export function table(element, columns, rows, keyOf, empty = "none") {
  if (!element.tHead) {
    element.append(el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", {class: c.number ? "number" : "", scope: "col"}, c.title)))),
      el("tbody"));
    element.kept = new Map();
  }
  const body = element.tBodies[0];
  const seen = new Set();
  let before = null;
  for (const row of rows) {
    const key = String(keyOf(row));
    if (seen.has(key)) continue;
    seen.add(key);
    let line = element.kept.get(key);
    if (!line) {
      line = el("tr", {}, ...columns.map((c) => el("td", {class: c.number ? "number" : c.text ? "text" : ""})));
      line.row = row;
      columns.forEach((c, i) => c.make && line.cells[i].append(c.make(() => line.row)));
      element.kept.set(key, line);
    }
    line.row = row;
    columns.forEach((c, i) => {
      if (!c.of) return;
      const [text, kind] = [c.of(row)].flat();
      const cell = line.cells[i];
      if (cell.textContent !== text) cell.textContent = text;
      const wanted = ((c.number ? "number " : c.text ? "text " : "") + (kind ?? "")).trim();
      if (cell.className !== wanted) cell.className = wanted;
    });
    const place = before ? before.nextSibling : body.firstChild;
    if (place !== line) body.insertBefore(line, place);
    before = line;
  }
  for (const [key, line] of element.kept) {
    if (!seen.has(key)) {
      line.remove();
      element.kept.delete(key);
    }
  }
  let none = body.querySelector("tr.none");
  if (seen.size === 0 && !none) body.append(el("tr", {class: "none"}, el("td", {class: "empty", colSpan: columns.length}, empty)));
  else if (seen.size > 0 && none) none.remove();
}

/** A list of names and values. */
export function list(element, pairs) {
  const shown = element.firstElementChild?.tagName === "DL" ? element.firstElementChild : null;
  const made = shown ?? el("dl");
  if (!shown) element.replaceChildren(made);
  while (made.children.length > 2 * pairs.length) made.lastChild.remove();
  pairs.forEach(([name, value, kind], i) => {
    if (!made.children[2 * i]) made.append(el("dt"), el("dd"));
    const [title, text] = [made.children[2 * i], made.children[2 * i + 1]];
    if (title.textContent !== name) title.textContent = name;
    if (text.textContent !== String(value)) text.textContent = value;
    text.className = kind ?? "";
  });
}
