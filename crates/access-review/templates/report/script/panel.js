// One thing at a time: its facts, what it has, who has what on it. Its address can be kept and sent.

const panel = byId("panel");
const content = byId("panel-content");

// A table of the panel: short, and as long as it is when one asks.
function list(caption, headings, items, cells) {
  const body = el("tbody", null);
  const add = (from, to) => {
    for (const item of items.slice(from, to)) {
      body.append(el("tr", null, ...cells(item).map((cell, at) =>
        el(at === 0 ? "th" : "td", at === 0 ? { scope: "row" } : null, cell))));
    }
  };
  add(0, LISTED);
  const box = el("div", { class: "list" },
    el("table", null,
      el("caption", { class: "unseen" }, caption),
      el("thead", null, el("tr", null, ...headings.map((heading) => el("th", { scope: "col" }, heading)))),
      body));
  if (items.length > LISTED) {
    const more = el("button", { type: "button" }, `Show all ${number(items.length)}`);
    more.addEventListener("click", () => { add(LISTED, items.length); more.remove(); });
    box.append(more);
  }
  return box;
}

function part(title, count, ...children) {
  const heading = el("h3", null, title);
  if (count !== null) heading.append(" ", el("span", { class: "count" }, number(count)));
  return el("section", null, heading, ...children);
}

function facts(pairs) {
  const box = el("dl", { class: "facts" });
  for (const [term, value] of pairs) {
    if (value) box.append(el("div", null, el("dt", null, term), el("dd", null, value)));
  }
  return box;
}

const byLabel = (of) => (a, b) => collator.compare(label(of(a)), label(of(b)));
const permission = (grant) => bdi(grant.of.slug || grant.of.name || "unknown");

function access(title, heading, grants, empty) {
  const sorted = [...grants].sort(byLabel((grant) => grant.of.on));
  if (sorted.length === 0) return part(title, 0, el("p", { class: "none" }, empty));
  return part(title, sorted.length, list(title, [heading, "As", "How"], sorted, (grant) => {
    const as = el("span", null, permission(grant));
    if (grant.scopes.length > 0) as.append(el("span", { class: "sub" }, "over ", scopes(grant, 20)));
    return [link(grant.of.on), as, how(grant)];
  }));
}

// Findings and changes stand in the page as HTML; what they say about somebody is read from there.
const mentions = new Map();
for (const mention of document.querySelectorAll("[data-ref]")) {
  const { ref } = mention.dataset;
  if (!mentions.has(ref)) mentions.set(ref, []);
  mentions.get(ref).push(mention);
}

function mentioned(node) {
  const here = mentions.get(`${node.type}:${node.id}`) || [];
  const parts = [];
  const findings = here.filter((mention) => mention.closest("#findings"));
  if (findings.length > 0) {
    parts.push(part("Findings", findings.length, el("ul", { class: "mentions" }, ...findings.map((row) => {
      const finding = row.closest("details");
      return el("li", null,
        finding.querySelector(".chip").cloneNode(true), " ",
        el("a", { href: `#${finding.id}` }, bdi(finding.querySelector(".title").textContent)),
        el("span", { class: "sub" }, bdi(row.querySelector(".detail").textContent)));
    }))));
  }
  const changes = here.filter((mention) => mention.closest("#changes"));
  if (changes.length > 0) {
    const since = byId("changes-since");
    const rows = list("Changes", ["Change", "What", "Before", "After"], changes, (row) =>
      [".change", ".what", ".old", ".new"].map((cell) => bdi(row.querySelector(cell).textContent.trim())));
    parts.push(part(`Changes ${since ? since.textContent : ""}`.trim(), changes.length, rows));
  }
  return parts;
}

function person(node) {
  const top = el("p", { class: "chips" });
  if (rank(node) < 3) top.append(chip(capital(node.privilege), `privilege ${node.privilege}`), " ");
  top.append(status(node, false));
  const roleGrants = roles(node);
  const others = node.has.filter((grant) =>
    !isRole(grant) && grant.of.on.sort !== "group" && grant.of.on.sort !== "project");
  return [
    top,
    facts([
      ["Why", node.reason && bdi(node.reason)],
      ["E-mail", node.email ? mail(node.email) : none("none")],
      ["Signs in as", node.login && bdi(node.login)],
      ["Second factor", factor(node)],
      ["Created", node.created === null ? none("not known") : minute(node.created)],
      ["Last sign-in", node.lastLogin === null ? none("the source does not say") : minute(node.lastLogin)],
      ["Id", el("code", null, bdi(node.id))],
    ]),
    roleGrants.length === 0
      ? part("Roles", 0, el("p", { class: "none" }, "Holds no role."))
      : part("Roles", roleGrants.length, list("Roles", ["Role", "Over", "How"], roleGrants, (grant) => [
        link(grant.of.on),
        grant.scopes.length > 0 ? scopes(grant, 50) : muted(rank(grant.of.on) < 2 ? "everything" : "not said"),
        how(grant),
      ])),
    access("Groups", "Group", node.has.filter((grant) => grant.of.on.sort === "group"), "Belongs to no group."),
    byId("projects")
      ? access("Projects", "Project", node.has.filter(isProject), "Has access to no project by name.")
      : null,
    others.length > 0 ? access("Other resources", "Resource", others, "") : null,
    ...mentioned(node),
  ];
}

