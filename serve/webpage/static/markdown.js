// Markdown as elements: headings, lists, quotes, tables, code, emphasis. Its text
// stays text: what makes an element is in this file, and markup in the text is
// shown as it is written. CommonMark is the model; HTML, references and footnotes
// are left as they are. A text comes from anybody, so each expression looks at a
// character a fixed number of times, however the text is made.

import { h } from "./dom.js";
import { inline } from "./inline.js";

const deepest = 8; // lists and quotes within one another
const fence = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/;
const heading = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const rule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const underline = /^ {0,3}(?:=+|-+)[ \t]*$/;
const quote = /^ {0,3}> ?/;
// A number before another number does not begin an item: it may belong to a date,
// such as 2024. 3. 31.
const item = /^( {0,3})([-*+•]|\d{1,3}[.)](?![ \t]*\d+[.)]))(?:[ \t]+|$)/;
const delimiters = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;

// rendered returns the elements of a text. leaf returns the nodes for the text
// between two indexes. level is the level of the heading above the text.
export function rendered(text, leaf, level = 2) {
  const lines = [];
  for (let from = 0; from <= text.length;) {
    let end = text.indexOf("\n", from);
    if (end < 0) end = text.length;
    lines.push({ from, to: text[end - 1] === "\r" && end > from ? end - 1 : end });
    from = end + 1;
  }
  return new Parser(text, leaf, level).blocks(lines, 0);
}

class Parser {
  constructor(text, leaf, level) {
    Object.assign(this, { text, leaf, level });
  }

