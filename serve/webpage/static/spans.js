// Spans of a text, as the API counts them: in code points of the whole document.

// segments cuts a text that begins at offset into runs, each with what spans
// cover it: the mark, if any, and the kind of what is hidden.
export function segments(text, offset, marks, hidden) {
  const points = [...text];
  const clamp = (n) => Math.min(points.length, Math.max(0, n - offset));
  const cuts = new Set([0, points.length]);
  for (const s of [...marks, ...hidden]) cuts.add(clamp(s.start)).add(clamp(s.end));
  const edges = [...cuts].sort((a, b) => a - b);
  const place = (span) => ({ span, from: clamp(span.start), to: clamp(span.end) });
  const [marked, concealed] = [covering(edges, marks.map(place)), covering(edges, hidden.map(place))];
  const out = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    out.push({ text: points.slice(edges[i], edges[i + 1]).join(""), mark: marked[i], hidden: concealed[i]?.kind });
  }
  return out;
}

// covering gives the span that covers each run between two edges: of several,
// the first in the list. Runs that have a span are stepped over, because a
// document may have as many spans as letters.
function covering(edges, places) {
  const at = new Map(edges.map((edge, i) => [edge, i]));
  const out = new Array(edges.length);
  const later = edges.map((_, i) => i); // a run at or behind this one, without a span if it names itself
  const free = (i) => {
    while (later[i] !== i) i = later[i] = later[later[i]];
    return i;
  };
  for (const { span, from, to } of places) {
    for (let i = free(at.get(from)); edges[i] < to; i = free(i)) {
      out[i] = span;
      later[i] = i + 1;
    }
  }
  return out;
}

// cutter returns a function that returns the segments of the piece of the text
// between the indexes from and to of the string.
export function cutter(all) {
  const starts = [];
  let length = 0;
  for (const s of all) {
    starts.push(length);
    length += s.text.length;
  }
  return (from, to) => {
    let i = firstAfter(starts, from) - 1;
    const out = [];
    for (; i >= 0 && i < all.length && starts[i] < to; i++) {
      const text = all[i].text.slice(Math.max(0, from - starts[i]), to - starts[i]);
      if (text !== "") out.push({ ...all[i], text });
    }
    return out;
  };
}

// firstAfter returns the index of the first number above n in a sorted list.
function firstAfter(numbers, n) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= n) low = middle + 1;
    else high = middle;
  }
  return low;
}
