// What keeps the collections up to date: the server's own sources, and uploads.

import { h } from "./dom.js";
import { JobNode } from "./jobnode.js";
import { KeptSourceNode } from "./keptsource.js";
import { errorNode } from "./notice.js";

// ms until the server is asked again, while something runs and otherwise
const soon = 1500;
const later = 15_000;
const atTurn = 3; // jobs, the oldest that have not ended
const atFirst = 20; // jobs that are shown without asking for more

export class UpdatesView {
  #sources = h("ul", { class: "cards" });
  #noSources = h("p", { class: "quiet", say: "kept-none", hidden: true });
  #jobs = h("ul", { class: "cards" });
  #noJobs = h("p", { class: "quiet", say: "jobs-none", hidden: true });
  #more = h("button", { type: "button", class: "button quiet-button", say: "jobs-more", hidden: true });
  #said = h("div", { class: "tools-said" });
  #nodes = new Map(); // by the name of a source or the id of a job
  #most = atFirst;
  #known = []; // jobs
  #listed = 0; // when all jobs were asked for, in ms
  #timer = 0;
  #turn = 0; // of asking the server; older ones have no effect

  constructor(node, { client, choices }) {
    Object.assign(this, { client, choices });
    this.#more.addEventListener("click", () => {
      this.#most += atFirst;
      this.show();
    });
    node.append(h("div", { class: "page" }, h("h1", { say: "updates-title" }), this.#said,
      h("section", { class: "updates-part", "aria-labelledby": "kept-name" }, h("h2", { id: "kept-name", say: "kept-title" }), h("p", { class: "quiet", say: "kept-lead" }), this.#noSources, this.#sources),
      h("section", { class: "updates-part", "aria-labelledby": "jobs-name" }, h("h2", { id: "jobs-name", say: "jobs-title" }), h("p", { class: "quiet", say: "jobs-lead" }), this.#noJobs, this.#jobs, this.#more)));
  }

  // show fills the view, and keeps it as it is on the server until hide is called.
  show() {
    this.#listed = 0;
    return this.#ask();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#turn++;
  }

  async #ask() {
    this.hide();
    const turn = this.#turn;
    let wait = later;
    try {
      const [sources, jobs] = await Promise.all([this.client.keptSources(), this.#jobsNow()]);
      if (turn !== this.#turn) return;
      this.#known = jobs;
      this.#said.replaceChildren();
      this.#fill(sources, jobs);
      if (sources.some((s) => s.state === "running") || jobs.some((j) => !j.ended)) wait = soon;
    } catch (e) {
      if (turn !== this.#turn) return;
      this.#said.replaceChildren(errorNode(e, () => this.show(), "try-again"));
    }
    this.#timer = setTimeout(() => this.#ask(), wait);
  }

  // jobsNow gives all jobs, the newest first. The list is long where much was
  // uploaded, so between two lists it asks only for those whose turn it is.
  #jobsNow() {
    if (Date.now() - this.#listed >= later) {
      this.#listed = Date.now();
      return this.client.jobs();
    }
    const next = new Set(this.#known.filter((j) => !j.ended).slice(-atTurn));
    return Promise.all(this.#known.map((j) => (next.has(j) ? this.client.job(j.id).catch(() => j) : j)));
  }

  #fill(sources, jobs) {
    this.#noSources.hidden = sources.length > 0;
    this.#noJobs.hidden = jobs.length > 0;
    this.#more.hidden = jobs.length <= this.#most;
    this.#put(this.#sources, sources, (s) => `source ${s.name}`, () => new KeptSourceNode(this.#acting((s) => this.client.syncSource(s.name))));
    this.#put(this.#jobs, jobs.slice(0, this.#most), (j) => `job ${j.id}`, () => new JobNode(this.#acting((j) => this.client.cancelJob(j.id))));
  }

  // put makes a list show items, each in the node that showed it before: so the focus
  // and what is unfolded stay.
  #put(list, items, nameOf, make) {
    const nodes = items.map((item) => {
      const name = nameOf(item);
      if (!this.#nodes.has(name)) this.#nodes.set(name, make());
      const node = this.#nodes.get(name);
      node.show(item);
      return node.node;
    });
    if (nodes.length !== list.children.length || nodes.some((n, i) => n !== list.children[i])) list.replaceChildren(...nodes);
  }

  // acting returns what a button does, or null if the key may not do it.
  #acting(act) {
    if (!this.choices.writes) return null;
    return async (item) => {
      await act(item);
      this.show();
    };
  }
}
