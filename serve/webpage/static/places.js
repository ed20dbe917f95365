// Where in its document a quote stands, in words and in the look of its text.

import { h } from "./dom.js";
import { reveal } from "./reveal.js";

// placeNodes returns the words for a place, as the metadata of a citation name it.
export function placeNodes({ page, slide, sheet, cells, row, paragraph, heading } = {}) {
  const parts = [];
  const add = (key, values) => parts.push(h("span", { say: [key, values] }));
  if (page) add("place-page", { n: page });
  if (slide) add("place-slide", { n: slide });
  if (sheet && cells) add("place-cells", { sheet, cells });
  else if (sheet) add("place-sheet", { sheet });
  else if (row) add("place-row", { n: row });
  if (paragraph) add("place-paragraph", { n: paragraph });
  if (heading && !(sheet && heading === sheet)) parts.push(h("bdi", {}, ...reveal(heading.replaceAll(" > ", " › "))));
  return parts.flatMap((p, i) => (i > 0 ? [" · ", p] : [p]));
}

export const hasRows = (source) => /\.(xlsx|csv|tsv)$/i.test(source);
export const hasSlides = (source) => /\.pptx$/i.test(source);

// The text of a table has a block for each row, and in it a line "header: cell" for
// each cell.
const cellLine = /^([^\n:]{1,100}): (.*)$/s;
const mostColumns = 30;

// blocks cuts a text at its empty lines, and returns where the pieces are.
function blocks(text) {
  const out = [];
  let from = 0;
  for (const m of text.matchAll(/\n\n+/g)) {
    if (m.index > from) out.push({ from, to: m.index });
    from = m.index + m[0].length;
  }
  if (from < text.length) out.push({ from, to: text.length });
  return out;
}

// cellsOf returns the cells of a row by their headers, or null if a block is no row.
function cellsOf(text, { from, to }) {
  const cells = new Map();
  let at = from;
  for (const line of text.slice(from, to).split("\n")) {
    const m = cellLine.exec(line);
    if (!m || cells.has(m[1])) return null;
    cells.set(m[1], { from: at + line.length - m[2].length, to: at + line.length });
    at += line.length + 1;
  }
  return cells;
}

// rowsNode shows the rows of a table as one. leaf returns the nodes of a piece of the
// text. A row belongs to the table above it if it has a column of it.
export function rowsNode(text, leaf) {
  const node = h("div", { class: "source-text-whole prose" });
  let open = null; // {columns, rows}
  const end = () => {
    if (open) node.append(tableNode(open, leaf));
    open = null;
  };
  for (const block of blocks(text)) {
    const cells = cellsOf(text, block);
    if (!cells) {
      end();
      node.append(h("p", { class: "as-written", dir: "auto" }, leaf(block.from, block.to)));
      continue;
    }
    const names = [...cells.keys()];
    const columns = new Set([...open?.columns ?? [], ...names]);
    if (open && (columns.size > mostColumns || !names.some((name) => open.columns.has(name)))) end();
    if (names.length > mostColumns) {
      node.append(h("p", { class: "as-written", dir: "auto" }, leaf(block.from, block.to)));
      continue;
    }
    open ??= { columns: new Set(), rows: [] };
    for (const name of names) open.columns.add(name);
    open.rows.push(cells);
  }
  end();
  return node;
}

function tableNode({ columns, rows }, leaf) {
  const names = [...columns];
  return h("div", { class: "wide-table", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, ...reveal(name))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, names.map((name) => {
      const cell = cells.get(name);
      return h("td", { dir: "auto" }, cell ? leaf(cell.from, cell.to) : null);
    }))))));
}

// slideNode shows the text of slides with the slide of a quote set apart, as far as it
// is known: from its title, the last of the headings, to the end of the quote's block. from
// is where the quote begins in the text. place is the words for the slide.
export function slideNode(text, leaf, from, heading, place) {
  const all = blocks(text);
  const at = all.findIndex((b) => from < b.to);
  if (at < 0) return h("div", { class: "source-text-whole as-written" }, leaf(0, text.length));
  const title = heading?.split(" > ").at(-1);
  let first = at;
  for (let i = at; i >= 0 && title; i--) {
    const { from: start, to } = all[i];
    if (text.slice(start, to).trim() !== title) continue;
    first = i;
    break;
  }
  const paragraph = ({ from: start, to }) => h("p", { class: "as-written", dir: "auto" }, leaf(start, to));
  return h("div", { class: "source-text-whole prose" }, all.slice(0, first).map(paragraph),
    h("section", { class: "slide" }, h("p", { class: "slide-name" }, place), all.slice(first, at + 1).map(paragraph)),
    all.slice(at + 1).map(paragraph));
}
