// The first page: the row that is settled leaves, and the focus goes to the one behind it.
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] > *")];
  let left;

  document.addEventListener("htmx:before:swap", event => {
    const row = event.detail.ctx.target?.closest?.("[data-list] > *");
    const all = rows();
    const at = all.indexOf(row);
    left = row && { id: row.id, next: all[at + 1] ?? all[at - 1], section: row.closest("section") };
  });

  document.addEventListener("htmx:after:swap", () => {
    if (!left) return;
    const { id, next, section } = left;
    const row = document.getElementById(id);
    left = undefined;
    // What is there again asks something, which has the focus then, or is due once more.
    if (row) return row.querySelector("button:focus") || kith.select(row);
    const count = section.querySelector("header data");
    if (count.value < 1000) count.value = count.textContent = count.value - 1;
    document.querySelector("[data-told]")?.remove();
    if (next) kith.select(next);
    else document.getElementById("main").focus();
  });
})();
