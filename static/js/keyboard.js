// Keys stand on the elements that they press: data-key="n", "g c" or "/,mod+k".
// Help and palette read the same attributes, so what they say is what happens.
window.kith = (() => {
  const root = document.documentElement;
  const typable = "input:not([type=checkbox],[type=radio],[type=submit],[type=file]), textarea, select, [contenteditable]";
  let begun = "";
  let timer;

  const scope = () => document.querySelector("dialog[open]") ?? document;
  const keysOf = element => element.dataset.key.split(",").map(key => key.trim());
  const rows = () => [...scope().querySelectorAll("[data-list] > *")].filter(row => row.checkVisibility());
  const currentRow = () => document.activeElement.closest("[data-list] > *") ?? scope().querySelector("[data-list] > [aria-current]");
  const firstOf = row => row?.querySelector("a[href], button, [tabindex]");

  // Everything that a key reaches now: of a list, only the current row, and what another one takes back.
  function declared() {
    return [...scope().querySelectorAll("[data-key]")].filter(element => {
      const row = element.closest("[data-list] > *");
      return element.checkVisibility() && !element.disabled && (!row || row === currentRow() || element.matches("[data-key=z]"));
    });
  }

  function find(key) {
    const found = declared().filter(one => keysOf(one).includes(key));
    return [".bulk", "[data-list] > [aria-current]", "[data-list]", "#pane", "main"].map(at => found.find(one => one.closest(at))).find(Boolean) ?? found[0];
  }

  function press(element) {
    if (element.matches(typable)) {
      element.focus();
      element.select?.();
    } else element.click();
  }

  function select(row) {
    for (const one of rows()) one.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    firstOf(row)?.focus();
    row.scrollIntoView({ block: "nearest" });
    row.dispatchEvent(new CustomEvent("kith:row", { bubbles: true }));
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(currentRow());
    const next = at < 0 ? all[0] : all[at + by];
    if (next) select(next);
    return Boolean(next);
  }

  function name(event) {
    const { key } = event;
    if (event.getModifierState("AltGraph")) return key;
    const held = (event.ctrlKey || event.metaKey ? "mod+" : "") + (event.altKey ? "alt+" : "");
    return held + (held && !key[1] ? key.toLowerCase() : key);
  }

  function act(key) {
    const sequence = begun ? `${begun} ${key}` : key;
    begun = "";
    clearTimeout(timer);
    // The second key of two is no key of its own, also where the two lead nowhere; a chord and Escape are.
    const isSecond = sequence !== key && !key[1];
    const element = find(sequence) ?? (isSecond ? undefined : find(key));
    if (element) return press(element), true;
    if (isSecond) return true;
    if (declared().some(one => keysOf(one).some(keys => keys.startsWith(`${key} `)))) {
      begun = key;
      timer = setTimeout(() => (begun = ""), 1500);
      return true;
    }
    return /^j$/i.test(key) ? step(1) : /^k$/i.test(key) && step(-1);
  }

  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const key = name(event);
    const typing = event.target.closest?.(typable);
    if (key === "Escape" && typing && !typing.closest("dialog")) return typing.blur();
    if (!key.startsWith("mod+") && !key.startsWith("alt+") && key.length === 1 && (typing || root.dataset.singleKeys === "off")) return;
    if (key === "Enter") {
      const first = event.target === document.body && firstOf(currentRow());
      if (first?.href) first.click();
    } else if (act(key)) event.preventDefault();
  });

  // What can be pressed now, each with the keys that reach it and no other.
  const reachable = () => declared().map(one => [one, keysOf(one).filter(key => find(key) === one)]).filter(([, keys]) => keys.length);

  return { reachable, press, select };
})();
