// Waiting for one's turn.

// Turns lets at most n take their turn at once.
export class Turns {
  #free;
  #waiting = [];

  constructor(n) {
    this.#free = n;
  }

  async take(f) {
    if (this.#free > 0) this.#free--;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await f();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
