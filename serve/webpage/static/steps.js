// The steps of an answer: shown as they happen, folded when it is there.

import { h } from "./dom.js";
import { say, seconds } from "./language.js";
import { degree, likely } from "./made.js";
import { sourceName } from "./naming.js";
import { reveal } from "./reveal.js";

// How many sentences of a search are shown.
const mostSentences = 3;

export class Steps {
  #items = new Map();
  #round = 0;
  #count = 0;
  #now;
  #list = h("ol", { class: "step-list" });
  #name = h("span", { class: "step-now" });

  // show opens the source of a sentence; told, when given, hears the key of each
  // step that begins.
  constructor(show, told = () => {}) {
    Object.assign(this, { show, told });
    this.node = h("details", { class: "steps" }, h("summary", {}, h("span", { class: "spinner", "aria-hidden": "true" }), this.#name), this.#list);
    this.node.classList.add("working");
    this.node.open = true;
    this.#begin("step.started");
  }

  #begin(key) {
    say(this.#name, key);
    if (this.#now !== key) this.told(key);
    this.#now = key;
  }

  // item is the line of a step; there is one for each kind and round.
  #item(id, key, fill) {
    let item = this.#items.get(id);
    if (!item) {
      item = { line: h("span", { class: "step-line" }), more: h("div", { class: "step-more" }), seen: 0, kept: 0 };
      this.#list.append(h("li", {}, item.line, item.more));
      this.#items.set(id, item);
      this.#count++;
    }
    say(item.line, key, fill);
    return item;
  }

  #text(id, key, fill, text, className = "step-text") {
    const item = this.#item(id, key, fill);
    item.written = ""; // another draft of the round begins anew
    item.more.replaceChildren(h("p", { class: className }, ...reveal(text)));
    return item;
  }

  // unverified is text as the model writes it, which nothing has checked yet.
  #unverified(id, key, piece) {
    const item = this.#item(id, key);
    item.written = (item.written ?? "") + piece;
    item.more.replaceChildren(h("p", { class: "step-text unverified" }, ...reveal(item.written)));
  }

  #tally(id, key, kept) {
    const item = this.#item(id, key, {});
    item.seen++;
    if (kept) item.kept++;
    say(item.line, key, { kept: item.kept, seen: item.seen });
    return item;
  }

  // add shows an event of the API.
  add(name, e) {
    const round = e.iteration ?? this.#round;
    if (round > this.#round) {
      this.#round = round;
      this.#list.append(h("li", { class: "step-round", say: ["step.round", { n: round + 1 }] }));
    }
    const id = (kind) => `${kind} ${round}`;
    switch (name) {
      case "summarized": this.#text("summarized", "step.summarized", {}, e.summary); break;
      case "question-resolved": if (e.standalone !== e.original) this.#text("resolved", "step.resolved", {}, e.standalone); break;
      case "strategy": this.#item("strategy", "step.strategy", { strategy: e.strategy }); break;
      case "should-retrieve": this.#item(id("retrieve"), e.retrieve ? "step.retrieve" : "step.no-retrieve", {}); break;
      case "plan": this.#plan(id("plan"), e.plan ?? []); break;
      case "node": this.#text(`node ${e.node}`, "step.node", { action: e.action }, e.query || "–"); break;
      case "query": this.#begin("step.searching"); this.#text(id("query"), "step.query", {}, e.query); break;
      case "searched": this.#searched(id("searched"), e); break;
      case "evidence": this.#evidence(id("evidence"), e); break;
      case "relevance": this.#begin("step.grading"); this.#tally(id("relevance"), "step.relevance", e.kept); break;
      case "draft-delta": this.#begin("step.drafting"); this.#unverified(id("draft"), "step.draft", e.text); break;
      case "draft": this.#text(id("draft"), e.not_found ? "step.draft-none" : "step.draft", {}, e.sentences.join(" "), "step-text unverified"); break;
      case "support": this.#begin("step.checking"); this.#refused(this.#tally(id("support"), "step.support", e.kept), e); break;
      case "usefulness": this.#item(id("usefulness"), "step.usefulness", { grade: degree(e.grade) }); break;
      case "synthesis-delta": this.#begin("step.synthesis"); this.#unverified("synthesis", "step.synthesis", e.text); break;
    }
  }

  // refused shows why code refuses a sentence: the rule and the fact.
  #refused(item, e) {
    if (!e.refuted) return;
    const why = h("span", { class: "step-why", say: [`refused.${e.refuted.rule}`, { fact: e.refuted.fact ?? "" }] });
    item.more.append(h("p", { class: "step-text unverified" }, ...reveal(e.sentence), " ", why));
  }

  #plan(id, plan) {
    if (plan.length < 2) return;
    const item = this.#item(id, "step.plan", { n: plan.length });
    item.more.replaceChildren(h("ol", {}, ...plan.map((p) => h("li", {}, ...reveal(p)))));
  }

  #searched(id, e) {
    const item = this.#item(id, "step.found", { n: e.passages.length });
    const names = new Set(e.passages.map((p) => p.title || sourceName(p.source)));
    item.more.replaceChildren(h("ul", { class: "step-found" }, ...[...names].map((n) => h("li", {}, h("bdi", {}, ...reveal(n))))));
    if (e.degraded) item.more.append(h("p", { class: "step-text" }, ...reveal(e.degraded)));
  }

  // #evidence shows the sentences that answer likeliest; each opens its source.
  #evidence(id, e) {
    if (e.sentences.length === 0) return;
    const item = this.#item(id, "step.evidence", { grade: likely(e.p_answers) });
    item.more.replaceChildren(h("ol", { class: "step-evidence" }, ...e.sentences.slice(0, mostSentences).map((s) => h("li", {},
      h("button", { type: "button", class: "step-sentence", on: { click: () => this.show(s) } },
        h("span", { class: "unseen", say: "open-sentence" }),
        h("bdi", {}, ...reveal(s.text)), " ", h("span", { class: "step-grade", say: ["sentence-grade", { grade: likely(s.p_answers) }] }), " · ", h("bdi", { class: "step-why" }, ...reveal(s.title || sourceName(s.source))))))));
  }

  // kept shows the rounds of an answer that is not new.
  kept(iterations) {
    iterations.forEach((it, i) => {
      this.add("query", { iteration: i, query: it.subquery });
      const graded = (it.passages ?? []).length;
      this.#item(`searched ${i}`, "step.found", { n: graded });
      if (it.draft) this.#text(`draft ${i}`, "step.draft", {}, it.draft, "step-text unverified");
      if (it.support === null) return;
      const item = this.#item(`support ${i}`, "step.support-grade", { grade: degree(it.support) });
      for (const c of it.claims ?? []) this.#refused(item, { sentence: c.text, refuted: c.refuted });
    });
  }

  // end folds the steps.
  end(ms) {
    this.node.classList.remove("working");
    this.node.open = false;
    if (ms === undefined) say(this.#name, "steps.kept", { n: this.#count });
    else say(this.#name, "steps.done", { n: this.#count, time: () => seconds(ms) });
    this.node.hidden = this.#count === 0;
  }

  // stop leaves the steps as they are.
  stop(key) {
    this.node.classList.remove("working");
    say(this.#name, key);
  }
}
