// What makes the pages quicker to use; each of them works without it.
(() => {
  const { reachable, press, select } = kith;
  const byId = id => document.getElementById(id);
  const held = event => event.ctrlKey || event.metaKey;
  const on = (name, act) => document.addEventListener(name, act);
  document.documentElement.classList.add("scripted");

  // What a person reads on an element that has a key.
  function label(element) {
    const copy = element.cloneNode(true);
    for (const extra of copy.querySelectorAll("kbd, data, svg, .sr-only")) extra.remove();
    // Of a row's button the words on it: what is unseen names the row as well.
    const text = element.matches("a, button") && copy.textContent.trim() || element.ariaLabel;
    return text.replace(/\s+/g, " ").trim();
  }
  const make = (tag, text, parent) => parent.appendChild(Object.assign(document.createElement(tag), { textContent: text }));
  const shown = key => key.replace("mod+", /Mac|iP/.test(navigator.platform) ? "⌘ " : "Ctrl ").replace("Escape", "Esc");

  // Dialogs: help and palette are made from the keys that the page declares.
  let pressable = [];
  function open(id) {
    pressable = reachable().filter(([element]) => element.dataset.opens !== id);
    if (id === "help") {
      const list = byId("help-keys");
      list.replaceChildren();
      for (const [element, keys] of pressable) {
        const term = make("dt", "", list);
        for (const key of keys) make("kbd", shown(key), term), term.append(" ");
        make("dd", label(element), list);
      }
    } else actions("");
    byId(id).showModal();
    byId(id).querySelector("input")?.select();
  }
  function actions(typed) {
    const list = byId("palette-actions");
    list.replaceChildren();
    for (const [element, keys] of pressable) {
      const text = label(element);
      if (element.matches("input") || !text.toLowerCase().includes(typed.toLowerCase())) continue;
      const row = make("li", "", list);
      row.className = "row";
      make("span", "", row);
      make("button", text, row).addEventListener("click", () => (byId("palette").close(), press(element)));
      make("kbd", shown(keys[0]), row);
    }
  }
  on("click", event => {
    const { target } = event;
    const opened = target.closest("[data-opens]")?.dataset.opens;
    if (byId(opened) && !held(event)) event.preventDefault(), open(opened);
    if (target.matches("dialog, [data-closes]")) target.closest("dialog").close();
  });

  const palette = byId("palette");
  palette?.addEventListener("input", event => actions(event.target.value.trim()));
  palette?.addEventListener("keydown", event => {
    const input = palette.querySelector("input");
    // Enter opens the first person only when the list answers what now stands in the field.
    const choices = [...palette.querySelectorAll("#palette-results :is(a[href], button), #palette-actions button")];
    const at = choices.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (choices[at + 1] ?? choices[at] ?? input).focus();
    else if (event.key === "ArrowUp") (choices[at - 1] ?? input).focus();
    else if (event.key === "Enter" && document.activeElement === input && choices[0] && (byId("palette-results").dataset.query === input.value || choices[0].closest("#palette-actions"))) choices[0].click();
    else return;
    event.preventDefault();
  });

  // The reading pane follows the list.
  let waiting;
  const pane = () => (byId("pane")?.checkVisibility() ? byId("pane") : null);
  function fill(row, delay) {
    const link = row.querySelector("a[href]");
    clearTimeout(waiting);
    if (!link || !pane()) return;
    waiting = setTimeout(() => {
      const target = pane();
      if (target) htmx.ajax("GET", link.getAttribute("href"), { source: target, target, headers: { "HX-Target": `${target.localName}#pane` } });
    }, delay);
  }
  on("kith:row", event => fill(event.target, 90));
  on("click", event => {
    const row = event.target.closest("[data-list] > *");
    if (!row || !event.target.closest("a[href]")) return;
    sessionStorage[location.pathname] = location.search;
    if (event.detail && !held(event) && !event.shiftKey && pane() && !row.ariaCurrent) event.preventDefault(), select(row);
  });
  // The way back leads to the list as it was filtered, and there to the row.
  for (const back of document.querySelectorAll("[data-back]")) back.search = back.value = sessionStorage[back.pathname ?? "/contacts"] ?? "";
  const left = byId(location.hash.slice(1))?.closest("[data-list] > *");
  if (left) select(left);

  // Focus goes where the eye goes after a swap, and to the first thing to mend.
  function mend(place) {
    const wrong = place.querySelector("[aria-invalid=true], [data-summary]");
    if (wrong) wrong.focus();
    else if (document.activeElement === document.body && place.tabIndex >= -1 && place.id) place.focus({ preventScroll: true });
  }
  on("htmx:after:swap", event => {
    const { target, request } = event.detail.ctx;
    if (target?.id === "palette-results") target.dataset.query = new URL(request.action, location.href).searchParams.get("q");
    else if (target?.isConnected) mend(target);
  });
  mend(document);

  // One more e-mail, one less date: rows of a form that may repeat.
  on("click", event => {
    const parts = event.target.closest("[data-repeat]")?.querySelectorAll(".part");
    if (!parts) return;
    const clear = part => part.querySelectorAll("input, textarea").forEach(input => (input.value = ""));
    if (event.target.closest("[data-remove]")) {
      const part = event.target.closest(".part");
      if (parts.length > 1) part.remove();
      else clear(part);
    } else if (event.target.closest("[data-add]")) {
      const last = [...parts].at(-1);
      const part = last.cloneNode(true);
      clear(part);
      last.after(part);
      part.querySelector("input")?.focus();
    }
  });
})();
