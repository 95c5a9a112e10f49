// What every page is made of: words in two languages, elements, numbers, tables, charts, filters, the frame around.
const WORDS = {
  more: ["显示更多", "Show more"], none: ["没有找到", "Nothing found"], all: ["全部", "All"], unknown: ["不详", "unknown"], search: ["搜索…", "Search…"],
  of: ["/", "of"], highest: ["最多", "at most"], table: ["表", "Table"], rows: ["行数", "Rows"], rowIs: ["每行为", "One row is"], language: ["English", "中文"],
  keys: ["键盘", "Keys"], keyPages: ["换页", "pages"], keySearch: ["搜索", "search"], keyTurn: ["上一篇、下一篇", "previous, next article"], keyClose: ["取消选择", "choose nothing"], keyMarks: ["逐个标记", "from mark to mark"],
};
const NAMES = { person_mentions: ["人物", "people"], posts: ["职务", "posts"], organisation_mentions: ["机构", "organisations"], place_mentions: ["地点", "places"], dates: ["时间", "dates"], figures: ["数字", "figures"], bylines: ["署名", "bylines"] };
const AT_ONCE = 60;
let data, language = 0;
const t = key => WORDS[key][language];
const memo = make => { let made; return () => made ??= make(); };

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== undefined && child !== null && child !== ""));
  return node;
}
const styled = (node, style) => Object.assign(node.style, style) && node;
const query = values => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
const link = (hash, text, attributes) => el("a", { href: "#" + hash, ...attributes }, text);
const section = (title, ...children) => el("section", {}, el("h2", {}, title), ...children);
const soft = text => el("p", { class: "soft" }, text);

const locale = () => language ? "en" : "zh-CN";
const number = value => value === undefined ? "" : value.toLocaleString(locale(), { maximumFractionDigits: 4 });
const compact = value => value.toLocaleString(locale(), { notation: "compact", maximumSignificantDigits: 4 });
const count = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by);
const top = (map, n) => [...map].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1)).slice(0, n);
const last = path => path.split("/").at(-1);
const span = days => days.length ? (days[0] === days.at(-1) ? days[0] : `${days[0]} – ${days.at(-1)}`) : t("unknown");

// pairs of [label, value, hash]
function bars(pairs, format = number) {
  if (!pairs.length) return soft(t("none"));
  const high = Math.max(...pairs.map(pair => pair[1]));
  return el("div", { class: "bars" }, pairs.map(([name, value, hash]) => [
    hash ? link(hash, name, { title: name }) : el("span", { title: name }, name), styled(el("i", { role: "img", "aria-label": `${name} ${format(value)}` }), { width: `${100 * value / high}%` }), el("span", {}, format(value)),
  ]));
}

// pairs of [day, month or year; value; hash], in order
function columns(pairs) {
  if (!pairs.length) return soft(t("none"));
  const high = Math.max(...pairs.map(pair => pair[1]));
  return el("div", {}, el("div", { class: "columns" }, pairs.map(([when, n, hash]) => styled(link(hash, "", { title: `${when}: ${n}`, "aria-label": `${when}: ${n}` }), { height: `${100 * n / high}%`, visibility: n ? "" : "hidden" }))),
    el("div", { class: "ends soft" }, el("span", {}, pairs[0][0]), el("span", {}, `${t("highest")} ${number(high)}`), el("span", {}, pairs.at(-1)[0])));
}

function lazily(box, rows, draw) {
  let shown = 0;
  const more = el("button", { class: "more", onclick: step });
  function step() {
    rows.slice(shown, shown + AT_ONCE).forEach(draw);
    shown = Math.min(rows.length, shown + AT_ONCE);
    more.textContent = `${t("more")} (${shown.toLocaleString()} / ${rows.length.toLocaleString()})`;
    more.hidden = shown >= rows.length;
  }
  box.append(rows.length ? more : soft(t("none")));
  step();
  new IntersectionObserver(seen => { if (seen[0].isIntersecting && shown < rows.length) step(); }, { rootMargin: "400px" }).observe(more);
  return box;
}

// heads are texts or nodes; `cells` makes a row's when it is drawn: texts, numbers or nodes
function grid(heads, rows, kinds = [], cells = row => row) {
  const body = el("tbody");
  const box = el("div", { class: "scroll" }, el("table", { class: "stack" }, el("thead", {}, el("tr", {}, heads.map((head, n) => el("th", { class: kinds[n] === "n" ? "n" : undefined, "aria-sort": head.dataset?.sort }, head)))), body));
  const labels = heads.map(head => head.textContent ?? head);
  return lazily(box, rows, row => body.append(el("tr", {}, cells(row).map((cell, n) =>
    el("td", { class: typeof cell === "number" ? "n" : kinds[n], "data-head": labels[n] }, typeof cell === "number" ? number(cell) : cell)))));
}

