// The conversation: ask, watch the steps, read the answer.

import { answerNode } from "./answer.js";
import { composer } from "./composer.js";
import { announce, h, icon } from "./dom.js";
import { t } from "./language.js";
import { sessionName } from "./naming.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";
import { Steps } from "./steps.js";
import { unanswered } from "./storage.js";
import { Welcome } from "./welcome.js";

// heading names a conversation for those who hear the page.
const heading = () => h("h1", { class: "unseen", say: "conversation" });

export class AskView {
  #thread = h("div", { class: "thread" });
  #session = ""; // what the conversation is kept as; empty before its first question
  #collection = ""; // what it is about
  #answers = 0; // number of its answers that the server keeps
  #running = null;
  #opening = Promise.resolve();

  // changed hears the name of the session in which something was said.
  constructor(node, { client, choices, source, changed }) {
    Object.assign(this, { node, client, choices, source, changed });
    this.composer = composer({
      choices, ask: (question, chosen) => this.#ask(question, chosen), stop: () => this.#running?.abort(),
      // A conversation is about one collection: another one begins another.
      moved: (collection) => {
        if (this.#session === "") {
          this.welcome.show();
        } else if (collection !== this.#collection) {
          this.fresh();
          announce(t("new-conversation", { collection }));
        }
      },
    });
    this.welcome = new Welcome({ client, choices, ask: (question) => this.composer.ask(question) });
    this.talk = h("div", { class: "talk", tabindex: "0", role: "region", label: "conversation" }, this.#thread);
    this.composer.scrolls(this.talk);
    this.node.append(this.talk, this.composer.node);
    this.#thread.append(this.welcome.node);
  }

  // ready is called when the collections are known.
  ready() {
    if (this.#session === "") this.welcome.show();
  }

  // fresh begins a conversation.
  fresh() {
    this.#leave("");
    this.#thread.replaceChildren(this.welcome.node);
    this.welcome.show();
    this.changed("");
  }

  #leave(session) {
    this.#running?.abort();
    this.#running = null;
    this.#session = session;
    this.#answers = 0;
    this.composer.working(false);
  }

  // session is the name of the open conversation; empty for a new one.
  get session() {
    return this.#session;
  }

  focus() {
    this.composer.focus();
  }

  // renamed is called when a collection has another name.
  renamed(from, to) {
    if (this.#collection === from) this.#collection = to;
  }

  // failed shows that nothing can be asked, and why.
  failed(e, again) {
    this.#thread.replaceChildren(h("div", { class: "turn" }, errorNode(e, again, "try-again")));
  }

  // open shows a conversation that is kept.
  open(name) {
    if (name === this.#session) return;
    this.#leave(name);
    this.#opening = this.#open(name);
  }

  async #open(name) {
    this.#thread.replaceChildren(h("p", { class: "quiet turn", say: "loading" }));
    const left = unanswered.of(name);
    try {
      const kept = await this.client.session(name).catch((e) => {
        if (e.code !== "not_found" || !left) throw e;
        return { collection: left.collection, strategy: left.strategy, turns: [] }; // its first question has no answer yet
      });
      if (this.#session !== name) return;
      this.#collection = kept.collection;
      this.#answers = kept.turns.length;
      // What an experiment chose, or what stood in for a model, the person did not choose.
      const last = kept.turns.at(-1)?.answer;
      this.choices.choose(kept.collection, last && (last.arm || last.strategy !== kept.strategy) ? "" : kept.strategy);
      this.#thread.replaceChildren(heading(), ...kept.turns.map((turn) => {
        const steps = new Steps(this.#showing(kept.collection));
        steps.kept(turn.answer.iterations);
        steps.end();
        return this.#turn(turn.answer.question, steps.node, answerNode(turn.answer, this.#reading()));
      }));
      if (left && left.turns >= kept.turns.length) this.#thread.append(this.#interrupted(left));
      else unanswered.forget(name);
      this.#thread.lastElementChild.scrollIntoView({ block: "start" });
      this.changed(name);
    } catch (e) {
      if (this.#session !== name) return;
      this.#session = "";
      this.failed(e, () => this.open(name));
    }
  }

  // interrupted shows a question whose page was left before its answer came.
  #interrupted({ question, collection, strategy }) {
    const again = () => this.#again(turn, question, { collection, strategy });
    const turn = this.#turn(question, h("div", { class: "notice" }, icon("warning"), h("div", { class: "notice-text" }, h("span", { say: "interrupted" }),
      h("button", { type: "button", class: "button small quiet-button", say: "ask-again", on: { click: again } }))));
    return turn;
  }

  #reading() {
    return { client: this.client, show: this.#showing() };
  }

  // showing returns a function that opens a source. The function uses this collection
  // unless it is called with another one.
  #showing(collection) {
    return collection === undefined ? (of, c) => this.source.citation(of, c) : (c) => this.source.citation(collection, c);
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
    const running = new AbortController();
    this.#running = running;
    this.composer.working(true);
    await this.#opening;
    if (this.#running !== running) return; // another conversation was opened
    if (this.#session === "") {
      this.#thread.replaceChildren(heading());
      this.#session = sessionName(question);
      this.#collection = chosen.collection;
      this.#answers = 0;
    }
    const session = this.#session;
    unanswered.keep({ session, question, ...chosen, turns: this.#answers });
    this.changed(session);
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
        unanswered.forget(session); // the server has kept it
        if (this.#session === session) this.#answers++;
        steps.end(performance.now() - began);
        turn.append(answerNode(e.data, this.#reading()));
        announce(t("answer-is", { text: e.data.answer }));
      }
    } catch (e) {
      if (running.signal.aborted) {
        steps.stop("answer-stopped");
        announce(t("answer-stopped"));
      } else {
        steps.end();
        turn.append(errorNode(e, () => this.#again(turn, question, chosen)));
      }
    }
    if (this.#running === running) {
      this.#running = null;
      this.composer.working(false);
    }
    this.changed(this.#session);
  }
}
