// The conversations that are kept.

import { announce, h, icon } from "./dom.js";
import { saveSession } from "./exports.js";
import { day, t } from "./language.js";
import { titleOf } from "./naming.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";

// atOnce is how many conversations are listed at first, and how many more at each
// request for older ones: a list of hundreds would delay every page.
const atOnce = 30;

export class History {
  #current = "";
  #sessions = [];
  #listed = atOnce;

  // removed hears the name of a conversation that was deleted.
  constructor({ client, choices, confirm, removed }) {
    Object.assign(this, { client, choices, confirm, removed });
    this.list = document.getElementById("history");
    this.none = document.getElementById("history-empty");
  }

  // current tells which conversation is open.
  current(name) {
    this.#current = name;
    if (this.#place() >= this.#listed) this.#show();
    else this.#mark();
  }

  // #place is the place of the open conversation in the list, or -1.
  #place() {
    return this.#sessions.findIndex((s) => s.name === this.#current);
  }

  #mark() {
    const name = this.#current;
    for (const link of this.list.querySelectorAll("a")) {
      if (link.dataset.session === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  async refresh() {
    try {
      this.#sessions = await this.client.sessions();
      this.#show();
    } catch (e) {
      this.list.replaceChildren(h("li", {}, errorNode(e)));
    }
  }

  #show() {
    this.#listed = Math.max(this.#listed, this.#place() + 1);
    this.list.replaceChildren(...this.#sessions.slice(0, this.#listed).map((s) => this.#line(s)));
    if (this.#sessions.length > this.#listed) {
      const older = h("button", { type: "button", class: "button small quiet-button", say: "history-older", on: { click: () => this.#showOlder() } });
      this.list.append(h("li", {}, older));
    }
    this.none.hidden = this.#sessions.length > 0;
    this.#mark();
  }

  #showOlder() {
    const first = this.#listed;
    this.#listed += atOnce;
    this.#show();
    this.list.children[first].querySelector("a").focus();
  }

  #line(session) {
    const title = session.title || titleOf(session.name);
    const when = new Date(session.updated);
    const link = h("a", { href: `#/ask/${encodeURIComponent(session.name)}`, title: `${title} · ${session.collection}` },
      h("span", { class: "session-title", dir: "auto" }, ...reveal(title)),
      h("time", { class: "session-day", datetime: when.toISOString(), say: ["value", { value: () => day(when) }] }));
    link.dataset.session = session.name;
    const save = h("button", { type: "button", class: "icon-button small", label: ["export-session", { title }], on: { click: () => this.#save(session.name) } }, icon("download"));
    const remove = this.choices.writes && h("button", { type: "button", class: "icon-button small", label: ["delete-session", { title }], on: { click: () => this.#remove(session.name, title) } }, icon("trash"));
    return h("li", {}, link, save, remove);
  }

  async #save(name) {
    try {
      await saveSession(this.client, name);
      announce(t("exported"));
    } catch (e) {
      this.list.prepend(h("li", {}, errorNode(e)));
    }
  }

  async #remove(name, title) {
    if (!await this.confirm({ title: "confirm-delete", text: ["confirm-delete-text", { title }], yes: "delete" })) return;
    try {
      await this.client.deleteSession(name);
    } catch (e) {
      this.list.prepend(h("li", {}, errorNode(e)));
      return;
    }
    this.removed(name);
    await this.refresh();
    (this.list.querySelector("a") ?? document.getElementById("fresh")).focus();
  }
}
