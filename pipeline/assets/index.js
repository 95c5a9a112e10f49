// A report of many pages: what each holds.
Object.assign(WORDS, { pages: ["各页", "Pages"], period: ["时间", "Period"], articles: ["文章", "Articles"], apart: ["文章按日期分页；一页中的人物、地点和数字只涉及该页的文章。", "Articles are parted by date; the people, places and figures of a page are those of its articles."] });
function pages() {
  return el("section", {}, el("p", { class: "lead" }, t("apart")), grid([t("period"), t("articles")], data.pages.map(page => [el("a", { href: page.href }, page.from ? span([page.from, page.to]) : t("unknown")), page.articles]), ["", "n"]));
}
unpacked().then(found => {
  data = found;
  frame({ pages }, {});
});
