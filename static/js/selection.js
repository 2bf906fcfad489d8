// Who is ticked in a list, kept over pages and filters of this tab; the boxes and the bar work without it.
(() => {
  const form = document.querySelector("#bulk");
  const boxes = () => [...document.querySelectorAll(".pick input[name=id]")];
  const whole = () => document.querySelector("input[type=checkbox][name=scope]");
  // Of this list, or the one that this page works on, and of this session: whoever signs in next has a token of her own.
  const key = `kith-selected ${form.dataset.ticks} ${form.elements.csrf_token.value.slice(0, 16)}`;
  const read = () => new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  const number = n => n.toLocaleString("en");
  // What leads elsewhere than to the edit itself keeps it.
  form.addEventListener("submit", event => event.submitter?.matches("[formaction]") || sessionStorage.removeItem(key));
  if (!form.matches(".bulk")) return;
  // The last ticked, the current row, and whether Shift is held: a key presses a box without saying so.
  // And what is said once one of all was taken out.
  let last, current, shift, left = "";
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, event => (shift = event.shiftKey), true);

  // The ticked of other pages stand in the form as hidden fields, so that it says all that is meant.
  function show(chosen) {
    const here = boxes();
    const all = whole()?.checked && whole().dataset.everybody;
    for (const box of here) box.checked = all || chosen.has(box.value);
    for (const field of form.querySelectorAll("[data-elsewhere]")) field.remove();
    const elsewhere = [...chosen].filter(id => !here.some(box => box.value === id));
    for (const value of elsewhere) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "id", value });
      form.appendChild(field).dataset.elsewhere = "";
    }
    form.toggleAttribute("data-open", chosen.size > 0 || Boolean(all));
    const beyond = elsewhere.length ? `, ${number(elsewhere.length)} of them not on this page` : "";
    const said = `${number(chosen.size)} selected${beyond}${left}`;
    form.querySelector("#selected").textContent = all ? `All ${all} selected` : said;
  }
  function keep(chosen, note = "") {
    left = note;
    sessionStorage.setItem(key, JSON.stringify([...chosen]));
    show(chosen);
  }

  document.addEventListener("click", event => {
    const box = event.target.closest(".pick input[name=id]");
    if (box) {
      const all = whole();
      let [chosen, here, note] = [read(), boxes()];
      const [from, to] = [here.findIndex(other => other.value === last), here.indexOf(box)].sort((a, b) => a - b);
      const range = shift && from >= 0 ? here.slice(from, to + 1) : [box];
      // Of all there is nobody to add, and who the others are is known of this page alone.
      if (all?.checked) {
        if (shift) return void setTimeout(() => show(read()));
        chosen = new Set(here.map(other => other.value));
        all.checked = false;
        const many = all.dataset.everybody;
        if (many !== number(here.length)) note = `, of this page; no longer all ${many}`;
      }
      // A key means to add: whoever is at the end of a range may be ticked already.
      const adds = shift || box.checked;
      for (const { value } of range) adds ? chosen.add(value) : chosen.delete(value);
      last = box.value;
      // Once the browser has ticked the box itself.
      setTimeout(() => keep(chosen, note));
    } else if (event.target === whole()) keep(read());
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
  form.addEventListener("reset", () => setTimeout(() => keep(new Set())));
  document.addEventListener("htmx:after:swap", event => (event.detail.ctx.target?.id === "results" ? keep : show)(read()));
  window.addEventListener("pageshow", () => show(read()));
  show(read());
})();
