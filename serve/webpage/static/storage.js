// What the browser keeps. Storage may be off or full: then nothing is kept, and
// the page works all the same.

export function kept(name) {
  try {
    return localStorage.getItem(`selfrag-${name}`);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    if (value) localStorage.setItem(`selfrag-${name}`, value);
    else localStorage.removeItem(`selfrag-${name}`);
  } catch {
    // Not kept.
  }
}

// keyStore holds the API key for this tab alone, until it is closed.
let inMemory = "";
export const keyStore = {
  get() {
    try {
      return sessionStorage.getItem("selfrag-key") ?? inMemory;
    } catch {
      return inMemory;
    }
  },
  set(key) {
    inMemory = key;
    try {
      if (key) sessionStorage.setItem("selfrag-key", key);
      else sessionStorage.removeItem("selfrag-key");
    } catch {
      // Asked for again after the next load.
    }
  },
};
