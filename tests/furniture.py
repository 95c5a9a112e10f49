"""What papers, web sites, databases and stations print around their articles, in words of our own.

A phrase is filled in by `tests.layouts`: {paper}, {day}, {clock}, {name}, {other} (another name), {place}, {section},
{number}, {title} (a headline of another article).
"""

from __future__ import annotations

from dataclasses import dataclass

PAPERS = (
    "青川湖日报",
    "竹海视窗",
    "石门关周刊",
    "大河口报",
    "云岭新报",
    "今日白沙",
    "草原之声",
    "榆林渡报",
    "苍山晨刊",
)
PLACES = ("青川湖", "竹海", "石门关", "大河口", "云岭", "白沙", "榆林渡", "苍山")
SECTIONS = (
    "要闻",
    "综合新闻",
    "综合",
    "民生",
    "社会",
    "经济",
    "民生 · 社会",
    "文化旅游",
    "基层",
    "时政",
    "县域",
    "副刊",
)
RUBRICS = ("要闻", "文化·旅游", "经济", "民生", "身边事", "一线", "党建", "三农")
MOTTOS = ("竹海风·潮", "水乡晨韵", "云岭人家", "新石门", "山里红", "我们的白沙", "大河之畔")
STAFF = ("责任编辑", "编辑", "责编", "本版编辑", "版式", "校对", "美编", "主编")
NAMES = ("柳小楠", "詹天朗", "吴可为", "甘露棠", "陆小满", "马黑尔呷", "程 度", "欧阳一木", "巴特尔", "项远")
WEEK = "一二三四五六日"
CAPTIONS = (
    "图为白马乡中心小学学生在雪地里上体育课。{name} 摄",  # behind a headline: alone it belongs to the article before it
    "▲{day}，高桥镇柳林村村民在采摘秋茶。该村今年新增茶园320亩。（{name} 摄）",
    "{day}，青龙街道组织志愿者清理河道垃圾，当天共清运12车。本报记者 {name} 摄",
    "▼花石镇板栗喜获丰收，一辆辆货车从大坪村开往外地。全镇今年产板栗2600吨。（记者 {name} 摄影报道）",
    "近日，松坪乡干部在田间给玉米测产。 （{name} 摄）",
    "▲{day}，石桥村的晒谷场上一片金黄，村民们趁着晴天翻晒新谷。",
)
PICTURES = (
    "图片新闻",
    "图片新闻",
    "图片新闻",
    "山乡秋色",
    "晒谷场上",
    "采茶时节",
    "雪地里的体育课",
    "志愿者在行动",
    "测产",
    "板栗熟了",
    "农家院里瓜果香",
)
NOTICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("停水通知", ("因管道检修，定于{day}22时至次日6时对解放路以东区域停水，请用户提前储水。", "县自来水公司")),
    ("遗失声明", ("柏树乡村民不慎将残疾证遗失，声明作废。",)),
    ("公 告", ("根据上级防火令，即日起至5月31日为高火险期，期间严禁一切野外用火。举报电话：12119。",)),
    (
        "读者来信",
        ("编辑同志：", "我们小区门口的路灯坏了半个多月，老人晚上出门很不方便，盼望有关部门早点来修。", "读者 周敏"),
    ),
    (
        "门前的井盖谁来管",
        (
            "尊敬的编辑：",
            "学校门口的井盖松动已久，车子一过咣当作响。请问该找哪个部门？",
            "一位家长",
            "编者附记：县住建局已派人更换井盖。",
        ),
    ),
    ("节约用水 人人有责", ("水是生命之源。请随手关紧水龙头，让每一滴水都用在该用的地方。",)),
)
# What an editor sets behind an article, and is part of it.
NOTES = (
    ("编后", "办实事要从群众最急的地方办起。愿这样的好做法越来越多。"),
    ("编后：路修到了家门口，心也就贴近了一步。",),
    ("编者附记：截至记者发稿时，有关部门已派人到现场处理。",),
    ("【相关链接】", "该工程于前年3月动工，总投资1800万元，是全县十大民生工程之一。"),
    ("■编后语", "一件小事，看出一个单位的作风。", "把小事办好，才能把大事办成。"),
    ("◎记者手记", "采访结束时天已黑了，村口的路灯亮了起来。"),
    ("链接：", "全县现有农家书屋210个，藏书31万册。"),
    ("【编者按】 即日起，本报推出一组来自乡村的报道，敬请关注。",),
)
SUBHEADS = (
    "小产业 大民生",
    "从“要我干”到“我要干”",
    "一条路 走出新天地",
    "党员带头先行先试",
    "■ 延长产业链条",
    "【念好“水”字经】",
    "A 村里有了带头人",
    "变化看得见",
)
LEADS = ("青川讯", "青川新闻网讯", "本报青川讯", "本报讯 ", "本网讯", "本台消息 ", "竹海融媒讯 ")
BRIEFS = ("简讯", "一句话新闻", "要闻简报")
ITEMS = (
    "县图书馆新购图书3200册，即日起向市民开放借阅。",
    "上河乡投资46万元修复灌溉渠道5.2公里。",
    "县人民医院专家到深山区义诊，接诊群众180余人次。",
    "全县中小学举行应急疏散演练，1.3万名师生参加。",
)
MASTHEADS = (
    ("{paper}", "{printed} {week}  {staff}：{name}", "第{page}版 {section}"),
    ("{printed}  {week}", "{page}版 {section}    {staff}：{name}  校对：{other}"),
    ("{paper}", "总第{number}期  {printed}  农历三月初六", "{staff}：{name}"),
    ("第{page}版  {section}    {printed}    {staff}：{name}",),
    ("{paper} {printed} {week} 第0{page}版 {section}",),
    ("0{page}", "{section}", "{printed}"),
    (
        "{spaced}",
        "YUNLING BAO",
        "中共{place}县委机关报　{place}报社出版",
        "{printed}　{week}　农历乙酉年七月廿二",
        "今日四版",
    ),
    ("{page}", "{section}", "{printed} {week}", "编辑：{name} 版式：{other}"),
    ("{motto}", "{page}版 {section}    {printed}    {staff}：{name}"),
    ("{motto}", "{printed} {week}", "新闻热线：0570-{number}"),
    ("{paper}", "投稿邮箱：xinwen@example.com", "电话：{number}123", "{printed}"),
    ("新闻热线：{number}000  广告热线：{number}111", "{printed} {week}"),
)
PAGE_LINES = (
    ("第{page}版 {section}",),
    ("- {page} -",),
    ("0{page}", "{section}", "ZONGHE"),
    ("A{page} {section}",),
    ("第{chinese}版 {section}", "责任编辑：{name}"),
    ("0{page}",),
    ("第{page}版 {section}", "责任编辑：{name} 电子信箱：abc@example.com"),
    ("{page}", "{section}", "编辑：{name} 版式：{other}"),
    ("新闻热线：0570-{number}",),
    ("电子信箱：abc@example.com", "第{page}版"),
)
DIGEST = (("导读", "■ {title}（{page}版）"), ("今日导读", "▶{title} [0{page}版]"), ("导 读", "{title}（A{page}版）"))
COLOPHON = (
    "本报地址：解放路18号  邮编：310000  电话：0570-1234567",
    "国内统一刊号：CN33-0000  邮发代号：31-99  印刷：县印刷厂",
)


