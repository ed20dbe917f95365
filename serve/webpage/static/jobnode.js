// An upload that the server has, of this visit or another.

import { h } from "./dom.js";
import { day, label, percent, say } from "./language.js";
import { errorNode } from "./notice.js";
import { filesName, outcomeNodes } from "./outcomes.js";
import { reveal } from "./reveal.js";

const fewFiles = 3; // files whose outcome is shown without unfolding

export class JobNode {
  #name = h("h3", { class: "card-name", tabindex: "-1" });
  #state = h("span", { class: "badge" });
  #where = h("p", { class: "quiet" });
  #bar = h("progress", { max: 1, value: 0 });
  #reason = h("p", { class: "reason" });
  #files = h("ul", { class: "upload-files" });
  #folded = h("details", { class: "made" }, h("summary", { say: "job-files" }));
  #said = h("div", { class: "tools-said" });
  #stop = h("button", { type: "button", class: "button small quiet-button", say: "stop" });
  #shown = "";
  #may;

  // stop stops a job. It is null if the key may not.
  constructor(stop) {
    this.#may = stop !== null;
    this.#stop.addEventListener("click", () => this.#end(stop));
    this.node = h("li", { class: "card update" }, h("div", { class: "card-head" }, h("div", { class: "card-heading" }, this.#name, this.#state), this.#stop),
      this.#where, this.#bar, this.#reason, this.#files, this.#folded, this.#said);
  }

  async #end(stop) {
    this.#said.replaceChildren();
    try {
      await stop(this.job);
    } catch (e) {
      this.#said.replaceChildren(errorNode(e));
    }
  }

  // show shows the job as the server tells of it.
  show(job) {
    this.job = job;
    const shown = JSON.stringify(job);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const name = filesName(job.files.map((f) => f.name));
    const failed = job.state === "failed" || job.files.some((f) => f.outcome === "failed");
    const share = job.total_bytes > 0 ? job.done_bytes / job.total_bytes : 0;
    this.#name.replaceChildren(h("bdi", {}, ...reveal(name)));
    say(this.#state, `upload-${job.state}`, { percent: () => percent(share) });
    this.#state.className = `badge ${failed ? "failing" : job.state}`;
    this.#where.replaceChildren(h("bdi", {}, ...reveal(job.collection)), " · ", h("time", { datetime: job.created, say: ["value", { value: () => day(new Date(job.created)) }] }),
      " · ", h("span", { say: ["passages", { n: job.passages }] }));
    this.#bar.hidden = Boolean(job.ended);
    this.#bar.value = share;
    label(this.#bar, "upload-progress", { name });
    label(this.#stop, "upload-stop", { name });
    const hadFocus = this.#stop === document.activeElement;
    this.#stop.hidden = Boolean(job.ended) || !this.#may;
    if (hadFocus && this.#stop.hidden) this.#name.focus();
    this.#reason.hidden = !job.error;
    this.#reason.replaceChildren(...reveal(job.error ?? ""));
    this.#showFiles(job);
  }

  #showFiles(job) {
    const few = job.files.length <= fewFiles;
    this.#files.replaceChildren(...job.ended ? outcomeNodes(job.files) : []);
    this.#folded.hidden = few || !job.ended;
    if (few) this.#reason.after(this.#files);
    else this.#folded.append(this.#files);
  }
}
