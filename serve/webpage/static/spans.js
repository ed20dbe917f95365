// Spans of a text, as the API counts them: in code points of the whole document.

// segments cuts a text that begins at offset into runs, each with what spans
// cover it: the mark, if any, and the kind of what is hidden.
export function segments(text, offset, marks, hidden) {
  const points = [...text];
  const clamp = (n) => Math.min(points.length, Math.max(0, n - offset));
  const cuts = new Set([0, points.length]);
  for (const s of [...marks, ...hidden]) cuts.add(clamp(s.start)).add(clamp(s.end));
  const edges = [...cuts].sort((a, b) => a - b);
  const out = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i], edges[i + 1]];
    const covers = (s) => clamp(s.start) <= from && to <= clamp(s.end) && s.start < s.end;
    out.push({ text: points.slice(from, to).join(""), mark: marks.find(covers), hidden: hidden.find(covers)?.kind });
  }
  return out;
}
