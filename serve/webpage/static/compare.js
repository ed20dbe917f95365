// One question, two strategies, a vote.

import { answerNode } from "./answer.js";
import { strategySelect } from "./choices.js";
import { sendsByEnter } from "./composer.js";
import { announce, h } from "./dom.js";
import { say, t } from "./language.js";
import { madeNode } from "./made.js";
import { errorNode, errorText } from "./notice.js";
import { Steps } from "./steps.js";

export class CompareView {
  #running = null;
  #result = h("div", { class: "result" });

  constructor(node, { client, choices, source }) {
    Object.assign(this, { node, client, choices, source });
    this.text = h("textarea", { rows: 2, maxlength: 8000, hint: "ask-hint", label: "question" });
    this.collection = choices.collectionSelect();
    this.first = strategySelect("self-rag", "strategy-a");
    this.second = strategySelect("two-stage", "strategy-b");
    this.blind = h("input", { type: "checkbox" });
    this.run = h("button", { type: "submit", class: "button", say: "compare-run" });
    this.problem = h("p", { class: "quiet", role: "alert" });
    const field = (key, control) => h("label", { class: "field" }, h("span", { say: key }), control);
    const form = h("form", { class: "card compare-form" }, this.text,
      h("div", { class: "fields" }, field("collection", this.collection), field("strategy-a", this.first), field("strategy-b", this.second)),
      h("div", { class: "compare-row" }, h("label", { class: "check" }, this.blind, h("span", { say: "compare-blind" })), this.run), this.problem);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (e) => sendsByEnter(e) && (e.preventDefault(), form.requestSubmit()));
    this.node.append(h("div", { class: "page" }, h("h1", { say: "compare-title" }), h("p", { class: "lead", say: "compare-lead" }), form, this.#result));
  }

  focus() {
    this.text.focus();
  }

  #submit() {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    this.problem.replaceChildren();
    const question = this.text.value.trim();
    if (question === "") {
      this.text.focus();
    } else if (this.first.value === this.second.value) {
      say(this.problem, "compare-same");
    } else {
      this.#compare(question, this.collection.value, [this.first.value, this.second.value], this.blind.checked);
    }
  }

  async #compare(question, collection, strategies, blind) {
    // Blind, the sides are drawn, and nothing is shown that would tell them apart.
    if (blind && crypto.getRandomValues(new Uint8Array(1))[0] % 2) strategies.reverse();
    const running = new AbortController();
    this.#running = running;
    say(this.run, "stop");
    const sides = strategies.map((strategy, i) => this.#side("AB"[i], strategy, collection, blind));
    this.#result.replaceChildren(h("div", { class: "sides" }, ...sides.map((s) => s.node)));
    await Promise.all(sides.map((side) => this.#answer(side, { question, collection }, running.signal, blind)));
    this.#running = null;
    say(this.run, "compare-run");
    if (running.signal.aborted) return;
    if (blind) for (const side of sides) this.#show(side, true);
    if (!sides.every((s) => s.answer)) {
      if (blind) this.#uncover(sides);
      return;
    }
    announce(t("compare-both"));
    this.#result.append(this.#vote(sides, blind));
  }

  #side(name, strategy, collection, blind) {
    const title = h("h2", { say: ["compare-side", { name }] });
    const of = h("span", { class: "side-strategy" }, blind ? "" : strategy);
    const steps = new Steps((c) => this.source.citation(collection, c));
    const body = h("div", { class: "side-body" }, blind ? h("p", { class: "quiet working-note", say: "compare-working" }) : steps.node);
    return { name, strategy, steps, body, of, node: h("section", { class: "card side-by" }, h("div", { class: "side-name" }, title, of), body) };
  }

  async #answer(side, asked, signal, blind) {
    const began = performance.now();
    try {
      for await (const e of this.client.ask({ ...asked, strategy: side.strategy }, signal)) {
        if (e.name === "answer") side.answer = e.data;
        else side.steps.add(e.name, e.data);
      }
      side.steps.end(performance.now() - began);
    } catch (e) {
      if (signal.aborted) side.steps.stop("answer-stopped");
      else side.steps.end();
      side.error = signal.aborted ? null : e;
    }
    if (!blind || signal.aborted) this.#show(side, false);
  }

  #show(side, bare) {
    if (bare) side.body.replaceChildren();
    if (side.error) side.body.append(errorNode(side.error));
    if (!side.answer) {
      side.body.querySelector(".working-note")?.remove();
      return;
    }
    const show = (collection, c) => this.source.citation(collection, c);
    side.body.append(answerNode(side.answer, { show, bare: true }));
    if (!bare) side.body.append(madeNode(side.answer));
  }

  // uncover tells which side was whose.
  #uncover(sides) {
    for (const side of sides) {
      side.of.textContent = side.strategy;
      if (side.answer) side.body.append(side.steps.node, madeNode(side.answer));
    }
  }

  #vote([a, b], blind) {
    const said = h("p", { class: "quiet", role: "status" });
    const buttons = h("div", { class: "vote-buttons" });
    const give = async (better) => {
      for (const button of buttons.children) button.disabled = true;
      try {
        await this.client.feedback({ answer: a.answer.id, compare: { with: b.answer.id, better, blind } });
      } catch (e) {
        said.textContent = errorText(e);
        for (const button of buttons.children) button.disabled = false;
        return;
      }
      say(said, "vote-kept", { a: a.strategy, b: b.strategy });
      if (blind) this.#uncover([a, b]);
      said.tabIndex = -1;
      said.focus();
    };
    const button = (key, better) => h("button", { type: "button", class: "button quiet-button", say: key, on: { click: () => give(better) } });
    buttons.append(button("vote-a", "answer"), button("vote-neither", "neither"), button("vote-b", "with"));
    return h("section", { class: "vote", "aria-labelledby": "vote-name" }, h("h2", { id: "vote-name", say: "vote" }), buttons, said);
  }
}