function thing(node) {
  const top = el("p", { class: "chips" });
  if (node.sort === "role") top.append(chip(node.privilege || "unknown", `privilege ${node.privilege || ""}`));
  if (node.sort === "missing") top.append(chip("not in the file", "warn"));
  if (node.sort === "project" && node.facts[1]) top.append(chip("public", "quiet"), " ");
  if (node.sort === "project" && node.facts[2]) top.append(chip("archived", "quiet"));
  const parts = [
    top,
    facts([
      ["Client", node.sort === "project" && node.facts[0] && bdi(node.facts[0])],
      ["Created", node.created === null || node.created === undefined ? "" : minute(node.created)],
      ["Id", el("code", null, bdi(node.id))],
    ]),
  ];
  for (const entitlement of node.offers) {
    const title = capital(entitlement.slug === "assigned" ? "holders" : entitlement.slug
      ? `${entitlement.slug}s` : entitlement.name || "holders");
    const rows = [...entitlement.holders].sort(byLabel(([holder]) => holder));
    if (rows.length === 0) {
      parts.push(part(bdi(title), 0, el("p", { class: "none" }, "Nobody.")));
      continue;
    }
    const covers = rows.some(([, grant]) => grant.scopes.length > 0);
    const headings = ["Name", "E-mail", "Status", ...(covers ? ["Over"] : []), "How"];
    parts.push(part(bdi(title), rows.length, list(title, headings, rows, ([holder, grant]) => [
      link(holder),
      holder.sort === "person" ? mail(holder.email) : muted(known(holder.type)),
      holder.sort === "person" ? status(holder, false) : "",
      ...(covers ? [scopes(grant, 20)] : []),
      grant.passedOn ? el("span", null, how(grant), muted(", passed on to its members")) : how(grant),
    ])));
  }
  if (node.offers.length === 0) parts.push(el("p", { class: "none" }, "Nothing can be granted on it."));
  if (node.has.length > 0) parts.push(access("What it has", "Resource", node.has, ""));
  return [...parts, ...mentioned(node)];
}

function target() {
  const [, kind, rest] = /^#(person|group|role|project|resource)=(.+)$/.exec(location.hash) || [];
  if (!kind) return null;
  try {
    if (kind !== "resource") return `${kind === "person" ? "user" : kind}:${decodeURIComponent(rest)}`;
    const [type, id] = rest.split(":");
    return `${decodeURIComponent(type)}:${decodeURIComponent(id || "")}`;
  } catch {
    return "";
  }
}

// How many entries of the history show the panel, one after the other, up to this one; nothing when the first of them was
// how the page was opened, because then there is no entry of the page alone to go back to.
let depth = 0;
let arrived = false;

function route() {
  const wanted = target();
  if (wanted === null) {
    depth = 0;
    if (panel.open) panel.close();
    return;
  }
  if (history.state && "depth" in history.state) {
    depth = history.state.depth;
  } else {
    if (!arrived) depth = null;
    else if (depth !== null) depth += 1;
    history.replaceState({ depth }, "");
  }
  const node = found.get(wanted);
  byId("panel-kind").textContent = node ? capital(node.sort === "person" ? "person" : known(node.type)) : "Not found";
  byId("panel-title").replaceChildren(bdi(node ? label(node) : wanted.replace(/^[^:]*:/, "")));
  content.replaceChildren(...(node
    ? (node.sort === "person" ? person(node) : thing(node)).filter(Boolean)
    : [el("p", null, "This sync holds nothing under this id.")]));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  byId("panel-title").focus({ preventScroll: true });
}

// Back to where the panel was opened, so that the history has no trace of it; after a deep link, to the page itself.
function leave() {
  if (depth !== null) {
    history.go(-depth);
  } else {
    history.pushState(null, "", location.href.split("#")[0]);
    route();
  }
}

panel.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
panel.addEventListener("click", (event) => { if (event.target === panel) leave(); });
byId("panel-close").addEventListener("click", leave);
byId("panel-print").addEventListener("click", () => print());
window.addEventListener("popstate", route);
route();
arrived = true;
