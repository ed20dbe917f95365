// What the browser keeps. Storage may be off or full: then nothing is kept, and
// the page works all the same.

function read(storage, name) {
  try {
    return window[storage].getItem(`selfrag-${name}`);
  } catch {
    return null;
  }
}

function write(storage, name, value) {
  try {
    if (value) window[storage].setItem(`selfrag-${name}`, value);
    else window[storage].removeItem(`selfrag-${name}`);
  } catch {
    // Not kept.
  }
}

export const kept = (name) => read("localStorage", name);
export const keep = (name, value) => write("localStorage", name, value);

// keptInTab and keepInTab use storage that lasts, even over reloads, until the tab is
// closed.
export const keptInTab = (name) => read("sessionStorage", name);
export const keepInTab = (name, value) => write("sessionStorage", name, value);

// keyStore holds the API key for this tab alone, until it is closed.
let inMemory = "";
export const keyStore = {
  get: () => keptInTab("key") ?? inMemory,
  set(key) {
    inMemory = key;
    keepInTab("key", key);
  },
};

// unanswered keeps the question of this tab that has no answer yet: {session,
// question, collection, strategy, turns}. turns is the number of answers before it.
// The server keeps a question only together with its answer; until then the tab
// keeps it.
export const unanswered = {
  of(session) {
    try {
      const found = JSON.parse(keptInTab("unanswered") ?? "null");
      return found?.session === session ? found : null;
    } catch {
      return null;
    }
  },
  keep: (question) => keepInTab("unanswered", JSON.stringify(question)),
  forget(session) {
    if (this.of(session)) keepInTab("unanswered", "");
  },
};
