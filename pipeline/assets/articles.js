// The list of articles, and one article with every mention marked and its row beside a click.
Object.assign(WORDS, {
  articles: ["文章", "Articles"], county: ["全部属地", "All counties"], from: ["自", "from"], to: ["至", "to"], kind: ["全部体裁", "All kinds"], news: ["消息", "news"], photo: ["图片", "photo"], brief: ["简讯", "brief"],
  click: ["点击标记的文字，查看对应的数据行。", "Click a marked text to see its row."], fromFile: ["来源文件", "From file"], trace: ["追溯到原始字节", "Back to the raw bytes"],
});
const KINDS = ["news", "photo", "brief"];
const titled = a => a.title ?? `${a.text.slice(0, 30)}…`;
const byId = memo(() => new Map(data.articles.map(a => [a.article_id, a])));
let reading = [];  // the articles of the last list: what ← and → turn through

function articles(asked) {
  return filtered("articles", [
    { name: "q", label: t("search") }, { name: "county", label: t("county"), choices: choices(data.articles.map(county)) },
    { name: "kind", label: t("kind"), choices: KINDS.map(kind => [kind, t(kind)]) },
    { name: "from", label: t("from"), type: "date" }, { name: "to", label: t("to"), type: "date" },
  ], asked, ({ q, county: where, kind, from, to }) => {
    reading = data.articles.filter(a => (!q || a.text.includes(q)) && (!where || county(a) === where) && (!kind || a.kind === kind) && (!from || (a.published_on ?? "") >= from) && (!to || (a.published_on ?? "9") <= to));
    const list = el("ul", { class: "list" });
    return [soft(`${number(reading.length)} ${t("of")} ${number(data.articles.length)}`), lazily(el("div", {}, list), reading, a => list.append(item(a, q)))];
  });
}

function item(a, q) {
  const facts = [a.published_on ?? t("unknown"), a.locality_path && last(a.locality_path), ...["person_mentions", "place_mentions", "figures"].map(table => a.rows[table] && `${NAMES[table][language]} ${a.rows[table].length}`)];
  const at = q ? a.text.indexOf(q) : -1, from = Math.max(0, at - 30);
  const start = (a.rows.paragraphs ?? []).find(each => each.kind === "body")?.start_char ?? 0;
  const some = at < 0 ? `${a.text.slice(start, start + 90)}…` : [`…${a.text.slice(from, at)}`, el("b", {}, q), `${a.text.slice(at + q.length, at + 60)}…`];
  return el("li", {}, link(`article/${a.article_id}`, titled(a), { class: "title" }), soft(facts.filter(Boolean).join(" · ")), el("p", {}, some));
}

function article(id, asked) {
  const a = byId().get(id);
  if (!a) return null;
  const side = el("aside", { "aria-live": "polite" }), marks = new Map();
  const text = el("div", { class: "text" }, (a.rows.paragraphs ?? [{ start_char: 0, end_char: Array.from(a.text).length, kind: "body" }]).map(block =>
    el("p", { class: block.kind }, nested(a, spansOf(a, block), block.start_char, block.end_char, marks))));
  const rest = () => { clear(text); side.className = ""; side.replaceChildren(summary(a, marks)); };
  const choose = (node, event) => {
    event?.stopPropagation();
    clear(text);
    node.classList.add("on");
    side.className = "row";
    const chain = [];
    for (let at = node; at && at !== text; at = at.parentElement.closest(".text mark")) chain.push(at.span);
    side.replaceChildren(el("div", { class: "panel" }, el("button", { class: "close", onclick: rest, "aria-label": t("keyClose") }, "×"), chain.flatMap(each => each.rows.map(row => card(each.table, row, a)))));
  };
  for (const node of marks.values()) {
    node.addEventListener("click", event => choose(node, event));
    node.addEventListener("keydown", event => { if (event.key === "Enter") choose(node, event); });
  }
  rest();
  const wanted = [...marks.values()].find(node => node.span.start === Number(asked.get("at") ?? -1));
  if (wanted) requestAnimationFrame(() => { choose(wanted); wanted.scrollIntoView({ block: "center" }); });
  const facts = [a.published_on ?? t("unknown"), a.locality_path, t(a.kind), `${t("fromFile")} ${data.documents[a.document_id]}`].filter(Boolean).join(" · ");
  return el("section", {}, soft(facts), legend(a, text), el("div", { class: "reading" }, el("div", {}, text, pager(a)), side));
}
const clear = text => text.querySelectorAll("mark.on").forEach(node => node.classList.remove("on"));

// Rows of one table over one span are one mark.
function spansOf(a, block) {
  const spans = new Map();
  for (const table of Object.keys(NAMES)) for (const row of a.rows[table] ?? []) {
    if (row.start_char >= block.end_char || row.end_char <= block.start_char) continue;
    const key = `${table} ${row.start_char} ${row.end_char}`;
    if (!spans.has(key)) spans.set(key, { table, start: row.start_char, end: row.end_char, rows: [] });
    spans.get(key).rows.push(row);
  }
  return [...spans.values()];
}

