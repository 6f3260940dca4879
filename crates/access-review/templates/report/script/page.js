// The rest of the page: numbers that lead to a filtered table, the theme, the age, and paper.

document.addEventListener("click", (event) => {
  const from = event.target.closest("a[data-filter]");
  if (!from || !tables.people) return;
  tables.people.filter(Object.fromEntries(new URLSearchParams(from.dataset.filter)));
});

// A link to a finding opens it.
function unfold() {
  const aim = byId(location.hash.slice(1));
  if (aim instanceof HTMLDetailsElement) {
    aim.open = true;
    aim.scrollIntoView();
  }
}
window.addEventListener("hashchange", unfold);
unfold();

const theme = byId("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const KEPT = "access-review-theme";

// Storage may be forbidden, as it is for files in some browsers; the theme then lasts as long as the page.
function kept(value) {
  try {
    if (value === undefined) return localStorage.getItem(KEPT);
    localStorage.setItem(KEPT, value);
  } catch {
    // Nothing is lost but a preference.
  }
  return null;
}

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
function nameTheme() {
  theme.textContent = isDark() ? "Light theme" : "Dark theme";
}
const before = kept();
if (before === "dark" || before === "light") root.dataset.theme = before;
nameTheme();
dark.addEventListener("change", nameTheme);
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  kept(root.dataset.theme);
  nameTheme();
});

const asOf = byId("as-of");
const days = Math.floor((Date.now() - Date.parse(asOf.dateTime)) / 86400000);
if (days > 0) byId("age-now").textContent = `; ${counted(days, "day", "days")} today`;

const folds = [...document.querySelectorAll("details")];
let closed = [];
window.addEventListener("beforeprint", () => {
  if (panel.open) return;
  closed = folds.filter((fold) => !fold.open);
  for (const fold of closed) fold.open = true;
  for (const one of Object.values(tables)) one?.print();
});
window.addEventListener("afterprint", () => {
  for (const fold of closed) fold.open = false;
  closed = [];
  for (const one of Object.values(tables)) one?.draw();
});

// Which section is being read.
const places = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
const watch = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const [id, a] of places) {
      if (id === entry.target.id) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
  }
}, { rootMargin: "-10% 0px -80% 0px" });
for (const id of places.keys()) if (byId(id)) watch.observe(byId(id));

root.classList.add("ready");
