import { answered, ask, holds, is, newCollection } from "./check.mjs";

// tree shows elements as <tag ...>: the names of what was made, and its text.
const made = (page, text) => page.evaluate(async (text) => {
  const { rendered } = await import("/page/markdown.js");
  const seen = [];
  const leaf = (from, to) => {
    seen.push([from, to]);
    return [text.slice(from, to)];
  };
  const show = (node) => {
    if (node.nodeType === 3) return node.nodeValue;
    const name = node.className === "link-words" ? "words" : node.className === "link-target" ? "target" : node.localName;
    return `<${name}${node.localName === "li" && node.hasAttribute("value") ? ` ${node.value}` : ""}>${[...node.childNodes].map(show).join("")}</${name}>`;
  };
  const out = rendered(text, leaf).map(show).join("");
  const inOrder = seen.every(([from, to], i) => from <= to && (i === 0 || from >= seen[i - 1][1]));
  return { out, inOrder };
}, text);

const cases = [
  ["plain", "<p>plain</p>"],
  ["one\ntwo\n\nthree", "<p>one\ntwo</p><p>three</p>"],
  ["# 제목 #\n## Two\ntext", "<h3>제목</h3><h4>Two</h4><p>text</p>"],
  ["### Deep first\n# Then one", "<h3>Deep first</h3><h3>Then one</h3>"],
  ["Title\n=====\nbody", "<h3>Title</h3><p>body</p>"],
  ["- one\n- **two** [1]\n  - inner\n- three", "<ul><li>one</li><li><strong>two</strong> [1]<ul><li>inner</li></ul></li><li>three</li></ul>"],
  ["1. first\n3. third", "<ol><li 1>first</li><li 3>third</li></ol>"],
  ["2024. 3. 31.까지 이월합니다.", "<p>2024. 3. 31.까지 이월합니다.</p>"],
  ["1. one\n\n   more\n2. two", "<ol><li 1><p>one</p><p>more</p></li><li 2>two</li></ol>"],
  ["text\n- a list", "<p>text</p><ul><li>a list</li></ul>"],
  ["**굵게**는 *기울임*과 `code **x**` ~~gone~~", "<p><strong>굵게</strong>는 <em>기울임</em>과 <code>code **x**</code> <del>gone</del></p>"],
  ["***both*** and **a *b* c** and snake_case_name, 2 * 3 * 4", "<p><strong><em>both</em></strong> and <strong>a <em>b</em> c</strong> and snake_case_name, 2 * 3 * 4</p>"],
  ["a \\*star\\* and **open", "<p>a *star* and **open</p>"],
  ["[words](javascript:alert(1)) ![a picture](http://x/y.png) [1](x) [2]", "<p><words>words</words><target>javascript:alert(1)</target> <words>a picture</words><target>http://x/y.png</target> [1](x) [2]</p>"],
  ["```js\nlet a = 1;\n# no heading\n```\nafter", "<pre><span>js</span><code>let a = 1;\n# no heading</code></pre><p>after</p>"],
  ["~~~\nopen to the end", "<pre><code>open to the end</code></pre>"],
  ["para\n\n    code\n\n    more", "<p>para</p><pre><code>code\n\nmore</code></pre>"],
  ["> said\n> - so\n\n---", "<blockquote><p>said</p><ul><li>so</li></ul></blockquote><hr></hr>"],
  ["| 이름 | n |\n|---|--:|\n| 다리 | 2 |\n| a \\| b |", "<div><table><thead><tr><th>이름</th><th>n</th></tr></thead><tbody><tr><td>다리</td><td>2</td></tr><tr><td>a | b</td></tr></tbody></table></div>"],
  ["<b>html</b> <script>x</script> &amp;", "<p><b>html</b> <script>x</script> &amp;</p>"],
  ["", ""],
  ["\r\n# CRLF\r\ntext\r\n", "<h3>CRLF</h3><p>text</p>"],
];

const handbook = `# 안전 수칙

**반드시** 지킬 것:

1. 헬멧을 *항상* 쓴다.
2. 장갑을 [창고](http://example.org/x)에서 받는다.

| 장비 | 수량 |
|---|---|
| 헬멧 | 12 |

<img src=x onerror="window.pwned=1"> \u202ehidden\u202c
`;

