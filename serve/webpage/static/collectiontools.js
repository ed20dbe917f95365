// Renaming and deleting a collection.

import { askName, confirm } from "./dialogs.js";
import { h } from "./dom.js";
import { fitsCollection } from "./naming.js";
import { errorNode } from "./notice.js";

export class CollectionTools {
  #collection = "";

  // renamed and deleted are called after the collection was.
  constructor({ client, choices, renamed, deleted }) {
    Object.assign(this, { client, choices, renamed, deleted });
    this.said = h("div", { class: "tools-said" });
    this.node = h("div", { class: "tools" }, h("button", { type: "button", class: "button quiet-button", say: "collection-rename", on: { click: () => this.#rename() } }),
      h("button", { type: "button", class: "button danger-quiet", say: "collection-delete", on: { click: () => this.#delete() } }));
  }

  // show is called with the collection that is chosen; empty: there is none.
  show(collection) {
    if (collection !== this.#collection) this.said.replaceChildren();
    this.#collection = collection;
    this.node.hidden = collection === "" || !this.choices.writes;
  }

  async #rename() {
    const from = this.#collection;
    const to = await askName({
      title: ["collection-rename-title", { name: from }], rule: "collection-name-rule", name: from, fits: fitsCollection, rename: (name) => this.client.renameCollection(from, name),
    });
    if (to !== "") await this.renamed(from, to);
  }

  async #delete() {
    const name = this.#collection;
    this.said.replaceChildren();
    const info = this.choices.collections.find((c) => c.name === name);
    const sources = await this.client.keptSources().catch(() => []); // the dialog says less without them
    const kept = sources.filter((s) => s.collection === name).map((s) => s.name);
    const also = [["collection-delete-talks"], ...kept.length > 0 ? [["collection-delete-kept", { sources: kept.join(", ") }]] : []];
    const text = ["collection-delete-text", { documents: info?.documents ?? 0, passages: info?.passages ?? 0 }];
    if (!await confirm({ title: ["collection-delete-title", { name }], text, also, yes: "delete" })) return;
    try {
      await this.client.deleteCollection(name);
    } catch (e) {
      this.said.replaceChildren(errorNode(e));
      return;
    }
    await this.deleted(name);
  }
}