// Text and marks between two offsets; a span that crosses another's end is cut there.
function nested(a, spans, low, high, marks) {
  const points = a.points ??= Array.from(a.text), parts = [];
  const order = (x, y) => x.start - y.start || y.end - x.end;
  const waiting = spans.map(each => ({ ...each, start: Math.max(low, each.start), whole: each.whole ?? each })).sort(order);
  let at = low;
  while (waiting.length) {
    const next = waiting.shift(), end = Math.min(next.end, high);
    const inner = [];
    while (waiting.length && waiting[0].start < end) {
      const each = waiting.shift();
      inner.push({ ...each, end: Math.min(each.end, end) });
      if (each.end > end) { waiting.push({ ...each, start: end }); waiting.sort(order); }
    }
    const node = el("mark", { class: next.table, tabindex: 0, title: NAMES[next.table][language] }, nested(a, inner, next.start, end, marks));
    node.span = next.whole;
    marks.set(node, node);
    parts.push(points.slice(at, next.start).join(""), node);
    at = end;
  }
  parts.push(points.slice(at, high).join(""));
  return parts;
}

function legend(a, text) {
  return el("div", { class: "legend" }, Object.keys(NAMES).filter(table => a.rows[table]).map(table => {
    const button = el("button", { "aria-pressed": "true", onclick: () => {
      const on = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", on);
      text.querySelectorAll(`mark.${table}`).forEach(node => node.classList.toggle("off", !on));
    } }, el("mark", { class: table }, NAMES[table][language]), ` ${a.rows[table].length}`);
    return button;
  }));
}

function summary(a, marks) {
  const go = (table, row, text) => el("li", {}, el("a", { href: `#article/${a.article_id}?at=${row.start_char}`, onclick: event => {
    const node = [...marks.values()].find(each => each.span.table === table && each.span.start === row.start_char);
    if (node) { event.preventDefault(); node.click(); node.scrollIntoView({ block: "center", behavior: "smooth" }); }
  } }, text[0]), text[1] ? el("span", { class: "soft" }, ` ${text[1]}`) : "");
  const first = (rows, key) => [...new Map((rows ?? []).toReversed().map(row => [row[key], row])).values()].toReversed();
  const posts = id => [...new Set((a.rows.posts ?? []).filter(row => row.person_id === id).map(row => row.post))].join("、");
  const parts = {
    person_mentions: first(a.rows.person_mentions, "person_id").map(row => [row, [row.surface, posts(row.person_id)]]),
    place_mentions: first(a.rows.place_mentions, "place_id").map(row => [row, [row.surface, data.places[row.place_id]?.path?.replaceAll("/", " ")]]),
    dates: (a.rows.dates ?? []).map(row => [row, [row.surface, row.start_date || row.end_date ? span([row.start_date ?? "…", row.end_date ?? "…"]) : ""]]),
    figures: (a.rows.figures ?? []).map(row => [row, [row.surface, [row.subject, row.item].filter(Boolean).join(" · ")]]),
  };
  return el("div", { class: "panel" }, soft(t("click")), Object.entries(parts).filter(([, rows]) => rows.length).map(([table, rows]) =>
    [el("h3", {}, `${NAMES[table][language]} ${rows.length}`), el("ul", {}, rows.map(([row, text]) => go(table, row, text)))]));
}

const SPAN = ["start_char", "end_char", "surface"];
function card(table, row, a) {
  const docs = data.docs[table].columns, box = el("dl");
  for (const [name, value] of Object.entries(row)) {
    if (SPAN.includes(name) || name === "name" && row.person_id || name === "organisation_id" && row.organisation) continue;
    const shown = name === "person_id" ? link(`official/${value}`, data.people[value]?.name ?? value)
      : name.endsWith("place_id") ? link(`place/${value}`, (data.places[value]?.path ?? data.places[value]?.name ?? value).replaceAll("/", " "))
      : name === "organisation_id" ? data.organisations[value]?.name ?? value : typeof value === "number" ? number(value) : String(value);
    box.append(el("dt", { title: docs[name][1 - language] }, language ? name : docs[name][1].split(/[:：(（;；]/)[0].replace(/标识$/, "")), el("dd", {}, shown));
  }
  return el("div", {}, el("h3", {}, NAMES[table][language]), el("p", { class: "surface" }, el("mark", { class: table }, a.points.slice(row.start_char, row.end_char).join(""))), box, el("code", { title: t("trace") }, `cli.py why OUT ${table} ${a.article_id}:${row.start_char}`));
}

function pager(a) {
  const list = reading.includes(a) ? reading : data.articles, at = list.indexOf(a);
  const to = (each, rel, text) => each ? link(`article/${each.article_id}`, text(titled(each)), { rel }) : el("span");
  return el("div", { class: "pager" }, to(list[at - 1], "prev", title => `← ${title}`), to(list[at + 1], "next", title => `${title} →`));
}
