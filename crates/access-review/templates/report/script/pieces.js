// Small pieces of the page: links, chips, states, and how something came to somebody.

const bdi = (text) => el("bdi", null, text);
const link = (node, text) => el("a", { href: href(node) }, bdi(text || label(node)));
const chip = (text, kind) => el("span", { class: `chip ${kind || ""}`.trim() }, text);
// An address breaks before its domain rather than anywhere.
function mail(address) {
  const at = address.lastIndexOf("@");
  return at < 1 ? bdi(address) : el("bdi", null, address.slice(0, at), el("wbr"), address.slice(at));
}
const muted = (text) => el("span", { class: "muted" }, text);
const none = (text) => el("span", { class: "none" }, text || "none");

// Why most enabled people are enabled is no news, so the tables leave it out.
const usual = (() => {
  const counts = new Map();
  for (const person of people) {
    if (person.state === "enabled") counts.set(person.reason, (counts.get(person.reason) || 0) + 1);
  }
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ["", 1])[0];
})();

function status(person, withReason) {
  const state = person.state === "unspecified" ? "unknown" : person.state;
  const box = el("span", { class: "status" }, el("span", { class: `state ${person.state}` }, state));
  for (const [flag, text] of [[PENDING, "invited"], [LIMITED, "limited"], [UNLISTED, "no data"]]) {
    if (person.flags & flag) box.append(" ", chip(text, "quiet"));
  }
  const isUsual = person.state === "enabled" && person.reason === usual;
  if (withReason && person.reason && !isUsual) box.append(el("span", { class: "sub" }, bdi(person.reason)));
  return box;
}

const FACTOR = new Map([[true, "on"], [false, "off"], [null, "unknown"]]);
const factor = (person) => el("span", { class: `factor ${FACTOR.get(person.factor)}` }, FACTOR.get(person.factor));

// Items with commas, and how many more there are.
function some(items, most, show) {
  if (items.length === 0) return none("–");
  const box = el("span", null);
  items.slice(0, most).forEach((item, at) => box.append(at > 0 ? ", " : "", show(item)));
  if (items.length > most) box.append(muted(` and ${number(items.length - most)} more`));
  return box;
}

const scopeLabel = (scope) => label({ email: "", ...scope });
function scopes(grant, most) {
  return some(grant.scopes, most, (scope) =>
    scope.has
      ? el("span", null, muted(`${known(scope.type)} `), link(scope))
      : el("span", null, muted(`${known(scope.type)} `), bdi(scopeLabel(scope))));
}

function roleChips(person) {
  const list = roles(person);
  if (list.length === 0) return none("–");
  const box = el("span", { class: "stack" });
  for (const grant of list) {
    const line = el("span", null, chip(label(grant.of.on), `privilege ${grant.of.on.privilege || ""}`));
    if (grant.scopes.length > 0) line.append(" ", some(grant.scopes, 2, (scope) => bdi(scopeLabel(scope))));
    box.append(line);
  }
  return box;
}

// Direct, through what, or both.
function how(grant) {
  const box = el("span", null);
  if (grant.direct) box.append("direct");
  grant.through.forEach((source, at) => {
    box.append(grant.direct || at > 0 ? ", and through " : "through ");
    box.append(muted(`${known(source.on.type)} `), link(source.on));
    if (!["member", "assigned", ""].includes(source.slug)) box.append(muted(` (${source.slug})`));
  });
  return box;
}
