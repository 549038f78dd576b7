// The editor of a course: how long a text is, an address made of the title, and the card in step with what is typed.
"use strict";
(() => {
  const doc = document, form = () => doc.getElementById("course");
  const field = (name) => form()?.elements[name];

  // count writes the length beside the hint; those who hear the page are told only the hint.
  const count = (input) => {
    let out = input.parentElement.querySelector(".count");
    if (!out) {
      out = doc.createElement("p");
      out.className = "hint num count";
      out.setAttribute("aria-hidden", "true");
      input.after(out);
    }
    const n = [...input.value.trim()].length;
    out.textContent = input.dataset.count.replace("{n}", n);
    out.classList.toggle("over", n > Number(input.dataset.good));
  };
  const card = () => {
    doc.querySelectorAll("[data-of]").forEach((el) => {
      const input = field(el.dataset.of);
      if (!input) return;
      const text = input.tagName === "SELECT" ? input.selectedOptions[0]?.textContent : input.value.trim();
      el.textContent = text || el.dataset.else || "";
    });
  };
  const all = () => {
    doc.querySelectorAll("[data-count]").forEach(count);
    if (form()) card();
  };
  doc.addEventListener("input", (e) => {
    if (e.target.dataset.count) count(e.target);
    if (e.target.form === form()) card();
  });
  doc.addEventListener("htmx:after:swap", all);
  all();
})();
