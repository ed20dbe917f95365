import { answered, ask, is } from "./check.mjs";

const bridge = "How many lanes has the bridge?";
const hash = (page) => page.evaluate(() => location.hash);

export const back = {
  "Back closes a source, and then leads to where one was before": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    await ask(page, bridge);
    const answer = await answered(page);
    const conversation = await hash(page);
    const drawer = page.locator("dialog.drawer");
    for (const close of ["Back", "Escape", "Back", "Escape"]) {
      await answer.locator(".cite").first().click();
      await drawer.locator("mark").first().waitFor();
      if (close === "Back") await page.goBack();
      else await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "hidden" });
      is(await hash(page), conversation, `the address after ${close}`);
      is(await page.locator(".turn .answer").count(), 1, `answers after ${close}`);
    }
    // Escape has left an entry behind; Back passes over it.
    await page.goBack();
    await page.locator("#documents h1").waitFor();
    await page.goForward();
    await page.locator(".turn .answer").waitFor();
  },

  "Back closes the menu, and the question in it": async ({ open }) => {
    const page = await open({ viewport: { width: 400, height: 800 } });
    await ask(page, bridge);
    await answered(page);
    await page.locator("#menu").click();
    await page.locator("#side.open").waitFor();
    await page.locator("#history [data-label=delete-session]").first().focus();
    await page.keyboard.press("Enter");
    const dialog = page.locator("dialog.ask-dialog");
    await dialog.waitFor();
    await page.goBack();
    await dialog.waitFor({ state: "detached" });
    await page.locator("#side.open").waitFor();
    await page.goBack();
    await page.locator("#side").waitFor({ state: "hidden" });
    is(await page.locator(".turn .answer").count(), 1, "answers");
    // A link of the menu leads on, and Back from there to the conversation.
    await page.locator("#menu").click();
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.locator("#search h1").waitFor();
    await page.locator("#side").waitFor({ state: "hidden" });
    await page.goBack();
    await page.locator(".turn .answer").waitFor();
    // New question is a page of its own, too.
    await page.locator("#menu").click();
    await page.locator("#fresh").click();
    await page.locator(".welcome").waitFor();
    await page.goBack();
    await page.locator(".turn .answer").waitFor();
  },
};
