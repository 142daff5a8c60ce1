function (root, whole) {
  "use strict";
  const { columns, steps } = JSON.parse(root.querySelector("script.data").textContent);
  const last = steps.length - 1, longest = 40, pace = 1500;
  const find = (query) => root.querySelector(query);
  const by = (query, key) => new Map([...root.querySelectorAll(query)].map((e) => [e.dataset[key], e]));
  const rows = by("tr[data-row]", "row"), nodes = by("g[data-node]", "node"), edges = by("g[data-edge]", "edge");
  const slider = find("input"), count = find(".count"), said = find(".said"), buttons = by("button", "go");
  const prefix = { value: "", tangent: "tan ", adjoint: "adj " };
  let at = 0, timer = null;

  function state(k) {
    const found = {};
    for (const column of columns) found[column] = new Array(rows.size).fill("");
    for (const step of steps.slice(0, k + 1))
      for (const [index, column, text] of step.changes) found[column][index] = text;
    return found;
  }

  const shortened = (text) => text.length <= longest ? text
    : text.slice(0, longest / 2) + "\u2026" + text.slice(text.length - Math.floor((longest - 1) / 2));

  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function into(box, element, sideways) {
    const outer = box.getBoundingClientRect(), inner = element.getBoundingClientRect(), room = 40;
    if (inner.top < outer.top + room) box.scrollTop += inner.top - outer.top - room;
    if (inner.bottom > outer.bottom - room) box.scrollTop += inner.bottom - outer.bottom + room;
    if (!sideways) return;
    if (inner.left < outer.left) box.scrollLeft += inner.left - outer.left - room;
    else if (inner.right > outer.right) box.scrollLeft += inner.right - outer.right + room;
  }

  function show(k) {
    at = Math.max(0, Math.min(last, k));
    const step = steps[at], known = state(at), active = String(step.index);
    const fresh = new Set(step.changes.map(([index, column]) => index + " " + column));
    const touched = new Set(step.phase === "reverse" ? step.changes.map(([index]) => String(index)) : []);
    for (const [key, row] of rows) {
      row.className = key === active ? "active " + step.phase : "";
      for (const cell of row.querySelectorAll("td[data-cell]")) {
        write(cell, known[cell.dataset.cell][key]);
        cell.className = fresh.has(key + " " + cell.dataset.cell) ? "new" : "";
      }
    }
    for (const [key, node] of nodes) {
      for (const column of columns) {
        const text = known[column][key];
        write(node.querySelector("[data-part=" + column + "]"), text && shortened(prefix[column] + text));
      }
      const waiting = known.value[key] === "";
      node.setAttribute("class", waiting ? "unknown" : key === active ? step.phase : touched.has(key) ? "changed" : "");
    }
    for (const [key, edge] of edges)
      edge.setAttribute("class", step.edges.includes(key) ? step.phase
        : known.value[key.split("-")[1]] === "" ? "unknown" : "");
    said.className = "said " + step.phase;
    write(find(".text"), step.text);
    write(find(".source"), step.source);
    write(count, "step " + at + " of " + last);
    slider.value = at;
    for (const go of ["first", "previous"]) buttons.get(go).disabled = at === 0;
    for (const go of ["next", "last"]) buttons.get(go).disabled = at === last;
    if (nodes.has(active)) into(find(".graph"), nodes.get(active), true);
    if (rows.has(active)) into(find(".table"), rows.get(active), false);
    if (whole) try { history.replaceState(null, "", "#step=" + at); } catch (error) { /* not allowed in a frame */ }
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    write(buttons.get("play"), "play");
  }

  function play() {
    if (timer !== null) return pause();
    if (at === last) show(0);
    write(buttons.get("play"), "pause");
    timer = setInterval(() => {
      if (!root.isConnected) return pause();
      show(at + 1);
      if (at === last) pause();
    }, pace);
  }

  const actions = {
    first: () => show(0), previous: () => show(at - 1), next: () => show(at + 1), last: () => show(last), play: play,
  };
  const keys = { Home: "first", ArrowLeft: "previous", " ": "play", ArrowRight: "next", End: "last" };

  function go(name) {
    if (name !== "play") pause();
    actions[name]();
  }

  for (const [name, button] of buttons) button.addEventListener("click", () => go(name));
  slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
  (whole ? document : root).addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in keys)) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    event.preventDefault();
    event.stopPropagation();
    go(keys[event.key]);
  });

  function pin() {  // rows and columns keep the room that the last step takes
    const table = find("table"), heads = [...root.querySelectorAll("th")];
    if (table.offsetWidth === 0) return;  // not on show yet
    const sizes = [table, ...heads].map((element) => element.getBoundingClientRect().width);
    [table, ...heads].forEach((element, k) => { element.style.width = Math.ceil(sizes[k]) + "px"; });
    table.style.tableLayout = "fixed";
    for (const row of rows.values()) row.style.height = row.offsetHeight + "px";
  }

  function asked() {
    const found = /#step=(\d+)/.exec(location.hash);
    return found ? Number(found[1]) : 0;
  }

  let before = 0;
  window.addEventListener("beforeprint", () => { before = at; show(last); });  // on paper nothing moves
  window.addEventListener("afterprint", () => show(before));
  if (whole) window.addEventListener("hashchange", () => { pause(); show(asked()); });
  pin();
  show(whole ? asked() : 0);
}
