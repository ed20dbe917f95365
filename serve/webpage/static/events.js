// Server-sent events over fetch: EventSource can neither POST nor send a key.

// EventParser takes the pieces of a stream as they come and gives its events.
export class EventParser {
  #rest = "";
  #name = "";
  #data = [];
  #skipLineFeed = false; // the last piece ended in a carriage return

  push(piece) {
    const events = [];
    if (this.#skipLineFeed && piece.startsWith("\n")) piece = piece.slice(1);
    if (piece !== "") this.#skipLineFeed = false;
    this.#rest += piece;
    for (;;) {
      const end = this.#rest.search(/[\r\n]/);
      if (end < 0) return events;
      const line = this.#rest.slice(0, end);
      let next = end + 1;
      if (this.#rest[end] === "\r") {
        if (this.#rest[next] === "\n") next++;
        else if (next === this.#rest.length) this.#skipLineFeed = true;
      }
      this.#rest = this.#rest.slice(next);
      const event = this.#line(line);
      if (event) events.push(event);
    }
  }

  #line(line) {
    if (line === "") {
      const event = this.#data.length > 0 ? { name: this.#name || "message", data: this.#data.join("\n") } : null;
      this.#name = "";
      this.#data = [];
      return event;
    }
    if (line.startsWith(":")) return null;
    const at = line.indexOf(":");
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    return null;
  }
}

// eventsOf reads the events of a response whose data is JSON.
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (const e of parser.push(value)) yield { name: e.name, data: JSON.parse(e.data) };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
