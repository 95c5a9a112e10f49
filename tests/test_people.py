"""People of one article: who is named, with which posts, and what only looks like a name. All persons are invented."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import text_article
from pipeline.extract.found import Found, Resources
from pipeline.extract.people import people
from pipeline.extract.places import places
from pipeline.gazetteer import load
from pipeline.schema import BylineRow, OrganisationMentionRow, OrganisationRow, PersonMentionRow, PostRow, Row


@cache
def resources() -> Resources:
    return Resources(load())


def rows(text: str, locality: str | None = "四川省绵阳市三台县") -> list[Row]:
    tools = resources()
    article = text_article(text, locality=tools.gazetteer.resolve(locality) if locality else None)
    found = Found()
    found.add(list(places(article, found, tools)))
    return list(people(article, found, tools))


def read(text: str, locality: str | None = "四川省绵阳市三台县") -> dict[str, list[str]]:
    """Name → posts, the posts sorted."""
    result: dict[str, list[str]] = {}
    for row in rows(text, locality):
        if isinstance(row, PersonMentionRow):
            result.setdefault(row.surface, [])
        elif isinstance(row, PostRow):
            result.setdefault(row.name, []).append(row.post)
    return {name: sorted(posts) for name, posts in result.items()}


NAMED = [
    ("县委书记何立冬主持会议。", {"何立冬": ["县委书记"]}),
    ("4月3日,县委副书记、县长苟建业到芦溪镇调研春耕。", {"苟建业": ["县委副书记", "县长"]}),
    ("会议由市委常委、组织部部长蒲文海主持。", {"蒲文海": ["市委常委", "市委组织部部长"]}),
    ("市委常委、宣传部长阚丽出席仪式。", {"阚丽": ["市委宣传部长", "市委常委"]}),
    ("县委常委、常务副县长樊永吉,副县长、公安局局长鲜于波参加。", {"樊永吉": ["县委常委", "常务副县长"], "鲜于波": ["副县长", "县公安局局长"]}),
    ("旗委副书记、旗长巴特尔来到嘎查,看望牧民乌云其其格一家。", {"巴特尔": ["旗委副书记", "旗长"], "乌云其其格": []}),
    ("“今年的收成好。”村民阿依古丽·买买提高兴地说。", {"阿依古丽·买买提": []}),
    ("县人大常委会主任扎西顿珠、县政协主席洛桑旦增出席。", {"扎西顿珠": ["县人大常委会主任"], "洛桑旦增": ["县政协主席"]}),
    ("兵团第八师石河子市委书记牟大川,副书记齐放讲话。", {"牟大川": ["兵团第八师石河子市委书记"], "齐放": ["兵团第八师石河子市委副书记"]}),
    ("县领导甘泉、邬小曼、粟永福参加活动。", {"甘泉": ["县领导"], "邬小曼": ["县领导"], "粟永福": ["县领导"]}),
    ("蒋志明、宋雨薇、程大可等县领导陪同调研。", {"蒋志明": ["县领导"], "宋雨薇": ["县领导"], "程大可": ["县领导"]}),
    ("副县长石磊、尤佳参加会议。", {"石磊": ["副县长"], "尤佳": ["副县长"]}),
    ("市人大常委会原主任安国栋率队视察。", {"安国栋": ["市人大常委会原主任"]}),
    ("原县委常委、统战部部长卜小松回忆说。", {"卜小松": ["原县委常委", "县委统战部部长"]}),
    ("时任县长厉行之拍板。", {"厉行之": ["时任县长"]}),
    ("代县长宫敏作政府工作报告。", {"宫敏": ["代县长"]}),
    ("县教育局党组书记、局长皮建国介绍,全县有小学42所。", {"皮建国": ["县教育局党组书记", "县教育局局长"]}),
    ("县卫生健康局党组成员、副局长权英表示。", {"权英": ["县卫生健康局党组成员", "县卫生健康局副局长"]}),
    ("县纪委书记、监委主任麻小龙通报了情况。", {"麻小龙": ["县纪委书记", "县监委主任"]}),
    ("县委常委、纪委书记、监委主任麻小龙出席。", {"麻小龙": ["县委常委", "县监委主任", "县纪委书记"]}),
    ("县委常委、人武部政委雷震出席。", {"雷震": ["县人武部政委", "县委常委"]}),
    ("县法院党组书记、院长易平宣读判决。", {"易平": ["县法院党组书记", "县法院院长"]}),
    ("潼川镇党委书记万红梅说,要抓紧抢收。", {"万红梅": ["潼川镇党委书记"]}),
    ("潼川镇党委副书记、镇长史文彬陪同。", {"史文彬": ["潼川镇党委副书记", "镇长"]}),
    ("村党支部书记、村委会主任卓玛介绍,全村有68户。", {"卓玛": ["村党支部书记", "村委会主任"]}),
    ("据村支书毛春生介绍,去年全村栽了三百亩李子。", {"毛春生": ["村支书"]}),
    ("网格员梅小兰上门走访。", {"梅小兰": ["网格员"]}),
    ("县第一中学校长柴静宜致辞。", {"柴静宜": ["县第一中学校长"]}),
    ("县人民医院内科主任医师阮清为老人看诊。", {"阮清": ["县人民医院内科主任医师"]}),
    ("县公安局潼川派出所民警岳鹏接到报警。", {"岳鹏": ["县公安局潼川派出所民警"]}),
    ("习近平总书记强调,要抓好粮食生产。", {"习近平": ["总书记"]}),
    ("会议传达了省委王晓晖书记讲话精神。", {"王晓晖": ["省委书记"]}),
    ("县委书记杜若飞指出,要压实责任。杜若飞要求,各部门要加强配合。", {"杜若飞": ["县委书记"]}),
    ("县人大常委会主任樊梅,副主任商国庆、郝大勇出席。", {"樊梅": ["县人大常委会主任"], "商国庆": ["县人大常委会副主任"], "郝大勇": ["县人大常委会副主任"]}),
    ("县政协党组副书记、副主席练小华讲话。", {"练小华": ["县政协党组副书记", "县政协副主席"]}),
    ("市委书记温如玉会见了客商一行。", {"温如玉": ["市委书记"]}),
    ("种植大户尹德贵正在地里忙着。", {"尹德贵": []}),
    ("贫困户蒲桂花今年62岁,一个人住。", {"蒲桂花": []}),
    ("看着满园的柑橘,柯大壮乐得合不拢嘴。", {"柯大壮": []}),
    ("家住河边的甄玉兰说,路修好了。", {"甄玉兰": []}),
    ("赖春燕,女,45岁,三台县人。", {"赖春燕": []}),
    ("图为志愿者童小满(右一)在教老人用手机。", {"童小满": []}),
    ("居民邹小平、欧阳慧都说方便。", {"邹小平": [], "欧阳慧": []}),
    ("公司总经理谌建军介绍了生产情况。", {"谌建军": ["公司总经理"]}),
    ("绵阳富乐电子有限公司董事长裴东升告诉大家。", {"裴东升": ["绵阳富乐电子有限公司董事长"]}),
    ("该县县委书记贡布扎西表示。", {"贡布扎西": ["县委书记"]}),
    ("任命谭小军为县财政局局长。", {"谭小军": ["县财政局局长"]}),
    ("谭小军任县财政局局长。", {"谭小军": ["县财政局局长"]}),
    ("免去骆晓东的县水利局局长职务。", {"骆晓东": ["县水利局局长"]}),
    ("谢大海,塔山镇党委书记,今年获评先进。", {"谢大海": ["塔山镇党委书记"]}),
    ("市发展和改革委员会主任晏青到会。", {"晏青": ["市发展和改革委员会主任"]}),
    ("县自然资源和规划局局长农志高到会。", {"农志高": ["县自然资源和规划局局长"]}),
    ("团县委书记祝小微到会。", {"祝小微": ["团县委书记"]}),
    ("县妇联主席 姬 芳到会。", {}),
    ("自治区党委副书记、自治区主席买买提江·吾布力作报告。", {"买买提江·吾布力": ["自治区主席", "自治区党委副书记"]}),
    ("州委书记沙马拉毅在会上说。", {"沙马拉毅": ["州委书记"]}),
    ("县长欧阳震和县政协主席司马兰一同揭牌。", {"欧阳震": ["县长"], "司马兰": ["县政协主席"]}),
    ("镇长常青与村民们算了一笔账。", {"常青": ["镇长"]}),
    ("副市长向志明到会祝贺。", {"向志明": ["副市长"]}),
    ("区委书记连志胜向全区干部群众拜年。", {"连志胜": ["区委书记"]}),
    ("副区长和晓东在现场指挥。", {"和晓东": ["副区长"]}),
    ("县委书记于洋和县长高岭一道检查。", {"于洋": ["县委书记"], "高岭": ["县长"]}),
    ("县政府党组成员、副县长兼公安局局长华明致辞。", {"华明": ["副县长", "县公安局局长", "县政府党组成员"]}),
]  # fmt: skip

NAMED += [
    ("魏子涵,女,1985年3月生,现任遂平县教育局副局长,拟任县妇联主席。", {"魏子涵": ["遂平县教育局副局长", "县妇联主席"]}),
    ("嘎查党支部书记、嘎查长敖特根巴雅尔介绍,嘎查储备饲草3200吨。", {"敖特根巴雅尔": ["嘎查党支部书记", "嘎查长"]}),
    ("会议决定,接受辛立民辞去县监察委员会主任职务的请求。", {"辛立民": ["县监察委员会主任"]}),
    ("广州市对口支援新疆工作前方指挥部副总指挥林伟雄通报情况。", {"林伟雄": ["广州市对口支援新疆工作前方指挥部副总指挥"]}),
    ("村民图尔荪江·阿卜杜热合曼和妻子帕提古丽·艾买提在园里忙。", {"图尔荪江·阿卜杜热合曼": [], "帕提古丽·艾买提": []}),
    ("东坑法庭庭长贺世荣、法官助理白雪多次上门。", {"贺世荣": ["东坑法庭庭长"], "白雪": ["东坑法庭法官助理"]}),
    ("单位负责人张远航、彭大伟等参加会议。", {"张远航": ["单位负责人"], "彭大伟": ["单位负责人"]}),
    ("走访慰问困难群众尤桂兰、葛长胜、毕永发。", {"尤桂兰": [], "葛长胜": [], "毕永发": []}),
]  # fmt: skip

# What a post leans on when its own words name no organisation; what a name is told by besides.
NAMED += [
    ("公司由绵阳富乐电子有限公司出资。公司总经理谌建军介绍了生产情况。", {"谌建军": ["绵阳富乐电子有限公司总经理"]}),
    ("记者来到芦溪镇中心小学。校长柴静宜正在备课。", {"柴静宜": ["芦溪镇中心小学校长"]}),
    ("在涪江中学,他叮嘱校长柴静宜加强值班。刘营镇初级中学也在整修。", {"柴静宜": ["涪江中学校长"]}),
    ("三台县人民法院凯江人民法庭受理了此案。该庭庭长易平说,案子不大。", {"易平": ["三台县人民法院凯江人民法庭庭长"]}),
    ("镇党委副书记、政法委员卢小满到场。", {"卢小满": ["镇党委副书记", "镇党委政法委员"]}),
    ("副区长、公安涪城分局局长郝大勇主持。", {"郝大勇": ["副区长", "公安涪城分局局长"]}),
    ("市政协副主席、民建绵阳市委主委练小华出席。", {"练小华": ["市政协副主席", "民建绵阳市委主委"]}),
    ("县委常委、时任芦溪镇党委书记的莫远航回忆。", {"莫远航": ["县委常委", "时任芦溪镇党委书记"]}),
    ("县委常委、涪江数字产业集聚区管委会主任莫远航出席。", {"莫远航": ["县委常委", "涪江数字产业集聚区管委会主任"]}),
    ("任命祁才让多杰为县水利局局长。", {"祁才让多杰": ["县水利局局长"]}),
    ("任命谭小军为县民政局局长、樊梅为县财政局副局长。", {"谭小军": ["县民政局局长"], "樊梅": ["县财政局副局长"]}),
    ("县人大常委会接受练小华因工作变动辞去县人民法院副院长职务的请求。", {"练小华": ["县人民法院副院长"]}),
    ("传达学习习近平总书记重要讲话精神。", {"习近平": ["总书记"]}),
    ("县委书记苟大举12日到现场查看。", {"苟大举": ["县委书记"]}),
    ("58岁的桑农柯阿满正在采叶。", {"柯阿满": []}),
    ("芦溪镇卫生院护士、35岁的尹秀梅背着药箱进村。", {"尹秀梅": ["芦溪镇卫生院护士"]}),
    ("尹秀梅今年35岁。她是芦溪镇卫生院护士长,上门随访十多年。", {"尹秀梅": ["芦溪镇卫生院护士长"]}),
    ("工程师于大河退休后回村。他的儿子在芦溪镇当医生。", {"于大河": ["工程师"]}),
    ("法国游客让·夏尔·埃尔博和向导昂旺扎西合影。", {"让·夏尔·埃尔博": [], "昂旺扎西": []}),
    ("退休干部鲁大海、退休教师石小芹上台领奖。", {"鲁大海": [], "石小芹": []}),
]  # fmt: skip

NOT_NAMED = [
    "清溪湖国家湿地公园、何家沟村、向阳山隧道都在整修。",
    "图为母亲(左一)和女儿(右二)在包粽子。",
    "鲁家湖、杨湖、黄坝三大蓄洪区先后启用。",
    "先后走访了唐家河、罗家坝、马鞍山等地。",
    "“于书记,您来啦!”老乡们围了上来。",
    "小张、小王忙着搬运物资,何师傅在修车。",
    "今年以来,全县上下齐心协力,安全生产形势平稳。",
    "高标准农田建设项目进展顺利,石榴、黄桃、金银花长势良好。",
    "许多群众前来咨询,方便面、矿泉水堆满了货架。",
    "县委书记和县长一同到会。",
    "书记向群众介绍政策,主任任职三年。",
    "王大妈逢人就夸网格员,李先生和张女士也点头。",
    "陈某、周某某因涉嫌诈骗被抓获。",
    "江苏、安徽、江西、云南等地客商前来采购。",
    "高山、白云、黄坝三乡镇受灾。",
    "文化、教育、金融、石油等行业发展迅速。",
    "水利部门负责人说,雷电多发季节要注意。",
    "于是大家都来了,何时动工还要等通知。",
    "马铃薯、毛竹、梅花、柳树、桃树种满山坡。",
    "张家村、李家沟、王庄三个村连片开发。",
    "全力以赴,时任、连日来、曾经都不是名字。",
    "老王和小李是邻居。",
    "解放路、和平街、建设大道已通车。",
    "任何单位不得擅自施工,应急演练有序进行。",
    "“江泰红”“金满园”两个品牌远销外地。",
    "贺词、汤圆、熊猫、孔雀、龙舟样样都有。",
    "易地搬迁安置点配套齐全,路灯、车位、花园一应俱全。",
    "成立工作专班,明确责任分工,强化跟踪问效。",
    "满怀信心向着目标前进,温暖的阳光照在身上。",
    "常态化开展巡查,严格落实制度,严厉打击违法行为。",
    "他的儿子和女儿都在外地打工。",
    "工程另投资两千万元,计划年底完工。",
    "郑州、杭州、广州、徐州的游客占了一半。",
    "局里派人查看,部里发了通知。",
    "施工方说,管道已经铺好,水压稳定。",
    "秦巴山区、沂蒙山区、武陵山区都有分布。",
]


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[text[:14] for text, _ in NAMED])
def test_who_is_named_with_which_posts(text: str, expected: dict[str, list[str]]) -> None:
    assert read(text) == {name: sorted(posts) for name, posts in expected.items()}


@pytest.mark.parametrize("text", NOT_NAMED)
def test_what_only_looks_like_a_name(text: str) -> None:
    assert read(text) == {}


def test_credited_names_are_no_people() -> None:
    tools = resources()
    text = "本报讯 记者方圆圆 通讯员郑小满 县委书记何立冬到会。"
    article = text_article(text)
    found = Found()
    found.add([BylineRow(article.article_id, 0, "记者", "方圆圆", 6, 9)])
    named = {row.surface for row in people(article, found, tools) if isinstance(row, PersonMentionRow)}
    assert named == {"何立冬"}


def test_public_posts() -> None:
    text = "县委书记何立冬、绵阳富乐电子有限公司董事长裴东升、村党支部书记毛春生出席。"
    public = {row.name: row.is_public for row in rows(text) if isinstance(row, PostRow)}
    assert public == {"何立冬": True, "裴东升": False, "毛春生": True}


def test_level_and_jurisdiction() -> None:
    text = "省委常委、市委书记蒲文海,县委书记何立冬,潼川镇党委书记万红梅出席。"
    posts = {row.post: (row.level, row.jurisdiction_code) for row in rows(text) if isinstance(row, PostRow)}
    assert posts["省委常委"] == ("province", "510000")
    assert posts["市委书记"] == ("prefecture", "510700")
    assert posts["县委书记"] == ("county", "510722")
    assert posts["潼川镇党委书记"][0] == "township"


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [("副市长林远舟到我县调研。", "prefecture", "510700"), ("代县长林远舟到会。", "county", "510722"), ("原常务副省长林远舟来访。", "province", "510000")],
)  # fmt: skip
def test_a_deputy_stands_where_the_chief_does(text: str, level: str, code: str) -> None:
    assert [(r.level, r.jurisdiction_code) for r in rows(text) if isinstance(r, PostRow)] == [(level, code)]


def test_organisations_long_and_short_are_one() -> None:
    text = "三台县人民法院院长易平出席。县法院院长易平讲话。"
    found = [row for row in rows(text) if isinstance(row, OrganisationRow)]
    assert len({row.organisation_id for row in found}) == 1
    assert {row.kind for row in found} == {"judicial"}
    mentions = [row for row in rows(text) if isinstance(row, OrganisationMentionRow)]
    assert {m.surface for m in mentions} == {"三台县人民法院", "县法院"}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="王李张县委书记、,。和副主任说“”()·等区领导\n 123任原该的", max_size=80))
def test_any_text_gives_rows_that_hold(text: str) -> None:
    for row in rows(text, None):
        if isinstance(row, (PersonMentionRow, OrganisationMentionRow)):
            assert text[row.start_char : row.end_char] == row.surface
        if isinstance(row, PostRow):
            assert 0 <= row.start_char < row.end_char <= len(text)
