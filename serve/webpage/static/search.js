// Searching without asking: the passages, and the sentences in them that may
// answer.

import { growing, sendsByEnter } from "./composer.js";
import { announce, h, icon } from "./dom.js";
import { percent, say, t, took } from "./language.js";
import { sourceName } from "./naming.js";
import { errorNode, noDocuments } from "./notice.js";
import { reveal } from "./reveal.js";
import { segments } from "./spans.js";

const grade = (p) => () => percent(p);

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
      const found = await this.client.search(query, collection, running.signal);
      this.#show(found, collection);
    } catch (e) {
      this.#result.replaceChildren(...running.signal.aborted ? [] : [errorNode(e)]);
      if (running.signal.aborted) announce(t("answer-stopped"));
    }
    this.#running = null;
    say(this.run, "search-run");
  }

  #show({ passages, evidence, degraded, timings_ms: timings }, collection) {
    const warning = degraded && h("p", { class: "notice" }, icon("warning"), h("span", {}, h("span", { say: "degraded" }), " ", ...reveal(degraded)));
    if (passages.length === 0) {
      this.#result.replaceChildren(...[warning, h("p", { say: "search-none" })].filter(Boolean));
      announce(t("search-none"));
      return;
    }
    const open = (c) => () => this.source.citation(collection, c);
    this.#result.replaceChildren(...[
      warning,
      h("p", { class: "cost search-cost" }, h("span", { say: ["search-tells", { grade: grade(evidence.p_answers) }] }), h("span", { say: ["search-one-place", { grade: grade(evidence.p_one_place) }] }),
        h("span", { say: ["passages", { n: passages.length }] }), h("span", { say: ["took", { time: () => took(timings.total) }] })),
      evidence.sentences.length > 0 && h("section", { class: "found", "aria-labelledby": "search-sentences" }, h("h2", { id: "search-sentences", say: "search-sentences" }),
        h("ol", { class: "sources" }, ...evidence.sentences.map((s) => sentenceNode(s, open(s))))),
      h("section", { class: "found", "aria-labelledby": "search-passages" }, h("h2", { id: "search-passages", say: "search-passages" }),
        h("ol", { class: "sources" }, ...passages.map((p) => passageNode(p, evidence.sentences, open)))),
    ].filter(Boolean));
    announce(t("search-found", { n: passages.length, grade: grade(evidence.p_answers) }));
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
function sentenceNode(s, open) {
  return h("li", {}, h("button", { type: "button", class: "source", on: { click: open } },
    h("span", { class: "source-n search-grade", say: ["step.probability", { grade: grade(s.p_answers) }] }),
    h("span", { class: "source-text" },
      h("span", { class: "unseen", say: "open-sentence" }),
      h("span", { class: "search-sentence", dir: "auto" }, ...reveal(s.text)),
      h("span", { class: "source-place" }, ...placeOf(s, s.heading)),
      s.copies?.length > 0 && h("span", { class: "source-place", say: ["search-also", { sources: s.copies.map(sourceName).join(", ") }] }))));
}

// passageNode is a passage with those of the sentences, best first, that stand in
// it marked: the best, and others that are likelier to answer than not, plainly.
// open opens a source at a span.
function passageNode(p, sentences, open) {
  const text = h("div", { class: "source-text-whole", dir: "auto" });
  const marked = new Set();
  for (const s of segments(p.text, p.start, sentences.filter((s) => s.passage === p.id && stands(s, p)), [])) {
    if (!s.mark) {
      text.append(...reveal(s.text));
      continue;
    }
    const mark = h("mark", { class: s.mark !== sentences[0] && s.mark.p_answers < 0.5 && "faint" }, ...reveal(s.text));
    if (!marked.has(s.mark)) {
      marked.add(s.mark);
      text.append(h("button", {
        type: "button", class: "cite", say: ["step.probability", { grade: grade(s.mark.p_answers) }], label: ["search-sentence", { grade: grade(s.mark.p_answers) }], on: { click: open(s.mark) },
      }));
    }
    text.append(mark);
  }
  const { heading, page } = p.metadata ?? {};
  return h("li", {}, h("article", { class: "card passage" },
    h("div", { class: "passage-head" },
      h("div", { class: "source-text" }, h("h3", {}, bdi(p.title || sourceName(p.source))),
        heading && heading !== p.title && h("p", { class: "source-place" }, bdi(heading)),
        h("p", { class: "source-place" }, bdi(p.source), ...(page ? [" · ", h("span", { say: ["search-page", { n: page }] })] : []))),
      h("button", { type: "button", class: "button quiet-button small", say: "open-document", on: { click: open(p) } })),
    text));
}

// stands reports whether a sentence is the passage's text at its offsets.
function stands(s, p) {
  return [...p.text].slice(s.start - p.start, s.end - p.start).join("") === s.text;
}
