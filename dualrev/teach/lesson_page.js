(function () {
  "use strict";
  const { sums, grid } = JSON.parse(document.getElementById("known").textContent);
  const pair = document.querySelector(".pair"), said = document.querySelector("p.chosen");

  function write(element, text) { if (element) element.textContent = text; }

  function move(slider) {  // one input alone: the others go back to where they were
    for (const other of document.querySelectorAll("[data-input]"))
      if (other !== slider) other.value = (Number(other.max)) / 2;
    for (const one of document.querySelectorAll("[data-input]"))
      write(one.parentNode.querySelector("output"), grid[one.dataset.input][one.value].at);
    const there = grid[slider.dataset.input][slider.value];
    for (const [key, cells] of Object.entries(there.rows)) {
      const row = pair.querySelector(`tr[data-row="${key}"]`), node = pair.querySelector(`[data-node="${key}"]`);
      for (const [column, text] of Object.entries(cells))
        write(row && row.querySelector(`td[data-column="${column}"]`), text);
      write(node && node.querySelector("[data-part=value]"), cells.value);
      write(node && node.querySelector("[data-part=adjoint]"), "adj " + (cells.adjoint || "0"));
      const name = (sums[key] || "").split(" = ")[0], terms = cells["sum over uses"];
      sums[key] = [name, ...(terms && terms !== cells.adjoint ? [terms] : []), cells.adjoint].join(" = ");
    }
    for (const [key, text] of Object.entries(there.partials))
      write(pair.querySelector(`[data-edge="${key}"] [data-part=partial]`), text);
  }

  for (const slider of document.querySelectorAll("[data-input]")) slider.addEventListener("input", () => move(slider));
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
