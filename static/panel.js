// Keys for whoever works in the panel at a desk: they are listed under ?, and each only goes where a link or a field is.
"use strict";
(() => {
  const doc = document;
  const fields = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  let going = -2000; // when g was pressed, on the page's own clock

  // A row is where its first link is. The queue of payments has rows of its own; see queue.js.
  const links = () => [...doc.querySelectorAll("main :is(table, .results, .lines) :is(tbody > tr, li)")]
    .map((row) => row.querySelector("a[href]")).filter((a) => a?.offsetParent);
  const step = (by) => {
    const all = links(), here = doc.activeElement.closest("tr, li");
    const at = here ? all.findIndex((a) => here.contains(a)) : -1;
    const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    to?.focus({ preventScroll: true });
    to?.scrollIntoView({ block: "nearest" });
    return Boolean(to);
  };
  const search = () => {
    const box = doc.querySelector("#q, main input[type=search]");
    box?.select();
    box?.focus();
    return Boolean(box);
  };
  const queue = () => doc.querySelector("main .queue:not(.alone)");
  const keys = {
    j: () => !queue() && step(1),
    k: () => !queue() && step(-1),
    "/": search,
    "?": () => { doc.getElementById("keys").showModal(); return true; },
    g: () => { going = performance.now(); return true; },
  };
  const follow = (key) => doc.querySelector(`#nav [data-go="${CSS.escape(key)}"]`)?.click();

  doc.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented || e.key === "Shift") return;
    if (e.key === "Escape") {
      if (e.target.matches(fields) && !queue()) e.target.blur();
      return;
    }
    if (e.target.closest(fields) || doc.querySelector("dialog[open]")) return;
    if (performance.now() - going < 1500) { // whatever was pressed after g was meant for it
      going = -2000;
      e.preventDefault();
      follow(e.key);
    } else if (Object.hasOwn(keys, e.key) && !(e.repeat && !"jk".includes(e.key)) && keys[e.key]()) {
      e.preventDefault();
    }
  });
})();
