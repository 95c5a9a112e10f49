// What changed from one output to another: each row in its sentence, filtered by table and kind.
Object.assign(WORDS, {
  changes: ["变化", "Changes"], kindOf: ["全部变化", "All changes"], tableOf: ["全部数据表", "All tables"], added: ["新增", "added"], removed: ["消失", "removed"], changed: ["改变", "changed"], same: ["两份输出的数据行完全相同。", "The outputs hold the same rows."],
});
const SIGNS = { added: "+", removed: "−", changed: "~" };
const SAID = ["article_id", "start_char", "end_char", "surface"];  // of a whole row, what the words above say

function changes(asked) {
  if (!data.changes.length) return soft(t("same"));
  const counts = new Map();
  for (const each of data.changes) count(counts, `${each.table} ${each.kind}`);
  const tables = [...new Set(data.changes.map(each => each.table))];
  return filtered("changes", [
    { name: "q", label: t("search") }, { name: "table", label: t("tableOf"), choices: tables }, { name: "kind", label: t("kindOf"), choices: Object.keys(SIGNS).map(kind => [kind, t(kind)]) },
  ], asked, ({ q, table, kind }) => {
    const found = data.changes.filter(each => (!table || each.table === table) && (!kind || each.kind === kind) && (!q || JSON.stringify(each).includes(q)));
    const list = el("div");
    return [soft(`${data.a} → ${data.b} · ${number(found.length)} ${t("of")} ${number(data.changes.length)}`),
      bars(top(counts, 30).map(([name, n]) => [`${name.split(" ")[0]} ${t(name.split(" ")[1])}`, n, `changes?${query({ table: name.split(" ")[0], kind: name.split(" ")[1] })}`])),
      lazily(el("div", {}, list), found, each => list.append(change(each)))];
  });
}

function change(each) {
  const shown = ([name]) => each.kind === "changed" || !SAID.includes(name) && !name.endsWith("_id") && (name !== "name" || each.context);
  const values = Object.entries(each.values).filter(shown).map(([name, [old, now]]) =>
    el("span", { class: "chip" }, `${name} `, old === null ? "" : el("del", {}, String(old)), old === null || now === null ? "" : " ", now === null ? "" : el("ins", {}, String(now))));
  const [before, words, after] = each.context ?? ["", each.values.name?.find(value => value !== null) ?? each.key.join(" "), ""];
  return el("div", { class: "change" }, el("span", { class: each.kind }, `${SIGNS[each.kind]} ${each.table} `), each.title ? el("small", {}, each.title) : "", el("p", {}, before, el("mark", { class: each.table }, words), after), values);
}

unpacked().then(found => {
  data = found;
  frame({ changes }, {});
});
