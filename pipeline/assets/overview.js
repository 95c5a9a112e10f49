// The first page: how much there is, from where and when, who is seen most, what is invested where.
Object.assign(WORDS, {
  overview: ["概览", "Overview"], covered: ["各县各期的文章", "Articles by county and time"], activity: ["文章数量", "Articles over time"], seen: ["报道最多的干部", "Officials most often in the news"],
  visits: ["干部与乡镇（同段出现的文章数）", "Officials and towns (articles that name both in one paragraph)"],
  money: ["各地投资与资金（元）", "Investment and funds by place (yuan)"], land: ["各地面积（亩）", "Area by place (mu)"], rejects: ["拒收的文件", "Rejected files"], tables: ["数据表", "Tables"], file: ["文件", "File"], reason: ["原因", "Reason"],
  once: ["只计条目含“投资”“资金”等字样的数字；同一地点的相同数字只计一次。", "Only figures said of investment, funds and the like; the same figure of a place counts once."], onceLand: ["同一地点的相同数字只计一次。", "The same figure of a place counts once."],
  cArticles: ["篇文章", "articles"], cOfficials: ["名干部", "officials"], cPosts: ["条职务", "posts"], cPlaces: ["个地点", "places"], cDates: ["处时间", "dates"], cFigures: ["个数字", "figures"],
});
const FUNDS = ["投资", "资金", "投入", "拨款", "补助", "贷款", "造价", "补偿", "捐款"];
const county = article => article.locality_path ? article.locality_path.split("/").slice(0, 3).join("/") : t("unknown");
const days = memo(() => data.articles.map(a => a.published_on).filter(Boolean).sort());

function overview() {
  const counties = new Map();
  data.articles.forEach(a => count(counties, county(a)));
  const when = el("span", { class: "whole" }, span(days()));
  const lead = language
    ? [`${number(data.articles.length)} articles of ${number(counties.size)} ${counties.size === 1 ? "county" : "counties"}, `, when, "."]
    : [`${number(data.articles.length)} 篇文章，${number(counties.size)} 个县（市、区、旗），`, when, "。"];
  const officials = Object.values(data.people).filter(person => person.is_official).length;
  const cards = [["cArticles", data.articles.length, "articles"], ["cOfficials", officials, "officials"], ["cPosts", total("posts"), "officials"], ["cPlaces", Object.keys(data.places).length, "places"], ["cDates", total("dates"), "articles"], ["cFigures", total("figures"), "figures"]]
    .map(([key, n, hash]) => link(hash, [el("b", {}, number(n)), t(key)], { class: "card" }));
  const tables = Object.entries(data.counts).map(([name, rows]) => [name, rows, data.docs[name].doc[1 - language]]);
  return el("section", {}, el("p", { class: "lead" }, lead), el("div", { class: "cards" }, cards), el("div", { class: "two" },
    section(t("activity"), columns(overTime(data.articles))), section(t("seen"), bars(mostSeen(12)))),
    section(t("covered"), coverage(counties)), section(t("visits"), visits()), el("div", { class: "two" },
    section(t("money"), bars(byPlace(row => row.si_unit === "元" && FUNDS.some(word => row.item?.includes(word)), 1, "元"), compact), soft(t("once"))),
    section(t("land"), bars(byPlace(row => row.si_unit === "m2", 15 / 1e4, "亩"), compact), soft(t("onceLand")))),
    data.rejects.length ? section(t("rejects"), grid([t("file"), t("reason")], data.rejects)) : "",
    section(t("tables"), grid([t("table"), t("rows"), t("rowIs")], tables, ["short", "n"])));
}
const total = table => data.articles.reduce((sum, a) => sum + (a.rows[table]?.length ?? 0), 0);

// The finest steps that leave at most `most` of them: letters of a date to keep, and all steps from first to last.
function steps(dates, most) {
  if (!dates.length) return { letters: 10, all: [] };
  for (const [letters, unit] of [[10, "Date"], [7, "Month"], [4, "FullYear"]]) {
    const all = [], at = new Date(dates[0].slice(0, letters).padEnd(10, "-01")), end = dates.at(-1).slice(0, letters);
    for (; at.toISOString().slice(0, letters) <= end && all.length <= most; at[`setUTC${unit}`](at[`getUTC${unit}`]() + 1)) all.push(at.toISOString().slice(0, letters));
    if (all.length <= most || letters === 4) return { letters, all };
  }
}
const within = when => when.length === 10 ? { from: when, to: when } : when.length === 7 ? { from: `${when}-01`, to: `${when}-31` } : { from: `${when}-01-01`, to: `${when}-12-31` };

