// Searching without asking: the passages, and the sentences in them that may
// answer.

import { growing, sendsByEnter } from "./composer.js";
import { announce, h, icon } from "./dom.js";
import { say, t, took } from "./language.js";
import { foundNode, likely } from "./made.js";
import { sourceName, sourcePlace } from "./naming.js";
import { errorNode, noDocuments } from "./notice.js";
import { reveal } from "./reveal.js";
import { textNode } from "./source.js";
import { cutter, segments } from "./spans.js";

export class SearchView {
  #running = null;
  #result = h("div", { class: "result" });

  constructor(node, { client, choices, source }) {
    Object.assign(this, { node, client, choices, source });
    this.text = h("textarea", { rows: 1, maxlength: 8000, hint: "search-hint", label: "search-query", enterkeyhint: "search" });
    growing(this.text);
    this.collection = choices.collectionSelect();
    this.run = h("button", { type: "submit", class: "button", say: "search-run" });
    const form = h("form", { class: "card search-form", role: "search" }, this.text, h("div", { class: "search-row" }, this.collection, this.run));
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (e) => sendsByEnter(e) && (e.preventDefault(), this.#running || form.requestSubmit()));
    this.none = noDocuments();
    this.node.append(h("div", { class: "page" }, h("h1", { say: "search-title" }), h("p", { class: "lead", say: "search-lead" }), this.none, form, this.#result));
  }

  // show tells a first visitor what to do before a search.
  show() {
    this.none.hidden = !this.choices.empty;
  }

  #submit() {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    const query = this.text.value.trim();
    if (query === "") this.text.focus();
    else this.#search(query, this.collection.value);
  }

  async #search(query, collection) {
    const running = new AbortController();
    this.#running = running;
    say(this.run, "stop");
    this.#result.replaceChildren(h("p", { class: "quiet", say: "searching" }));
    announce(t("searching"));
    try {
      const [found, root] = await Promise.all([this.client.search(query, collection, running.signal), this.client.root(collection)]);
      this.#show(found, collection, root);
    } catch (e) {
      this.#result.replaceChildren(...running.signal.aborted ? [] : [errorNode(e)]);
      if (running.signal.aborted) announce(t("answer-stopped"));
    }
    this.#running = null;
    say(this.run, "search-run");
  }

  #show({ passages, evidence, degraded, timings_ms: timings }, collection, root) {
    const warning = degraded && h("p", { class: "notice" }, icon("warning"), h("span", {}, h("span", { say: "degraded" }), " ", ...reveal(degraded)));
    if (passages.length === 0) {
      this.#result.replaceChildren(...[warning, h("p", { say: "search-none" })].filter(Boolean));
      announce(t("search-none"));
      return;
    }
    const open = (c) => () => this.source.citation(collection, c);
    this.#result.replaceChildren(...[
      warning,
      h("div", { class: "search-sum" }, h("p", { say: ["search-tells", { grade: likely(evidence.p_answers) }] }),
        foundNode(evidence, passages.length, () => took(timings.total))),
      evidence.sentences.length > 0 && h("section", { class: "found", "aria-labelledby": "search-sentences" }, h("h2", { id: "search-sentences", say: "search-sentences" }),
        h("ol", { class: "sources" }, ...evidence.sentences.map((s, i) => sentenceNode(s, i + 1, open(s))))),
      h("section", { class: "found", "aria-labelledby": "search-passages" }, h("h2", { id: "search-passages", say: "search-passages" }),
        h("ol", { class: "sources" }, ...passages.map((p) => passageNode(p, evidence.sentences, root, open)))),
    ].filter(Boolean));
    announce(t("search-found", { n: passages.length, grade: likely(evidence.p_answers) }));
  }
}

const bdi = (text) => h("bdi", {}, ...reveal(text));

// placeOf is the title and the headings below it. A path of headings often begins
// with the title.
function placeOf({ title, source }, heading = "") {
  const name = title || sourceName(source);
  return heading.startsWith(name) ? [bdi(heading)] : [bdi(name), ...(heading ? [" › ", bdi(heading)] : [])];
}

// sentenceNode is a sentence that may answer, with its place.
function sentenceNode(s, n, open) {
  return h("li", {}, h("button", { type: "button", class: "source", on: { click: open } },
    h("span", { class: "source-n", "aria-hidden": "true" }, String(n)),
    h("span", { class: "source-text" },
      h("span", { class: "unseen", say: "open-sentence" }),
      h("span", { class: "search-sentence", dir: "auto" }, ...reveal(s.text)),
      h("span", { class: "source-place" }, h("span", { class: "search-grade", say: ["sentence-grade", { grade: likely(s.p_answers) }] }), " · ", ...placeOf(s, s.heading)),
      s.copies?.length > 0 && h("span", { class: "source-place", say: ["search-also", { sources: s.copies.map(sourceName).join(", ") }] }))));
}

// passageNode returns the element of a passage in which its sentences are marked.
// sentences holds all sentences, the best first. Marks are faint on sentences other
// than the best one that are less likely to answer than not. Each mark has the number
// of its sentence in the list. open opens a source at a span.
function passageNode(p, sentences, root, open) {
  const cut = cutter(segments(p.text, p.start, sentences.filter((s) => s.passage === p.id && stands(s, p)), []));
  const marked = new Set();
  const text = textNode(p.text, p.source, (from, to) => cut(from, to).flatMap((s) => {
    if (!s.mark) return reveal(s.text);
    const mark = h("mark", { class: s.mark !== sentences[0] && s.mark.p_answers < 0.5 && "faint" }, ...reveal(s.text));
    if (marked.has(s.mark)) return [mark];
    marked.add(s.mark);
    const n = sentences.indexOf(s.mark) + 1;
    return [h("button", { type: "button", class: "cite", label: ["search-sentence", { n, grade: likely(s.mark.p_answers) }], on: { click: open(s.mark) } }, String(n)), mark];
  }), 3);
  const { heading, page } = p.metadata ?? {};
  return h("li", {}, h("article", { class: "card passage" },
    h("div", { class: "passage-head" },
      h("div", { class: "source-text" }, h("h3", {}, bdi(p.title || sourceName(p.source))),
        heading && heading !== p.title && h("p", { class: "source-place" }, bdi(heading)),
        h("p", { class: "source-place" }, bdi(sourcePlace(p.source, root)), ...(page ? [" · ", h("span", { say: ["search-page", { n: page }] })] : []))),
      h("button", { type: "button", class: "button quiet-button small", say: "open-document", on: { click: open(p) } })),
    text));
}

// stands reports whether a sentence is the passage's text at its offsets.
function stands(s, p) {
  return [...p.text].slice(s.start - p.start, s.end - p.start).join("") === s.text;
}
