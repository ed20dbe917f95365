import { answered, ask, holds, is } from "./check.mjs";

const bridge = "How many lanes has the bridge?";

// standing tells how far the last question stands from the top of the conversation,
// and how far the conversation reaches under the composer and beyond the window.
const standing = (page) => page.evaluate(() => {
  const talk = document.querySelector(".talk").getBoundingClientRect();
  const composer = document.querySelector(".composer").getBoundingClientRect();
  const turns = document.querySelectorAll(".turn");
  const asked = turns[turns.length - 1].querySelector(".asked").getBoundingClientRect();
  return { from: Math.round(asked.top - talk.top), over: Math.round(talk.bottom - composer.top), page: document.documentElement.scrollHeight - window.innerHeight };
});

// begun begins a conversation of one question, and gives its page.
async function begun(open, question = bridge, options = {}) {
  const page = await open(options);
  await ask(page, question);
  await answered(page);
  return page;
}

const shown = (page) => page.locator(".turn .asked").allInnerTexts();

// A conversation is there again after a reload, whatever was done just before.
const before = {
  "Compare, and Ask": async (page) => {
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await page.getByRole("link", { name: "Ask", exact: true }).click();
  },
  // Both in one task: no event of the first has been heard when the page goes.
  "Compare and Ask at once": (page) => page.evaluate(() => {
    document.querySelector('a[data-view="compare"]').click();
    document.querySelector('a[data-view="ask"]').click();
    location.reload();
  }),
  "Compare, the reload, and Ask": async (page) => {
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await page.reload();
    await page.getByRole("link", { name: "Ask", exact: true }).click();
  },
  "a source, open": async (page) => {
    await page.locator(".cite").first().click();
    await page.locator("dialog.drawer mark").first().waitFor();
  },
  "a source, closed, and Documents, and Back": async (page) => {
    await page.locator(".cite").first().click();
    await page.locator("dialog.drawer mark").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Documents", exact: true }).click();
    await page.locator("#documents h1").waitFor();
    await page.goBack();
  },
};

