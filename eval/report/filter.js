(() => {
  const form = document.getElementById("filter");
  const rows = [...document.querySelectorAll(".question")].map((e) => ({ e, d: e.dataset, text: e.textContent.toLowerCase() }));
  const count = document.getElementById("count");
  const apply = () => {
    const f = new FormData(form);
    const words = f.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { e, d, text } of rows) {
      const keep = (!f.get("result") || f.get("result") === d.result) && (!f.get("lang") || f.get("lang") === d.lang) &&
        (!f.get("hops") || f.get("hops") === d.hops) &&
        (!f.get("abstained") || (f.get("abstained") === "none" ? !d.abstained : d.abstained.split(" ").includes(f.get("abstained")))) &&
        words.every((w) => text.includes(w));
      e.hidden = !keep;
      shown += keep;
    }
    count.textContent = shown + " / " + rows.length;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (e) => e.preventDefault());
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  apply();
})();
