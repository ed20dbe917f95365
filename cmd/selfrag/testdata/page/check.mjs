// What tests hold a page to.

export function is(got, want, what) {
  if (got !== want) throw new Error(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

// ask writes a question and sends it.
export async function ask(page, question) {
  await page.locator(".composer textarea").fill(question);
  await page.locator(".composer textarea").press("Enter");
}

// underWay asks what the model answers slowly, waits for its draft, does something
// and stops the answer, if it is not there by then.
export async function underWay(page, question, f) {
  await ask(page, `Take your time: ${question}`);
  await page.locator(".steps.working .unverified").first().waitFor();
  await f();
  await page.evaluate(() => document.querySelector(".send.stopping")?.click());
  await page.locator(".send:not(.stopping)").waitFor();
}

// answered waits for the answer of the last question.
export async function answered(page) {
  const answer = page.locator(".turn").last().locator(".answer");
  await answer.waitFor();
  return answer;
}

// overflow is how far the page stands out at the side, and by what.
export const overflow = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide <= 0) return "";
  const by = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => `${e.localName}.${e.className}`);
  return `${wide} px: ${by.slice(0, 5).join(", ")}`;
});

// newCollection makes uploads go into a collection of that name.
export async function newCollection(page, name) {
  await page.locator("#documents-collection").selectOption({ label: "New collection…" });
  await page.getByLabel("Name of the new collection").fill(name);
}
