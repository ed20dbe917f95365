// The source of a citation, opened at the quote.

import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { opened } from "./layers.js";
import { rendered } from "./markdown.js";
import { isMarkdown, isPDF, sourceID, sourceName, sourcePlace } from "./naming.js";
import { errorNode } from "./notice.js";
import { PagesView, whyNoPages, whyNot } from "./pages.js";
import { hasRows, hasSlides, placeNodes, rowsNode, slideNode } from "./places.js";
import { glyph, reveal } from "./reveal.js";
import { cutter, segments } from "./spans.js";

export class SourceView {
  #title = h("h2", { id: "source-title", tabindex: "-1" });
  #place = h("p", { class: "source-place" });
  #within = h("p", { class: "source-place" });
  #body = h("div", { class: "source-body", tabindex: "0", role: "region", "aria-labelledby": "source-title" });
  #choices = {
    pages: h("button", { type: "button", say: "view-pages", on: { click: () => this.#choose("pages") } }),
    text: h("button", { type: "button", say: "view-text", on: { click: () => this.#choose("text") } }),
  };
  #choice = h("div", { class: "source-choice", role: "group", label: "view", hidden: true }, this.#choices.pages, this.#choices.text);
  #views = {}; // functions that show the source as pages and as text
  #pages = null; // the PagesView that is open
  #asked = 0;
  #gone = () => {};

  constructor(client) {
    this.client = client;
    const close = h("button", { type: "button", class: "icon-button", label: "close", on: { click: () => this.node.close() } }, icon("close"));
    this.node = h("dialog", { class: "drawer", "aria-labelledby": "source-title" },
      h("div", { class: "drawer-head" }, h("div", { class: "drawer-name" }, this.#title, this.#place, this.#within), close), this.#choice, this.#body);
    this.node.addEventListener("close", () => {
      if (this.node.open) return;
      this.#pages?.leave();
      this.#gone();
    });
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
    this.#pages?.leave();
    this.#pages = null;
    this.#choice.hidden = true;
    this.#title.replaceChildren(h("bdi", {}, ...reveal(title)));
    this.#place.replaceChildren();
    this.#within.replaceChildren(...placeNodes(span?.metadata));
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
      this.#views = {
        text: (why) => this.#showText(found, span, why),
        pages: () => this.#showPages(asked, { collection, id, title }, span),
      };
      if (!isPDF(source)) return this.#showText(found, span);
      const why = whyNoPages(source);
      if (why) return this.#showText(found, span, why);
      this.#choice.hidden = false;
      await this.#choose(span?.metadata?.page ? "pages" : "text");
    } catch (e) {
      if (asked === this.#asked) this.#body.replaceChildren(errorNode(e));
    }
  }

  async #choose(which) {
    for (const [name, button] of Object.entries(this.#choices)) button.setAttribute("aria-pressed", String(name === which));
    this.#pages?.leave();
    this.#pages = null;
    await this.#views[which]();
  }

  // showPages shows the page of a quote, or the first page. If the server cannot show
  // it, the text stays, and what the server says.
  async #showPages(asked, document, span) {
    const pages = new PagesView(this.client, document, span?.metadata?.page ? span : undefined);
    this.#pages = pages;
    this.#body.replaceChildren(h("p", { class: "quiet", say: "loading" }));
    try {
      await pages.open(span?.metadata?.page ?? 1);
    } catch (e) {
      if (this.#pages !== pages || asked !== this.#asked) return;
      const had = this.#choice.contains(globalThis.document.activeElement);
      this.#choice.hidden = true;
      if (had) this.#title.focus();
      this.#views.text(whyNot(e));
      return;
    }
    if (this.#pages !== pages || asked !== this.#asked) return;
    this.#body.replaceChildren(pages.node);
    pages.see();
  }

  // showText shows the text. why, if any, is why the pages are not shown.
  #showText(found, span, why) {
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
    const text = span && hasSlides(found.source) && span.metadata?.slide
      ? slideNode(found.text, leaf, [...found.text].slice(0, highlight.start - found.from).join("").length, span.metadata.heading, placeNodes({ slide: span.metadata.slide }))
      : textNode(found.text, found.source, leaf);
    const whole = found.from === 0 && found.to === found.length;
    const n = found.hidden.length;
    this.#body.replaceChildren(...[
      why && h("p", { class: "notice" }, icon("warning"), h("span", { say: why })),
      n > 0 && h("p", { class: "notice" }, icon("warning"), h("span", { say: ["hidden", { n }] })),
      !whole && h("p", { class: "quiet", say: ["source-part", { from: found.from + 1, to: found.to, length: found.length }] }),
      text,
    ].filter(Boolean));
    if (first) first.scrollIntoView({ block: "center" });
    else this.#body.scrollTop = 0;
  }
}

// textNode returns the element of the text of a document or a part of it. Markdown is
// rendered, the rows of sheets become tables, and other text is shown as it is
// written. leaf returns the nodes of a
// piece of the text.
export function textNode(text, source, leaf, level) {
  if (isMarkdown(source)) return h("div", { class: "source-text-whole prose", dir: "auto" }, rendered(text, leaf, level));
  if (hasRows(source)) return rowsNode(text, leaf);
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
