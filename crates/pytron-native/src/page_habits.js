(function (habits) {
  "use strict";
  // The web engine's own menu and its spell check, as the window's options have them.
  const editable = (target) =>
    target instanceof Element &&
    (target.closest("input, textarea") !== null || target.isContentEditable);
  addEventListener("contextmenu", (event) => {
    if (event.defaultPrevented || habits.menu === "default") return;
    const useful = editable(event.target) || String(getSelection()) !== "";
    if (habits.menu === "none" || !useful) event.preventDefault();
  });
  addEventListener("DOMContentLoaded", () => {
    const page = document.documentElement;
    if (!page.hasAttribute("spellcheck")) page.spellcheck = habits.spelling;
  });
})
