// The zone that the browser is in: sign-up offers it, and whose account is in another is asked once which is meant.
(() => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offered = document.querySelector("[data-time-zone]");
  if (offered && [...offered.options].some(option => option.value === here)) offered.value = here;

  const notice = document.getElementById("zone-notice");
  if (!notice || !here) return;
  const hers = notice.dataset.zone;
  // A zone may have several names.
  const named = zone => {
    try {
      return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    } catch {
      return zone;
    }
  };
  const answered = `${here} ${hers}`;
  if (named(hers) === named(here) || localStorage.zoneKept === answered) return;
  notice.elements.time_zone.value = here;
  notice.querySelector("[data-here]").textContent = here;
  notice.classList.add("notice");
  notice.hidden = false;
  notice.querySelector("[data-keep]").addEventListener("click", () => {
    localStorage.zoneKept = answered;
    notice.remove();
    document.getElementById("main").focus();
  });
})();
