// One upload: how far it is, and what became of each file.

import { announce, h } from "./dom.js";
import { label, percent, say, t } from "./language.js";
import { errorNode } from "./notice.js";
import { reveal } from "./reveal.js";

export class UploadNode {
  #bar = h("progress", { max: 1, value: 0 });
  #state = h("span", { class: "upload-state" });
  #files = h("ul", { class: "upload-files" });

  constructor(files) {
    this.files = files;
    const name = files.length === 1 ? files[0].name : `${files[0].name} + ${files.length - 1}`;
    label(this.#bar, "upload-progress", { name });
    this.node = h("div", { class: "upload" }, h("div", { class: "upload-head" }, h("span", { class: "upload-name" }, h("bdi", {}, ...reveal(name))), this.#state), this.#bar, this.#files);
  }

  #at(key, share) {
    if (share !== undefined) this.#bar.value = share;
    say(this.#state, key, { percent: () => percent(share ?? 0) });
  }

  // run sends the files and watches them go in.
  async run(client, collection) {
    try {
      this.#at("upload-sending", 0);
      const job = await client.upload(collection, this.files, (share) => this.#at("upload-sending", share));
      for await (const now of client.watch(job.id)) this.#show(now);
    } catch (e) {
      this.#at("upload-failed", 1);
      this.#files.replaceChildren(h("li", {}, errorNode(e)));
    }
  }

  #show(job) {
    switch (job.state) {
      case "queued": this.#at("upload-queued", 0); return;
      case "running": this.#at("upload-running", job.total_bytes > 0 ? job.done_bytes / job.total_bytes : 0); return;
    }
    const failed = job.state === "failed" || job.files.some((f) => f.outcome === "failed");
    this.node.classList.toggle("failed", failed);
    this.#at(`upload-${job.state}`, 1);
    this.#files.replaceChildren(...job.files.map((f) => h("li", {},
      h("bdi", {}, ...reveal(f.name)), " ", f.outcome && h("span", { class: `outcome ${f.outcome}`, say: `outcome.${f.outcome}` }), f.reason && h("span", { class: "reason" }, " ", ...reveal(f.reason)))));
    if (job.error) this.#files.append(h("li", { class: "reason" }, ...reveal(job.error)));
    announce(`${this.files.map((f) => f.name).join(", ")}: ${t(`upload-${job.state}`)}`);
  }
}
