// Texts of 100,000 letters that were made to take the page's time. The first
// argument is the folder of the page's modules. The elements are stand-ins,
// because the time of a browser's own is not the page's.
import { pathToFileURL } from "node:url";

class Node {
  childNodes = [];
  dataset = {};
  constructor(localName) {
    this.localName = localName;
  }
  get children() {
    return this.childNodes.filter((n) => n instanceof Node);
  }
  append(...nodes) {
    if (nodes.length > 50) throw new RangeError(`${nodes.length} arguments`); // a browser takes as many as its stack holds
    for (const n of nodes) this.childNodes.push(n);
  }
  setAttribute() {}
}
globalThis.document = { createElement: (name) => new Node(name), documentElement: { lang: "en" } };
globalThis.localStorage = { getItem: () => null, setItem: () => {} };

const module = (name) => import(new URL(name, pathToFileURL(`${process.argv[2]}/`)));
const { rendered } = await module("markdown.js");
const { answerNode } = await module("answer.js");
const { segments } = await module("spans.js");
const { names } = await module("reveal.js");

const show = (n) => (n instanceof Node ? `<${n.localName}>${n.childNodes.map(show).join("")}</${n.localName}>` : n);
const markdown = (text) => rendered(text, (from, to) => [text.slice(from, to)]).map(show).join("");
const cited = (text) => show(answerNode({ answer: text, citations: [], abstained: false }, { bare: true })).replace(/^(?:<div>)+|(?:<\/div>)+$/g, "");
const spans = (text) => {
  const hidden = [...text].flatMap((c, i) => (c === "." ? [{ start: i, end: i + 1, kind: "style" }] : []));
  return segments(text, 0, [{ start: 0, end: 1 }], hidden).map((s) => s.text + (s.mark ? "*" : "") + (s.hidden ?? "")).join("|");
};
const r = (text, n) => text.repeat(n);

// A case has a way to show a text, the number of letters that n repeats, the
// text, and the outcome.
const cases = {
  "spaces in a heading": [markdown, 1, (n) => `# a${r(" ", n)}b`, (n) => `<h3>a${r(" ", n)}b</h3>`],
  "spaces before signs that close a heading": [markdown, 2, (n) => `# a${r(" ", n)}${r("#", n)}${r(" ", 3)}`, () => "<h3>a</h3>"],
  "signs in a heading": [markdown, 2, (n) => `# ${r("a#", n)}`, (n) => `<h3>${r("a#", n)}</h3>`],
  "a heading of spaces": [markdown, 1, (n) => `#${r(" ", n)}#`, () => "<h3></h3>"],
  "a fence that is none": [markdown, 1, (n) => `${r("~", n + 2)}\``, (n) => `<p>${r("~", n + 2)}\`</p>`],
  "a fence of backticks that is none": [markdown, 1, (n) => `${r("`", n + 2)}a\``, (n) => `<p>${r("`", n + 2)}a\`</p>`],
  "a fence as wide as the text": [markdown, 1, (n) => `${r("~", n + 3)}\na\n~~~\n${r("~", n + 3)}\nb`, () => "<pre><code>a\n~~~</code></pre><p>b</p>"],
  "spaces below a table's head": [markdown, 1, (n) => `a|\n:-${r(" ", n)}x|`, (n) => `<p>a|\n:-${r(" ", n)}x|</p>`],
  "spaces in a link": [markdown, 1, (n) => `[a](${r(" ", n)}x y`, (n) => `<p>[a](${r(" ", n)}x y</p>`],
  "spaces around a link's target": [markdown, 2, (n) => `[a](${r(" ", n)}x${r(" ", n)})`, (n) => `<p><span>a</span><span>${r(" ", n)}x${r(" ", n)}</span></p>`],
  "nodes on many lines": [markdown, 4, (n) => `${r("*a*\n", n)}b`, (n) => `<p>${r("<em>a</em>\n", n)}b</p>`],
  "one node on many lines": [markdown, 2, (n) => `*a${r("\na", n)}*`, (n) => `<p><em>a${r("\na", n)}</em></p>`],
  "lines of code": [markdown, 2, (n) => `~~~\n${r("a\n", n)}~~~`, (n) => `<pre><code>${r("a\n", n).slice(0, -1)}</code></pre>`],
  "rows of a table": [markdown, 2, (n) => `a|\n-|\n${r("|\n", n)}`, (n) => `<div><table><thead><tr><th>a</th></tr></thead><tbody>${r("<tr></tr>", n)}</tbody></table></div>`],
  "spaces before no citation": [cited, 1, (n) => `a${r(" ", n)}x [1]`, (n) => `<p>a${r(" ", n)}x [1]</p>`],
  "hidden letters": [spans, 2, (n) => `b${r("a.", n)}`, (n) => `b*${r("|a|.style", n)}`],
  "letters that hide what they spell": [(text) => names(text), 1, (n) => r("\u{e0041}", n + 1), (n) => r("A", n + 1)],
};

let failed = 0;
for (const [name, [shown, width, text, want]] of Object.entries(cases)) {
  for (const n of [1, 2, 5, Math.floor(100_000 / width)]) {
    let got = "";
    const began = process.cpuUsage();
    try {
      got = shown(text(n));
    } catch (e) {
      got = String(e);
    }
    const { user } = process.cpuUsage(began);
    const right = got === want(n) && user < 1_000_000;
    if (!right) {
      failed++;
      console.log(`${name}, ${n} times: ${Math.round(user / 1000)} ms, ${JSON.stringify(got.slice(0, 200))}, want ${JSON.stringify(want(n).slice(0, 200))}`);
    }
  }
}
console.log(`${Object.keys(cases).length} cases, ${failed} failures`);
process.exitCode = failed > 0 ? 1 : 0;
