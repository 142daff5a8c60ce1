function (root, whole) {
  "use strict";
  const { columns, steps, quiz } = JSON.parse(root.querySelector("script.data").textContent);
  const last = steps.length - 1, longest = 40, pace = 1500;
  const find = (query) => root.querySelector(query);
  const by = (query, key) => new Map([...root.querySelectorAll(query)].map((e) => [e.dataset[key], e]));
  const rows = by("tr[data-row]", "row"), nodes = by("g[data-node]", "node"), edges = by("g[data-edge]", "edge");
  const slider = find("input[type=range]"), count = find(".count"), said = find(".said"), buttons = by("button", "go");
  const prefix = { value: "", tangent: "tan ", adjoint: "adj " };
  let at = 0, timer = null, reached = quiz ? 0 : last;  // how far the questions have been answered

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
    at = Math.max(0, Math.min(reached, k));
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
    if (quiz) { hide(); pose(at === reached ? at + 1 : last + 1); }
    if (whole) try { history.replaceState(null, "", "#step=" + at); } catch (error) { /* not allowed in a frame */ }
  }

  function hide() {  // the local partials that no step has used yet
    const used = new Set(steps.slice(0, at + 1).flatMap((step) => step.edges));
    for (const [key, edge] of edges)
      edge.querySelector("[data-part=partial]").style.visibility = used.has(key) ? "" : "hidden";
  }

  function pose(k) {  // the questions of step k, if it has any
    const area = find(".quiz"), asked = k <= last ? quiz[k].questions : [];
    area.textContent = "";
    if (asked.length === 0) return;
    area.append(element("span", { textContent: quiz[k].prompt + ":" }));
    const fields = asked.map(([name]) => {
      const label = element("label", { textContent: name + " = " });
      label.append(element("input", { type: "text", inputMode: "decimal", size: 8, autocomplete: "off" }));
      area.append(label);
      return label.lastChild;
    });
    const verdict = element("span", { className: "verdict" });
    const check = () => {
      const wrong = asked.filter(([, answer], i) => !near(fields[i].value, answer)).map(([name]) => name);
      if (wrong.length === 0) return reveal(k);
      verdict.textContent = "not yet: " + wrong.join(", ");
    };
    area.append(
      element("button", { type: "button", textContent: "check", onclick: check }),
      element("button", { type: "button", textContent: "show", onclick: () => reveal(k) }), verdict);
    for (const field of fields) field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") check();
    });
  }

  const element = (name, properties) => Object.assign(document.createElement(name), properties);
  const near = (text, answer) => text.trim() !== "" &&
    Math.abs(Number(text) - Number(answer)) <= Math.max(1e-3 * Math.abs(Number(answer)), 5.1e-5);

  function reveal(k) {
    reached = Math.max(reached, k);
    show(k);
    const field = find(".quiz input");
    if (field) field.focus();
  }

  function next() {
    if (at === reached && at < last && quiz[at + 1].questions.length === 0) return reveal(at + 1);
    show(at + 1);
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

  if (quiz) buttons.get("play").hidden = true;
  const actions = {
    first: () => show(0), previous: () => show(at - 1), next: quiz ? next : () => show(at + 1), last: () => show(last), play: play,
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

  if (whole) window.addEventListener("hashchange", () => { pause(); show(asked()); });
  pin();
  show(whole ? asked() : 0);
}
