// The field for a picture, where scripts run: shows what was chosen before it is sent, and refuses at once what is too big.
"use strict";
if (!window.lecternPicture) {
  window.lecternPicture = true; // the field may come again by htmx, and this with it
  const shown = 320;

  const error = (input, field, text) => {
    const id = input.id + "-error";
    document.getElementById(id)?.remove();
    input.removeAttribute("aria-invalid");
    if (!text) return;
    const p = document.createElement("p");
    p.className = "error";
    p.id = id;
    p.role = "alert";
    p.textContent = text;
    input.before(p);
    input.setAttribute("aria-invalid", "true");
  };

  const preview = async (field, file) => {
    field.querySelector("figure.chosen")?.remove();
    if (!file) return;
    let bitmap;
    try { bitmap = await createImageBitmap(file); } catch { return; } // a kind that this browser can't show; the server says more
    const canvas = document.createElement("canvas"), ratio = Math.min(1, shown / bitmap.width);
    canvas.width = Math.max(1, Math.round(bitmap.width * ratio));
    canvas.height = Math.max(1, Math.round(bitmap.height * ratio));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const figure = document.createElement("figure"), caption = document.createElement("figcaption");
    figure.className = "chosen";
    caption.className = "soft";
    caption.textContent = field.dataset.chosen;
    figure.append(canvas, caption);
    field.querySelector("figure.chosen")?.remove();
    field.querySelector("input[type=file]").before(figure);
  };

  document.addEventListener("change", (e) => {
    const field = e.target.closest("[data-picture]");
    if (!field || e.target.type !== "file") return;
    const file = e.target.files[0], tooBig = file && file.size > Number(field.dataset.most);
    error(e.target, field, tooBig ? field.dataset.tooBig : "");
    if (tooBig) e.target.value = "";
    const remove = field.querySelector("input[type=checkbox]");
    if (file && !tooBig && remove) remove.checked = false;
    preview(field, tooBig ? null : file);
  });
}
