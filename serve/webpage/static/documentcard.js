// A document: its fields, and renaming, uploading again and removing it.

import { askName, asked, confirm } from "./dialogs.js";
import { h, icon } from "./dom.js";
import { number } from "./language.js";
import { uploadOf } from "./naming.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";

// documentCard shows a document, {source, source_id, title, place, passages}, and gives
// what was done: {renamed}, {removed}, or {files} with a file to upload again.
export async function documentCard({ client, writes, collection, document: d }) {
  const done = {};
  const fields = h("div", {}, h("p", { class: "quiet", say: "loading" }));
  const said = h("div", { class: "tools-said" });
  const close = (what) => {
    Object.assign(done, what);
    node.close("");
  };
  const failed = (e) => said.replaceChildren(errorNode(e));
  const tools = writes ? toolsNode({ client, collection, d, close, failed }) : h("p", { class: "quiet", say: "key-reads" });
  const node = h("dialog", { class: "ask-dialog document-card", "aria-labelledby": "card-title" },
    h("div", { class: "card-head" }, h("h2", { id: "card-title", tabindex: "-1", autofocus: true }, h("bdi", {}, ...reveal(d.title))),
      h("button", { type: "button", class: "icon-button", label: "close", on: { click: () => close({}) } }, icon("close"))),
    d.place !== d.title && h("p", { class: "source-place" }, h("bdi", {}, ...reveal(d.place))),
    fields, tools, said);
  const closed = asked(node);
  client.document(collection, d.source_id).then((found) => fields.replaceChildren(fieldsNode(found, d)), (e) => fields.replaceChildren(errorNode(e)));
  await closed;
  return done;
}

// fieldsNode returns the fields of a document, under the names that filters use.
function fieldsNode(found, d) {
  const names = Object.keys(found.metadata ?? {}).sort();
  return h("dl", { class: "fields-of" }, h("dt", { say: "document-passages" }), h("dd", { say: ["value", { value: d.passages }] }),
    names.map((name) => [h("dt", {}, h("bdi", {}, ...reveal(name))), h("dd", {}, valueNode(found.metadata[name]))]),
    names.length === 0 && [h("dt", { say: "document-fields" }), h("dd", { say: "document-fields-none" })]);
}

function valueNode(value) {
  if (typeof value === "number") return h("span", { say: ["value", { value: () => (Number.isInteger(value) && value < 10_000 ? String(value) : number(value)) }] }); // a year has no comma
  return h("bdi", {}, ...reveal(typeof value === "string" ? value : JSON.stringify(value)));
}

function toolsNode({ client, collection, d, close, failed }) {
  const upload = uploadOf(d.source); // null: it was not uploaded
  const button = (key, click) => h("button", { type: "button", class: "button quiet-button", say: key, on: { click } });
  const rename = async () => {
    const to = await askName({
      title: "document-rename-title", rule: "document-name-rule", name: upload.name, fits: (name) => /[^./\\\s]/.test(name), rename: (name) => client.renameDocument(collection, d.source_id, name),
    });
    if (to !== "") close({ renamed: true });
  };
  const remove = async () => {
    const text = ["document-remove-text", { title: d.title, n: d.passages, collection }];
    if (!await confirm({ title: "document-remove-title", text, also: [[upload ? "document-remove-undo" : "document-remove-returns"]], yes: "delete" })) return;
    try {
      await client.removeDocument(collection, d.source_id);
      close({ removed: true });
    } catch (e) {
      failed(e);
    }
  };
  const again = h("input", { type: "file", class: "unseen", id: "card-file", label: "document-again-file" });
  again.addEventListener("change", () => again.files.length > 0 && close({ files: [{ file: again.files[0], name: upload.name }] }));
  return h("div", { class: "card-tools" },
    upload ? h("p", { class: "quiet", say: upload.line ? "document-line" : "document-again-lead" }) : h("p", { class: "quiet", say: "document-elsewhere" }),
    h("div", { class: "dialog-row" },
      upload && [again, h("label", { for: "card-file", class: "button quiet-button", say: "document-again" })],
      upload && !upload.line && button("document-rename", rename),
      h("button", { type: "button", class: "button danger-quiet", say: "document-remove", on: { click: remove } })));
}
