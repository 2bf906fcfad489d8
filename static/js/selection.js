// Who is ticked in a list, kept over pages and filters of this tab; the boxes and the bar work without it.
(() => {
  const form = document.querySelector("#bulk");
  const boxes = () => [...document.querySelectorAll(".pick input[name=id]")];
  const everybody = () => document.querySelector("input[type=checkbox][name=scope]");
  // Of this list and session: whoever signs in next has a token of her own.
  const key = `kith-selected ${form.getAttribute("action")} ${form.elements.csrf_token.value.slice(0, 16)}`;
  const read = () => new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  const forget = () => sessionStorage.removeItem(key);
  // What leads elsewhere than to the edit itself keeps it.
  form.addEventListener("submit", event => event.submitter?.hasAttribute("formaction") || forget());
  if (!form.matches(".bulk")) return;
  // The last ticked, the current row, and whether Shift is held: a key presses a box without saying so.
  let last, current, shift;
  document.addEventListener("keydown", event => (shift = event.shiftKey), true);
  document.addEventListener("pointerdown", event => (shift = event.shiftKey), true);

  // The ticked of other pages stand in the form as hidden fields, so that it says all that is meant.
  function show(chosen) {
    const here = boxes();
    const all = everybody()?.checked;
    for (const box of here) box.checked = chosen.has(box.value);
    for (const field of form.querySelectorAll("[data-elsewhere]")) field.remove();
    const elsewhere = [...chosen].filter(id => !here.some(box => box.value === id));
    for (const value of elsewhere) {
      const field = form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "id", value }));
      field.dataset.elsewhere = "";
    }
    form.toggleAttribute("data-open", chosen.size > 0 || Boolean(all));
    const number = n => n.toLocaleString("en");
    const beyond = elsewhere.length ? `, ${number(elsewhere.length)} of them not on this page` : "";
    form.querySelector("#selected").textContent = all ? `All ${everybody().dataset.everybody} selected` : `${number(chosen.size)} selected${beyond}`;
  }
  function keep(chosen) {
    sessionStorage.setItem(key, JSON.stringify([...chosen]));
    show(chosen);
  }

  document.addEventListener("click", event => {
    const box = event.target.closest(".pick input[name=id]");
    if (box) {
      const chosen = read();
      const here = boxes();
      const [from, to] = [here.findIndex(other => other.value === last), here.indexOf(box)];
      const range = shift && from >= 0 ? here.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
      // A key means to add: whoever is at the end of a range may be ticked already.
      const adds = shift || box.checked;
      for (const { value } of range) adds ? chosen.add(value) : chosen.delete(value);
      if (everybody()?.checked) everybody().checked = false;
      last = box.value;
      // Once the browser has ticked the box itself.
      setTimeout(() => keep(chosen));
    } else if (event.target === everybody()) show(read());
  });
  // J and K select the row that one leaves and the one that one comes to.
  document.addEventListener("kith:row", ({ target }) => {
    if (shift) {
      const chosen = read();
      for (const id of [current, target.dataset.id]) if (id) chosen.add(id);
      last = target.dataset.id;
      keep(chosen);
    }
    current = target.dataset.id;
  });
  form.addEventListener("reset", () => {
    forget();
    setTimeout(() => show(new Set()));
  });
  document.addEventListener("htmx:after:swap", () => show(read()));
  window.addEventListener("pageshow", () => show(read()));
  show(read());
})();
