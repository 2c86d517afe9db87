// Tables that sort and fold. Without scripts they stand open, in the order of their files.
(() => {
  const worth = (cell) => cell.dataset.value ?? cell.textContent.trim();

  function compare(one, two, isNumeric) {
    if (one === "" || two === "") return (one === "") - (two === ""); // what is missing comes last
    if (isNumeric) return Number(one) - Number(two);
    return one.localeCompare(two, undefined, { numeric: true });
  }

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const isNumeric = table.tHead.rows[0].cells[column].classList.contains("n");
    const sign = direction === "descending" ? -1 : 1;
    rows.sort((a, b) => {
      const [one, two] = [worth(a.cells[column]), worth(b.cells[column])];
      const order = compare(one, two, isNumeric);
      return one === "" || two === "" ? order : sign * order;
    });
    body.append(...rows);
    fold(table);
  }

  function fold(table) {
    const first = Number(table.dataset.first);
    [...table.tBodies[0].rows].forEach((row, number) => row.classList.toggle("more", number >= first));
  }

  for (const table of document.querySelectorAll("table.sorts")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.title = "Sort by this column";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", direction);
        sort(table, column, direction);
      });
    });
    const rows = table.tBodies[0].rows.length;
    if (rows <= Number(table.dataset.first)) continue;
    fold(table);
    table.classList.add("folded");
    const all = document.createElement("button");
    all.type = "button";
    all.className = "all";
    const name = () => (all.textContent = table.classList.contains("folded") ? `Show all ${rows} rows` : "Show fewer rows");
    all.addEventListener("click", () => {
      table.classList.toggle("folded");
      name();
    });
    name();
    table.parentElement.after(all);
  }
})();
