// What pages gain where scripts run. Everything here works on plain markup, and every page works without it.
"use strict";
(() => {
  const doc = document, root = doc.documentElement;
  root.classList.add("scripts");
  const toasts = () => doc.getElementById("toast");

  // Toasts: those that the server sends into #toast, and those made here, get a way to close; a good one goes by itself.
  const toast = (kind, text) => {
    const p = doc.createElement("p");
    p.className = "toast " + kind;
    p.textContent = text;
    toasts().replaceChildren(p);
  };
  // It stays while somebody points at it or has the focus in it, as he may still be reading.
  const fade = (p) => {
    const go = () => { if (p.matches(":hover, :focus-within")) setTimeout(go, 1000); else p.remove(); };
    setTimeout(go, 4500);
  };
  const furnish = (p) => {
    if (!p.matches || !p.matches(".toast") || p.querySelector("button")) return;
    const close = doc.createElement("button");
    close.type = "button";
    close.className = "btn small";
    close.textContent = toasts().dataset.close;
    close.onclick = () => p.remove();
    p.append(close);
    if (p.matches(".good")) fade(p);
  };
  new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach(furnish)))
    .observe(toasts(), { childList: true });

  // Copying. Browsers inside other apps often refuse the clipboard: then the value is selected and the button says so.
  const select = (el) => {
    const range = doc.createRange();
    range.selectNodeContents(el);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  const copy = async (button) => {
    const value = button.parentElement.querySelector("b");
    let done = false;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      done = true;
    } catch {
      if (value) select(value);
      try { done = doc.execCommand("copy"); } catch { /* the selection stays */ }
    }
    if (!done) return toast("plain", button.dataset.failed);
    const label = button.dataset.label ??= button.textContent;
    button.textContent = button.dataset.copied;
    toast("good", button.dataset.copied + ": " + button.dataset.copy);
    setTimeout(() => { button.textContent = label; }, 2000);
  };

  const reveal = (button) => {
    const input = doc.getElementById(button.dataset.reveal), shown = input.type === "text";
    const show = button.dataset.show ??= button.textContent;
    input.type = shown ? "password" : "text";
    button.textContent = shown ? show : button.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  };

  doc.addEventListener("click", (e) => {
    const on = (name) => e.target.closest(`[data-${name}]`);
    if (on("copy")) copy(on("copy"));
    if (on("reveal")) reveal(on("reveal"));
    if (on("dialog")) doc.getElementById(on("dialog").dataset.dialog).showModal();
    on("close")?.closest("dialog")?.close();
    if (e.target.matches("dialog")) e.target.close(); // beside it
  });

  // Details fold up with Escape; one that asks for confirmation takes the focus to its first field.
  doc.addEventListener("keydown", (e) => {
    const open = e.key === "Escape" && e.target.closest("details.confirm[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  doc.addEventListener("toggle", (e) => {
    if (e.target.matches("details.confirm[open]")) (e.target.querySelector("[aria-invalid]") ?? e.target.querySelector("input:not([type=hidden]), textarea, select, .box button"))?.focus();
  }, true);

  // One press sends a form once. The button is not disabled, as that would lose the focus and its name.
  const busy = new Map();
  const release = (form) => {
    clearTimeout(busy.get(form)?.timer);
    busy.get(form)?.button?.removeAttribute("aria-busy");
    busy.delete(form);
  };
  doc.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (busy.has(form)) {
      e.preventDefault();
      e.stopImmediatePropagation();
      return;
    }
    const button = e.submitter;
    button?.setAttribute("aria-busy", "true");
    busy.set(form, { button, timer: setTimeout(release, 15000, form) });
  }, true);
  addEventListener("pageshow", (e) => { if (e.persisted) [...busy.keys()].forEach(release); });
  doc.addEventListener("htmx:finally:request", () => [...busy.keys()].filter((f) => f.hasAttribute("hx-post")).forEach(release));

  // Errors of htmx. An answer of ours says by HX-Retarget that it is a toast; any other that isn't a form to correct
  // (422) comes from something in between and must not land in the page.
  doc.addEventListener("htmx:response:error", (e) => {
    const ctx = e.detail.ctx, status = ctx.response.status, ours = ctx.hx?.retarget;
    if (status === 422 || (ours && status < 500)) return;
    ctx.swap = "none";
    const text = ours && new DOMParser().parseFromString(ctx.text, "text/html").body.textContent.trim();
    toast("bad", text || toasts().dataset.broke);
  });
  doc.addEventListener("htmx:error", (e) => { if (e.detail.ctx?.request) toast("bad", toasts().dataset.offline); });

  // A form that came back with errors starts at their summary; a page's one remark is read out.
  setTimeout(() => { if (doc.activeElement === doc.body) doc.querySelector(".errors")?.focus(); }, 100);
  const flash = doc.querySelector(".flash");
  if (flash) setTimeout(() => { flash.textContent = flash.textContent; }, 300);
})();
