// The tables of this page: which columns they have, what they sort by, and what is searched.

const text = (value) => ({ value, cell: (row) => bdi(value(row) || "") });
const amount = (value) => ({ value, cell: (row) => number(value(row)), downFirst: true });
const created = { value: (row) => row.created, cell: (row) => day(row.created) || none("–"), downFirst: true };
const identifier = { value: (row) => row.id, cell: (row) => el("code", null, bdi(row.id)) };
const truth = (value) => ({
  value: (row) => FACTS.get(value(row)),
  cell: (row) => FACTS.get(value(row)),
});
const FACTS = new Map([[true, "yes"], [false, "no"], [null, "unknown"], [undefined, "unknown"]]);
const name = {
  heading: true,
  value: label,
  cell: (row) => {
    const box = el("span", null, link(row));
    if (row.email && row.email !== label(row)) box.append(el("span", { class: "sub narrow" }, mail(row.email)));
    return box;
  },
};

const KINDS = {
  pending: (row) => (row.flags & PENDING) !== 0,
  limited: (row) => (row.flags & LIMITED) !== 0,
  unlisted: (row) => (row.flags & UNLISTED) !== 0,
};
const FLAGS = [[PENDING, "invited"], [LIMITED, "limited"], [UNLISTED, "no data"]];

const tables = {
  people: table("people", people, ["person", "people"], {
    name,
    email: { value: (row) => row.email, cell: (row) => mail(row.email) },
    status: { value: (row) => row.state, cell: (row) => status(row, true) },
    roles: {
      value: (row) => (row.has.some(isRole) ? rank(row) : null),
      cell: roleChips,
    },
    groups: {
      value: (row) => groups(row).length,
      cell: (row) => some(groups(row), 3, (group) => bdi(label(group))),
      downFirst: true,
    },
    factor: { value: (row) => FACTOR.get(row.factor), cell: factor },
    created,
  }, {
    status: (row, value) => row.state === value,
    access: (row, value) =>
      (value === "administrative" ? rank(row) <= 1 : row.privilege === value),
    factor: (row, value) => FACTOR.get(row.factor) === value,
    kind: (row, value) => KINDS[value](row),
  }, (row) => [
    row.name, row.email, row.login, row.id, row.state, row.reason,
    ...FLAGS.filter(([flag]) => row.flags & flag).map(([, flagged]) => flagged),
    ...row.has.filter((grant) => !isProject(grant)).map((grant) => label(grant.of.on)),
    ...row.has.filter(isRole).flatMap((grant) => grant.scopes.map(scopeLabel)),
  ]),
  groups: table("groups", nodes.filter((node) => node.sort === "group"), ["group", "groups"], {
    name,
    members: amount((row) => members(row).length),
    enabled: amount((row) => enabled(members(row))),
    managers: {
      value: (row) => managers(row).map(label).join(", "),
      cell: (row) => some(managers(row), 3, (manager) => link(manager)),
    },
    created,
    id: identifier,
  }, {
    members: (row, value) => {
      const list = members(row);
      if (value === "empty") return list.length === 0;
      if (value === "idle") return list.length > 0 && enabled(list) === 0;
      return managers(row).length === 0;
    },
  }, (row) => [row.name, row.id, ...managers(row).map(label)]),
  roles: table("roles", nodes.filter((node) => node.sort === "role"), ["role", "roles"], {
    name,
    privilege: { value: rank, cell: (row) => chip(row.privilege || "unknown", `privilege ${row.privilege || ""}`) },
    holders: amount((row) => holders(row).length),
    enabled: amount((row) => enabled(holders(row))),
    scoped: amount((row) =>
      row.offers.flatMap((of) => of.holders).filter(([, grant]) => grant.scopes.length > 0).length),
    id: identifier,
  }, {}, (row) => [row.name, row.id, row.privilege || ""]),
  projects: table("projects", nodes.filter((node) => node.sort === "project"), ["project", "projects"], {
    name,
    client: text((row) => row.facts[0]),
    members: amount((row) => members(row).length),
    enabled: amount((row) => enabled(members(row))),
    groups: {
      value: (row) => memberGroups(row).map(label).join(", "),
      cell: (row) => some(memberGroups(row), 3, (group) => link(group)),
    },
    managers: {
      value: (row) => managers(row).map(label).join(", "),
      cell: (row) => some(managers(row), 3, (manager) => link(manager)),
    },
    public: truth((row) => row.facts[1]),
    archived: truth((row) => row.facts[2]),
  }, {
    state: (row, value) => (value === "archived" ? row.facts[2] === true : row.facts[2] !== true),
  }, (row) => [row.name, row.id, row.facts[0], ...managers(row).map(label), ...memberGroups(row).map(label)]),
  others: table("others", nodes.filter((node) => node.sort === "other" || node.sort === "missing"),
    ["other resource", "other resources"], {
      name,
      type: text((row) => row.type),
      offers: {
        value: (row) => row.offers.length,
        cell: (row) => some(row.offers, 3, (of) => bdi(of.slug || of.name)),
        downFirst: true,
      },
      holders: amount((row) => holders(row).length),
      has: amount((row) => row.has.length),
      note: {
        value: (row) => (row.sort === "missing" ? "missing" : ""),
        cell: (row) => (row.sort === "missing" ? chip("not in the file", "warn") : ""),
      },
    }, {}, (row) => [row.name, row.id, row.type, row.sort]),
};
