// A table that is searched, filtered, sorted and paged.

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const PLAIN = { "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th" };

// Text without case and accents, so that `zielinski` finds `Zieliński`.
const folded = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[øłđıßæœþ]/g, (c) => PLAIN[c]);

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === "") return 1;
  if (b === null || b === "") return -1;
  return typeof a === "string" ? collator.compare(a, b) : a - b;
}

// What was made of a row is kept beside it: the values that columns sort by, and the text that is searched.
function table(name, rows, noun, columns, filters, haystack) {
  const section = byId(name);
  if (!section) return null;
  const search = section.querySelector("input[type=search]");
  const selects = [...section.querySelectorAll("select[data-filter]")];
  const sizes = section.querySelector("select[data-size]");
  const said = section.querySelector("[role=status]");
  const body = section.querySelector("tbody");
  const pager = section.querySelector(".pager");
  const [previous, next] = pager.querySelectorAll("button");
  const headings = [...section.querySelectorAll("th[data-key]")];
  const values = new Map();
  const texts = new Map();
  const state = { key: "", down: false, page: 0, shown: rows };
  let saying = 0;

  function valuesOf(key) {
    if (!values.has(key)) values.set(key, new Map(rows.map((row) => [row, columns[key].value(row)])));
    return values.get(key);
  }

  function textOf(row) {
    if (!texts.has(row)) texts.set(row, folded(haystack(row).join("\n")));
    return texts.get(row);
  }

  function select() {
    const words = folded(search.value).split(/\s+/).filter(Boolean);
    const wanted = selects.filter((box) => box.value).map((box) => [filters[box.dataset.filter], box.value]);
    let shown = rows;
    if (wanted.length > 0) shown = shown.filter((row) => wanted.every(([test, value]) => test(row, value)));
    if (words.length > 0) {
      shown = shown.filter((row) => {
        const text = textOf(row);
        return words.every((part) => text.includes(part));
      });
    }
    const key = valuesOf(state.key);
    const sign = state.down ? -1 : 1;
    // What has no value stands last either way; what is equal stays in the order of the file.
    state.shown = [...shown].sort((a, b) => {
      const [x, y] = [key.get(a), key.get(b)];
      const empty = (value) => value === null || value === "";
      return empty(x) || empty(y) ? compare(x, y) : sign * compare(x, y);
    });
    state.page = 0;
    draw();
  }

  function say() {
    const all = rows.length;
    const here = state.shown.length;
    const text = here === all
      ? counted(all, ...noun)
      : `${number(here)} of ${counted(all, ...noun)}`;
    if (said.textContent !== text) said.textContent = text;
  }

  function fill(list) {
    const lines = list.map((row) => {
      const line = el("tr", null);
      for (const heading of headings) {
        const column = columns[heading.dataset.key];
        const cell = el(column.heading ? "th" : "td", column.heading ? { scope: "row" } : null);
        cell.className = heading.className;
        cell.append(column.cell(row));
        line.append(cell);
      }
      line.dataset.href = href(row);
      return line;
    });
    if (lines.length === 0) {
      const text = rows.length === 0 ? `There are no ${noun[1]} in this sync.` : `No ${noun[1]} match.`;
      lines.push(el("tr", { class: "empty" }, el("td", { colspan: headings.length }, text)));
    }
    body.replaceChildren(...lines);
  }

  function draw() {
    const size = Number(sizes.value);
    const pages = Math.max(1, Math.ceil(state.shown.length / size));
    state.page = Math.min(state.page, pages - 1);
    fill(state.shown.slice(state.page * size, (state.page + 1) * size));
    pager.hidden = state.shown.length <= 25;
    pager.querySelector(".page").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
    previous.disabled = state.page === 0;
    next.disabled = state.page === pages - 1;
    clearTimeout(saying);
    // Not at every key, or a screen reader would not stop talking.
    saying = setTimeout(say, 250);
  }

  function turn(by) {
    state.page += by;
    draw();
    section.querySelector(".controls").scrollIntoView({ block: "start" });
  }

  function sortBy(key, down) {
    Object.assign(state, { key, down });
    for (const heading of headings) {
      if (heading.dataset.key === key) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
    select();
  }

  for (const heading of headings) {
    const { key } = heading.dataset;
    heading.querySelector("button").addEventListener("click", () =>
      sortBy(key, state.key === key ? !state.down : Boolean(columns[key].downFirst)));
  }
  search.addEventListener("input", select);
  for (const box of selects) box.addEventListener("change", select);
  sizes.addEventListener("change", () => { state.page = 0; draw(); });
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-href]");
    if (!line || event.target.closest("a, button") || String(getSelection()) !== "") return;
    line.querySelector("a").focus({ preventScroll: true });
    location.hash = line.dataset.href;
  });
  sortBy(headings[0].dataset.key, false);
  say();

  return {
    filter(wanted) {
      search.value = "";
      for (const box of selects) box.value = wanted[box.dataset.filter] || "";
      select();
      say();
    },
    print() {
      fill(state.shown.slice(0, PRINTED));
      say();
      if (state.shown.length > PRINTED) said.textContent += `, of which the first ${number(PRINTED)} are printed`;
    },
    draw,
  };
}
