import { answered, ask, is, underWay } from "./check.mjs";
import { search } from "./search.mjs";

// judge gives what axe-core finds serious, of the whole page.
export async function judge(page, where) {
  // While something fades, colours are neither here nor there.
  await page.evaluate(() => document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).forEach((a) => a.finish()));
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations
    .filter((v) => ["serious", "critical", "moderate"].includes(v.impact))
    .map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).slice(0, 3).join(" | ")}`)));
  is(found.join("\n"), "", `axe-core about ${where}`);
  const slip = /^false$|\bundefined\b|\bNaN\b|\[object|\{[a-z]+\}/m.exec(await page.locator("body").innerText());
  is(slip, null, `a slip of the program's, seen at ${where}`);
}

async function tour(open, locale, colorScheme, viewport) {
  const page = await open({ locale, colorScheme, viewport, axe: true });
  const words = locale === "ko-KR" ? { compare: "비교하기" } : { compare: "Compare" };
  await judge(page, "the welcome");
  const question = locale === "ko-KR" ? "연차는 며칠까지 이월할 수 있나요?" : "How many lanes has the bridge?";
  await underWay(page, question, () => judge(page, "an answer under way"));
  await ask(page, question);
  const answer = await answered(page);
  await answer.locator(".thumbs button").first().click();
  await answer.locator("form.comment").waitFor();
  await page.locator(".steps summary").last().click();
  await answer.locator(".made summary").click();
  await judge(page, "an answer");
  await answer.locator(".source").first().click();
  await page.locator("dialog.drawer mark").first().waitFor();
  await judge(page, "a source");
  await page.keyboard.press("Escape");
  if (viewport?.width < 900) {
    await page.locator("#menu").click();
    await page.locator("#side.open").waitFor();
    await judge(page, "the menu");
    await page.keyboard.press("Escape");
  }
  await page.evaluate(() => { location.hash = "#/search"; });
  await search(page, question);
  await page.locator("#search mark").first().waitFor();
  await judge(page, "what a search found");
  await page.evaluate(() => { location.hash = "#/documents"; });
  await page.locator(".document").first().waitFor();
  await judge(page, "the documents");
  await page.locator(".documents-list .icon-button").first().click();
  await page.locator(".document-card dl").waitFor();
  await judge(page, "a document and what can be done with it");
  await page.locator(".document-card .danger-quiet").click();
  await judge(page, "the question before a document is deleted");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.locator("#documents .tools button").first().click();
  await page.locator("#name-field").fill("a b");
  await page.keyboard.press("Enter");
  await page.locator("dialog .notice").waitFor();
  await judge(page, "a name that does not fit");
  await page.keyboard.press("Escape");
  await page.evaluate(() => { location.hash = "#/updates"; });
  await page.locator(".update .badge.failing").first().waitFor();
  await judge(page, "the updates");
  await page.evaluate(() => { location.hash = "#/documents"; });
  await page.locator(".document").first().waitFor();
  await page.locator("#documents-collection").evaluate((s) => { s.selectedIndex = s.options.length - 1; s.dispatchEvent(new Event("change")); });
  await judge(page, "a new collection");
  await page.evaluate(() => { location.hash = "#/compare"; });
  await page.locator("#compare textarea").fill("How many lanes has the bridge?");
  await page.locator("#compare").getByRole("button", { name: words.compare, exact: true }).click();
  await page.locator(".vote").waitFor();
  await judge(page, "a comparison");
}

export const accessible = {
  "axe-core: English, light": ({ open }) => tour(open, "en-GB", "light"),
  "axe-core: Korean, dark": ({ open }) => tour(open, "ko-KR", "dark"),
  "axe-core: Korean, light, phone": ({ open }) => tour(open, "ko-KR", "light", { width: 360, height: 740 }),
  "axe-core: the key": async ({ given, open }) => {
    const page = await open({ url: given.lockedURL, axe: true, expected: ["status of 401"] });
    await page.locator("dialog[open] input").waitFor();
    await judge(page, "the key");
  },
};
