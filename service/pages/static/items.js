// A list that is worked through by keys: data-items with data-next and data-previous; what may be done with an item are
// its elements with data-key.
(function () {
  "use strict";
  function list() { return document.querySelector("[data-items]"); }
  function items() { return Array.from(document.querySelectorAll("[data-items] .item")); }
  function current() { return document.querySelector("[data-items] .item[data-current]"); }
  var place = -1, id = null;

  function go(item, focus) {
    document.querySelectorAll(".item[data-current]").forEach(function (each) { delete each.dataset.current; });
    if (!item) return;
    item.dataset.current = "";
    place = items().indexOf(item);
    id = item.id;
    if (focus) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
    document.dispatchEvent(new CustomEvent("telltale:current", { detail: { item: item, moved: focus } }));
  }
  function step(by) {
    var all = items();
    if (!all.length) return;
    var here = all.indexOf(current());
    go(all[Math.min(all.length - 1, Math.max(0, here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by))], true);
  }
  // After something was taken away or fetched anew: the same item, else the one that came into its place.
  function settle() {
    if (place < 0 || current()) return;
    var all = items();
    var item = (id && document.getElementById(id)) || all[Math.min(place, all.length - 1)];
    var lost = document.activeElement === document.body || document.activeElement === null;
    go(item, lost);
  }
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:afterSwap", settle);
  document.addEventListener("focusin", function (event) {
    var item = event.target.closest("[data-items] .item");
    if (item && item !== current()) go(item, false);
  });
  document.addEventListener("telltale:key", function (event) {
    var box = list(), key = event.detail.key;
    if (!box) return;
    if (key === box.dataset.next) step(1);
    else if (key === box.dataset.previous) step(-1);
    else {
      var item = current(), target = item && item.querySelector('[data-key="' + CSS.escape(key) + '"]');
      if (!target) return;
      target.click();
    }
    event.detail.event.preventDefault();
  });
  // A form that was asked for is where the keys go next.
  document.addEventListener("htmx:afterSwap", function (event) {
    var form = event.detail.target.querySelector && event.detail.target.querySelector("form[data-editing]");
    var first = form && form.querySelector("select, input:not([type=hidden]), textarea");
    if (first) first.focus();
  });
})();
