// Which collection is asked, and by which strategy: chosen in one place, shown in
// several.

import { h } from "./dom.js";
import { keep, kept } from "./storage.js";

export const strategies = ["self-rag", "two-stage", "cot", "mcts", "auto", "extractive"];

// server leaves the strategy to the server, which may compare some.
const server = "";

// strategySelect is a choice among the strategies.
export function strategySelect(chosen, key = "strategy") {
  const select = h("select", { label: key }, ...strategies.map((s) => h("option", { value: s, say: `strategy.${s}` })));
  select.value = chosen;
  return select;
}

export class Choices {
  #selects = []; // of collections
  #strategies = [];
  #collections = [];
  #known = false;
  #writes = false;
  #collection = kept("collection") ?? "";
  #strategy = strategies.includes(kept("strategy")) ? kept("strategy") : server;

  // empty reports whether it is known that there are no collections.
  get empty() {
    return this.#known && this.#collections.length === 0;
  }

  get collections() {
    return this.#collections;
  }

  get collection() {
    return this.#collection;
  }

  // writes reports whether the key may change the collections.
  get writes() {
    return this.#writes;
  }

  // take sets the collections to choose from, and whether they may be changed. own,
  // the server's default, comes first.
  take(collections, own, writes) {
    this.#known = true;
    this.#writes = writes;
    this.#collections = [...collections.filter((c) => c.name === own), ...collections.filter((c) => c.name !== own)];
    if (!collections.some((c) => c.name === this.#collection)) this.#collection = this.#collections[0]?.name ?? "";
    for (const select of this.#selects) this.#fill(select);
  }

  choose(collection, strategy) {
    this.#collection = collection;
    for (const select of this.#selects) this.#fill(select);
    if (strategy !== server && !strategies.includes(strategy)) return;
    this.#strategy = strategy;
    for (const select of this.#strategies) select.value = strategy;
  }

  // renamed is called when a collection has another name.
  renamed(from, to) {
    if (this.#collection !== from) return;
    this.#collection = to;
    if (kept("collection") === from) keep("collection", to);
  }

  #fill(select) {
    const names = this.#collections.map((c) => c.name);
    if (this.#collection !== "" && !names.includes(this.#collection)) names.push(this.#collection);
    select.replaceChildren(...names.map((n) => h("option", { value: n }, n)));
    select.value = this.#collection;
    select.disabled = names.length === 0;
  }

  // collectionSelect is a choice among the collections.
  collectionSelect() {
    const select = h("select", { label: "collection" });
    select.addEventListener("change", () => {
      this.#collection = select.value;
      keep("collection", select.value);
      for (const other of this.#selects) if (other !== select) this.#fill(other);
    });
    this.#selects.push(select);
    this.#fill(select);
    return select;
  }

  // chooser is a choice of both.
  chooser() {
    const collection = this.collectionSelect();
    const strategy = strategySelect(this.#strategy);
    strategy.prepend(h("option", { value: server, say: "strategy.server" }));
    strategy.value = this.#strategy;
    strategy.addEventListener("change", () => {
      this.#strategy = strategy.value;
      keep("strategy", strategy.value);
    });
    this.#strategies.push(strategy);
    return { node: h("div", { class: "chooser" }, collection, strategy), collection, strategy };
  }
}
