// Who holds which post: the list, and one person with posts over time, where and with whom.
Object.assign(WORDS, {
  officials: ["干部", "Officials"], name: ["姓名", "Name"], posts: ["职务", "Posts"], times: ["文章数", "Articles"], when: ["时间", "When"], where: ["属地", "County"], who: ["只看干部", "Officials only"], everyone: ["全部人物", "Everybody"], level: ["全部层级", "All levels"],
  overtime: ["职务与时间", "Posts over time"], together: ["同段出现的人", "Named together with"], whereSeen: ["同段出现的地点", "Places named together with"], inNews: ["报道", "In the news"], official: ["担任公职", "holds a public post"], private: ["无公职记录", "no public post known"],
});
const LEVELS = { national: ["国家", "national"], province: ["省级", "province"], prefecture: ["地级", "prefecture"], county: ["县级", "county"], township: ["乡级", "township"], village: ["村级", "village"], grid: ["网格", "grid"] };

// person → appearances by date: the article, the rows of the person's name and posts in it
const appearances = memo(() => {
  const seen = new Map();
  for (const a of data.articles) {
    const here = new Map(), of = id => here.get(id) ?? (here.set(id, { a, mentions: [], posts: [] }), here.get(id));
    for (const row of a.rows.person_mentions ?? []) of(row.person_id).mentions.push(row);
    for (const row of a.rows.posts ?? []) of(row.person_id).posts.push(row);
    for (const [id, each] of here) (seen.get(id) ?? (seen.set(id, []), seen.get(id))).push(each);
  }
  return seen;
});
// A person's posts in the last article that says more than 县领导.
const latest = id => {
  const seen = (appearances().get(id) ?? []).filter(each => each.posts.length);
  return [...new Set((seen.findLast(each => each.posts.some(row => row.title !== "领导")) ?? seen.at(-1))?.posts.map(row => row.post) ?? [])];
};

const everyone = memo(() => [...appearances()].filter(([id]) => data.people[id]).map(([id, seen]) => {
  const posts = seen.flatMap(each => each.posts), levels = posts.map(row => Object.keys(LEVELS).indexOf(row.level)).filter(n => n >= 0);
  return { id, ...data.people[id], seen, posts: [...new Set(posts.map(row => row.post))], level: levels.length ? Object.keys(LEVELS)[Math.min(...levels)] : undefined, counties: [...new Set(seen.map(each => county(each.a)))], days: seen.map(each => each.a.published_on).filter(Boolean).sort() };
}).sort((x, y) => y.seen.length - x.seen.length || (x.name < y.name ? -1 : 1)));

function officials(asked) {
  return filtered("officials", [
    { name: "q", label: t("search") }, { name: "county", label: t("county"), choices: choices(data.articles.map(county)) },
    { name: "level", label: t("level"), choices: Object.entries(LEVELS).map(([key, names]) => [key, names[language]]) }, { name: "all", label: t("who"), choices: [["1", t("everyone")]] },
  ], asked, ({ q, county: where, level: wanted, all }) => {
    const found = everyone().filter(p => (all || p.is_official) && (!wanted || p.level === wanted) && (!where || p.counties.includes(where)) && (!q || p.name.includes(q) || p.posts.some(post => post.includes(q))));
    return [soft(`${number(found.length)} ${t("of")} ${number(everyone().length)}`), grid([t("name"), t("posts"), t("where"), t("times"), t("when")], found, ["short", "wide", "short", "n", "short"], p => [
      link(`official/${p.id}`, p.name), latest(p.id).slice(0, 3).join("、"), p.counties.slice(0, 2).map(last).join("、"), p.seen.length, span(p.days),
    ])];
  });
}

function official(id) {
  const p = everyone().find(each => each.id === id);
  if (!p) return null;
  const places = new Map(), others = new Map();
  for (const { a, mentions } of p.seen) {
    const blocks = (a.rows.paragraphs ?? []).filter(block => mentions.some(row => inside(row, block)));
    const here = (table, key) => new Set((a.rows[table] ?? []).filter(row => blocks.some(block => inside(row, block))).map(row => row[key]));
    here("place_mentions", "place_id").forEach(each => count(places, each));
    here("person_mentions", "person_id").forEach(each => each !== id && count(others, each));
  }
  const list = el("ul", { class: "list" });
  const news = lazily(el("div", {}, list), p.seen.toReversed(), ({ a, mentions, posts }) => list.append(el("li", {}, link(`article/${a.article_id}`, titled(a), { class: "title" }),
    soft([a.published_on ?? t("unknown"), a.locality_path && last(a.locality_path), [...new Set(posts.map(row => row.post))].join("、")].filter(Boolean).join(" · ")), mentions[0] ? el("p", {}, quoted(a, mentions[0])) : "")));
  return el("section", {}, el("p", { class: "name" }, p.name), el("p", {}, latest(id).map(post => el("span", { class: "chip" }, post))),
    soft([t(p.is_official ? "official" : "private"), `${t("times")} ${p.seen.length}`, span(p.days)].join(" · ")),
    p.posts.length ? section(t("overtime"), track(p)) : "", el("div", { class: "two" },
    section(t("whereSeen"), bars(top(places, 10).map(([key, n]) => [data.places[key]?.name ?? key, n, `place/${key}`]))),
    section(t("together"), bars(top(others, 10).map(([key, n]) => [`${data.people[key]?.name ?? key} ${latest(key)[0] ?? ""}`, n, `official/${key}`])))),
    section(t("inNews"), news));
}
const inside = (row, block) => row.start_char >= block.start_char && row.end_char <= block.end_char;

// One line a post: a dot a dated article that gives it.
function track(p) {
  const at = day => p.days.length > 1 && p.days[0] !== p.days.at(-1) ? 2 + 96 * (new Date(day) - new Date(p.days[0])) / (new Date(p.days.at(-1)) - new Date(p.days[0])) : 50;
  const lines = p.posts.map(post => {
    const seen = p.seen.filter(each => each.a.published_on && each.posts.some(row => row.post === post));
    const ends = seen.map(each => at(each.a.published_on));
    const bar = styled(el("i"), { left: `${Math.min(...ends)}%`, width: `${Math.max(...ends) - Math.min(...ends)}%` });
    return [el("span", {}, post), el("div", {}, ends.length ? bar : "", seen.map((each, n) => styled(link(`article/${each.a.article_id}`, "", { title: `${each.a.published_on} ${titled(each.a)}`, "aria-label": each.a.published_on }), { left: `${ends[n]}%` })))];
  });
  return el("div", {}, el("div", { class: "track" }, lines), p.days.length ? el("div", { class: "ends soft" }, el("span"), el("span", {}, span(p.days))) : "");
}
