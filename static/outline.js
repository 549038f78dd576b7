// Lists whose lines are dragged by a grip, by mouse, pen or finger. A drop fills in and sends the line's own form, as its
// arrows do, so everything can be done without this too.
"use strict";
(() => {
  const doc = document;
  let drag = null;

  const lists = (kind) => [...doc.querySelectorAll(`[data-sort=${kind}]`)];
  const lines = (list) => [...list.children].filter((li) => li.dataset.id);

  // Where the pointer is, the line makes room: before or after the line below it, or in the empty list.
  const over = (x, y) => {
    const at = doc.elementFromPoint(x, y);
    const list = at?.closest(`[data-sort=${drag.kind}]`) ?? at?.closest(".part")?.querySelector(`:scope > [data-sort=${drag.kind}]`);
    if (!list) return;
    const below = lines(list).find((li) => {
      const box = li.getBoundingClientRect();
      return li !== drag.line && y < box.top + box.height / 2;
    });
    if (below ? below.previousElementSibling !== drag.line : list.lastElementChild !== drag.line) list.insertBefore(drag.line, below ?? null);
  };
  const scroll = () => {
    if (!drag) return;
    const edge = 60, by = drag.y < edge ? -1 : drag.y > innerHeight - edge ? 1 : 0;
    if (by) {
      scrollBy(0, by * 10);
      over(drag.x, drag.y);
    }
    requestAnimationFrame(scroll);
  };
  const back = () => drag.list.insertBefore(drag.line, drag.next);
  const end = () => {
    drag.line.classList.remove("dragged");
    doc.documentElement.classList.remove("dragging");
    drag = null;
  };

  doc.addEventListener("pointerdown", (e) => {
    const grip = e.target.closest?.(".grip"), line = grip?.closest("[data-id]");
    if (!line || e.button) return;
    e.preventDefault();
    grip.setPointerCapture(e.pointerId);
    drag = { line, list: line.parentElement, next: line.nextElementSibling, kind: line.parentElement.dataset.sort, x: e.clientX, y: e.clientY };
    line.classList.add("dragged");
    doc.documentElement.classList.add("dragging");
    requestAnimationFrame(scroll);
  });
  doc.addEventListener("pointermove", (e) => {
    if (!drag) return;
    drag.x = e.clientX;
    drag.y = e.clientY;
    over(e.clientX, e.clientY);
  });
  doc.addEventListener("pointercancel", () => {
    if (!drag) return;
    back();
    end();
  });
  doc.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !drag) return;
    back();
    end();
  });
  doc.addEventListener("pointerup", () => {
    if (!drag) return;
    const { line, list, next } = drag;
    end();
    if (line.parentElement === list && line.nextElementSibling === next) return;
    send(line);
  });

  // The line's form says by a neighbour where the line stands now. A form that doesn't get through puts it back.
  const send = (line) => {
    const place = line.querySelector("form.place"); // of a list whose lines go to a number
    if (place) {
      place.elements.to.value = lines(line.parentElement).indexOf(line);
      return place.requestSubmit();
    }
    const form = line.querySelector(".arrows").closest("form");
    const before = line.nextElementSibling?.dataset.id, after = line.previousElementSibling?.dataset.id;
    const [name, value] = before ? ["before", before] : after ? ["after", after] : ["into", line.parentElement.dataset.into];
    const to = Object.assign(doc.createElement("input"), { type: "hidden", name, value });
    form.append(to);
    form.requestSubmit();
    setTimeout(() => to.remove());
  };

  // A title that was typed over shows the button that saves it.
  doc.addEventListener("input", (e) => {
    const line = e.target.closest(".line");
    if (line && e.target.name === "title") line.classList.toggle("changed", e.target.value !== e.target.defaultValue);
  });

  // What was swapped takes the focus along: to the button that was pressed, or its neighbour where it can't be pressed any
  // more; from what is gone to the way back; from a form for more to the same form.
  let last = "", form = "";
  doc.addEventListener("click", (e) => { last = e.target.closest(".arrows button, .star")?.id ?? ""; }, true);
  doc.addEventListener("submit", (e) => {
    const place = e.target.closest(".line, .part, #add");
    form = e.target.querySelector("textarea") ? `#${place?.id} textarea` : `#${place?.id} input[name=title]`;
  }, true);
  doc.addEventListener("htmx:after:swap", () => {
    if (doc.activeElement !== doc.body && doc.activeElement?.id !== last) return;
    const pressed = last && doc.getElementById(last);
    const next = pressed ? (pressed.disabled ? pressed.parentElement.querySelector("button:not(:disabled)") : pressed)
      : doc.querySelector("#toast #undo button") ?? (form && doc.querySelector(form));
    next?.focus({ preventScroll: true });
    next?.closest("[data-id]")?.scrollIntoView({ block: "nearest" });
  });
})();
