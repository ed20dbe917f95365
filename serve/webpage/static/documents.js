// The documents of a collection, and adding to them.

import { h, icon } from "./dom.js";
import { errorNode } from "./notice.js";
import { sourceName, sourcePlace } from "./naming.js";
import { reveal } from "./reveal.js";
import { UploadNode } from "./uploads.js";

const another = "\u0000"; // no collection can have this name

export class DocumentsView {
  #list = h("ul", { class: "documents-list" });
  #size = h("p", { class: "quiet" });
  #uploads = h("div", { class: "uploads", role: "group", label: "uploads" });
  #asked = 0;

  // changed is called when there is more than there was.
  constructor(node, { client, choices, source, changed }) {
    Object.assign(this, { node, client, choices, source, changed });
    this.select = h("select", { id: "documents-collection" });
    this.name = h("input", { type: "text", maxlength: 64, id: "documents-name", autocomplete: "off", "aria-describedby": "documents-rule" });
    this.fresh = h("div", { class: "field fresh" }, h("label", { for: "documents-name", say: "collection-name" }), this.name, h("p", { id: "documents-rule", class: "quiet", say: "collection-name-rule" }));
    this.input = h("input", { type: "file", multiple: true, class: "unseen", label: "files-chosen", id: "documents-files" });
    const drop = h("div", { class: "drop" }, icon("upload"), h("p", {}, h("span", { say: "drop" }), " ", h("label", { for: "documents-files", class: "choose", say: "drop-choose" }), this.input),
      h("p", { class: "quiet", say: "documents-lead" }));
    this.input.addEventListener("change", () => {
      this.#send([...this.input.files]);
      this.input.value = "";
    });
    this.select.addEventListener("change", () => this.#chosen());
    this.#takeDrops(drop);
    this.node.append(h("div", { class: "page" }, h("h1", { say: "documents-title" }),
      h("div", { class: "field" }, h("label", { for: "documents-collection", say: "collection" }), this.select), this.fresh, drop, this.#uploads, this.#size, this.#list));
  }

  #takeDrops(drop) {
    const over = (on) => (e) => {
      e.preventDefault();
      drop.classList.toggle("over", on);
    };
    drop.addEventListener("dragover", over(true));
    drop.addEventListener("dragleave", over(false));
    drop.addEventListener("drop", (e) => {
      over(false)(e);
      this.#send([...e.dataTransfer.files]);
    });
    // A file that misses must not take the page's place.
    for (const event of ["dragover", "drop"]) document.addEventListener(event, (e) => e.preventDefault());
  }

  focus() {
    this.select.focus();
  }

  // underWay shows the uploads that an earlier visit began.
  async underWay() {
    for (const job of await this.client.jobs()) {
      if (job.ended) continue;
      const upload = new UploadNode(job.files.map((f) => f.name));
      this.#uploads.append(upload.node);
      upload.watch(this.client, job).then(this.changed).then(() => this.show());
    }
  }

  // show fills the view anew.
  show() {
    const names = this.choices.collections.map((c) => c.name);
    const before = this.select.value || this.choices.collection;
    this.select.replaceChildren(...names.map((n) => h("option", { value: n }, n)), h("option", { value: another, say: "collection-new" }));
    this.select.value = names.includes(before) ? before : names[0] ?? another;
    this.#chosen();
  }

  #chosen() {
    const isNew = this.select.value === another;
    this.fresh.hidden = !isNew;
    this.#size.hidden = isNew;
    this.#list.replaceChildren();
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
    return h("li", {}, h("button", { type: "button", class: "document", on: { click: () => this.source.document(collection, d) } },
      icon("file"), h("span", { class: "document-text" }, h("span", { class: "document-title" }, h("bdi", {}, ...reveal(title))), h("span", { class: "document-source" }, h("bdi", {}, ...reveal(sourcePlace(d.source, root))))),
      h("span", { class: "document-size", say: ["passages", { n: d.passages }] })));
  }

  async #send(files) {
    const collection = this.select.value === another ? this.name.value.normalize("NFC").trim() : this.select.value;
    if (files.length === 0) return;
    if (!/^[\p{L}\p{M}\p{Nd}._-]{1,64}$/u.test(collection)) {
      this.name.focus();
      return;
    }
    const upload = new UploadNode(files.map((f) => f.name));
    this.#uploads.prepend(upload.node);
    await upload.send(this.client, collection, files);
    await this.changed();
    if (this.choices.collections.some((c) => c.name === collection) && this.select.value === another) {
      this.name.value = "";
      this.show();
      this.select.value = collection;
      this.#chosen();
    } else {
      this.show();
    }
  }
}
