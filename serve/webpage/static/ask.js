// The conversation: ask, watch the steps, read the answer.

import { answerNode } from "./answer.js";
import { composer } from "./composer.js";
import { announce, h } from "./dom.js";
import { t } from "./language.js";
import { sessionName } from "./naming.js";
import { errorNode, noDocuments } from "./notice.js";
import { reveal } from "./reveal.js";
import { Steps } from "./steps.js";

// heading names a conversation for those who hear the page.
const heading = () => h("h1", { class: "unseen", say: "conversation" });

export class AskView {
  #thread = h("div", { class: "thread" });
  #session = ""; // what the conversation is kept as; empty before its first question
  #collection = ""; // what it is about
  #running = null;

  // changed hears the name of the session in which something was said.
  constructor(node, { client, choices, source, changed }) {
    Object.assign(this, { node, client, choices, source, changed });
    this.composer = composer({
      choices, ask: (question, chosen) => this.#ask(question, chosen), stop: () => this.#running?.abort(),
      // A conversation is about one collection: another one begins another.
      moved: (collection) => {
        if (this.#session === "" || collection === this.#collection) return;
        this.fresh();
        announce(t("new-conversation", { collection }));
      },
    });
    this.node.append(this.#thread, this.composer.node);
    this.fresh();
  }

  // fresh begins a conversation.
  fresh() {
    this.#leave("");
    this.#thread.replaceChildren(h("div", { class: "welcome" }, h("h1", { say: "ask-title" }), h("p", { say: "ask-lead" }),
      this.choices.empty && noDocuments()));
    this.changed("");
  }

  #leave(session) {
    this.#running?.abort();
    this.#running = null;
    this.#session = session;
    this.composer.working(false);
  }

  // session is the name of the open conversation; empty for a new one.
  get session() {
    return this.#session;
  }

  focus() {
    this.composer.focus();
  }

  // open shows a conversation that is kept.
  async open(name) {
    if (name === this.#session) return;
    this.#leave(name);
    this.#thread.replaceChildren(h("p", { class: "quiet", say: "loading" }));
    try {
      const kept = await this.client.session(name);
      if (this.#session !== name) return;
      this.#collection = kept.collection;
      // What an experiment chose, or what stood in for a model, the person did not choose.
      const last = kept.turns.at(-1)?.answer;
      this.choices.choose(kept.collection, last && (last.arm || last.strategy !== kept.strategy) ? "" : kept.strategy);
      this.#thread.replaceChildren(heading(), ...kept.turns.map((turn) => {
        const steps = new Steps(this.#showing(kept.collection));
        steps.kept(turn.answer.iterations);
        steps.end();
        return this.#turn(turn.answer.question, steps.node, answerNode(turn.answer, this.#reading()));
      }));
      this.#thread.lastElementChild?.scrollIntoView({ block: "start" });
    } catch (e) {
      if (this.#session !== name) return;
      this.#session = "";
      this.#thread.replaceChildren(errorNode(e));
    }
  }

  #reading() {
    return { client: this.client, show: (collection, c) => this.source.citation(collection, c) };
  }

  #showing(collection) {
    return (c) => this.source.citation(collection, c);
  }

  #turn(question, ...below) {
    return h("article", { class: "turn" }, h("h2", { class: "asked" }, ...reveal(question)), ...below);
  }

  // #again asks a question that failed once more, in place of its turn.
  #again(turn, question, chosen) {
    if (this.#running) return; // another question is on its way
    turn.remove();
    this.focus();
    this.#ask(question, chosen);
  }

  async #ask(question, chosen) {
    if (this.#session === "") {
      this.#thread.replaceChildren(heading());
      this.#session = sessionName(question);
      this.#collection = chosen.collection;
      this.changed(this.#session);
    }
    const session = this.#session;
    const running = new AbortController();
    this.#running = running;
    this.composer.working(true);
    const steps = new Steps(this.#showing(chosen.collection), (key) => announce(t(key)));
    const turn = this.#turn(question, steps.node);
    this.#thread.append(turn);
    turn.scrollIntoView({ block: "start" });
    const began = performance.now();
    try {
      for await (const e of this.client.ask({ question, collection: chosen.collection, strategy: chosen.strategy || undefined, session }, running.signal)) {
        if (e.name !== "answer") {
          steps.add(e.name, e.data);
          continue;
        }
        steps.end(performance.now() - began);
        turn.append(answerNode(e.data, this.#reading()));
        announce(t("answer-is", { text: e.data.answer }));
      }
    } catch (e) {
      steps.stop("answer-stopped");
      if (running.signal.aborted) announce(t("answer-stopped"));
      else turn.append(errorNode(e, () => this.#again(turn, question, chosen)));
    }
    if (this.#running === running) {
      this.#running = null;
      this.composer.working(false);
    }
    this.changed(this.#session);
  }
}