function overTime(articles) {
  const { letters, all } = steps(articles.map(a => a.published_on).filter(Boolean).sort(), 92), counts = new Map();
  articles.forEach(a => a.published_on && count(counts, a.published_on.slice(0, letters)));
  return all.map(when => [when, counts.get(when) ?? 0, `articles?${query(within(when))}`]);
}

function mostSeen(n) {
  return top(new Map([...appearances()].filter(([id]) => data.people[id]?.is_official).map(([id, seen]) => [id, seen.length])), n)
    .map(([id, times]) => [`${data.people[id].name} ${latest(id)[0] ?? ""}`, times, `official/${id}`]);
}

function coverage(counties) {
  const { letters, all } = steps(days(), 24), counts = new Map(), rows = top(counties, 18);
  data.articles.forEach(a => a.published_on && count(counts, `${county(a)} ${a.published_on.slice(0, letters)}`));
  const high = Math.max(1, ...counts.values());
  const box = styled(el("div", { class: "heat" }), { gridTemplateColumns: `max-content repeat(${all.length}, minmax(.55rem, 1fr)) max-content` });
  const every = Math.ceil(all.length / (innerWidth < 800 ? 3 : 8));
  box.append(el("span"), ...all.map((when, n) => el("span", { class: "head" }, n % every ? "" : when.slice(letters === 10 ? 5 : letters === 7 ? 2 : 0))), el("span"));
  for (const [name, n] of rows) {
    box.append(link(`articles?${query({ county: name })}`, last(name), { class: "row", title: name }), ...all.map(when => {
      const hits = counts.get(`${name} ${when}`);
      return hits ? shade(link(`articles?${query({ county: name, ...within(when) })}`, "", { class: "cell", title: `${name} ${when}: ${hits}`, "aria-label": `${name} ${when}: ${hits}` }), hits / high) : el("i");
    }), el("span", { class: "soft" }, number(n)));
  }
  return el("div", { class: "scroll" }, box, counties.size > rows.length ? soft(`+ ${counties.size - rows.length}`) : "");
}

// The officials and towns that are most often named in one paragraph: who was where, as far as the words tell.
function visits() {
  const articles = new Map(), people = new Map(), towns = new Map();
  for (const a of data.articles) {
    const here = new Set();
    for (const block of (a.rows.paragraphs ?? []).filter(each => each.kind === "body")) {
      const ids = (table, key) => [...new Set((a.rows[table] ?? []).filter(row => inside(row, block)).map(row => row[key]))];
      const named = new Set(ids("place_mentions", "place_id").map(town).filter(Boolean));
      for (const id of ids("person_mentions", "person_id")) if (data.people[id]?.is_official) named.forEach(place => here.add(`${id} ${place}`));
    }
    for (const pair of here) [articles, people, towns].forEach((map, n) => count(map, [pair, ...pair.split(" ")][n]));
  }
  if (!articles.size) return soft(t("none"));
  const rows = top(people, 12), heads = top(towns, 10), high = Math.max(...articles.values());
  const box = styled(el("div", { class: "heat" }), { gridTemplateColumns: `max-content repeat(${heads.length}, minmax(4.2rem, 1fr))` });
  box.append(el("span"), ...heads.map(([id]) => link(`place/${id}`, data.places[id].name, { class: "head", title: data.places[id].path })));
  for (const [id] of rows) box.append(link(`official/${id}`, data.people[id].name, { class: "row", title: latest(id).join("、") }), ...heads.map(([place]) => {
    const n = articles.get(`${id} ${place}`), name = `${data.people[id].name} ${data.places[place].name}: ${n}`;
    return n ? shade(link(`articles?${query({ q: data.people[id].name })}`, number(n), { class: "cell", title: name, "aria-label": name }), n / high) : el("i");
  }));
  return el("div", { class: "scroll" }, box);
}
function town(id) {
  let place = data.places[id];
  while (place && place.level !== "township") place = data.places[place.parent_id];
  return place?.place_id;
}
const shade = (node, share) => styled(node, { background: `color-mix(in srgb, #8f2f22 ${25 + 75 * share}%, #efebe2)`, color: share > .3 ? "#fff" : "" });

function byPlace(wanted, factor, unit) {
  const sums = new Map(), known = new Set();
  for (const row of allFigures()) {
    const path = wanted(row) && (data.places[row.subject_place_id]?.path ?? row.a.locality_path);
    const key = path && `${path} ${row.si_value} ${row.item}`;
    if (!path || known.has(key)) continue;
    known.add(key);
    count(sums, path.split("/").slice(0, 4).join("/"), row.si_value * factor);
  }
  return top(sums, 12).map(([path, sum]) => [path.split("/").slice(-2).join(" "), sum, `figures?${query({ q: last(path), dimension: unit === "元" ? "money" : "area" })}`]);
}
