// What lies open over the page, such as a dialog or the menu: Back closes the
// uppermost of it, and does nothing else.
//
// Each entry of the browser's history carries its index and how many layers are
// open at it; own says that it was made for a layer. An entry is never removed,
// because that would take effect later than the next thing a person does. The
// entry of a layer that was closed otherwise becomes a spare: the next layer takes
// it, and Back passes over it.

const closers = []; // of the open layers, the lowest first
let at = { index: 0, own: false, spare: false, hash: "" };

function put(how, index, own, spare) {
  window.history[how]({ index, layers: closers.length, own, spare }, "");
  at = { index, own, spare, hash: location.hash };
}

// settle gives an entry that a link made its number.
function settle() {
  if (window.history.state === null) put("replaceState", at.index + 1, false, false);
}

// opened hears that something opened, which close closes. It gives what to call
// once it is closed, by whatever.
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

// readdress gives what is shown another address, without an entry of its own.
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

// watchBack begins to listen. After a reload nothing is open any more.
export function watchBack() {
  const state = window.history.state;
  const own = state?.own ?? false;
  put("replaceState", state?.index ?? 0, own, own);
  window.addEventListener("popstate", moved);
}
