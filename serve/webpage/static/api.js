// The server's API (api/v1/openapi.yaml), as any client uses it.

import { eventsOf } from "./events.js";
import { keyStore } from "./storage.js";

// Failure is an error that the server tells, or that it cannot be reached.
export class Failure extends Error {
  constructor(code, message, request = "") {
    super(message);
    this.code = code;
    this.request = request;
  }
}

const failureOf = (body) => new Failure(body?.error?.code ?? "internal_error", body?.error?.message ?? "", body?.error?.request_id);

const json = { "Content-Type": "application/json" };
const part = encodeURIComponent;

export class Client {
  #roots = new Map(); // root folder of each collection

  // needKey asks the person for a key, and gives whether there is one now.
  constructor(needKey) {
    this.needKey = needKey;
  }

  async #send(method, path, { body, headers = {}, signal, cache = "no-store" } = {}) {
    for (;;) {
      const key = keyStore.get();
      let response;
      try {
        response = await fetch(`api/v1/${path}`, {
          method, body, signal, cache, credentials: "omit", referrerPolicy: "no-referrer",
          headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers,
        });
      } catch (e) {
        if (signal?.aborted) throw e;
        throw new Failure("unreachable", "");
      }
      if (response.ok) return response;
      const failure = failureOf(await response.json().catch(() => null));
      // Another request may have brought the key meanwhile.
      if (response.status === 401 && (keyStore.get() !== key || await this.needKey(key !== ""))) continue;
      throw failure;
    }
  }

  async #get(path) {
    return (await this.#send("GET", path)).json();
  }

  async #give(method, path, body) {
    return this.#send(method, path, { headers: json, body: JSON.stringify(body) });
  }

  // collections returns {collections, default, writes}. default is the collection
  // that the server uses by itself, and writes tells whether the key may change the
  // collections.
  collections() {
    this.#roots.clear();
    return this.#get("collections");
  }

  // questions returns example questions about a collection.
  async questions(collection) {
    return (await this.#get(`collections/${part(collection)}/questions`)).questions;
  }

  // root returns the folder that holds the documents of a collection, or "" if it is
  // not known.
  root(collection) {
    if (!this.#roots.has(collection)) {
      this.#roots.set(collection, this.documents(collection, 0, 0).then((d) => d.root, () => {
        this.#roots.delete(collection);
        return "";
      }));
    }
    return this.#roots.get(collection);
  }

  documents(collection, offset = 0, limit = 200) {
    return this.#get(`collections/${part(collection)}/documents?offset=${offset}&limit=${limit}`);
  }

  async renameCollection(collection, name) {
    await this.#give("PATCH", `collections/${part(collection)}`, { name });
  }

  async deleteCollection(collection) {
    await this.#send("DELETE", `collections/${part(collection)}`);
  }

  // document is a document with its fields.
  document(collection, id) {
    return this.#get(`collections/${part(collection)}/documents/${part(id)}`);
  }

  async renameDocument(collection, id, name) {
    await this.#give("PATCH", `collections/${part(collection)}/documents/${part(id)}`, { name });
  }

  async removeDocument(collection, id) {
    await this.#send("DELETE", `collections/${part(collection)}/documents/${part(id)}`);
  }

  // source is a document, around a span of it where there is one.
  source(collection, id, span) {
    const query = span ? `?start=${span.start}&end=${span.end}&around=20000` : "";
    return this.#get(`collections/${part(collection)}/sources/${part(id)}${query}`);
  }

  // pageMarks says where a span of a document stands on a page of its file.
  async pageMarks(collection, id, page, span, signal) {
    const query = span ? `?start=${span.start}&end=${span.end}` : "";
    return (await this.#send("GET", `collections/${part(collection)}/documents/${part(id)}/pages/${page}/marks${query}`, { signal })).json();
  }

  // pagePicture is the picture of a page. The browser keeps it and asks whether it is
  // still good.
  async pagePicture(collection, id, page, width, signal) {
    return (await this.#send("GET", `collections/${part(collection)}/documents/${part(id)}/pages/${page}?width=${width}`, { signal, cache: "no-cache" })).blob();
  }

  async sessions() {
    const all = (await this.#get("sessions")).sessions;
    return all.sort((a, b) => Date.parse(b.updated) - Date.parse(a.updated));
  }

  session(name) {
    return this.#get(`sessions/${part(name)}`);
  }

  async deleteSession(name) {
    await this.#send("DELETE", `sessions/${part(name)}`);
  }

  // exportSession returns a conversation as a Markdown file, a Blob.
  async exportSession(name) {
    return (await this.#send("GET", `sessions/${part(name)}/export`)).blob();
  }

  async feedback(given) {
    await this.#give("POST", "feedback", given);
  }

  // ask gives the steps of a question as they happen; the last is its answer.
  async *ask(question, signal) {
    yield* this.#events("POST", "ask", { headers: json, body: JSON.stringify({ ...question, stream: true }), signal });
  }

  // search finds passages, and the sentences in them that may answer.
  async search(query, collection, signal) {
    return (await this.#send("POST", "search", { headers: json, body: JSON.stringify({ query, collection, evidence: true }), signal })).json();
  }

  async jobs() {
    return (await this.#get("jobs")).jobs;
  }

  job(job) {
    return this.#get(`jobs/${part(job)}`);
  }

  async cancelJob(job) {
    await this.#send("DELETE", `jobs/${part(job)}`);
  }

  // keptSources are the places from which the server keeps collections up to date.
  async keptSources() {
    return (await this.#get("sources")).sources;
  }

  async syncSource(name) {
    await this.#send("POST", `sources/${part(name)}/sync`);
  }

  // watch gives a job at each change.
  async *watch(job) {
    for await (const e of this.#events("GET", `jobs/${part(job)}/events`, {})) yield e.data;
  }

  async *#events(method, path, options) {
    const response = await this.#send(method, path, options);
    let ended = false;
    try {
      for await (const e of eventsOf(response)) {
        if (e.name === "error") throw failureOf(e.data);
        ended = e.name === "answer" || e.name === "job" && ["done", "failed", "cancelled"].includes(e.data.state);
        yield e;
      }
    } catch (e) {
      if (e instanceof Failure || options.signal?.aborted) throw e;
      throw new Failure("unreachable", "");
    }
    if (!ended) throw new Failure("unreachable", "");
  }

  // upload sends files, each {file, name}, and gives their job. folder says that the
  // names are paths, and force that files are read again even if they have not
  // changed. progress hears how many bytes are sent.
  async upload(collection, files, { folder = false, force = false, progress, signal }) {
    const path = `collections/${part(collection)}/documents?folder=${folder}&force=${force}`;
    for (;;) {
      const key = keyStore.get();
      try {
        return await this.#uploadOnce(path, files, progress, signal);
      } catch (e) {
        if (e.code !== "unauthorized" || !await this.needKey(key !== "")) throw e;
      }
    }
  }

  // fetch cannot tell how far an upload is, so this is an XMLHttpRequest.
  #uploadOnce(path, files, progress, signal) {
    const form = new FormData();
    for (const f of files) form.append("file", f.file, f.name);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `api/v1/${path}`);
      const key = keyStore.get();
      if (key) request.setRequestHeader("Authorization", `Bearer ${key}`);
      request.responseType = "json";
      request.upload.addEventListener("progress", (e) => progress(e.loaded));
      request.addEventListener("load", () => (request.status === 202 ? resolve(request.response) : reject(failureOf(request.response))));
      request.addEventListener("error", () => reject(new Failure("unreachable", "")));
      request.addEventListener("abort", () => reject(new Failure("client-gone", "")));
      if (signal.aborted) request.abort();
      else signal.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }
}
