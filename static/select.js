// Ticking rows of a list for what is done to several at once: one box for the whole page, and a count on the button. The
// page is whole without it.
"use strict";
(() => {
  const doc = document;
  const boxes = () => [...doc.querySelectorAll("input[form=bulk]")];
  const none = new WeakMap(); // what a button says when nothing is ticked

  const count = () => {
    const button = doc.querySelector("#bulk button[data-some]"), whole = doc.querySelector("[data-all=bulk]");
    if (!button) return;
    if (!none.has(button)) none.set(button, button.textContent);
    const all = boxes(), n = all.filter((b) => b.checked).length, every = doc.querySelector("#bulk [name=all]");
    button.textContent = n && !every.checked ? button.dataset.some.replace("{n}", n) : none.get(button);
    if (whole) {
      whole.checked = n > 0 && n === all.length;
      whole.indeterminate = n > 0 && n < all.length;
    }
  };
  doc.addEventListener("change", (e) => {
    if (e.target.matches("[data-all=bulk]")) boxes().forEach((b) => { b.checked = e.target.checked; });
    if (e.target.matches("[data-all=bulk], input[form=bulk], #bulk [name=all]")) count();
  });
  doc.addEventListener("htmx:after:swap", count);
  addEventListener("pageshow", count);
  count();
})();
