import { holds, is, overflow } from "./check.mjs";

// search writes a query and sends it.
export async function search(page, query) {
  await page.locator("#search textarea").fill(query);
  await page.locator("#search textarea").press("Enter");
}

const words = async (node) => (await node.innerText()).replace(/\s+/g, " ").trim();

export const searches = {
  "searches without asking, and opens a sentence in its source": async ({ open }) => {
    const page = await open();
    const asked = [];
    page.on("request", (r) => r.url().endsWith("/api/v1/ask") && asked.push(r.url()));
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.getByRole("heading", { name: "Search your documents" }).waitFor();
    await search(page, "How many lanes has the bridge?");
    const passage = page.locator("#search .passage").first();
    await passage.locator("mark").first().waitFor();
    is(await passage.locator("h3").innerText(), "The bridge of", "the title");
    holds((await passage.innerText()).includes("bridge.md"), "the source is not named");
    holds((await passage.locator(".source-text-whole").innerText()).includes("다리에는 차로가 두 개 있습니다."), "the passage is not whole");
    const best = page.locator("#search").getByRole("list").first().locator(".source").first();
    holds(/^1Open the source: The bridge has two lanes\.(very likely|likely|possible|unlikely) · The bridge of$/.test((await best.textContent()).trim()), `the best sentence: ${await best.textContent()}`);
    holds(!(await page.locator("#search .result").innerText()).includes("%"), "numbers that nobody asked for");
    await page.locator("#search .made summary").click();
    const grades = await page.locator("#search .made dd").allInnerTexts().then((all) => all.filter((d) => d.endsWith("%")).slice(2).map(Number.parseFloat));
    holds(grades.length > 0 && grades.every((g, i) => i === 0 || g <= grades[i - 1]), `sentences that are not in order: ${grades}`);
    holds((await page.locator("#search mark").allInnerTexts()).includes("The bridge has two lanes."), "the sentence is not marked in its passage");
    holds(/^\d+ passages? found\. An answer in the documents: [a-z ]+$/.test(await page.locator("#status").textContent()), "what was found is not announced");
    // By the keyboard: the sentence that is marked in its passage opens its source.
    const mark = passage.getByRole("button", { name: /^Sentence 1, an answer: [a-z ]+\. Open the source$/ }).first();
    await mark.focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog.drawer mark").first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.drawer").waitFor({ state: "hidden" });
    holds(await mark.evaluate((b) => b === document.activeElement), "the focus did not come back to the sentence");
    await best.click();
    holds((await page.locator("dialog.drawer mark").first().innerText()).includes("The bridge has two lanes."), "the sentence in its source");
    await page.keyboard.press("Escape");
    await passage.getByRole("button", { name: "Open the source", exact: true }).click();
    await page.locator("dialog.drawer mark").first().waitFor();
    is(asked.length, 0, "questions asked by a search");
  },

  "searches in Korean, on a phone": async ({ open }) => {
    const page = await open({ path: "/#/search", locale: "ko-KR", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await page.getByRole("heading", { name: "문서 검색하기" }).waitFor();
    const text = page.locator("#search textarea");
    await text.fill("연차는 며칠까지 이월할 수 있나요?");
    await text.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    is(await page.locator("#search .result > *").count(), 0, "searches begun by the Enter that ends a letter");
    await page.getByRole("button", { name: "검색하기" }).click();
    const carry = "사용하지 않은 연차는 다음 해 3월 31일까지 최대 5일을 이월할 수 있습니다.";
    await page.locator("#search mark", { hasText: carry }).waitFor();
    holds((await words(page.locator("#search .sources").first().locator(".source").first())).includes(carry), "the best sentence");
    is(await overflow(page), "", "what was found stands out");
    await page.evaluate(() => { document.querySelector("#language").value = "en"; document.querySelector("#language").dispatchEvent(new Event("change")); });
    await page.locator("#search").getByRole("heading", { name: "Sentences that may answer" }).waitFor();
  },

  "says that nothing was found, what the server refuses, and that a search was stopped": async ({ open }) => {
    const page = await open({ path: "/#/search", expected: ["status of 503"] });
    await search(page, " ");
    holds(await page.locator("#search textarea").evaluate((n) => n === document.activeElement), "the focus is not where a query is missing");
    await search(page, "zzyzx");
    await page.locator("#search").getByText("Nothing was found.").waitFor();
    is(await page.locator("#status").textContent(), "Nothing was found.", "what is announced");
    await page.route("**/api/v1/search", (r) => r.fulfill({ status: 503, json: { error: { code: "unavailable", message: "Milvus cannot be reached" } } }));
    await search(page, "lanes");
    await page.getByRole("alert").filter({ hasText: "Milvus cannot be reached" }).waitFor();
    await page.unroute("**/api/v1/search");
    await page.route("**/api/v1/search", () => {}); // never answered
    await search(page, "lanes");
    await page.locator("#search").getByRole("button", { name: "Stop" }).click();
    await page.locator("#search").getByRole("button", { name: "Search", exact: true }).waitFor();
    is(await page.locator("#search .result > *").count(), 0, "what is left of a search that was stopped");
    await page.unroute("**/api/v1/search");
    await search(page, "lanes");
    await page.locator("#search .passage").first().waitFor();
  },

  "tells a first visitor that there are no documents to search": async ({ open }) => {
    const page = await open({ path: "/#/search" });
    await page.route("**/api/v1/collections", (r) => r.fulfill({ json: { collections: [] } }));
    await page.reload();
    await page.locator("#search").getByText("There are no documents yet.").waitFor();
    await page.locator("#search").getByRole("link", { name: "Add documents" }).click();
    await page.locator("#documents h1").waitFor();
  },
};
