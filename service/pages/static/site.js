// What every page does: the theme's toggle, toasts, dialogs, keys, and parts that follow what changes.
(function () {
  "use strict";
  var root = document.documentElement;

  // -- theme ---------------------------------------------------------------------------------------------------------
  function isDark() {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function showTheme() {
    document.querySelectorAll("[data-theme-toggle]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(isDark()));
    });
  }
  document.addEventListener("click", function (event) {
    var toggle = event.target.closest("[data-theme-toggle]");
    if (!toggle) return;
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("telltale-theme", root.dataset.theme); } catch (error) { /* it lasts for this page */ }
    showTheme();
  });

  // -- toasts: {"toast": {"text", "undo"?}} comes with an answer in its HX-Trigger header --------------------------------
  var STAYS = 10000;
  function toast(detail) {
    var place = document.getElementById("toasts");
    if (!place || !detail || !detail.text) return;
    var box = document.createElement("div");
    box.className = "toast";
    box.append(Object.assign(document.createElement("span"), { textContent: detail.text }));
    if (detail.undo) {
      var button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Undo" });
      button.dataset.undo = detail.undo;
      box.append(button);
    }
    place.replaceChildren(box);
    window.setTimeout(function () { box.remove(); }, STAYS);
  }
  function undo(url) {
    htmx.ajax("POST", url, { swap: "none", source: document.body });
    var place = document.getElementById("toasts");
    if (place) place.replaceChildren();
  }
  document.addEventListener("toast", function (event) { toast(event.detail); });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-undo]");
    if (button) undo(button.dataset.undo);
  });
  document.addEventListener("click", function (event) {
    var cancel = event.target.closest("[data-cancel]");
    if (!cancel) return;
    var form = cancel.closest("form"), dialog = cancel.closest("dialog");
    if (dialog) dialog.close(); else form.parentElement.replaceChildren();
    event.preventDefault();
  });

  // -- errors: an answer that is none is told where the reader is -------------------------------------------------------
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.getResponseHeader("HX-Trigger")) return; // it said itself what is wrong
    toast({ text: "That did not work. Nothing was changed; reload the page and try again." });
  });
  document.addEventListener("htmx:sendError", function () {
    toast({ text: "The service does not answer. Nothing was changed; try again in a moment." });
  });

  // -- dialogs: <button data-dialog="id">, <button data-close> ---------------------------------------------------------
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-dialog]");
    if (opener) {
      var dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && !dialog.open) dialog.showModal();
      event.preventDefault();
      return;
    }
    var closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
    if (event.target.tagName === "DIALOG") event.target.close();
  });

  // -- keys: [data-key="a"] is clicked; data-scope keys belong to the item that is current ([data-current]) ---------------
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    var key = event.key;
    if (key === "?") {
      var help = document.getElementById("keys-help");
      if (help) { help.showModal(); event.preventDefault(); }
      return;
    }
    if (key === "u") {
      var last = document.querySelector("[data-undo]");
      if (last) { undo(last.dataset.undo); event.preventDefault(); }
      return;
    }
    document.dispatchEvent(new CustomEvent("telltale:key", { detail: { key: key, event: event } }));
  });

  // -- filters that apply as soon as they are changed ------------------------------------------------------------------
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });

  // -- parts that follow changes: data-live="deal:D-7 conversation:c-1 signal" with hx-get and hx-trigger="live" ---------
  // A hidden tab lets go of its connection: browsers allow few of them to one host.
  var GATHER = 250, REST = 1500;
  var source = null, waiting = new Set(), timer = null, everything = false, refreshed = 0;
  function concerned(element) {
    return everything || element.dataset.live.split(/\s+/).some(function (name) {
      return waiting.has(name);
    });
  }
  function busy(element) {
    // What somebody is filling in is not replaced under their hands.
    var active = document.activeElement;
    if (active && element.contains(active) && typing(active)) return true;
    return Boolean(element.querySelector("form[data-editing], dialog[open]"));
  }
  function refresh() {
    timer = null;
    refreshed = Date.now();
    var later = false;
    document.querySelectorAll("[data-live]").forEach(function (element) {
      if (!concerned(element)) return;
      if (busy(element)) later = true; else htmx.trigger(element, "live");
    });
    if (later) timer = window.setTimeout(refresh, 2000);
    else { waiting.clear(); everything = false; }
  }
  function heard(topics) {
    topics.forEach(function (topic) { waiting.add(topic); });
    // Where very much happens, a page still rests between two refreshes.
    if (timer === null) timer = window.setTimeout(refresh, Math.max(GATHER, refreshed + REST - Date.now()));
  }
  // What an answer says was changed: pages follow their own changes without waiting for the stream.
  document.addEventListener("changed", function (event) { heard(event.detail.topics); });
  function listen() {
    if (source || document.hidden || !document.querySelector("[data-live]")) return;
    source = new EventSource("/live");
    source.addEventListener("changed", function (event) { heard(JSON.parse(event.data).topics); });
    // After a gap nobody knows what was missed: everything that follows is fetched once.
    source.addEventListener("missed", function () { everything = true; heard([]); });
    source.addEventListener("hello", function () { root.dataset.listening = "yes"; });
    // The session or the key is good no more, or for something else: the page is asked for anew, or leads to the login.
    source.addEventListener("ended", function () { quiet(); window.location.reload(); });
  }
  // What a page fetches by itself is no sign that somebody sits before it.
  document.addEventListener("htmx:configRequest", function (event) {
    var cause = event.detail.triggeringEvent;
    if (cause && cause.type === "live") event.detail.headers["Telltale-Live"] = "1";
  });
  function quiet() {
    if (source) { source.close(); source = null; delete root.dataset.listening; }
  }
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) quiet();
    else { listen(); everything = true; heard([]); }
  });
  window.addEventListener("pagehide", quiet);
  window.addEventListener("pageshow", function (event) { if (event.persisted) listen(); });

  document.addEventListener("DOMContentLoaded", function () { showTheme(); listen(); });
})();
