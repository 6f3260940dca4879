// Fills the tables of the report and shows one thing at a time in a panel. Text becomes text nodes only, never markup; the
// page's policy forbids the rest. Nothing is loaded, nothing is sent; only the chosen theme is remembered.
(() => {
  "use strict";

  const root = document.documentElement;
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

  // ---------------------------------------------------------------- what the file holds

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

  // ---------------------------------------------------------------- small pieces of the page

  const bdi = (text) => el("bdi", null, text);
  const link = (node, text) => el("a", { href: href(node) }, bdi(text || label(node)));
  const chip = (text, kind) => el("span", { class: `chip ${kind || ""}`.trim() }, text);
  const muted = (text) => el("span", { class: "muted" }, text);
  const none = (text) => el("span", { class: "none" }, text || "none");

  function status(person, withReason) {
    const state = person.state === "unspecified" ? "unknown" : person.state;
    const box = el("span", { class: "status" }, el("span", { class: `state ${person.state}` }, state));
    for (const [flag, text] of [[PENDING, "invited"], [LIMITED, "limited"], [UNLISTED, "no data"]]) {
      if (person.flags & flag) box.append(" ", chip(text, "quiet"));
    }
    if (withReason && person.reason) box.append(el("span", { class: "sub" }, bdi(person.reason)));
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

  // ---------------------------------------------------------------- tables

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
      if (row.email && row.email !== label(row)) box.append(el("span", { class: "sub narrow" }, bdi(row.email)));
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
      email: text((row) => row.email),
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

  // ---------------------------------------------------------------- the panel

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

  function access(title, grants, empty) {
    const sorted = [...grants].sort(byLabel((grant) => grant.of.on));
    if (sorted.length === 0) return part(title, 0, el("p", { class: "none" }, empty));
    return part(title, sorted.length, list(title, [title.replace(/s$/, ""), "As", "How"], sorted, (grant) => {
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
        ["E-mail", node.email ? bdi(node.email) : none("none")],
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
      access("Groups", node.has.filter((grant) => grant.of.on.sort === "group"), "Belongs to no group."),
      byId("projects")
        ? access("Projects", node.has.filter(isProject), "Has access to no project by name.")
        : null,
      others.length > 0 ? access("Other resources", others, "") : null,
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
        holder.sort === "person" ? bdi(holder.email) : muted(known(holder.type)),
        holder.sort === "person" ? status(holder, false) : "",
        ...(covers ? [scopes(grant, 20)] : []),
        grant.passedOn ? el("span", null, how(grant), muted(", passed on to its members")) : how(grant),
      ])));
    }
    if (node.offers.length === 0) parts.push(el("p", { class: "none" }, "Nothing can be granted on it."));
    if (node.has.length > 0) parts.push(access("What it has", node.has, ""));
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

  // How many entries of the history show the panel, one after the other, up to this one.
  let depth = 0;

  function route() {
    const wanted = target();
    if (wanted === null) {
      depth = 0;
      if (panel.open) panel.close();
      return;
    }
    if (history.state && Number.isInteger(history.state.depth)) {
      depth = history.state.depth;
    } else {
      depth = panel.open || arrived ? depth + 1 : 0;
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
    if (depth > 0) {
      history.go(-depth);
    } else {
      history.pushState(null, "", location.href.split("#")[0]);
      route();
    }
  }

  let arrived = false;
  panel.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  panel.addEventListener("click", (event) => { if (event.target === panel) leave(); });
  byId("panel-close").addEventListener("click", leave);
  byId("panel-print").addEventListener("click", () => print());
  window.addEventListener("popstate", route);
  route();
  arrived = true;

  // ---------------------------------------------------------------- numbers that lead to a filtered table

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

  // ---------------------------------------------------------------- theme, age, print

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
  function name_theme() {
    theme.textContent = isDark() ? "Light theme" : "Dark theme";
  }
  const before = kept();
  if (before === "dark" || before === "light") root.dataset.theme = before;
  name_theme();
  dark.addEventListener("change", name_theme);
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    kept(root.dataset.theme);
    name_theme();
  });

  const asOf = byId("as-of");
  const days = Math.floor((Date.now() - Date.parse(asOf.dateTime)) / 86400000);
  if (days > 0) byId("age-now").textContent = `, ${counted(days, "day", "days")} old today`;

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
})();
