// What the file holds: people and other resources, what each has, and who has what on each.

const root = document.documentElement;
root.classList.add("js");
const byId = (id) => document.getElementById(id);

// How many rows of a list the panel shows before one asks for all, and how many rows of a table are printed.
const LISTED = 200;
const PRINTED = 20000;

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const number = (count) => count.toLocaleString("en");
const counted = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
const day = (seconds) => (seconds === null ? "" : new Date(seconds * 1000).toISOString().slice(0, 10));
const minute = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const PENDING = 1;
const LIMITED = 2;
const UNLISTED = 4;
const DIRECT = 1;
const INHERITED_BY_MEMBERS = 2;

function read(data) {
  const word = data.words;
  const nodes = [];
  for (const row of data.people) {
    const [type, id, name, email, login, state, reason, factor, created, lastLogin, flags, privilege] = row;
    nodes.push({
      sort: "person", type: word[type], id, name, email, login, state: word[state], reason: word[reason],
      factor, created, lastLogin, flags, privilege, has: [], offers: [],
    });
  }
  for (const [type, id, name, sort, created, privilege, facts] of data.things) {
    nodes.push({ sort, type: word[type], id, name, email: "", created, privilege, facts, has: [], offers: [] });
  }
  const entitlements = data.entitlements.map(([on, slug, name, direct, otherwise]) => {
    const entitlement = { on: nodes[on], slug: word[slug], name, holders: [] };
    entitlement.on.offers.push(entitlement);
    return { entitlement, direct, otherwise };
  });
  for (const { entitlement, direct, otherwise } of entitlements) {
    const plain = { of: entitlement, direct: true, passedOn: false, through: [], scopes: [] };
    for (const principal of direct) {
      nodes[principal].has.push(plain);
      entitlement.holders.push([nodes[principal], plain]);
    }
    for (const [principal, bits, through, scopes] of otherwise) {
      const grant = {
        of: entitlement,
        direct: (bits & DIRECT) !== 0,
        passedOn: (bits & INHERITED_BY_MEMBERS) !== 0,
        through: through.map((source) => entitlements[source].entitlement),
        scopes: scopes.map((scope) =>
          typeof scope === "number" ? nodes[scope] : { type: word[scope[0]], id: scope[1], name: scope[2] }),
      };
      nodes[principal].has.push(grant);
      entitlement.holders.push([nodes[principal], grant]);
    }
  }
  return nodes;
}

const nodes = read(JSON.parse(byId("data").textContent));
const people = nodes.filter((node) => node.sort === "person");
const found = new Map(nodes.map((node) => [`${node.type}:${node.id}`, node]));

const label = (node) => node.name || node.email || node.id;
const known = (type) => type.replace(/[-_]/g, " ");
const labelled = (node) => `${known(node.type)} ${label(node)}`;

function href(node) {
  const id = encodeURIComponent(node.id);
  if (node.type === "user") return `#person=${id}`;
  if (["group", "role", "project"].includes(node.type)) return `#${node.type}=${id}`;
  return `#resource=${encodeURIComponent(node.type)}:${id}`;
}

// What a grant is, as the listings say it: a role, something managed, a membership, or anything else.
const isRole = (grant) => grant.of.on.sort === "role";
const isManager = (grant) => !isRole(grant) && grant.of.slug === "manager";
const isGroup = (grant) => !isManager(grant) && grant.of.on.sort === "group";
const isProject = (grant) => grant.of.on.sort === "project";

const distinct = (list) => [...new Set(list)];
const roles = (person) => person.has.filter(isRole).sort((a, b) => rank(a.of.on) - rank(b.of.on));
const groups = (person) => distinct(person.has.filter(isGroup).map((grant) => grant.of.on));
const manages = (person) => distinct(person.has.filter(isManager).map((grant) => grant.of.on));

const RANKS = ["owner", "administrator", "manager", "regular"];
const rank = (node) => {
  const at = RANKS.indexOf(node.privilege);
  return at < 0 ? RANKS.length : at;
};

function members(thing) {
  const holders = thing.offers.filter((entitlement) => entitlement.slug !== "manager")
    .flatMap((entitlement) => entitlement.holders.map(([holder]) => holder));
  return distinct(holders).filter((holder) => holder.sort !== "group");
}
const memberGroups = (thing) =>
  distinct(thing.offers.flatMap((entitlement) => entitlement.holders.map(([holder]) => holder)))
    .filter((holder) => holder.sort === "group");
const managers = (thing) =>
  distinct(thing.offers.filter((entitlement) => entitlement.slug === "manager")
    .flatMap((entitlement) => entitlement.holders.map(([holder]) => holder)));
const holders = (thing) =>
  distinct(thing.offers.flatMap((entitlement) => entitlement.holders.map(([holder]) => holder)));
const enabled = (list) => list.filter((node) => node.state === "enabled").length;
