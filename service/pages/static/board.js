// A card is dragged to another column, or moved by its menu; both ask for the reason before anything is changed.
(function () {
  "use strict";
  var dragged = null, late = false;
  function columnOf(target) { return target.closest ? target.closest(".column") : null; }
  function clear() { document.querySelectorAll(".column.over").forEach(function (each) { each.classList.remove("over"); }); }

  function ask(card, to) {
    var dialog = document.getElementById("move-dialog");
    var form = dialog.querySelector("form"), select = form.elements.to, here = card.dataset.stage;
    var own = Array.prototype.find.call(select.options, function (option) { return option.value === here; });
    Array.prototype.forEach.call(select.options, function (option) { option.hidden = option.disabled = option === own; });
    form.action = card.dataset.move;
    form.elements.back.value = document.getElementById("board").dataset.here;
    form.elements.reason.value = "";
    if (form.elements.approve) form.elements.approve.checked = false;
    dialog.querySelector("[data-title]").textContent = card.dataset.title;
    var next = own && select.options[own.index + 1];
    select.value = to || (next || select.options[0]).value;
    dialog.dataset.position = own ? own.dataset.position : "-1";
    dialog.dataset.closed = own ? own.dataset.closed : "";
    tell();
    dialog.showModal();
    (to ? form.elements.reason : select).focus();
  }
  // The engine's rule in words; it decides, this only says what will come of it.
  function tell() {
    var dialog = document.getElementById("move-dialog");
    var option = dialog.querySelector("select").selectedOptions[0];
    var steps = Number(option.dataset.position) - Number(dialog.dataset.position);
    var skips = steps > 1 && option.dataset.closed !== "lost" && !dialog.dataset.closed;
    var note = option.dataset.closed === "lost" ? "This closes the deal as lost."
      : skips ? "This skips a stage: the deal stays where it is until a manager approves."
      : dialog.dataset.closed ? "The deal is closed; this changes that."
      : steps < 0 ? "This takes the deal back." : "One stage on.";
    dialog.querySelector("[data-note]").textContent = note;
    var approve = dialog.querySelector("[data-approve]");
    if (approve) approve.hidden = !skips;
  }

  document.addEventListener("change", function (event) { if (event.target.id === "move-to") tell(); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-move-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(link.closest(".deal-card"), null);
  });
  document.addEventListener("dragstart", function (event) {
    var card = event.target.closest && event.target.closest(".deal-card");
    if (!card) return;
    dragged = card;
    card.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.deal);
  });
  document.addEventListener("dragend", function () {
    if (dragged) dragged.classList.remove("dragged");
    dragged = null;
    clear();
    if (late) { late = false; htmx.trigger("#board", "live"); }
  });
  // What is held is not taken out of the hand: a board that came meanwhile is fetched again afterwards.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (dragged && event.detail.target.id === "board") { late = true; event.detail.shouldSwap = false; }
  });
  document.addEventListener("dragover", function (event) {
    var column = dragged && columnOf(event.target);
    if (!column || column.dataset.stage === dragged.dataset.stage || Number(column.dataset.position) < 0) return;
    event.preventDefault();
    clear();
    column.classList.add("over");
  });
  document.addEventListener("drop", function (event) {
    var column = dragged && columnOf(event.target);
    if (!column || column.dataset.stage === dragged.dataset.stage) return;
    event.preventDefault();
    var card = dragged;
    ask(card, column.dataset.stage);
  });
})();
