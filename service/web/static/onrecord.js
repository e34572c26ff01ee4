// What the pages do better with JavaScript; nothing depends on it.
"use strict";

// A known party brings its kind and country along, and takes them away when it gives way to another; what somebody
// chose or typed there stays. Of one that is not known the fields are unfolded, since it needs them.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.list) return;
  const chosen = [...input.list.options].find((option) => option.value === input.value);
  for (const member of ["kind", "country"]) {
    const field = input.form && input.form.elements[`party/${member}`];
    if (!field) continue;
    if (input.value && !chosen && field.closest("details")) field.closest("details").open = true;
    if (field.value && field.value !== field.dataset.brought) continue;
    field.value = field.dataset.brought = chosen ? chosen.dataset[member] : "";
  }
});

// What does not come replaces nothing; where there is a place for a preview, the page says so there, and what to do.
function tell(id) {
  const told = document.getElementById(id);
  if (told) document.getElementById("preview").replaceChildren(told.content.cloneNode(true));
}
document.addEventListener("unauthenticated", () => tell("signed-out"));
document.addEventListener("forbidden", () => tell("not-allowed"));
for (const name of ["htmx:beforeSwap", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const { target, xhr } = event.detail;
    if (xhr.status && (xhr.status < 400 || xhr.responseText.includes(`id="${target.id}"`))) return;
    event.detail.shouldSwap = false;
    if (target.id === "preview") tell("no-preview");
  });
}

// A preview that went well takes away what was wrong before.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "preview" || document.getElementById("faults")) return;
  for (const fault of document.querySelectorAll(".fault")) fault.remove();
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
});

// Whoever prints a page sees when that was, and by which clock.
window.addEventListener("beforeprint", () => {
  for (const note of document.querySelectorAll(".printed")) {
    const at = `${new Date().toISOString().slice(0, 16).replace("T", ", ")} UTC`;
    note.textContent = ` · ${note.dataset.text.replace("{at}", at)}`;
  }
});

// A form is sent once, however often it is clicked; the server would record it once anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else if (form.hasAttribute("data-once")) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