export const reading = {
  "Markdown becomes elements, and nothing else does": async ({ open }) => {
    const page = await open();
    for (const [text, want] of cases) {
      const { out, inOrder } = await made(page, text);
      is(out, want, JSON.stringify(text));
      holds(inOrder, `pieces of ${JSON.stringify(text)} are not in their order`);
    }
  },

  "long and hostile Markdown takes no time, and loses no letter": async ({ open }) => {
    const page = await open();
    const texts = ["*a ".repeat(20_000), "[".repeat(50_000), "`".repeat(30_001), "> ".repeat(20_000), "- ".repeat(20_000), "**a _b ~~c ".repeat(8_000), "|a".repeat(20_000) + "\n" + "|-".repeat(20_000), "1. x\n\n".repeat(8_000), "가\n".repeat(30_000), "``` `` ` ".repeat(5_000)];
    for (const text of texts) {
      const { ms, letters } = await page.evaluate(async (text) => {
        const { rendered } = await import("/page/markdown.js");
        const began = performance.now();
        const out = rendered(text, (from, to) => [text.slice(from, to)]);
        return { ms: performance.now() - began, letters: out.map((n) => n.textContent).join("").replace(/[^a-z가]/g, "").length };
      }, text);
      holds(ms < 4000, `${JSON.stringify(text.slice(0, 12))}… takes ${Math.round(ms)} ms`);
      is(letters, text.replace(/[^a-z가]/g, "").length, `letters of ${JSON.stringify(text.slice(0, 12))}…`);
    }
  },

  "an answer shows its lists and emphasis, with the citations in them": async ({ open }) => {
    const page = await open();
    const citation = { n: 1, document: "d", source: "/srv/docs/bridge.md", title: "The bridge", start: 0, end: 4, quote: "two lanes", url: "/api/v1/collections/notes/sources/none" };
    const text = "두 가지입니다:\n\n- **차로**는 두 개입니다. [1]\n- <img src=x onerror=\"window.pwned=1\"> `코드` [1] [7]\n\n1. 하나\n2. 둘";
    const answer = { id: "a", question: "?", answer: text, abstained: false, strategy: "self-rag", collection: "notes", citations: [citation], iterations: [{ subquery: "?", passages: [], draft: "", support: 0.9, usefulness: null }],
      stopped_by: "supported", usage: { llm_calls: 3, prompt_tokens: 1234, completion_tokens: 56 }, timings_ms: { total: 1500 } };
    await page.route("**/api/v1/ask", (r) => r.fulfill({ status: 200, contentType: "text/event-stream", body: `event: answer\ndata: ${JSON.stringify(answer)}\n\n` }));
    await ask(page, "What is there?");
    const prose = (await answered(page)).locator(".prose");
    is(await prose.locator("ul > li").count(), 2, "items");
    is(await prose.locator("strong").innerText(), "차로", "what is emphasised");
    is(await prose.locator("ul .cite").count(), 2, "citations in the list");
    is(await prose.locator("img").count(), 0, "elements made of an answer");
    holds((await prose.innerText()).includes("[7]"), "a number that cites nothing is lost");
    // Numbers for developers are folded away.
    holds(!/self-rag|1,234|90%/.test(await page.locator(".turn").innerText()), "numbers that nobody asked for");
    await page.locator(".made summary").click();
    const numbers = await page.locator(".made dl").innerText();
    for (const want of ["self-rag", "1,234", "56", "1.5s", "90%"]) holds(numbers.includes(want), `the numbers lack ${want}: ${numbers}`);
  },

  "a source shows its Markdown, with the quote marked, and its place in the collection": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    await newCollection(page, "safety");
    await page.locator("#documents-files").setInputFiles([{ name: "안전 수칙.md", mimeType: "text/markdown", buffer: Buffer.from(handbook) }]);
    await page.locator(".upload", { hasText: "안전 수칙.md" }).getByText("Done").waitFor();
    const document = page.locator(".document", { hasText: "안전 수칙" });
    is(await document.locator(".document-source").innerText(), "안전 수칙.md", "the place of an upload");
    await document.click();
    const body = page.locator("dialog.drawer .source-body");
    await body.getByRole("heading", { name: "안전 수칙" }).waitFor();
    is(await body.locator("ol > li").count(), 2, "items");
    is(await body.locator("td").count(), 2, "cells");
    is(await body.locator(".glyph").count(), 2, "hidden characters");
    holds(!(await body.innerText()).includes("**"), "signs of Markdown are left");
    is(await body.locator("a, img").count(), 0, "links and pictures made of a source");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.locator("#search").getByLabel("Collection").selectOption("safety");
    await page.locator("#search textarea").fill("헬멧을 언제 쓰나요?");
    await page.locator("#search textarea").press("Enter");
    await page.locator("#search .found .source", { hasText: "헬멧을" }).first().click();
    await page.locator("dialog.drawer mark").first().waitFor();
    const marked = (await page.locator("dialog.drawer mark").evaluateAll((all) => all.map((m) => [...m.childNodes].filter((n) => !n.classList?.contains("unseen")).map((n) => n.textContent).join("")))).join("");
    holds(marked.includes("헬멧을 항상 쓴다"), `the quote that is marked: ${marked}`);
    is(await page.locator("dialog.drawer li mark em").count() + await page.locator("dialog.drawer li em mark").count(), 1, "emphasis in the quote");
  },
};
