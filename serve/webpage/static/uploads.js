// One upload: how far it is, and what became of each file.

import { announce, h } from "./dom.js";
import { label, percent, say, t } from "./language.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";

export class UploadNode {
  #bar = h("progress", { max: 1, value: 0 });
  #state = h("span", { class: "upload-state" });
  #files = h("ul", { class: "upload-files" });

  // names are those of its files.
  constructor(names) {
    this.names = names;
    const name = names.length === 1 ? names[0] : `${names[0]} + ${names.length - 1}`;
    label(this.#bar, "upload-progress", { name });
    this.node = h("div", { class: "upload" }, h("div", { class: "upload-head" }, h("span", { class: "upload-name" }, h("bdi", {}, ...reveal(name))), this.#state), this.#bar, this.#files);
  }

  #at(key, share) {
    if (share !== undefined) this.#bar.value = share;
    say(this.#state, key, { percent: () => percent(share ?? 0) });
  }

  // send sends the files and watches them go in.
  send(client, collection, files) {
    return this.#follow(client, async () => {
      this.#at("upload-sending", 0);
      return client.upload(collection, files, (share) => this.#at("upload-sending", share));
    });
  }

  // watch shows an upload that is under way already.
  watch(client, job) {
    return this.#follow(client, async () => job);
  }

  async #follow(client, begin) {
    try {
      for await (const now of client.watch((await begin()).id)) this.#show(now);
    } catch (e) {
      this.#at("upload-failed", 1);
      this.#files.replaceChildren(h("li", {}, errorNode(e)));
    }
  }

  // why says what an upload waits for, while it does.
  #why(job) {
    this.#files.replaceChildren(...job.error ? [h("li", { class: "reason" }, ...reveal(job.error))] : []);
  }

  #show(job) {
    switch (job.state) {
      case "queued": this.#at("upload-queued", 0); this.#why(job); return;
      case "running": this.#at("upload-running", job.total_bytes > 0 ? job.done_bytes / job.total_bytes : 0); this.#why(job); return;
    }
    const failed = job.state === "failed" || job.files.some((f) => f.outcome === "failed");
    this.node.classList.toggle("failed", failed);
    this.#at(`upload-${job.state}`, 1);
    this.#files.replaceChildren(...job.files.map((f) => h("li", {},
      h("bdi", {}, ...reveal(f.name)), " ", f.outcome && h("span", { class: `outcome ${f.outcome}`, say: `outcome.${f.outcome}` }), f.reason && h("span", { class: "reason" }, " ", ...reveal(f.reason)))));
    if (job.error) this.#files.append(h("li", { class: "reason" }, ...reveal(job.error)));
    announce(`${this.names.join(", ")}: ${t(`upload-${job.state}`)}`);
  }
}