// A bar of inputs above what `draw` makes of their values; the address keeps them.
function filtered(page, options, given, draw) {
  const list = el("div"), inputs = {};
  const values = () => Object.fromEntries(options.map(each => [each.name, inputs[each.name].value]));
  const redraw = () => { list.replaceChildren(...[draw(values())].flat()); history.replaceState(null, "", `#${page}?${query(values())}`); };
  let waiting;
  const bar = el("div", { class: "filters", role: "search" }, options.map(each => {
    const input = inputs[each.name] = each.choices
      ? el("select", { "aria-label": each.label, title: each.label, onchange: redraw }, el("option", { value: "" }, each.label), each.choices.map(choice => [choice].flat()).map(([value, name]) => el("option", { value }, name ?? value)))
      : el("input", { type: each.type ?? "search", placeholder: each.label, title: each.label, "aria-label": each.label, oninput: () => { clearTimeout(waiting); waiting = setTimeout(redraw, 120); } });
    input.value = given.get(each.name) ?? "";
    return each.type === "date" ? el("label", {}, `${each.label} `, input) : input;
  }));
  list.replaceChildren(...[draw(values())].flat());
  return el("section", {}, bar, list);
}
const choices = values => [...new Set(values)].sort().map(value => [value, value.replaceAll("/", " ")]);

// The sentence around a span of code points, its span marked.
function sentence(article, row) {
  const points = article.points ??= Array.from(article.text);
  let start = row.start_char, end = row.end_char;
  const stop = at => at < 0 || at >= points.length || "。!?;！？；\n".includes(points[at]);
  while (!stop(start - 1) && row.start_char - start < 40) start--;
  while (!stop(end) && end - row.end_char < 40) end++;
  const text = (low, high) => points.slice(low, high).join("");
  return [stop(start - 1) ? "" : "…", text(start, row.start_char), el("b", {}, text(row.start_char, row.end_char)), text(row.end_char, end), stop(end) ? "" : "…"];
}
const quoted = (article, row) => link(`article/${article.article_id}?at=${row.start_char}`, sentence(article, row), { class: "quote" });

function frame(pages, details) {
  const keys = document.getElementById("keys"), main = document.querySelector("main");
  function show() {
    const [path, given] = (location.hash.slice(1) || Object.keys(pages)[0]).split("?"), [page, id] = path.split("/").map(decodeURIComponent);
    const asked = new URLSearchParams(given);
    main.replaceChildren(id ? details[page]?.(id, asked) ?? soft(t("none")) : (pages[page] ?? Object.values(pages)[0])(asked));
    document.querySelector("nav").replaceChildren(...Object.keys(pages).map(name => link(name, t(name), { "aria-current": name === page || name === `${page}s` ? "page" : undefined })));
    document.getElementById("language").textContent = t("language");
    document.documentElement.lang = locale();
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!asked.get("at")) restore(history.state?.y ?? 0);
  }
  // Back in a list the eye finds what it left: the address remembers how far down the page was.
  function restore(y) {
    for (let more; document.documentElement.scrollHeight < y + innerHeight && (more = main.querySelector(".more:not([hidden])"));) more.click();
    scrollTo(0, y);
  }
  let resting;
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => { clearTimeout(resting); resting = setTimeout(() => history.replaceState({ y: scrollY }, ""), 100); });
  document.getElementById("language").addEventListener("click", () => { language = 1 - language; show(); });
  document.getElementById("help").addEventListener("click", help);
  keys.addEventListener("click", () => keys.close());
  addEventListener("hashchange", () => { clearTimeout(resting); show(); main.focus({ preventScroll: true }); });
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches("input, select")) { event.target.blur(); return; }
    if (event.target.matches("input, select")) return;
    const page = Object.keys(pages)["123456789".indexOf(event.key)];
    const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (event.key === "/") { event.preventDefault(); document.querySelector("input[type=search]")?.focus(); }
    else if (event.key === "?") help();
    else if (event.key === "Escape") document.querySelector(".close")?.click();
    else if (page) location.hash = page;
    else if (turn) document.querySelector(`a[rel=${turn}]`)?.click();
  });
  function help() {
    const line = (key, text) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, text)];
    keys.replaceChildren(el("h2", {}, t("keys")), el("dl", {}, line(`1–${Object.keys(pages).length}`, t("keyPages")), line("/", t("keySearch")), line("← →", t("keyTurn")), line("Tab", t("keyMarks")), line("Esc", t("keyClose"))));
    keys.showModal();
  }
  show();
}

async function unpacked() {
  const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), c => c.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}
