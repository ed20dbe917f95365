// One upload: how far it is, what became of each file, and stopping it.

import { parcels } from "./chosenfiles.js";
import { announce, h } from "./dom.js";
import { label, percent, say, t } from "./language.js";
import { errorNode, errorText } from "./notice.js";
import { filesName, outcomeNodes } from "./outcomes.js";
import { reveal } from "./reveal.js";
import { Turns } from "./turns.js";

// A browser keeps six connections to a server. Each upload that is watched takes one.
const mostWatched = 3;
const pause = 5000; // ms before a busy server is asked again; it names 5 s itself

const watching = new Turns(mostWatched);

const ended = (job) => ["done", "failed", "cancelled"].includes(job.state);

export class UploadNode {
  #bar = h("progress", { max: 1, value: 0 });
  #state = h("span", { class: "upload-state" });
  #files = h("ul", { class: "upload-files" });
  #stop = h("button", { type: "button", class: "button small quiet-button", on: { click: () => this.stop() } });
  #stopped = new AbortController();
  #jobs = []; // as they were seen last, one for each parcel
  #refused = []; // files of parcels that the server refused
  #failed = null; // why not all files could be sent or watched

  // names are those of its files. stoppable says whether the key may stop it.
  constructor(client, names, stoppable = true) {
    this.client = client;
    this.name = filesName(names);
    label(this.#bar, "upload-progress", { name: this.name });
    say(this.#stop, "stop");
    label(this.#stop, "upload-stop", { name: this.name });
    this.#stop.hidden = !stoppable;
    this.node = h("div", { class: "upload" }, h("div", { class: "upload-head" }, h("span", { class: "upload-name" }, h("bdi", {}, ...reveal(this.name))),
      h("span", { class: "upload-side" }, this.#state, this.#stop)), this.#bar, this.#files);
  }

  #at(key, share) {
    this.#bar.value = share;
    say(this.#state, key, { percent: () => percent(share) });
  }

  // send sends files, each {file, name}, and watches them go in. With force they are
  // read again even if they have not changed.
  async send(collection, files, force = false) {
    const size = files.reduce((sum, f) => sum + f.file.size, 0) || 1;
    let sent = 0;
    this.#at("upload-sending", 0);
    try {
      for (const parcel of parcels(files)) {
        const bytes = parcel.reduce((sum, f) => sum + f.file.size, 0);
        await this.#sendParcel(collection, parcel, {
          folder: files.length > 1 || files[0].name.includes("/"), force, signal: this.#stopped.signal,
          progress: (done) => this.#at("upload-sending", Math.min(1, (sent + Math.min(done, bytes)) / size)),
        });
        sent += bytes;
      }
    } catch (e) {
      if (!this.#stopped.signal.aborted) this.#failed = e;
    }
    if (this.#stopped.signal.aborted) await this.#cancel(); // what was sent while it was being stopped
    await this.#watch();
  }

  // sendParcel sends one parcel, when the server has room for it. A parcel of which
  // the server can take no file does not keep the others back.
  async #sendParcel(collection, parcel, options) {
    for (;;) {
      try {
        this.#jobs.push(await this.client.upload(collection, parcel, options));
        return;
      } catch (e) {
        if (e.code === "rate_limited") {
          await new Promise((resolve) => setTimeout(resolve, pause));
          if (options.signal.aborted) throw e;
        } else if (e.code === "unsupported_media_type" && options.folder) {
          this.#refused.push(...parcel.map((f) => ({ name: f.name, outcome: "failed", reason: errorText(e) })));
          return;
        } else {
          throw e;
        }
      }
    }
  }

  // watch shows an upload that is under way already.
  async watch(job) {
    this.#jobs = [job];
    await this.#watch();
  }

  async #watch() {
    this.#show();
    try {
      for (const [i, job] of this.#jobs.entries()) {
        if (ended(job)) continue;
        await watching.take(async () => {
          for await (const now of this.client.watch(job.id)) {
            this.#jobs[i] = now;
            this.#show();
          }
        });
      }
    } catch (e) {
      this.#failed = e;
    }
    this.#end();
  }

  // stop stops it. What has gone in stays.
  async stop() {
    this.#stop.disabled = true;
    this.#stopped.abort();
    await this.#cancel();
    this.#stop.disabled = false;
  }

  async #cancel() {
    for (const job of this.#jobs.filter((j) => !ended(j))) {
      try {
        await this.client.cancelJob(job.id);
      } catch (e) {
        if (e.code !== "conflict") this.#files.append(h("li", {}, errorNode(e))); // a conflict: it has ended
      }
    }
  }

  // show shows how far it is, and what it waits for while it does.
  #show() {
    const running = this.#jobs.some((j) => j.state !== "queued");
    const [done, total] = ["done_bytes", "total_bytes"].map((key) => this.#jobs.reduce((sum, j) => sum + (ended(j) ? j.total_bytes : j[key]), 0));
    this.#at(running ? "upload-running" : "upload-queued", running && total > 0 ? done / total : 0);
    const why = this.#jobs.find((j) => !ended(j) && j.error);
    this.#files.replaceChildren(...why ? [h("li", { class: "reason" }, ...reveal(why.error))] : []);
  }

  #end() {
    this.#stop.hidden = true;
    const files = [...this.#jobs.flatMap((j) => j.files), ...this.#refused];
    const state = this.#outcome();
    this.node.classList.toggle("failed", state === "failed" || files.some((f) => f.outcome === "failed"));
    this.#at(`upload-${state}`, 1);
    this.#files.replaceChildren(...outcomeNodes(files), ...this.#jobs.filter((j) => j.error).map((j) => h("li", { class: "reason" }, ...reveal(j.error))));
    if (this.#failed) this.#files.prepend(h("li", {}, errorNode(this.#failed)));
    announce(`${this.name}: ${t(`upload-${state}`)}`);
  }

  #outcome() {
    if (this.#failed || this.#jobs.some((j) => j.state === "failed")) return "failed";
    if (this.#stopped.signal.aborted || this.#jobs.some((j) => j.state === "cancelled")) return "cancelled";
    return this.#jobs.length > 0 ? "done" : "failed";
  }
}