export const talk = {
  "asks a follow-up, goes away and comes back": async ({ open }) => {
    const page = await begun(open, "How many lanes has the bridge, please?");
    await ask(page, "Is that so for the bridge?");
    await page.locator(".turn").nth(1).locator(".answer").waitFor();
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await page.getByRole("heading", { name: "Compare two strategies" }).waitFor();
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    is(await page.locator(".turn").count(), 2, "questions after coming back");
    await page.reload();
    await page.locator(".turn").nth(1).waitFor();
    await page.getByRole("button", { name: "New question" }).first().click();
    is(await page.locator(".turn").count(), 0, "questions of a new conversation");
    await page.goBack();
    await page.locator(".turn").nth(1).waitFor();
    const line = page.locator("#history li", { hasText: "How many lanes has the bridge, please?" }).first();
    holds(await line.locator("time").innerText().then((s) => s.includes(String(new Date().getFullYear()))), "the history has no dates");
    const name = await line.locator("a").getAttribute("data-session");
    const kept = page.locator(`#history a[data-session="${name}"]`);
    await line.hover();
    await line.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    is(await kept.count(), 1, "the conversation after cancelling");
    await line.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await kept.waitFor({ state: "detached" });
    is(await page.locator(".turn").count(), 0, "questions of the deleted conversation");
  },

  async "lists the newest conversations, and older ones on demand"({ open }) {
    const page = await open();
    // Those that other tests leave are newer or older; only the number counts.
    await page.evaluate(async () => {
      for (let i = 0; i < 35; i++) {
        const body = JSON.stringify({ question: "How many lanes has the bridge?", collection: "notes", strategy: "extractive", session: `older-${i}` });
        const answer = await fetch("api/v1/ask", { method: "POST", headers: { "Content-Type": "application/json" }, body });
        if (!answer.ok) throw new Error(await answer.text());
      }
    });
    await page.goto(new URL("#/ask/older-0", page.url()).href);
    await page.reload();
    const links = page.locator("#history a");
    const oldest = page.locator("#history a[data-session=older-0]");
    await oldest.waitFor();
    is(await oldest.getAttribute("aria-current"), "page", "the mark of the open conversation, which is not among the newest");
    await page.getByRole("button", { name: "New question" }).first().click();
    await page.reload();
    await page.locator("#history a[data-session=older-34]").waitFor();
    is(await links.count(), 30, "conversations at first");
    is(await oldest.count(), 0, "older ones at first");
    await page.getByRole("button", { name: "Show older ones" }).click();
    await oldest.waitFor();
    holds(await links.count() > 30, "no older ones are shown");
    is(await page.evaluate(() => [...document.querySelectorAll("#history a")].indexOf(document.activeElement)), 30, "the place of the focus");
    await page.evaluate(async () => {
      for (let i = 0; i < 35; i++) await fetch(`api/v1/sessions/older-${i}`, { method: "DELETE" });
    });
  },

  ...Object.fromEntries(Object.entries(before).map(([name, act]) => [`a conversation survives a reload after ${name}`, async ({ open }) => {
    const page = await begun(open);
    if (name.endsWith("at once")) await Promise.all([page.waitForEvent("load"), act(page).catch(() => {})]); // the page may be gone before it says that it was done
    else await act(page).then(() => page.reload());
    await page.locator(".turn .answer").waitFor();
    is((await shown(page)).join(), bridge, "questions after the reload");
  }])),

  "a question survives a reload before its answer": async ({ open }) => {
    const page = await open({ expected: ["status of 404"] }); // the server keeps nothing before the first answer
    const slow = "Take your time: how many lanes has the bridge?";
    const again = async (n) => {
      await page.locator(".steps.working .step-line").first().waitFor();
      await page.reload();
      await page.locator(".turn .notice", { hasText: "There is no answer to this question yet" }).waitFor();
      is((await shown(page)).length, n, "questions");
    };
    await ask(page, slow);
    await again(1);
    await page.getByRole("button", { name: "Ask again" }).click();
    await again(1);
    await page.route("**/api/v1/ask", (r) => r.continue({ postData: r.request().postData().replace("Take your time: how", "How") }));
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.locator(".turn .answer").waitFor();
    await page.unroute("**/api/v1/ask");
    await page.reload();
    await page.locator(".turn .answer").waitFor();
    is(await page.locator(".turn .notice").count(), 0, "notices of a question that was answered");
    await ask(page, slow);
    await page.locator(".turn").nth(1).locator(".step-line").first().waitFor();
    await again(2);
  },

  "a question that is asked before the page is ready is answered": async ({ open }) => {
    const page = await open();
    let go;
    const wait = new Promise((resolve) => { go = resolve; });
    await page.route("**/api/v1/collections", async (r) => { await wait; await r.continue(); });
    await page.reload({ waitUntil: "domcontentloaded" });
    await ask(page, bridge);
    await page.locator(".turn").waitFor();
    go();
    await answered(page);
    await page.waitForSelector("html[data-ready]");
    is((await shown(page)).join(), bridge, "the question");
  },

  ...Object.fromEntries([400, 900, 1400].map((width) => [`ten questions in a row each go to the top at ${width} px, and nothing lies under the composer`, async ({ open }) => {
    const page = await open({ viewport: { width, height: 800 } });
    await page.locator(".composer").getByLabel("Strategy").selectOption("extractive");
    for (let i = 1; i <= 10; i++) {
      await ask(page, `${i}: ${bridge}`);
      await answered(page);
      is(await page.locator(".turn").count(), i, "questions");
      const { from, over, page: beyond } = await standing(page);
      holds(from >= 0 && from < 60, `question ${i} stands ${from} px from the top`);
      holds(over <= 0 && beyond <= 0, `${over} px of the conversation lie under the composer, the page is ${beyond} px too long`);
    }
    await page.reload();
    await page.locator(".turn").nth(9).waitFor();
    holds((await standing(page)).from < 60, "after a reload the last question is not at the top");
  }])),

  "begins with the server's collection and with its questions": async ({ open }) => {
    const page = await open();
    await page.evaluate(() => localStorage.clear());
    await page.route("**/api/v1/collections", async (r) => {
      const response = await r.fetch();
      const body = await response.json();
      const notes = body.collections.find((c) => c.name === "notes");
      await r.fulfill({ json: { ...body, collections: [{ ...notes, name: "another" }, notes] } });
    });
    await page.route("**/collections/*/questions", (r) => r.fulfill({ json: { questions: r.request().url().includes("notes") ? [bridge, "다리에는 차로가 몇 개 있나요?"] : [] } }));
    await page.addInitScript(() => localStorage.removeItem("selfrag-collection"));
    await page.reload();
    await page.getByText("For example").waitFor();
    const collection = page.locator(".composer").getByLabel("Collection");
    is(await collection.inputValue(), "notes", "the first collection that is chosen");
    is((await collection.locator("option").allInnerTexts())[0], "notes", "the first in the list");
    await collection.selectOption("another");
    await page.locator(".examples").waitFor({ state: "hidden" });
    await collection.selectOption("notes");
    await page.locator(".example", { hasText: bridge }).click();
    await answered(page);
    is((await shown(page)).join(), bridge, "the question");
  },
};
