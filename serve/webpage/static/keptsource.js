// A place from which the server keeps a collection up to date.

import { announce, h, icon } from "./dom.js";
import { day, every, label, say, t } from "./language.js";
import { errorNode, reasonNode } from "./notice.js";
import { reveal } from "./reveal.js";

export class KeptSourceNode {
  #name = h("h3", { class: "card-name" });
  #state = h("span", { class: "badge" });
  #place = h("p", { class: "card-place" });
  #times = h("p", { class: "quiet" });
  #counts = h("p", { class: "quiet" });
  #error = h("div", { class: "notice error", hidden: true });
  #notes = h("ul", { class: "card-notes" });
  #failures = h("ul", { class: "card-notes" });
  #failed = h("summary", {});
  #folded = h("details", { class: "made", hidden: true }, this.#failed, this.#failures);
  #said = h("div", { class: "tools-said" });
  #sync = h("button", { type: "button", class: "button small quiet-button" }, icon("sync"), h("span", { say: "kept-sync" }));
  #shown = "";

  // sync begins a run of a source. It is null if the key may not.
  constructor(sync) {
    this.#sync.hidden = sync === null;
    this.#sync.addEventListener("click", () => this.#begin(sync));
    this.node = h("li", { class: "card update" }, h("div", { class: "card-head" }, h("div", { class: "card-heading" }, this.#name, this.#state), this.#sync),
      this.#place, this.#times, this.#counts, this.#error, this.#notes, this.#folded, this.#said);
  }

  async #begin(sync) {
    this.#said.replaceChildren();
    try {
      announce(t("kept-begins", { name: this.source.name }));
      await sync(this.source);
    } catch (e) {
      this.#said.replaceChildren(errorNode(e));
    }
  }

  // show shows the source as the server tells of it.
  show(source) {
    this.source = source;
    const shown = JSON.stringify(source);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#name.replaceChildren(h("bdi", {}, ...reveal(source.name)));
    label(this.#sync, "kept-sync-name", { name: source.name });
    const state = source.state === "waiting" && !source.success ? "due" : source.state; // it has not run yet
    say(this.#state, `kept-state.${state}`);
    this.#state.className = `badge ${state}`;
    this.#place.replaceChildren(h("span", { say: `kept-kind.${source.kind}` }), " · ", h("bdi", {}, ...reveal(source.place)), " → ", h("bdi", {}, ...reveal(source.collection)));
    this.#times.replaceChildren(...times(source));
    this.#counts.hidden = !source.success;
    say(this.#counts, "kept-counts", { files: source.files, added: source.added, updated: source.updated, removed: source.removed, failed: source.failed });
    this.#error.hidden = !source.error;
    this.#error.replaceChildren(icon("warning"), h("span", {}, h("span", { say: "kept-error" }), " ", ...reveal(source.error ?? "")));
    this.#notes.replaceChildren(...source.notes.map((note) => h("li", {}, ...reveal(note))));
    this.#folded.hidden = source.failures.length === 0;
    say(this.#failed, "kept-failures", { n: source.failed });
    this.#failures.replaceChildren(...source.failures.map((f) => h("li", {}, h("bdi", {}, ...reveal(f.source)), " ", reasonNode(f))));
  }
}

const time = (key, at) => h("time", { datetime: at, say: [key, { time: () => day(new Date(at)) }] });

// times returns when a source ran and will run.
function times(source) {
  const out = [
    source.success ? time("kept-success", source.success) : h("span", { say: "kept-never" }),
    source.next && source.state !== "running" ? time("kept-next", source.next) : null,
    h("span", { say: ["kept-every", { time: () => every(source.every_s) }] }),
  ].filter(Boolean);
  return out.flatMap((node, i) => (i === 0 ? [node] : [" · ", node]));
}
