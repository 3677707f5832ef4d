// A conversation: what is known of words that are pointed at, the signal one is at shown in its place, and a signal added
// from words that were selected.
(function () {
  "use strict";
  var tip, button;

  // -- explanation on hover and on focus ---------------------------------------------------------------------------------
  function explain(mark) {
    tip.replaceChildren();
    mark.dataset.n.trim().split(/\s+/).forEach(function (number) {
      var note = document.getElementById("n" + number);
      if (!note) return;
      Array.from(note.children).forEach(function (child) {
        if (child.tagName === "P") tip.append(child.cloneNode(true));
      });
    });
    tip.hidden = !tip.childElementCount;
    var box = mark.getClientRects()[0];
    var left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 12);
    tip.style.left = Math.max(8, left) + window.scrollX + "px";
    tip.style.top = box.top + window.scrollY - tip.offsetHeight - 8 + "px";
    if (box.top - tip.offsetHeight < 60) tip.style.top = box.bottom + window.scrollY + 8 + "px";
  }
  function hide() { if (tip) tip.hidden = true; }
  document.addEventListener("pointerover", function (event) {
    if (event.pointerType === "touch") return;
    var mark = event.target.closest(".hl");
    if (mark) explain(mark); else if (!event.target.closest(".tip")) hide();
  });
  document.addEventListener("focusin", function (event) {
    var mark = event.target.closest(".hl");
    if (mark && mark.matches(":focus-visible")) explain(mark); else hide();
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  document.addEventListener("click", function (event) {
    var mark = event.target.closest(".hl");
    if (!mark) return;
    var note = document.getElementById("n" + mark.dataset.n.trim().split(/\s+/)[0]);
    if (!note) return;
    event.preventDefault();
    note.scrollIntoView({ block: "nearest" });
    note.focus({ preventScroll: true });
  });

  // -- the signal one is at, in its place ------------------------------------------------------------------------------------
  document.addEventListener("telltale:current", function (event) {
    document.querySelectorAll(".hl.near").forEach(function (each) { each.classList.remove("near"); });
    var number = event.detail.item.id.slice(1);
    var marks = document.querySelectorAll('.hl[data-n~="' + number + '"]');
    marks.forEach(function (each) { each.classList.add("near"); });
    // Only who went there by a key is taken along: nothing may move under a mouse that is about to click.
    if (!event.detail.moved) return;
    var fold = marks[0] && marks[0].closest("details");
    if (fold) fold.open = true;
    if (marks[0] && window.matchMedia("(min-width: 64rem)").matches) marks[0].scrollIntoView({ block: "center" });
  });

  // -- words that were selected ----------------------------------------------------------------------------------------------
  // How many characters of the text lie before a point: labels are no part of it, and one beyond U+FFFF is one character.
  function before(root, node, offset) {
    var count = 0, walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (var text = walker.nextNode(); text; text = walker.nextNode()) {
      if (text.parentElement.closest("[data-skip]")) continue;
      if (text === node) return count + Array.from(text.data.slice(0, offset)).length;
      if (node.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING) return count;
      count += Array.from(text.data).length;
    }
    return count;
  }
  function selected() {
    var selection = window.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    var range = selection.getRangeAt(0);
    var start = range.startContainer.nodeType === 1 ? range.startContainer : range.startContainer.parentElement;
    var end = range.endContainer.nodeType === 1 ? range.endContainer : range.endContainer.parentElement;
    var place = start.closest("[data-segment]");
    if (!place || place !== end.closest("[data-segment]")) return null;
    var copy = range.cloneContents();
    copy.querySelectorAll("[data-skip]").forEach(function (each) { each.remove(); });
    var words = copy.textContent.trim();
    if (!words) return null;
    return { segment: place.dataset.segment, start: before(place, range.startContainer, range.startOffset), words: words, box: range.getBoundingClientRect() };
  }
  function offer() {
    var found = selected();
    button.hidden = !found;
    if (!found) return;
    button.style.left = Math.max(8, found.box.left) + window.scrollX + "px";
    button.style.top = found.box.bottom + window.scrollY + 8 + "px";
  }
  function open(url) {
    var dialog = document.getElementById("add-dialog");
    htmx.ajax("GET", url, { target: dialog, swap: "innerHTML" }).then(function () { if (!dialog.open) dialog.showModal(); });
  }
  function here() { return window.location.pathname; }
  document.addEventListener("DOMContentLoaded", function () {
    tip = document.getElementById("tip");
    button = document.getElementById("add-selected");
    document.addEventListener("selectionchange", offer);
    button.addEventListener("mousedown", function (event) { event.preventDefault(); });
    button.addEventListener("click", function () {
      var found = selected();
      if (!found) return;
      var query = new URLSearchParams({ start: found.start, words: found.words });
      if (found.segment !== "") query.set("segment", found.segment);
      button.hidden = true;
      open(here() + "/add?" + query);
    });
    // A place in another part of a long call.
    var asked = /^#s(\d+)$/.exec(window.location.hash);
    if (asked && !document.getElementById("s" + asked[1]) && document.querySelector(".parts")) {
      window.location.replace(here() + "?at=" + asked[1] + window.location.hash);
    }
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.add");
    if (!link) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
  // Saved: the dialog is done, and the page fetches what changed by itself.
  document.addEventListener("changed", function () {
    var dialog = document.getElementById("add-dialog");
    if (dialog && dialog.open) dialog.close();
  });
})();
