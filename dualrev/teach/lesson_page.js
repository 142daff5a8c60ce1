(function () {
  "use strict";
  const sums = JSON.parse(document.getElementById("sums").textContent);
  const pair = document.querySelector(".pair"), said = document.querySelector("p.chosen");
  if (!said) return;

  function choose(key) {
    for (const element of pair.querySelectorAll(".chosen:not(p)")) element.classList.remove("chosen");
    const row = pair.querySelector(`tr[data-row="${key}"]`), node = pair.querySelector(`[data-node="${key}"]`);
    if (row) row.classList.add("chosen");
    if (node) node.classList.add("chosen");
    const line = row && row.querySelector("[data-column=line]").textContent;
    const source = line && pair.querySelector(`[data-line="${line}"]`);
    if (source) source.classList.add("chosen");
    said.textContent = sums[key] || "";
  }

  for (const element of pair.querySelectorAll("[data-node], tr[data-row]")) {
    const key = element.dataset.node || element.dataset.row;
    element.addEventListener("click", () => choose(key));
    if (!element.dataset.node) continue;
    element.setAttribute("tabindex", "0");
    element.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(key); });
  }
})();