  #line({ from, to }) {
    return this.text.slice(from, to);
  }

  // blocks returns the elements of lines. A line is {from, to} in the text.
  blocks(lines, depth) {
    const out = [];
    for (let i = 0; i < lines.length;) {
      const line = this.#line(lines[i]);
      if (line.trim() === "") {
        i++;
        continue;
      }
      const [node, next] = this.#fenced(lines, i) ?? this.#heading(lines, i, line) ?? this.#indented(lines, i, line) ?? this.#nested(lines, i, line, depth)
        ?? this.#table(lines, i, line) ?? this.#paragraph(lines, i);
      out.push(node);
      i = next;
    }
    return out;
  }

  #fenced(lines, i) {
    const m = fence.exec(this.#line(lines[i]));
    if (!m) return null;
    let end = i + 1;
    const closes = new RegExp(`^ {0,3}${m[1][0]}{${m[1].length},}[ \\t]*$`);
    while (end < lines.length && !closes.test(this.#line(lines[end]))) end++;
    const name = m[2].trim();
    const at = name === "" ? 0 : lines[i].from + m[0].length - m[2].length + m[2].indexOf(name);
    return [this.#code(lines.slice(i + 1, end), name && h("span", { class: "code-name" }, this.leaf(at, at + name.length))), end + 1];
  }

  #code(lines, name) {
    return h("pre", { tabindex: "0" }, name, h("code", {}, lines.map((l, i) => [this.leaf(l.from, l.to), i + 1 < lines.length ? "\n" : ""])));
  }

  #heading(lines, i, line) {
    const m = heading.exec(line);
    if (m) return [this.#named(m[1].length, [{ from: lines[i].from + m[0].length, to: lines[i].from + Math.max(m[0].length, namedUntil(line)) }]), i + 1];
    const below = lines[i + 1] && this.#line(lines[i + 1]);
    if (below !== undefined && underline.test(below) && !item.test(line) && !quote.test(line)) return [this.#named(below.trim()[0] === "=" ? 1 : 2, [lines[i]]), i + 2];
    return rule.test(line) ? [h("hr"), i + 1] : null;
  }

  // named returns a heading. It skips no level, even if the text does.
  #named(depth, lines) {
    const base = this.base ??= this.level;
    this.level = Math.min(base + depth, this.level + 1, 6);
    return h(`h${this.level}`, {}, this.#inline(lines));
  }

  #indented(lines, i, line) {
    if (!/^(?: {4}|\t)/.test(line)) return null;
    let end = i;
    while (end < lines.length && /^(?: {4}|\t|\s*$)/.test(this.#line(lines[end]))) end++;
    while (this.#line(lines[end - 1]).trim() === "") end--;
    return [this.#code(lines.slice(i, end).map((l) => ({ from: Math.min(l.to, l.from + (this.text[l.from] === "\t" ? 1 : 4)), to: l.to }))), end];
  }

  // nested returns a quote or a list with the blocks in it.
  #nested(lines, i, line, depth) {
    if (depth >= deepest) return null;
    if (quote.test(line)) {
      let end = i;
      while (end < lines.length && quote.test(this.#line(lines[end]))) end++;
      return [h("blockquote", {}, this.blocks(lines.slice(i, end).map((l) => this.#cut(l, quote)), depth + 1)), end];
    }
    const first = item.exec(line);
    if (!first) return null;
    const ordered = /\d/.test(first[2]);
    const list = h(ordered ? "ol" : "ul");
    let end = i;
    for (let m = first; m && /\d/.test(m[2]) === ordered && m[2].at(-1) === first[2].at(-1); m = lines[end] && item.exec(this.#line(lines[end]))) {
      const [body, next] = this.#itemOf(lines, end, m);
      list.append(h("li", { value: ordered && Number.parseInt(m[2], 10) }, tight(this.blocks(body, depth + 1))));
      end = next;
      let more = end;
      while (more < lines.length && this.#line(lines[more]).trim() === "") more++;
      if (more < lines.length && item.test(this.#line(lines[more]))) end = more;
    }
    return [list, end];
  }

  // itemOf returns the lines of an item without its sign and indent, and the index of
  // the line after it.
  #itemOf(lines, i, m) {
    const width = m[0].trim() === "" || m[0].length - m[1].length - m[2].length > 4 ? m[1].length + m[2].length + 1 : m[0].length;
    const inner = new RegExp(`^(?: {${Math.min(width, 2)},${width}}|\\t)`);
    const body = [{ from: Math.min(lines[i].from + width, lines[i].to), to: lines[i].to }];
    let end = i + 1;
    for (; end < lines.length; end++) {
      const line = this.#line(lines[end]);
      const blank = line.trim() === "";
      const before = this.#line(lines[end - 1]).trim() === "";
      if (!blank && !inner.test(line) && (before || this.#begins(lines, end))) break;
      body.push(blank ? lines[end] : this.#cut(lines[end], inner));
    }
    while (end > i + 1 && this.#line(lines[end - 1]).trim() === "") {
      end--;
      body.pop();
    }
    return [body, end];
  }

  #cut(l, sign) {
    return { from: l.from + (sign.exec(this.#line(l))?.[0].length ?? 0), to: l.to };
  }

  // begins reports whether a line begins something new, which ends the paragraph above.
  #begins(lines, i) {
    const line = this.#line(lines[i]);
    return line.trim() === "" || fence.test(line) || heading.test(line) || rule.test(line) || quote.test(line) || item.test(line) || this.#columns(lines, i) > 0;
  }

  // columns returns the number of columns of the table that begins at a line, or 0 if
  // none does.
  #columns(lines, i) {
    const below = lines[i + 1] && this.#line(lines[i + 1]);
    if (!below?.includes("|") || !delimiters.test(below) || !this.#line(lines[i]).includes("|")) return 0;
    const n = this.#cells(lines[i + 1]).length;
    return this.#cells(lines[i]).length === n ? n : 0;
  }

  #table(lines, i) {
    const n = this.#columns(lines, i);
    if (n === 0) return null;
    let end = i + 2;
    while (end < lines.length && this.#line(lines[end]).includes("|")) end++;
    const row = (l, tag) => h("tr", {}, this.#cells(l).slice(0, n).map((c) => h(tag, {}, this.#inline([c]))));
    const head = h("thead", {}, row(lines[i], "th"));
    return [h("div", { class: "wide-table", tabindex: "0" }, h("table", {}, head, h("tbody", {}, lines.slice(i + 2, end).map((l) => row(l, "td"))))), end];
  }

  #cells(l) {
    const line = this.#line(l);
    const out = [];
    let from = /^\s*\|?/.exec(line)[0].length;
    const add = (to) => {
      const cell = line.slice(from, to);
      const left = cell.length - cell.trimStart().length;
      out.push({ from: l.from + from + left, to: l.from + from + Math.max(left, cell.trimEnd().length) });
    };
    const bar = /\\.|\|/g;
    bar.lastIndex = from;
    for (let m = bar.exec(line); m; m = bar.exec(line)) {
      if (m[0] !== "|") continue;
      add(m.index);
      from = m.index + 1;
    }
    if (line.slice(from).trim() !== "") add(line.length);
    return out;
  }

  #paragraph(lines, i) {
    let end = i + 1;
    while (end < lines.length && !this.#begins(lines, end) && !(lines[end + 1] && underline.test(this.#line(lines[end + 1])))) end++;
    return [h("p", { dir: "auto" }, this.#inline(lines.slice(i, end))), end];
  }

  // inline gives the nodes of lines that belong together, as children of h.
  #inline(lines) {
    const parts = [];
    let joined = "";
    lines.forEach((l, i) => {
      const from = i === 0 ? l.from : l.from + (/^[ \t]*/.exec(this.#line(l))[0].length);
      if (i > 0) joined += "\n";
      parts.push({ at: joined.length, from });
      joined += this.text.slice(from, l.to);
    });
    let first = 0; // the line in which the next node begins, because nodes come in order
    const text = (from, to) => {
      const out = [];
      while (first + 1 < parts.length && parts[first + 1].at <= from) first++;
      for (let i = first; i < parts.length && parts[i].at < to; i++) {
        const p = parts[i];
        const next = parts[i + 1]?.at ?? joined.length + 1; // behind the line's end
        const [a, b] = [Math.max(from, p.at), Math.min(to, next - 1)];
        if (a < b) out.push(this.leaf(p.from + a - p.at, p.from + b - p.at));
        if (from <= next - 1 && next - 1 < to) out.push("\n");
      }
      return out;
    };
    const nodes = (all) => all.map((n) => (n.tag ? h(n.tag, { class: n.class }, nodes(n.kids)) : text(n.from, n.to)));
    return nodes(inline(joined));
  }
}

// namedUntil returns the index at which the words of a heading end. Signs that
// close it follow a space.
function namedUntil(line) {
  const whole = line.trimEnd();
  let end = whole.length;
  while (whole[end - 1] === "#") end--;
  if (end > 0 && !/[ \t]/.test(whole[end - 1])) return whole.length;
  return whole.slice(0, end).trimEnd().length;
}

// tight leaves out the paragraph of an item that has one alone.
function tight(blocks) {
  if (blocks[0]?.localName !== "p" || blocks.slice(1).some((b) => b.localName === "p")) return blocks;
  return [...blocks[0].childNodes, ...blocks.slice(1)];
}
