// Working through a list of payments: keys for a desk, beside those of panel.js, and the focus that moves on when a row is
// done. The page is whole without it; every key only presses a button that is there.
"use strict";
(() => {
  const doc = document;
  const rows = () => [...doc.querySelectorAll(".queue > li")];
  const current = () => doc.querySelector(".queue > li.cur");
  let arrived = -1000; // when a row was last done, on the page's own clock

  const mark = (li) => {
    if (li === current()) return;
    current()?.classList.remove("cur");
    li?.classList.add("cur");
  };
  const go = (li) => {
    if (!li) return;
    mark(li);
    li.focus({ preventScroll: true });
    li.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows(), at = all.indexOf(current());
    go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  // A row that was done keeps its place and its height, so that the next one doesn't slip under the finger.
  const onward = (done) => {
    const all = rows(), open = (li) => !li.classList.contains("gone");
    const next = all.slice(all.indexOf(done) + 1).find(open) ?? all.find(open);
    arrived = performance.now();
    if (next) go(next);
    else (doc.querySelector("#list [rel=next]") ?? done).focus({ preventScroll: true });
  };

  // What can't be seen isn't decided: the first press brings the row back into view.
  const seen = (li) => {
    const box = li.getBoundingClientRect();
    if (box.bottom > 0 && box.top < innerHeight) return true;
    go(li);
    return false;
  };
  // A second press in haste, by key or by thumb, would decide the row that has just come up.
  doc.addEventListener("click", (e) => {
    if (performance.now() - arrived > 350 || !e.target.closest(".queue button")) return;
    e.preventDefault();
    e.stopPropagation();
  }, true);
  const press = (name) => {
    const li = current();
    if (li && seen(li)) li.querySelector(`[data-key=${name}]`)?.click();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    v: () => press("v"),
    n: () => press("n"),
    r: () => {
      const reject = current()?.querySelector("details[data-key=r]");
      if (!reject) return;
      reject.parentElement.closest("details").open = true;
      reject.open = true;
    },
    x: () => current()?.querySelector("input[name=id]")?.click(),
    b: () => doc.querySelector("button[form=bulk]")?.focus(),
    p: () => {
      const paste = doc.getElementById("paste");
      if (!paste) return;
      paste.open = true;
      paste.querySelector("textarea").focus();
    },
    Enter: () => current() && location.assign(current().dataset.order),
  };
  const fields = "input:not([type=checkbox], [type=radio]), textarea, select, dialog";
  doc.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented) return;
    if (e.key === "Escape") return leave(e);
    if (e.target.closest(fields) || !Object.hasOwn(keys, e.key)) return;
    if (e.key === "Enter" && !e.target.matches("body, main, .queue > li")) return;
    if (e.repeat && e.key !== "j" && e.key !== "k") return;
    if (!"jk".includes(e.key) && doc.querySelector("dialog[open]")) return;
    e.preventDefault();
    keys[e.key]();
  });

  // Escape leads from a field or a fold back to the row.
  const leave = (e) => {
    if (e.target.closest("dialog")) return;
    const fold = e.target.closest("details.asks[open]");
    if (!fold && !e.target.closest(fields)) return;
    if (fold) fold.open = false;
    const li = e.target.closest(".queue > li") ?? current();
    if (li) go(li);
    else e.target.blur();
  };

  doc.addEventListener("toggle", (e) => {
    if (e.target.matches(".more[open]")) doc.querySelectorAll(".more[open]").forEach((d) => { d.open = d === e.target; });
  }, true);
  doc.addEventListener("focusin", (e) => {
    const li = e.target.closest(".queue > li");
    if (li) mark(li);
  });

  const bulk = doc.querySelector("button[form=bulk]"), none = bulk?.textContent;
  const count = () => {
    if (!bulk) return;
    const n = doc.querySelectorAll("input[form=bulk]:checked").length;
    bulk.textContent = n ? bulk.dataset.some.replace("{n}", n) : none;
  };
  doc.addEventListener("change", (e) => { if (e.target.matches("input[form=bulk]")) count(); });
  doc.addEventListener("htmx:after:swap", (e) => {
    count();
    const li = e.target.closest?.(".queue > li");
    if (!li) return begin();
    if (li.matches(".gone")) onward(li);
    else if (!li.contains(doc.activeElement)) go(li);
  });

  // On a wide screen the first row is marked, ready for a key; on a phone that would be noise.
  const begin = () => { if (!current() && matchMedia("(min-width: 900px)").matches) mark(rows()[0]); };
  count();
  begin();
})();
