import { is } from "./check.mjs";

// The modules that need no page, in the browser that runs them.
export const modules = {
  "events are parsed however they are cut": async ({ open }) => {
    const page = await open();
    const got = await page.evaluate(async () => {
      const { EventParser } = await import("/page/events.js");
      const stream = ": hello\n\nevent: a\r\ndata: 1\r\n\r\ndata: two\rdata:  lines\r\revent: lost\n\nevent\ndata\n\ndata: 한글 😀\nid: 3\n\ndata: unfinished\n";
      const whole = JSON.stringify(new EventParser().push(stream));
      const out = new Set([whole]);
      for (let size = 1; size < 12; size++) {
        const parser = new EventParser();
        const events = [];
        for (let i = 0; i < stream.length; i += size) events.push(...parser.push(stream.slice(i, i + size)));
        out.add(JSON.stringify(events));
      }
      return [...out];
    });
    is(got.length, 1, "cut otherwise, the stream says something else");
    is(got[0], JSON.stringify([{ name: "a", data: "1" }, { name: "message", data: "two\n lines" }, { name: "message", data: "" }, { name: "message", data: "한글 😀" }]), "events");
  },

  "spans count code points": async ({ open }) => {
    const page = await open();
    const got = await page.evaluate(async () => {
      const { segments } = await import("/page/spans.js");
      const text = "😀가나다😀라마";
      return [
        segments(text, 100, [{ start: 102, end: 105 }], [{ start: 104, end: 106, kind: "style" }]),
        segments(text, 0, [{ start: 0, end: 0 }], []),
        segments(text, 100, [{ start: 0, end: 5000 }], []),
        segments("", 0, [{ start: 0, end: 0 }], []),
        segments(text, 0, [], []),
        segments(text, 0, [{ start: 5, end: 7 }, { start: 1, end: 3 }], []),
      ].map((list) => list.map((s) => s.text + (s.mark ? "*" : "") + (s.hidden ?? "")));
    });
    is(JSON.stringify(got), JSON.stringify([["😀가", "나다*", "😀*style", "라style", "마"], ["😀가나다😀라마"], ["😀가나다😀라마*"], [], ["😀가나다😀라마"], ["😀", "가나*", "다😀", "라마*"]]), "segments");
  },

  "hidden characters are told apart": async ({ open }) => {
    const page = await open();
    const got = await page.evaluate(async () => {
      const { names, pieces } = await import("/page/reveal.js");
      return ["plain 글", "a\u200bb", "👨\u200d👩\u200d👧", "x\u202etxt", "\u{e0048}\u{e0069}", "\u0007", "ㅤ", "\ufeff😀\u{e0142}\u{e0159}", "❤\ufe0f葛\u{e0100}1\ufe0f\u20e3", "a\ufe00\u034f"].map((text) => pieces(text).map((p) => (p.kind ? `[${p.kind} ${names(p.text)}]` : p.text)).join(""));
    });
    is(JSON.stringify(got), JSON.stringify(["plain 글", "a[zero-width U+200B]b", "👨\u200d👩\u200d👧", "x[bidirectional U+202E]txt", "[tag Hi]", "[control U+0007]", "[zero-width U+3164]", "[zero-width U+FEFF]😀[zero-width U+E0142 U+E0159]", "❤\ufe0f葛\u{e0100}1\ufe0f\u20e3", "a[zero-width U+FE00 U+034F]"]), "pieces");
  },

  "sessions get names that the server takes": async ({ open }) => {
    const page = await open();
    const got = await page.evaluate(async () => {
      const { sessionName, titleOf, sourceName } = await import("/page/naming.js");
      const fits = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,63}$/u;
      const questions = ["연차는 며칠까지 이월되나요?", "How many?", "???", "<script>", "가".repeat(500), "\u0301x", "con", "a_b-c", "👩‍💻"];
      return { fits: questions.every((q) => fits.test(sessionName(q))), titles: questions.slice(0, 2).map((q) => titleOf(sessionName(q))), own: titleOf("my_session"), source: sourceName("upload:a/b/규정.md") };
    });
    is(JSON.stringify(got), JSON.stringify({ fits: true, titles: ["연차는 며칠까지 이월되나요", "How many"], own: "my_session", source: "규정.md" }), "names");
  },
};
