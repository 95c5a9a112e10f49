// Every figure with its sentence: sorted, filtered, summed by unit, or put together by what is counted, place or year.
Object.assign(WORDS, {
  figures: ["数字", "Figures"], surface: ["原文", "As printed"], value: ["数值", "Value"], unit: ["全部单位", "All units"], item: ["所计", "What"], subject: ["主体", "Of what"], sentence: ["原句", "Sentence"], date: ["日期", "Date"], sum: ["合计", "Sum"], mean: ["平均", "Mean"], least: ["最小", "Least"], most: ["最大", "Most"], number: ["个数", "Number"],
  dimension: ["全部量纲", "All kinds"], group: ["逐条", "One by one"], byItem: ["按所计汇总", "by what is counted"], byPlace: ["按属地汇总", "by county"], byYear: ["按年份汇总", "by year"], byUnit: ["按单位汇总", "by unit"], key: ["分组", "Group"], unit1: ["单位", "Unit"],
});
const DIMENSIONS = { money: ["资金", "money"], area: ["面积", "area"], length: ["长度", "length"], mass: ["重量", "mass"], count: ["数目", "count"], ratio: ["比例", "ratio"], duration: ["时长", "duration"], volume: ["体积", "volume"] };
const allFigures = memo(() => data.articles.flatMap(a => (a.rows.figures ?? []).map(row => ({ ...row, a }))));
// how figures are put together: the word for it, a row's group, and what shows the rows of a group
const GROUPS = {
  item: ["byItem", row => row.item, group => ({ q: group })], place: ["byPlace", row => last(county(row.a)), group => ({ q: group })],
  year: ["byYear", row => row.a.published_on?.slice(0, 4)], unit: ["byUnit", row => row.unit, group => ({ unit: group })],
};
const SHOWN = { 元: [1, "元"], m2: [15 / 1e4, "亩"], m: [1e-3, "公里"], kg: [1e-3, "吨"], person: [1, "人"], s: [1 / 86400, "天"] };
let order = { key: "", down: true };

function figures(asked) {
  const units = top(allFigures().reduce((map, row) => (count(map, row.unit), map), new Map()), 200).map(pair => pair[0]);
  const dimensions = top(allFigures().reduce((map, row) => (row.dimension && count(map, row.dimension), map), new Map()), 30).map(([key]) => [key, DIMENSIONS[key]?.[language] ?? key]);
  return filtered("figures", [
    { name: "q", label: t("search") }, { name: "dimension", label: t("dimension"), choices: dimensions }, { name: "unit", label: t("unit"), choices: units }, { name: "county", label: t("county"), choices: choices(data.articles.map(county)) },
    { name: "group", label: t("group"), choices: Object.entries(GROUPS).map(([key, [word]]) => [key, t(word)]) },
  ], asked, ({ q, unit, dimension, county: where, group }) => {
    const found = allFigures().filter(row => (!unit || row.unit === unit) && (!dimension || row.dimension === dimension) && (!where || county(row.a) === where)
      && (!q || [row.item, row.subject, row.surface, row.a.title, data.places[row.subject_place_id]?.path, row.a.locality_path].some(text => text?.includes(q))));
    return [soft(`${number(found.length)} ${t("of")} ${number(allFigures().length)}${found.length < allFigures().length ? ` · ${sums(found)}` : ""}`), group ? grouped(found, ...GROUPS[group]) : figureRows(found)];
  });
}

// Sums of what can be added: the same quantity in one unit; ratios and changes are not.
function sums(rows) {
  const totals = new Map();
  for (const row of rows) if (SHOWN[row.si_unit]) count(totals, row.si_unit, row.si_value);
  return `${t("sum")}: ${top(totals, 6).map(([unit, sum]) => `${compact(sum * SHOWN[unit][0])} ${SHOWN[unit][1]}`).join(" · ") || "–"}`;
}

function figureRows(rows) {
  const box = el("div"), keys = ["surface", "value", "item", "subject", "date"];
  const of = { date: row => row.a.published_on, value: row => row.si_value ?? row.value };
  const draw = () => {
    const get = of[order.key] ?? (row => row[order.key]);
    const sorted = order.key ? rows.toSorted((x, y) => { const a = get(x) ?? "", b = get(y) ?? ""; return (a < b ? -1 : a > b ? 1 : 0) * (order.down ? -1 : 1); }) : rows;
    const head = key => el("button", { "data-sort": order.key === key ? (order.down ? "descending" : "ascending") : undefined, onclick: () => { order = { key, down: order.key === key ? !order.down : true }; draw(); } }, t(key) + (order.key === key ? (order.down ? " ↓" : " ↑") : ""));
    box.replaceChildren(grid([...keys.map(head), t("sentence")], sorted, ["short", "n", "", "", "short", "wide"], row => [
      row.surface, `${number(row.value)}${row.value_max ? `–${number(row.value_max)}` : ""} ${row.unit}`, row.item ?? "", row.subject ?? "", row.a.published_on ?? "", quoted(row.a, row),
    ]));
  };
  draw();
  return box;
}

function grouped(rows, word, key, asks) {
  const groups = new Map();
  for (const row of rows) {
    const name = `${key(row) ?? t("unknown")}\0${row.si_unit ?? row.unit}`;
    (groups.get(name) ?? (groups.set(name, []), groups.get(name))).push(row);
  }
  const lines = [...groups].map(([name, found]) => {
    const [group, unit] = name.split("\0"), [factor, shown] = SHOWN[unit] ?? [1, found[0].si_unit === "1" ? "" : unit];
    const values = found.map(row => (row.si_value ?? row.value) * factor), sum = values.reduce((a, b) => a + b, 0);
    return [asks && group !== t("unknown") ? link(`figures?${query(asks(group))}`, group) : group, found.length, SHOWN[unit] ? compact(sum) : "", compact(sum / values.length), compact(Math.min(...values)), compact(Math.max(...values)), shown];
  }).sort((x, y) => y[1] - x[1]);
  return grid(["key", "number", "sum", "mean", "least", "most", "unit1"].map(t), lines, ["", "n", "n", "n", "n", "n", "short"]);
}
