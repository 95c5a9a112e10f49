// Where: the tree of places with the articles that name them, and one place with its sentences, figures and officials.
Object.assign(WORDS, {
  places: ["地点", "Places"], placeKind: ["全部类别", "All kinds"], admin: ["行政区划", "divisions"], site: ["其他地点", "other places"], nowhere: ["未定位", "Without a known unit"], code: ["区划代码", "Code"], below: ["下辖", "Within it"], said: ["原句", "Sentences"], figuresOf: ["有关数字", "Figures said of it"], whoSeen: ["同段出现的干部", "Officials named together with it"],
});

// place → [article, mention row]
const mentioned = memo(() => {
  const found = new Map();
  for (const a of data.articles) for (const row of a.rows.place_mentions ?? []) (found.get(row.place_id) ?? (found.set(row.place_id, []), found.get(row.place_id))).push([a, row]);
  return found;
});
const children = memo(() => {
  const found = new Map();
  for (const place of Object.values(data.places)) (found.get(place.parent_id ?? "") ?? (found.set(place.parent_id ?? "", []), found.get(place.parent_id ?? ""))).push(place);
  return found;
});
const weights = memo(() => {
  const sums = new Map();
  const weigh = id => { if (!sums.has(id)) sums.set(id, (mentioned().get(id)?.length ?? 0) + (children().get(id) ?? []).reduce((sum, child) => sum + weigh(child.place_id), 0)); return sums.get(id); };
  Object.keys(data.places).forEach(weigh);
  return sums;
});
const ordered = list => list.toSorted((x, y) => weights().get(y.place_id) - weights().get(x.place_id) || (x.name < y.name ? -1 : 1));

function places(asked) {
  return filtered("places", [{ name: "q", label: t("search") }, { name: "kind", label: t("placeKind"), choices: ["admin", "site"].map(kind => [kind, t(kind)]) }], asked, ({ q, kind }) => {
    if (!q && !kind) return tree();
    const found = ordered(Object.values(data.places).filter(place => (!kind || place.kind === kind) && (!q || place.name.includes(q) || place.path?.includes(q))));
    return [soft(`${number(found.length)} ${t("of")} ${number(Object.keys(data.places).length)}`), grid([t("places"), t("code"), t("where"), t("times")], found, ["short", "short"], place => [
      link(`place/${place.place_id}`, place.name), place.code ?? "", (place.path ?? "").split("/").slice(0, -1).join(" "), mentioned().get(place.place_id)?.length ?? 0,
    ])];
  });
}

function tree() {
  const roots = children().get("") ?? [], known = roots.filter(place => place.kind === "admin" && place.level === "province"), rest = roots.filter(place => !known.includes(place));
  const box = el("div", { class: "tree" }, ordered(known).map(branch));
  // What lies in the branch that holds more than half of all is open.
  const most = boxes => [...boxes].find(each => each.fill && 2 * weights().get(each.place.place_id) > total("place_mentions"));
  for (let each = most(box.children); each; each = most(each.children)) open(each);
  if (rest.length) {
    const list = el("div");
    box.append(el("details", { ontoggle: () => { if (!list.childElementCount) lazily(list, ordered(rest), place => list.append(leaf(place))); } }, el("summary", {}, `${t("nowhere")} `, el("small", {}, number(rest.length))), list));
  }
  return roots.length ? box : soft(t("none"));
}

// What lies in a unit is drawn when it is opened.
function branch(place) {
  const below = children().get(place.place_id);
  if (!below) return leaf(place);
  const box = el("details", { ontoggle: () => box.open && fill() }, el("summary", {}, label(place)));
  box.place = place;
  const fill = box.fill = () => { if (box.childElementCount === 1) box.append(...ordered(below).map(branch)); };
  return box;
}
const open = box => { box.fill(); box.open = true; };
const leaf = place => el("div", { class: "leaf" }, label(place));
const label = place => el("span", { class: place.kind }, link(`place/${place.place_id}`, place.name), el("small", {}, ` ${number(weights().get(place.place_id))}`));

function place(id) {
  const p = data.places[id];
  if (!p) return null;
  const found = mentioned().get(id) ?? [], people = new Map();
  for (const [a, row] of found) {
    const block = (a.rows.paragraphs ?? []).find(each => inside(row, each));
    if (block) new Set((a.rows.person_mentions ?? []).filter(each => inside(each, block)).map(each => each.person_id)).forEach(each => data.people[each]?.is_official && count(people, each));
  }
  const figures = allFigures().filter(row => row.subject_place_id === id), list = el("ul", { class: "list" });
  return el("section", {}, el("p", { class: "name" }, p.name), soft([ancestors(p), p.code && `${t("code")} ${p.code}`, p.latitude && `${p.latitude}, ${p.longitude}`].filter(Boolean).join(" · ")),
    el("div", { class: "two" }, section(t("whoSeen"), bars(top(people, 10).map(([key, n]) => [`${data.people[key].name} ${latest(key)[0] ?? ""}`, n, `official/${key}`]))),
    children().get(id) ? section(t("below"), bars(ordered(children().get(id)).slice(0, 12).map(each => [each.name, weights().get(each.place_id), `place/${each.place_id}`]))) : ""),
    figures.length ? section(t("figuresOf"), figureRows(figures)) : "",
    section(t("said"), lazily(el("div", {}, list), found, ([a, row]) => list.append(el("li", {}, quoted(a, row), soft([a.published_on ?? t("unknown"), titled(a)].join(" · ")))))));
}
const ancestors = p => (p.path ?? "").split("/").slice(0, -1).join(" ");
