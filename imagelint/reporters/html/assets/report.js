"use strict";
// Tables, pages and deep links of a report. Everything from outside becomes text, never markup.
(() => {
  const payload = JSON.parse(document.getElementById("payload").textContent);
  const SEVERITIES = ["info", "low", "medium", "high", "critical"];
  const MOST_PRINTED = 5000;
  const CHIPS = 6;
  const FEW = 12;
  const TYPING = 80;
  const LAYOUT = {
    topStart: null,
    topEnd: "info",
    bottomStart: "pageLength",
    bottomEnd: "paging",
  };
  const BARE = { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null };
  const tables = new Map();
  let applying = false;

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key in made && key !== "role") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  // Words of ours about code stand between backticks.
  function prose(text) {
    const parts = text.split(/`([^`\n]+)`/);
    return parts.map((part, at) => (at % 2 ? element("code", {}, part) : part));
  }

  function anchor(text, href, properties = {}) {
    if (!/^(https?:\/\/|#)/.test(href)) return element("span", {}, text);
    const outside = href.startsWith("#") ? {} : { rel: "noreferrer" };
    return element("a", { href, ...outside, ...properties }, text);
  }

  function bytes(count) {
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    while (count >= 1000 && unit < units.length - 1) {
      count /= 1000;
      unit += 1;
    }
    return `${unit && count < 100 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
  }

  const DIGITS = new Intl.NumberFormat("en");

  function badge(level) {
    return element("span", { className: `badge ${SEVERITIES.includes(level) ? level : ""}` }, level);
  }

  // What a cell says as text: for searches, filters, and where it is shown as such.
  function said(value, kind) {
    if (value === null) return "";
    if (kind === "bytes") return bytes(value);
    if (kind === "link") return value[0];
    if (kind === "names") return several(value, kind).join(" ");
    return String(value);
  }

  // All that a cell says: one thing, but for a cell with the numbers of names.
  function several(value, kind) {
    if (kind !== "names") return [said(value, kind)];
    return (value || []).map((number) => payload.names[number]);
  }

  // As it is compared: what is shown as code is no other word.
  function plain(text) {
    return text.replaceAll("`", "").toLowerCase();
  }

  function ranked(value, kind) {
    if (kind === "severity") return SEVERITIES.indexOf(value);
    if (kind === "number" || kind === "bytes") return value === null ? -1 : value;
    return plain(said(value, kind));
  }

  function shown(value, kind) {
    if (value === null) return element("span", { className: "none" }, "–");
    if (kind === "severity") return value ? badge(value) : element("span", {}, "–");
    if (kind === "link") return anchor(value[0], value[1]);
    if (kind === "number") return element("span", {}, DIGITS.format(value));
    if (kind === "code") return element("span", { className: "code" }, value);
    return element("span", {}, ...prose(said(value, kind)));
  }

  // Blocks: what is told about a row, or on a page of its own.
  const BLOCKS = {
    heading: (block) => element("h3", {}, block.text),
    text: (block) => labelled(block.label, element("p", {}, ...prose(block.text))),
    code: (block) => labelled(block.label, code(block.text)),
    link: (block) => element("p", {}, anchor(block.text, block.href)),
    rule: (block) => ruleText(block.name),
    list: (block) =>
      labelled(block.label, element("ul", {}, ...block.items.map((item) => element("li", {}, ...prose(item))))),
    facts: (block) => {
      const pairs = block.items.flatMap(([name, value]) => [
        element("dt", {}, name),
        element("dd", {}, value),
      ]);
      return element("dl", { className: "facts" }, ...pairs);
    },
    excerpt: (block) => labelled(block.label, excerpt(block.lines)),
    table: (block) => plainTable(block),
    findings: (block) => plainTable({ ...block, rows: block.of.map(told) }),
  };

  // A finding that several pages share, with what a page says of it.
  function told([index, state]) {
    const [severity, rule, message, help, place] = payload.findings[index];
    const text = payload.rules[rule];
    return [severity, [rule, text ? text.url : ""], message, place, help, state];
  }

  function code(text) {
    return element("pre", { tabIndex: 0, role: "group", "aria-label": "text" }, text);
  }

  function labelled(label, content) {
    if (!label) return content;
    return element("div", { className: "block" }, element("p", { className: "label" }, label), content);
  }

  function excerpt(lines) {
    const rows = lines.map(([number, before, marked, after]) => {
      const mark = marked ? element("mark", {}, marked) : null;
      const count = element("span", { className: "line", "aria-hidden": "true" }, String(number));
      return element("span", { className: "row" }, count, before, mark, `${after}\n`);
    });
    const properties = { className: "excerpt", tabIndex: 0, role: "group" };
    return element("pre", { ...properties, "aria-label": "excerpt" }, ...rows);
  }

  function ruleText(name) {
    const rule = payload.rules[name];
    if (!rule) return null;
    const parts = rule.why.split("\n\n").map((text) => element("p", {}, ...prose(text)));
    if (rule.url) parts.push(element("p", {}, anchor(`${name}: what it says, with examples`, rule.url)));
    if (rule.references.length) {
      parts.push(element("p", { className: "quiet" }, `Also known as ${rule.references.join(", ")}`));
    }
    return labelled("Why", element("div", {}, ...parts));
  }

  function plainTable(block) {
    const head = element("tr", {}, ...block.columns.map((c) => element("th", { scope: "col" }, c.title)));
    const body = block.rows.map((row) =>
      element("tr", {}, ...row.map((v, at) => element("td", {}, shown(v, block.columns[at].kind)))),
    );
    const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
    const region = { className: "scroll", tabIndex: 0, role: "group", "aria-label": block.label };
    return labelled(block.label, element("div", region, table));
  }

  function blocks(list) {
    const made = element("div", { className: "blocks" });
    for (const block of list) {
      const content = BLOCKS[block.is](block);
      if (content) made.append(content);
    }
    return made;
  }

  class ReportTable {
    constructor(spec) {
      this.spec = spec;
      this.section = document.getElementById(`section-${spec.id}`);
      this.facets = [];
      this.rowOf = new Map(spec.rows.map((row, index) => [row.key, index]));
      const host = this.section.querySelector(".table");
      this.element = element("table", { id: `table-${spec.id}` }, element("caption", { className: "hidden" }, spec.title));
      const controls = element("div", { className: "facets" });
      host.append(controls, this.element);
      this.asked = "";
      this.words = [];
      this.texts = null;
      if (spec.rows.length > FEW) this.addSearch(controls);
      this.api = new DataTable(this.element, this.options());
      spec.columns.forEach((column, at) => {
        if (column.facet && spec.rows.length > 1) this.addFacet(controls, column, at);
      });
      this.element.addEventListener("click", (event) => this.clicked(event));
      this.api.search.fixed("words", (_text, _data, index) => this.fits(index));
      this.api.on("order", () => this.remember());
      this.api.on("draw", () => this.namePages());
      this.namePages();
    }

    namePages() {
      const pages = this.section.querySelector(".dt-paging nav");
      if (pages) pages.setAttribute("aria-label", `Pages of ${this.spec.title}`);
    }

    options() {
      const spec = this.spec;
      return {
        data: spec.rows.map((_, index) => index),
        columns: spec.columns.map((column, at) => ({
          title: column.title,
          visible: !column.hidden,
          // The library's own search makes markup of a text to read its entities.
          searchable: false,
          type: ["severity", "number", "bytes"].includes(column.kind) ? "num" : "string",
          className: column.kind === "number" || column.kind === "bytes" ? "figure" : `is-${column.kind}`,
          orderSequence: column.kind === "text" || column.kind === "link" ? ["asc", "desc"] : ["desc", "asc"],
          render: (_, type, index) => this.cell(index, at, type),
        })),
        order: spec.order,
        orderMulti: true,
        deferRender: true,
        autoWidth: false,
        pageLength: 50,
        lengthMenu: [25, 50, 200, 1000],
        paging: spec.rows.length > FEW,
        layout: spec.rows.length > FEW ? LAYOUT : BARE,
        language: {
          info: "_START_ to _END_ of _TOTAL_ shown",
          infoEmpty: "nothing to show",
          infoFiltered: "(out of _MAX_)",
          zeroRecords: "Nothing fits: clear the search or a filter.",
          emptyTable: spec.empty,
          lengthMenu: "_MENU_ rows a page",
        },
      };
    }

    cell(index, at, type) {
      const row = this.spec.rows[index];
      const column = this.spec.columns[at];
      const value = row.cells[at];
      if (type === "sort" || type === "type") return ranked(value, column.kind);
      if (type !== "display") return said(value, column.kind);
      if (column.opens && (row.detail.length || row.opens)) {
        if (row.opens) return anchor(said(value, column.kind), row.opens);
        const button = { className: "opens", type: "button", "aria-expanded": "false" };
        return element("button", button, ...prose(said(value, column.kind)));
      }
      return shown(value, column.kind);
    }

    addSearch(controls) {
      const id = `search-${this.spec.id}`;
      const properties = { id, type: "search", placeholder: "words, in any order", autocomplete: "off" };
      this.input = element("input", properties);
      let waiting = 0;
      this.input.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
          this.look(this.input.value);
          this.api.draw();
          this.remember();
        }, TYPING);
      });
      controls.append(element("div", {}, element("label", { htmlFor: id }, "Search"), this.input));
    }

    look(words) {
      this.asked = words.trim();
      this.words = plain(this.asked).split(/\s+/).filter(Boolean);
    }

    fits(index) {
      if (!this.words.length) return true;
      const columns = this.spec.columns;
      this.texts ??= this.spec.rows.map((row) =>
        plain(row.cells.map((value, at) => said(value, columns[at].kind)).join("\n")),
      );
      return this.words.every((word) => this.texts[index].includes(word));
    }

    addFacet(controls, column, at) {
      const counts = new Map();
      for (const row of this.spec.rows) {
        for (const value of several(row.cells[at], column.kind)) {
          counts.set(value, (counts.get(value) || 0) + 1);
        }
      }
      // All rows have the one value of a column, but for a column of names, which may be in some.
      if (counts.size < (column.kind === "names" ? 1 : 2)) return;
      const values = [...counts.keys()];
      if (column.kind === "severity") values.sort((a, b) => SEVERITIES.indexOf(b) - SEVERITIES.indexOf(a));
      else values.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
      const facet = { name: column.name, at, first: column.chosen, chosen: new Set(column.chosen) };
      if (values.length <= CHIPS) this.chips(controls, column, facet, values, counts);
      else this.menu(controls, column, facet, values, counts);
      this.facets.push(facet);
      this.api.search.fixed(`facet ${column.name}`, (_text, _data, index) => {
        if (facet.chosen.size === 0) return true;
        return several(this.spec.rows[index].cells[at], column.kind).some((value) => facet.chosen.has(value));
      });
      facet.show();
      if (facet.chosen.size) this.api.draw();
    }

    chips(controls, column, facet, values, counts) {
      const boxes = values.map((value) => {
        const box = element("input", { type: "checkbox", value, name: column.name });
        return element("label", { className: "chip" }, box, `${value || "none"} `, element("b", {}, DIGITS.format(counts.get(value))));
      });
      const set = element("fieldset", {}, element("legend", {}, column.title), ...boxes);
      set.addEventListener("change", () => {
        const ticked = set.querySelectorAll("input:checked");
        facet.chosen = new Set([...ticked].map((box) => box.value));
        this.api.draw();
        this.remember();
      });
      facet.show = () => {
        for (const box of set.querySelectorAll("input")) box.checked = facet.chosen.has(box.value);
      };
      controls.append(set);
    }

    menu(controls, column, facet, values, counts) {
      const options = values.map((value) => element("option", { value }, `${value || "none"} (${DIGITS.format(counts.get(value))})`));
      const id = `facet-${this.spec.id}-${column.name}`;
      const menu = element("select", { id, name: column.name }, element("option", { value: "*" }, "all"), ...options);
      menu.addEventListener("change", () => {
        facet.chosen = new Set(menu.value === "*" ? [] : [menu.value]);
        this.api.draw();
        this.remember();
      });
      facet.show = () => {
        menu.value = facet.chosen.size === 1 ? [...facet.chosen][0] : "*";
      };
      controls.append(element("div", {}, element("label", { htmlFor: id }, column.title), menu));
    }

    clicked(event) {
      const button = event.target.closest("button.opens");
      const cell = event.target.closest("tbody > tr > td");
      if (!cell || event.target.closest("a, .blocks") || String(getSelection())) return;
      const row = cell.parentElement;
      const opener = button || row.querySelector("button.opens");
      if (opener) this.toggle(this.api.row(row), opener);
    }

    toggle(row, opener) {
      const open = row.child.isShown();
      opener.setAttribute("aria-expanded", String(!open));
      if (open) {
        row.child.hide();
        return;
      }
      const spec = this.spec.rows[row.data()];
      const here = `#${this.spec.id}/${encodeURIComponent(spec.key)}`;
      const content = blocks(spec.detail);
      content.append(element("p", { className: "quiet" }, anchor("Link to this row", here)));
      row.child(content, "detail").show();
    }

    open(key) {
      const index = this.rowOf.get(key);
      if (index === undefined) return false;
      const order = () => this.api.rows({ search: "applied", order: "applied" }).indexes().toArray();
      let position = order().indexOf(index);
      if (position < 0) {
        this.apply(new URLSearchParams(this.facets.map((facet) => [facet.name, ""])));
        position = order().indexOf(index);
      }
      this.api.page(Math.floor(position / this.api.page.len())).draw("page");
      const row = this.api.row(index);
      const opener = row.node().querySelector("button.opens");
      if (opener && !row.child.isShown()) this.toggle(row, opener);
      row.node().scrollIntoView({ block: "center" });
      row.node().classList.add("target");
      (opener || row.node().querySelector("a") || row.node()).focus({ preventScroll: true });
      return true;
    }

    // What the address says: words, choices, order. What it does not name is as at the beginning.
    apply(parameters) {
      applying = true;
      this.look(parameters.get("q") || "");
      if (this.input) this.input.value = this.asked;
      for (const facet of this.facets) {
        const named = parameters.get(facet.name);
        facet.chosen = new Set(named === null ? facet.first : named ? named.split(",").map(decodeURIComponent) : []);
        facet.show();
      }
      const order = (parameters.get("sort") || "").split(":");
      const at = this.spec.columns.findIndex((column) => column.name === order[0]);
      this.api.order(at < 0 ? this.spec.order : [[at, order[1] === "asc" ? "asc" : "desc"]]);
      this.api.draw();
      applying = false;
    }

    remember() {
      if (applying) return;
      const parts = [];
      if (this.asked) parts.push(`q=${encodeURIComponent(this.asked)}`);
      for (const facet of this.facets) {
        if ([...facet.chosen].sort().join() === [...facet.first].sort().join()) continue;
        const values = [...facet.chosen].map((value) => encodeURIComponent(encodeURIComponent(value)));
        parts.push(`${facet.name}=${values.join(",")}`);
      }
      const [at, direction] = this.api.order()[0] || [];
      const first = this.spec.order[0] || [];
      if (at !== undefined && (at !== first[0] || direction !== first[1])) {
        parts.push(`sort=${this.spec.columns[at].name}:${direction}`);
      }
      const hash = parts.length ? `#${this.spec.id}?${parts.join("&")}` : "#";
      history.replaceState(null, "", hash);
    }

    print(begins) {
      if (begins) {
        this.before = [this.api.page.len(), this.api.page()];
        this.api.page.len(MOST_PRINTED).draw();
      } else if (this.before) {
        this.api.page.len(this.before[0]).page(this.before[1]).draw("page");
      }
    }
  }

  function showPage(key) {
    const page = payload.pages[key];
    const view = document.getElementById("page");
    const overview = document.getElementById("overview");
    view.hidden = !page;
    overview.hidden = Boolean(page);
    if (!page) return;
    const heading = element("h2", { tabIndex: -1 }, page.title);
    view.replaceChildren(element("p", {}, anchor("← Back to the overview", "#")), heading, blocks(page.blocks));
    heading.focus();
    window.scrollTo(0, 0);
  }

  function follow() {
    const hash = location.hash.slice(1);
    const [, name, sign, rest] = /^([\w-]*)([/?]?)(.*)$/s.exec(hash) || ["", "", "", ""];
    const key = sign === "/" ? decodeURIComponent(rest) : "";
    if (name === "page") {
      showPage(key);
      return;
    }
    showPage(null);
    const table = tables.get(name);
    if (!table) return;
    if (sign === "/") table.open(key);
    else {
      table.apply(new URLSearchParams(rest));
      table.section.scrollIntoView();
    }
  }

  function theme() {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      const root = document.documentElement;
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.dispatchEvent(new Event("themechange"));
    });
  }

  for (const spec of payload.tables) tables.set(spec.id, new ReportTable(spec));
  theme();
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => tables.forEach((table) => table.print(true)));
  addEventListener("afterprint", () => tables.forEach((table) => table.print(false)));
  follow();
  document.documentElement.dataset.ready = "yes";
})();
