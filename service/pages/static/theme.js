// Before anything is drawn: the theme that was chosen on this device, so that no page flashes in the other.
(function () {
  "use strict";
  var root = document.documentElement;
  var chosen = null;
  try { chosen = localStorage.getItem("telltale-theme"); } catch (error) { /* no storage: the system's theme */ }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  root.classList.add("scripted");
})();
