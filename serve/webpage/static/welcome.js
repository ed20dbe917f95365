// The page before a conversation: what can be done here, and questions to begin with.

import { h } from "./dom.js";
import { noDocuments } from "./notice.js";
import { reveal } from "./reveal.js";

export class Welcome {
  #examples = h("div", { class: "examples", hidden: true });
  #none = noDocuments();
  #asked = 0;

  // ask asks one of the questions.
  constructor({ client, choices, ask }) {
    Object.assign(this, { client, choices, ask });
    this.#none.hidden = true;
    this.node = h("div", { class: "welcome" }, h("h1", { say: "ask-title" }), h("p", { say: "ask-lead" }), this.#none, this.#examples);
  }

  // show shows example questions about the chosen collection.
  async show() {
    const asked = ++this.#asked;
    this.#none.hidden = !this.choices.empty;
    this.#examples.hidden = true;
    if (this.choices.empty || this.choices.collection === "") return;
    const questions = await this.client.questions(this.choices.collection).catch(() => []); // the page works without them
    if (asked !== this.#asked || questions.length === 0) return;
    this.#examples.replaceChildren(h("h2", { say: "examples" }), h("ul", {}, ...questions.map((q) => h("li", {},
      h("button", { type: "button", class: "example", dir: "auto", on: { click: () => this.ask(q) } }, ...reveal(q))))));
    this.#examples.hidden = false;
  }
}
