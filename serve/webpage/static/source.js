// The source of a citation, opened at the quote.

import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { opened } from "./layers.js";
import { rendered } from "./markdown.js";
import { isMarkdown, sourceID, sourceName, sourcePlace } from "./naming.js";
import { errorNode } from "./notice.js";
import { glyph, reveal } from "./reveal.js";
import { cutter, segments } from "./spans.js";

export class SourceView {
  #title = h("h2", { id: "source-title", tabindex: "-1" });
  #place = h("p", { class: "source-place" });
  #body = h("div", { class: "source-body", tabindex: "0", role: "region", "aria-labelledby": "source-title" });
  #asked = 0;
  #gone = () => {};

  constructor(client) {
    this.client = client;
    const close = h("button", { type: "button", class: "icon-button", label: "close", on: { click: () => this.node.close() } }, icon("close"));
    this.node = h("dialog", { class: "drawer", "aria-labelledby": "source-title" },
      h("div", { class: "drawer-head" }, h("div", { class: "drawer-name" }, this.#title, this.#place), close), this.#body);
    this.node.addEventListener("close", () => this.node.open || this.#gone());
    this.node.addEventListener("click", (e) => e.target === this.node && this.node.close());
    document.body.append(this.node);
  }

  // citation opens the source of a citation at its quote.
  citation(collection, c) {
    return this.#open(collection, sourceID(c.url), c.title || sourceName(c.source), c.source, c);
  }

  // document opens a document from its beginning.
  document(collection, d) {
    return this.#open(collection, d.source_id, d.title || sourceName(d.source), d.source);
  }

  async #open(collection, id, title, source, span) {
    const asked = ++this.#asked;
    this.#title.replaceChildren(h("bdi", {}, ...reveal(title)));
    this.#place.replaceChildren();
    this.#body.replaceChildren(h("p", { class: "quiet", say: "loading" }));
    if (!this.node.open) {
      this.node.showModal(); // the browser restores the focus when the dialog closes
      this.#gone = opened(() => this.node.close());
    }
    this.#title.focus();
    try {
      const [found, root] = await Promise.all([this.client.source(collection, id, span), this.client.root(collection)]);
      if (asked !== this.#asked) return;
      const place = sourcePlace(source, root);
      if (place !== title) this.#place.replaceChildren(h("bdi", {}, ...reveal(place)));
      this.#show(found, span);
    } catch (e) {
      if (asked === this.#asked) this.#body.replaceChildren(errorNode(e));
    }
  }

  #show(found, span) {
    const highlight = span ? found.highlight : { start: 0, end: 0 };
    const cut = cutter(segments(found.text, found.from, [highlight], found.hidden));
    let first = null;
    const leaf = (from, to) => cut(from, to).map((s) => {
      const node = hiddenNode(s) ?? document.createTextNode(s.text);
      if (!s.mark) return node;
      const mark = h("mark", {}, node);
      if (!first) {
        first = mark;
        mark.id = "quote";
        mark.prepend(h("span", { class: "unseen", say: "quote-begins" }));
      }
      return mark;
    });
    const text = textNode(found.text, found.source, leaf);
    const whole = found.from === 0 && found.to === found.length;
    const n = found.hidden.length;
    this.#body.replaceChildren(...[
      n > 0 && h("p", { class: "notice" }, icon("warning"), h("span", { say: ["hidden", { n }] })),
      !whole && h("p", { class: "quiet", say: ["source-part", { from: found.from + 1, to: found.to, length: found.length }] }),
      text,
    ].filter(Boolean));
    if (first) first.scrollIntoView({ block: "center" });
    else this.#body.scrollTop = 0;
  }
}

// textNode returns the element of the text of a document or a part of it. Markdown is
// rendered, and other text is shown as it is written. leaf returns the nodes of a
// piece of the text.
export function textNode(text, source, leaf, level) {
  if (isMarkdown(source)) return h("div", { class: "source-text-whole prose", dir: "auto" }, rendered(text, leaf, level));
  return h("div", { class: "source-text-whole as-written", dir: "auto" }, leaf(0, text.length));
}

// hiddenNode shows what a reader of the document would not see.
function hiddenNode(s) {
  if (!s.hidden) return null;
  if (s.hidden !== "style") return glyph(s.text, s.hidden);
  const text = s.text.trim();
  const begins = s.text.length - s.text.trimStart().length;
  const [before, after] = [s.text.slice(0, begins), s.text.slice(begins + text.length)];
  const out = document.createDocumentFragment();
  out.append(before, text && h("span", { class: "hidden-text", title: t("hidden-style") }, h("span", { class: "unseen", say: "hidden-style" }), text), after);
  return out;
}