@dataclass(frozen=True, slots=True)
class Dress:
    """Lines above an article, below its headline and at its foot, in several wordings, and what stands before its parts.

    A line is layout unless it begins with the name of its label and a bar.
    """

    above: tuple[tuple[str, ...], ...] = ((),)
    kicker: str = ""  # before the first of two lines of a headline
    title: str = ""
    below: tuple[tuple[str, ...], ...] = ((),)
    first: str = ""
    others: tuple[str, ...] = ("",)
    foot: tuple[tuple[str, ...], ...] = ((),)


DRESSES = {
    "database": Dress(
        above=(("来源：{paper}  日期：{day}  版次：第{page}版",), ("来源：{paper}", "日期：{day}")),
        title="标题：",
        below=(("正文：",),),
    ),
    "founder": Dress(
        above=(
            ("====================", "报纸名称：{paper}", "日期：{day}", "版次：第0{page}版：{section}", "引题："),
            ("--------------------", "【报纸】{paper}", "【日期】{day}", "【版次】{page}"),
        ),
        kicker="引题：",
        title="标题：",
        below=(("副题：", "credit|作者：{name}", "正文："), ("副题：", "作者：", "正文："), ("作者：", "内容：")),
    ),
    "records": Dress(
        above=(("SrcDatabase-来源库: 报纸",), ("DataType: 1",), ("{{Reference Type}}: Newspaper Article",)),
        title="Title-题名: ",
        below=(
            (
                "field credit|Author-作者: {name};",
                "Organ-单位: {place}县融媒体中心;",
                "Source-报纸: {paper}",
                "PubTime-发表时间: {day}",
            ),
            ("Source-文献来源: {paper}", "Keyword-关键词: 乡村;治理", "PubTime-发表时间: {day}", "Page-版次: 0{page}"),
            ("Author-作者: ", "Source-报纸: {paper}", "Summary-摘要: "),
        ),
    ),
    "web site": Dress(
        above=(
            ("您现在的位置：首页 > 新闻中心 > {section}",),
            ("首页 >> 政务动态 >> {section}",),
            ("{place}政务网", "首页　政务公开　{section}"),
            ("{motto}", "当前位置：首页 > {section}"),
            ("当前位置: 首页 > 要闻动态 > 正文",),
            (),
        ),
        below=(
            ("来源：{paper}    发布时间：{day} {clock}    浏览次数：{number}",),
            ("发布日期：{day}　信息来源：{place}县教育局　点击数：{number}",),
            ("{day} {clock}　来源：{paper}　作者：{name}　字号：[大 中 小]",),
            ("时间：{day}　浏览：{number}次　【字体：大 中 小】",),
            ("{paper}　{day} {clock}", "分享到："),
        ),
        foot=(
            ("责任编辑：{name}", "【打印】【关闭】", "上一篇：{title}", "下一篇：{title}"),
            ("signature|（{name}）", "编辑：{name}", "打印本页 关闭窗口"),
            ("上一条：{title}", "下一条：没有了", "分享到： 微信 微博"),
            ("责编：{name}", "版权所有：{place}县人民政府 主办：县政府办公室", "湘ICP备{number}0号"),
            ("【打印本页】 【关闭窗口】", "相关新闻", "扫一扫在手机打开当前页"),
            (),
        ),
    ),
    "copied": Dress(
        above=((), ("{paper}",), ("{place}新闻网 > 本网原创",)),
        below=(
            ("原创 {name} {place}融媒 {day} {clock} 发表于浙江", "点击蓝字 关注我们"),
            ("{place}发布 {day}", "点击上方“{place}发布”关注我们"),
            ("{day} {clock}",),
            ("{place}县融媒体中心 {day} {clock}",),
        ),
        foot=(
            ("END", "来源丨{place}融媒", "signature|记者丨{name} 摄影丨{other}", "编辑丨{name}", "审核丨{other}"),
            ("来源：{place}县融媒体中心", "编辑：{name}", "审核：{other}", "阅读 {number} 赞 12 在看 5"),
            ("signature|记者：{name}", "责编：{other}", "往期推荐", "扫码关注我们"),
            ("signature|文/图：{name}", "阅读原文", "分享、点赞、在看"),
        ),
    ),
    "station": Dress(
        above=((), (), ("《{place}新闻》{day}播出",)),
        title="【标题】",
        first="【导语】",
        others=("【正文】", "", ""),
        foot=(
            ("signature|（记者：{name} 摄像：{other}）",),
            ("signature|记者：{name}",),
            ("signature|（{name} {other}）",),
            (),
        ),
    ),
}
