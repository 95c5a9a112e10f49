"""Places in own sentences: units in scope, chains, units and sites by grammar, traps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import gazetteer
from pipeline.documents import text_article
from pipeline.extract import Found, Resources, check_span
from pipeline.extract.places import places
from pipeline.extract.slips import slip
from pipeline.schema import PlaceMentionRow, PlaceRow


@pytest.fixture(scope="module")
def resources() -> Resources:
    return Resources(gazetteer=gazetteer.load())


def named(text: str, locality: str, resources: Resources) -> dict[str, str | None]:
    """Surfaces in reading order and the paths of their places."""
    own = resources.gazetteer.resolve(locality) if locality else None
    rows = list(places(text_article(text, locality=own), Found(), resources))
    paths = {row.place_id: row.path for row in rows if isinstance(row, PlaceRow)}
    return {row.surface: paths[row.place_id] for row in rows if isinstance(row, PlaceMentionRow)}


KC = "浙江省衢州市柯城区"


@pytest.mark.parametrize(
    ("locality", "text", "expected"),
    [
        (KC, "他来到航埠镇严村村看望老人。", ["航埠镇", "严村村"]),
        (KC, "航埠智尚小镇开工。", ["航埠智尚小镇"]),
        (KC, "记者何?发自北京", ["北京"]),  # at the very end of a text
        (KC, "干部入户了解村情,开展网格走访。", []),
        (KC, "三镇两村的“四平台”运转顺畅。", []),
        (KC, "参与小区改造,改造小区三个。", []),
        (KC, "农业农村局、县镇两级和返乡青年一起出力。", []),
        (KC, "副镇长和坐镇指挥的民警合作。", []),
        (KC, "航埠、石梁、沟溪等3个乡镇受灾。", ["航埠", "石梁", "沟溪"]),
        (KC, "产品销往南京、合肥和格尔木。", ["南京", "合肥", "格尔木"]),
        (KC, "他在太原一所大学读书,又从包头回乡。", ["太原", "包头"]),
        (KC, "记者李长春报道,科长王桂林陪同。", []),
        (KC, "省农科院专家来衢指导,代表团赴沪考察。", ["衢", "沪"]),
        (KC, "哈密瓜和合作社的瓜果都好。", []),
        (KC, "通知王桂林去体检,王桂林说不去。", []),
        ("黑龙江省双鸭山市饶河县", "四排赫哲族乡的渔民来了。", ["四排赫哲族乡"]),
        (KC, "银行南京分行在此设点,柯城中学放假。", []),
        ("江西省吉安市遂川县", "汤湖镇某村村民说,安村村的茶香。", ["汤湖镇", "安村村"]),
        ("内蒙古自治区赤峰市克什克腾旗", "克旗举办赛马。", ["克旗"]),
        ("青海省西宁市湟源县", "日月乡的牧民来了。", ["日月乡"]),
        ("新疆维吾尔自治区阿拉尔市", "兵团第一师十团三连、九连开始采棉。", ["第一师", "十团", "三连", "九连"]),
    ],
)
def test_names_found(locality: str, text: str, expected: list[str], resources: Resources) -> None:
    assert list(named(text, locality, resources)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("家住文昌苑小区的老人散步到明珠广场。", ["文昌苑小区", "明珠广场"]),
        ("车辆改走国道318线和迎宾大道25号门前。", ["国道318线", "迎宾大道25号"]),
        ("太行山下、鸭绿江边都下了雨。", ["太行山", "鸭绿江"]),
        ("游客到“桃花源”景区赏花。", ["“桃花源”景区"]),
        ("金鸡岭、望夫台、月牙泉等3个景区开放。", ["金鸡岭", "望夫台", "月牙泉"]),
        ("月牙河畔、清溪河岸的柳树绿了,翠屏山脚下的人家也忙。", ["月牙河", "清溪河", "翠屏山"]),
        ("黄柏河治理完工,雷公岭索道检修,盘龙江入湖口水质好转。", ["黄柏河", "雷公岭", "盘龙江"]),
        ("布哈河、泉吉河、白沙河里的鱼多了。", ["布哈河", "泉吉河", "白沙河"]),
        ("桃花源景区和骑楼老街迎客,滨河公园免费,大型水库蓄水。", ["桃花源景区", "骑楼老街", "滨河公园"]),
        ("仙女山国家森林公园、三门峡水库和老漳河。", ["仙女山国家森林公园", "三门峡水库", "老漳河"]),
        ("湘江中路限行,车辆走A9公路和2号公路。", ["湘江中路", "A9公路", "2号公路"]),
        ("电厂路小学的孩子读《天鹅湖》,代表审议《龙子湖景区条例》。", ["龙子湖景区"]),
        ("五寨至霞寨公路改造,环卫中心枣城大街班组上岗。", ["枣城大街"]),
        ("渔船下湖,蜜柚出山,法官迟晓峰和冉守山同志走访。", []),
        ("他在县食品产业园上班,黄金周沙湖景区客满。", ["县食品产业园", "沙湖景区"]),
        ("天星车站发车,义昌江综合整治,望江桥通车,东溪水文站测得洪峰。", ["天星车站", "义昌江", "望江桥", "东溪水文站"]),
        ("全镇23座山塘水库除险,把村子连成线。", []),
        ("世界上铁路最长的、国际上现代化博物馆、建设高速铁路、长长的河滩和一条条山路。", []),
        ("石梁镇柑橘批发市场和航埠镇石门水库。", ["石梁镇", "石梁镇柑橘批发市场", "航埠镇", "石门水库"]),
        ("列车开往杭州东站。", ["杭州东站"]),
        ("京沪高铁和兰新线。", ["京沪高铁", "兰新线"]),
        ("青岛海牛队获胜,《天鹅湖》上演,产品打开东京市场。", []),
        ("希望台湾工商界常来。", []),
        ("家住通更小区的老人。", ["通更小区"]),
        ("他走在水泥路上,经过标准化养殖小区和精品民宿。", []),
        ("产品打开国际市场,生产线满负荷,出路在脚下。", []),
        ("县委书记刘振海和局长王金山讲话。", []),
        ("渔民黄河清开过车,会长米长江致辞。", []),
    ],
)
def test_sites_by_their_endings(text: str, expected: list[str], resources: Resources) -> None:
    assert list(named(text, KC, resources)) == expected


@pytest.mark.parametrize(
    ("locality", "text", "surface", "path"),
    [
        (KC, "鼓楼区洪山镇的客人来了。", "鼓楼区", "福建省/福州市/鼓楼区"),
        (KC, "石梁镇新坞垄村修路。", "新坞垄村", "浙江省/衢州市/柯城区/石梁镇/新坞垄村"),
        (KC, "航埠镇明珠村修路。", "明珠村", "浙江省/衢州市/柯城区/航埠镇/明珠村"),
        ("河北省邢台市巨鹿县", "巨鹿县经济开发区招工。", "巨鹿县经济开发区", "河北省/邢台市/巨鹿县"),
        ("西藏自治区那曲地区那曲县", "那曲县罗玛镇下雪。", "罗玛镇", "西藏自治区/那曲地区/那曲县/罗玛镇"),
        ("江西省鹰潭市贵溪市", "滨江乡柏里村修路。", "柏里村", "江西省/鹰潭市/贵溪市/滨江乡/柏里村"),
        ("福建省三明市沙县", "夏茂镇俞邦村迎客。", "俞邦村", "福建省/三明市/沙县/夏茂镇/俞邦村"),
        ("贵州省毕节地区织金县", "三塘镇修路。", "三塘镇", "贵州省/毕节地区/织金县/三塘镇"),
        (KC, "石梁镇麻蓬社区第二网格的网格员来了。", "第二网格", "浙江省/衢州市/柯城区/石梁镇/麻蓬社区/第二网格"),
    ],
)
def test_paths(locality: str, text: str, surface: str, path: str, resources: Resources) -> None:
    assert named(text, locality, resources)[surface] == path


def test_a_slip_in_a_known_town_gets_the_listed_unit(resources: Resources) -> None:
    listed = resources.gazetteer.unit("浙江省/衢州市/柯城区/新新街道/扬浦社区")
    assert listed is not None
    assert slip("浙江省/衢州市/柯城区/新新街道/杨浦社区", resources.gazetteer) == listed
    assert slip("浙江省/衢州市/柯城区/新新街道/青浦社区", resources.gazetteer) is None


def test_chain_has_full_path(resources: Resources) -> None:
    found = named("航埠镇发布通知。", "浙江省衢州市柯城区", resources)
    assert found == {"航埠镇": "浙江省/衢州市/柯城区/航埠镇"}


@given(st.text(alphabet="柯城区航埠镇村社在了,。 \n山路a1", max_size=40))
@settings(max_examples=60, deadline=None)
def test_spans_hold_for_any_text(resources: Resources, text: str) -> None:
    article = text_article(text)
    for row in places(article, Found(), resources):
        check_span(article, row)
