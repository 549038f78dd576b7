// What writing a page gains where scripts run: Ctrl+S, a count of words, a question before what was typed is left.
"use strict";
(() => {
  const count = () => document.querySelectorAll("[data-count]").forEach((p) => {
    const field = document.getElementById(p.dataset.count);
    if (field) p.textContent = (field.value.match(/\S+/g) ?? []).length + " " + p.dataset.words;
  });
  let typed = false;
  document.addEventListener("input", (e) => {
    if (!e.target.closest(".editor")) return;
    typed = true;
    count();
  });
  document.addEventListener("submit", () => { typed = false; }, true);
  document.addEventListener("htmx:after:swap", count);
  addEventListener("beforeunload", (e) => { if (typed) e.preventDefault(); });
  document.addEventListener("keydown", (e) => {
    const form = document.querySelector("form.editor");
    if (!form || e.key.toLowerCase() !== "s" || !(e.ctrlKey || e.metaKey) || e.altKey) return;
    e.preventDefault();
    form.requestSubmit(form.querySelector("button.main"));
  });
  count();
})();
