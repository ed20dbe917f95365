// The pages of a PDF file as pictures, with a quote marked on them.

import { h, icon } from "./dom.js";
import { say } from "./language.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";

export class PagesView {
  #status = h("span", { role: "status" });
  #previous = h("button", { type: "button", class: "button quiet-button small", say: "page-previous", on: { click: () => this.#turn(this.#first - 1, this.#previous) } });
  #next = h("button", { type: "button", class: "button quiet-button small", say: "page-next", on: { click: () => this.#turn(this.#last + 1, this.#next) } });
  #back = h("button", { type: "button", class: "button quiet-button small", say: "page-quote", hidden: true, on: { click: () => this.#toQuote() } });
  #sheets = h("div", { class: "page-sheets" });
  #gone = new AbortController();
  #first = 0; // numbers of the pages that are shown
  #last = 0;
  #of = 0;
  #quoted = null; // what the server says of the pages of the quote

  // document is {collection, id, title}. span is the quote, if any: {start, end} and its
  // words as quote or text.
  constructor(client, document, span) {
    Object.assign(this, { client, document, span });
    this.node = h("div", { class: "pages" }, h("div", { class: "page-nav" }, this.#previous, this.#status, this.#next, this.#back), this.#sheets);
  }

  // open shows a page, and the next one if the quote goes on there. It throws a Failure
  // if the first cannot be shown.
  async open(number) {
    const found = await this.#marks(number, this.span);
    const all = [found];
    if (this.span && found.marks.length > 0 && found.end < this.span.end && number < found.pages) {
      const rest = await this.#marks(number + 1, { start: found.end, end: this.span.end }).catch(() => null);
      if (rest?.marks.length > 0) all.push(rest);
    }
    this.#quoted = this.span ? all : null;
    this.#show(all);
  }

  // see brings the first mark, or the beginning, into sight.
  see() {
    const mark = this.#sheets.querySelector(".page-mark");
    if (mark) mark.scrollIntoView({ block: "center" });
    else this.node.scrollIntoView({ block: "start" });
  }

  // leave ends what is still being fetched.
  leave() {
    this.#gone.abort();
  }

  #marks(number, span) {
    const { collection, id } = this.document;
    return this.client.pageMarks(collection, id, number, span, this.#gone.signal);
  }

  async #turn(number, button) {
    try {
      this.#show([this.#quoted?.find((p) => p.page === number) ?? await this.#marks(number)]);
      if (button.disabled) (button === this.#next ? this.#previous : this.#next).focus();
      this.see();
    } catch (e) {
      if (!this.#gone.signal.aborted) this.#sheets.replaceChildren(errorNode(e));
    }
  }

  #toQuote() {
    this.#show(this.#quoted);
    this.#next.focus();
    this.see();
  }

  #show(all) {
    [this.#first, this.#last, this.#of] = [all[0].page, all.at(-1).page, all[0].pages];
    if (this.#first === this.#last) say(this.#status, "page-of", { n: this.#first, of: this.#of });
    else say(this.#status, "pages-of", { n: this.#first, last: this.#last, of: this.#of });
    this.#previous.disabled = this.#first <= 1;
    this.#next.disabled = this.#last >= this.#of;
    const own = this.#quoted ?? [];
    this.#back.hidden = own.length === 0 || all.some((p) => own.includes(p));
    this.#sheets.replaceChildren(...[
      all[0] === own[0] && all[0].marks.length === 0 && h("p", { class: "notice" }, icon("warning"), h("span", { say: "page-unfound" })),
      all.some((p) => p.undrawn) && h("p", { class: "notice" }, icon("warning"), h("span", { say: "page-undrawn" })),
      ...all.map((p) => this.#sheet(p)),
    ].filter(Boolean));
  }

  // sheet is the picture of a page with the marks over it. A person who does not see it
  // hears the quote, and finds all words in the text.
  #sheet({ page, width, height, marks }) {
    const { title } = this.document;
    const wait = h("p", { class: "quiet page-wait", say: "page-drawing" });
    const sheet = h("div", { class: "page-sheet" }, wait, ...marks.map(markNode));
    sheet.style.aspectRatio = `${width} / ${height}`;
    const node = h("figure", { class: "page-figure" }, sheet);
    if (marks.length > 0) node.append(h("figcaption", { class: "unseen" }, h("span", { say: "quote-begins" }), ...reveal(this.span.quote ?? this.span.text)));
    this.#picture(page).then((url) => {
      const img = h("img", { src: url, label: ["page-alt", { n: page, title }] });
      wait.replaceWith(img);
    }, (e) => this.#gone.signal.aborted || wait.replaceWith(errorNode(e)));
    return node;
  }

  // picture returns the picture of a page as a URL that holds its data.
  async #picture(number) {
    const { collection, id } = this.document;
    const shown = this.#sheets.clientWidth || this.node.parentElement?.clientWidth || 700;
    const width = Math.min(2000, Math.max(400, 200 * Math.ceil(shown * window.devicePixelRatio / 200))); // few widths, so that a browser keeps few pictures
    const blob = await this.client.pagePicture(collection, id, number, width, this.#gone.signal);
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.addEventListener("error", () => reject(reader.error));
      reader.readAsDataURL(blob);
    });
  }
}

function markNode({ x, y, width, height }) {
  const node = h("span", { class: "page-mark", "aria-hidden": "true" });
  const share = (n) => `${100 * n}%`;
  Object.assign(node.style, { left: share(x), top: share(y), width: share(width), height: share(height) });
  return node;
}

// whyNoPages returns the text that says why the pages of a document cannot be shown, or
// "" if the server has to be asked.
export function whyNoPages(source) {
  return source.includes("://") ? "page-elsewhere" : "";
}

// whyNot returns the text for the Failure of a page.
export function whyNot(failure) {
  return { not_found: "page-missing", conflict: "page-changed" }[failure.code] ?? "page-unreadable";
}
