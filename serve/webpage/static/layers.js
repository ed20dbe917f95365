// Layers lie open over the page, such as a dialog or the menu. Back closes the
// uppermost layer and does nothing else.
//
// Each entry of the browser's history holds its index and the number of layers that
// are open at it. own is set if the entry was made for a layer. An entry is never
// removed, because the removal would take effect too late, after the next action of
// the person. If a layer is closed in another way than by Back, its entry becomes a
// spare: the next layer takes it, and Back skips it.

const closers = []; // functions that close the open layers, the lowest first
let at = { index: 0, own: false, spare: false, hash: "" };

function put(how, index, own, spare) {
  window.history[how]({ index, layers: closers.length, own, spare }, "");
  at = { index, own, spare, hash: location.hash };
}

// settle gives an index to an entry that a link has made.
function settle() {
  if (window.history.state === null) put("replaceState", at.index + 1, false, false);
}

// opened is called when a layer opens. close closes the layer. opened returns a
// function to call after the layer was closed in any way.
export function opened(close) {
  settle();
  closers.push(close);
  if (at.spare) put("replaceState", at.index, true, false);
  else put("pushState", at.index + 1, true, false);
  return () => {
    const i = closers.indexOf(close);
    if (i < 0) return; // Back has closed it
    settle();
    closers.splice(i, 1);
    put("replaceState", at.index, at.own, at.own);
  };
}

// readdress changes the address of the page without a new entry in the history.
export function readdress(hash) {
  settle();
  window.history.replaceState(window.history.state, "", hash);
  at.hash = hash;
}

function moved() {
  const state = window.history.state;
  if (state === null) {
    settle();
    return;
  }
  const before = at;
  at = { index: state.index, own: state.own, spare: state.spare, hash: location.hash };
  let closed = false;
  while (closers.length > state.layers) {
    closers.pop()();
    closed = true;
  }
  if (!closed && at.hash === before.hash && at.index !== before.index) window.history.go(Math.sign(at.index - before.index));
}

// watchBack starts listening. After a reload no layer is open.
export function watchBack() {
  const state = window.history.state;
  const own = state?.own ?? false;
  put("replaceState", state?.index ?? 0, own, own);
  window.addEventListener("popstate", moved);
}
