// The documents of a collection, adding to them, and changing them.

import { CollectionTools } from "./collectiontools.js";
import { documentCard } from "./documentcard.js";
import { h, icon } from "./dom.js";
import { dropArea } from "./drop.js";
import { fitsCollection, sourceName, sourcePlace } from "./naming.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";
import { UploadNode } from "./uploads.js";

const another = "\u0000"; // no collection can have this name

export class DocumentsView {
  #list = h("ul", { class: "documents-list" });
  #size = h("p", { class: "quiet", tabindex: "-1" });
  #uploads = h("div", { class: "uploads", role: "group", label: "uploads" });
  #reads = h("div", { class: "tools-said" });
  #asked = 0;

  // changed is called when there is more or less than there was, and renamed when a
  // collection has another name.
  constructor(node, { client, choices, source, changed, renamed }) {
    Object.assign(this, { node, client, choices, source, changed });
    this.select = h("select", { id: "documents-collection" });
    this.name = h("input", { type: "text", maxlength: 64, id: "documents-name", autocomplete: "off", "aria-describedby": "documents-rule" });
    this.fresh = h("div", { class: "field fresh" }, h("label", { for: "documents-name", say: "collection-name" }), this.name, h("p", { id: "documents-rule", class: "quiet", say: "collection-name-rule" }));
    this.drop = dropArea((files) => this.#add(files));
    this.tools = new CollectionTools({
      client, choices,
      renamed: async (from, to) => {
        await renamed(from, to);
        this.show(to);
      },
      deleted: async () => {
        await changed();
        this.show(this.choices.collections[0]?.name);
        this.select.focus();
      },
    });
    this.select.addEventListener("change", () => this.#chosen());
    this.node.append(h("div", { class: "page" }, h("h1", { say: "documents-title" }),
      h("div", { class: "collection-row" }, h("div", { class: "field" }, h("label", { for: "documents-collection", say: "collection" }), this.select), this.tools.node), this.tools.said,
      this.#reads, this.fresh, this.drop, this.#uploads, this.#size, this.#list));
  }

  focus() {
    this.select.focus();
  }

  // underWay shows the uploads that an earlier visit began, the oldest first.
  async underWay() {
    for (const job of (await this.client.jobs()).reverse()) {
      if (job.ended) continue;
      const upload = new UploadNode(this.client, job.files.map((f) => f.name), this.choices.writes);
      this.#uploads.append(upload.node);
      upload.watch(job).then(this.changed).then(() => this.show());
    }
  }

  // show fills the view anew, with a collection if it is named.
  show(collection) {
    const names = this.choices.collections.map((c) => c.name);
    const wanted = collection ?? (this.select.value || this.choices.collection);
    const fresh = this.choices.writes || names.length === 0;
    this.select.replaceChildren(...names.map((n) => h("option", { value: n }, n)), fresh && h("option", { value: another, say: "collection-new" }) || "");
    this.select.value = names.includes(wanted) ? wanted : names[0] ?? another;
    this.drop.hidden = !this.choices.writes;
    this.#reads.replaceChildren(...this.choices.writes ? [] : [h("p", { class: "notice", say: "key-reads" })]);
    this.#chosen();
  }

  #chosen() {
    const isNew = this.select.value === another;
    this.fresh.hidden = !isNew || !this.choices.writes;
    this.#size.hidden = isNew;
    if (this.#list.contains(document.activeElement)) this.#size.focus(); // a line is another one now, or gone
    this.#list.replaceChildren();
    this.tools.show(isNew ? "" : this.select.value);
    if (isNew) {
      if (this.choices.empty && this.name.value === "") this.name.value = "default";
      return;
    }
    this.#load(this.select.value, 0);
  }

  async #load(collection, offset) {
    const asked = ++this.#asked;
    try {
      const { documents, total, root } = await this.client.documents(collection, offset);
      if (asked !== this.#asked) return;
      const info = this.choices.collections.find((c) => c.name === collection);
      this.#size.replaceChildren(total === 0 ? h("span", { say: "documents-empty" })
        : h("span", { say: ["collection-size", { documents: total, passages: info?.passages ?? 0 }] }));
      const more = offset + documents.length < total && h("li", {}, h("button", {
        type: "button", class: "button quiet-button", say: "documents-more",
        on: { click: (e) => { e.currentTarget.parentElement.remove(); this.#load(collection, offset + documents.length); } },
      }));
      this.#list.append(...[...documents.map((d) => this.#document(collection, d, root)), more].filter(Boolean));
    } catch (e) {
      if (asked === this.#asked) this.#list.replaceChildren(h("li", {}, errorNode(e)));
    }
  }

  #document(collection, d, root) {
    const title = d.title || sourceName(d.source);
    const place = sourcePlace(d.source, root);
    return h("li", {}, h("button", { type: "button", class: "document", on: { click: () => this.source.document(collection, d) } },
      icon("file"), h("span", { class: "document-text" }, h("span", { class: "document-title" }, h("bdi", {}, ...reveal(title))), h("span", { class: "document-source" }, h("bdi", {}, ...reveal(place)))),
      h("span", { class: "document-size", say: ["passages", { n: d.passages }] })),
    h("button", { type: "button", class: "icon-button", label: ["document-more", { title }], on: { click: () => this.#manage(collection, { ...d, title, place }) } }, icon("more")));
  }

  // manage shows what can be done with a document, and does it.
  async #manage(collection, d) {
    const done = await documentCard({ client: this.client, writes: this.choices.writes, collection, document: d });
    if (done.files) await this.#send(collection, done.files, true);
    if (!done.renamed && !done.removed) return;
    await this.changed();
    this.show();
  }

  // add uploads files into the collection that is chosen.
  #add(files) {
    const collection = this.select.value === another ? this.name.value.normalize("NFC").trim() : this.select.value;
    if (fitsCollection(collection)) return this.#send(collection, files);
    this.name.focus();
  }

  async #send(collection, files, force = false) {
    const upload = new UploadNode(this.client, files.map((f) => f.name));
    this.#uploads.prepend(upload.node);
    upload.node.scrollIntoView({ block: "nearest" });
    await upload.send(collection, files, force);
    await this.changed();
    const made = this.select.value === another && this.choices.collections.some((c) => c.name === collection);
    if (made) this.name.value = "";
    this.show(made ? collection : undefined);
  }
}
