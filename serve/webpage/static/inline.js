// Markdown within a line: emphasis, code, links. A link cannot be followed and a
// picture is not loaded: both show their words and their target.

const deepest = 6; // maximum levels of emphasis within one another
const longestLabel = 400; // maximum length of the words of a link, in characters
const isSpace = (c) => c === undefined || /\s/.test(c);
const isWord = (c) => c !== undefined && /[\p{L}\p{N}_]/u.test(c);
const signs = [["***", ["strong", "em"]], ["___", ["strong", "em"]], ["**", ["strong"]], ["__", ["strong"]], ["~~", ["del"]], ["*", ["em"]], ["_", ["em"]]];

// inline returns the nodes of a piece of a string: {tag, class, kids} for what is
// marked, and {from, to} for plain text.
export function inline(s, from = 0, to = s.length, depth = 0) {
  const out = [];
  const missing = new Set(); // signs that have no closing sign in the rest
  let plain = from;
  let i = from;
  const flush = (next) => {
    if (i > plain) out.push({ from: plain, to: i });
    plain = next;
    i = next;
  };
  while (i < to) {
    const found = at(s, i, to, depth, missing);
    if (found) {
      flush(found.end);
      out.push(...found.nodes);
    } else if (s[i] === "\\" && i + 1 < to && /[!-/:-@[-`{-~]/.test(s[i + 1])) {
      flush(i + 1);
      i++;
    } else {
      i++;
    }
  }
  flush(to);
  return out;
}

// at returns the marked text that begins at an index, and the index of its end. It
// returns null if none begins there.
function at(s, i, to, depth, missing) {
  switch (s[i]) {
    case "`": return code(s, i, to, missing);
    case "!": return s[i + 1] === "[" ? link(s, i + 1, to, depth) : null;
    case "[": return link(s, i, to, depth);
    case "*": case "_": case "~": return depth < deepest ? emphasis(s, i, to, depth, missing) : null;
    default: return null;
  }
}

function code(s, i, to, missing) {
  const ticks = /`+/y;
  ticks.lastIndex = i;
  const fence = ticks.exec(s)[0];
  let end = i + fence.length;
  while (!missing.has(fence)) {
    end = s.indexOf(fence, end);
    if (end < 0 || end + fence.length > to) {
      missing.add(fence);
      break;
    }
    let run = end;
    while (s[run] === "`") run++;
    if (run - end === fence.length && s[end - 1] !== "`") {
      const spaced = s[i + fence.length] === " " && s[end - 1] === " " && end - i - fence.length > 2;
      return { end: run, nodes: [{ tag: "code", kids: [{ from: i + fence.length + spaced, to: end - spaced }] }] };
    }
    end = run;
  }
  return { end: i + fence.length, nodes: [{ from: i, to: i + fence.length }] };
}

function link(s, i, to, depth) {
  if (!s.slice(i, Math.min(to, i + longestLabel + 2)).includes("](")) return null;
  let open = 0;
  let j = i;
  for (; j < to && j - i < longestLabel; j++) {
    if (s[j] === "\\") j++;
    else if (s[j] === "[") open++;
    else if (s[j] === "]" && --open === 0) break;
  }
  if (s[j] !== "]" || s[j + 1] !== "(" || j >= to || /^\d*$/.test(s.slice(i + 1, j))) return null; // a number is a citation
  const end = /\(\s*(?!\s)(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)/y;
  end.lastIndex = j + 1;
  const m = end.exec(s);
  if (!m || end.lastIndex > to) return null;
  const target = { from: j + 2, to: end.lastIndex - 1 };
  const kids = depth < deepest ? inline(s, i + 1, j, depth + 1) : [{ from: i + 1, to: j }];
  return { end: end.lastIndex, nodes: [{ tag: "span", class: "link-words", kids }, { tag: "span", class: "link-target", kids: [target] }] };
}

function emphasis(s, i, to, depth, missing) {
  for (const [sign, tags] of signs) {
    if (missing.has(sign) || !s.startsWith(sign, i) || isSpace(s[i + sign.length]) || sign[0] === "_" && isWord(s[i - 1])) continue;
    const end = closing(s, i + sign.length, to, sign);
    if (end < 0) {
      missing.add(sign);
      continue;
    }
    const kids = inline(s, i + sign.length, end, depth + 1);
    return { end: end + sign.length, nodes: [tags.reduceRight((inner, tag) => ({ tag, kids: inner.tag ? [inner] : inner }), kids)] };
  }
  return null;
}

// closing returns the index of the sign that closes an emphasis, or -1.
function closing(s, from, to, sign) {
  for (let j = from; j + sign.length <= to; j++) {
    if (s[j] === "\\") {
      j++;
      continue;
    }
    if (s[j] !== sign[0]) continue;
    let run = j;
    while (run < to && s[run] === sign[0]) run++;
    const ends = !isSpace(s[j - 1]) && j > from && (sign[0] !== "_" || !isWord(s[run]));
    if (ends && run - j === sign.length) return j;
    if (ends && run - j === 3 && sign.length < 3) return run - sign.length; // two emphases end together
    j = run - 1;
  }
  return -1;
}
