// What was opened stays open when a part of the page is fetched anew: [data-keep] names each.
(function () {
  "use strict";
  var kept = null;
  document.addEventListener("htmx:beforeSwap", function () {
    kept = new Map();
    document.querySelectorAll("details[data-keep]").forEach(function (each) { kept.set(each.dataset.keep, each.open); });
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (!kept) return;
    document.querySelectorAll("details[data-keep]").forEach(function (each) {
      if (kept.has(each.dataset.keep)) each.open = kept.get(each.dataset.keep);
    });
    kept = null;
  });
  // A link to one decision, such as #d12, opens it.
  function open() {
    var at = location.hash.slice(1);
    var place = at && document.getElementById(at);
    var details = place && place.querySelector(":scope > details");
    if (details) details.open = true;
  }
  window.addEventListener("hashchange", open);
  open();
})();
