"""Where an article is at home, by its own text; None rather than a guess."""

from __future__ import annotations

import pytest

from pipeline.documents import text_article
from pipeline.extract.locality import locate
from pipeline.gazetteer import Gazetteer, load


@pytest.fixture(scope="module")
def known() -> Gazetteer:
    return load()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("桐庐县召开防汛会议\n县委书记要求全县各乡镇落实责任。", "浙江省/杭州市/桐庐县"),
        ("县长到航埠镇、石梁镇和沟溪乡走访,看望了白云村的老人。", "浙江省/衢州市/柯城区"),
        ("鼓楼区洪山镇整治河道。福州市要求,我区在月底前完成。", "福建省/福州市/鼓楼区"),
        ("会理县鹿厂镇的石榴熟了,会理县今年产量喜人。", "四川省/凉山彝族自治州/会理县"),
        ("嵩口镇月洲村的李子熟了。", "福建省/福州市/永泰县"),
        ("县人大常委会决定:赵文为泸溪县副县长、代理县长。县政府随后开会。", "湖南省/湘西土家族苗族自治州/泸溪县"),
        ("扬州市领导来宝调研\n市领导来我县调研,县委书记、县长陪同。扬州市有关部门参加。", "江苏省/扬州市/宝应县"),
        ("宁夏盐池滩羊选育场的羊舍里,技术员正忙着称重。全县饲养量又有增长。", "宁夏回族自治区/吴忠市/盐池县"),
        ("佛山市对口帮扶资金落地三岔河镇,该镇建起大棚。", None),
        ("北大街街道南尖社区招募骑手当网格员。", None),
        ("今天天气晴好,村民们忙着晾晒稻谷。", None),
        ("书记王桂林说,大家要团结合作。", None),
        ("", None),
    ],
)
def test_county_by_what_the_text_names(text: str, path: str | None, known: Gazetteer) -> None:
    guess = locate(text_article(text), known)
    assert (guess.locality.path if guess else None) == path


def test_a_county_named_with_its_towns_is_surer_than_one_named_once(known: Gazetteer) -> None:
    once = locate(text_article("桐庐县的客商来了。"), known)
    often = locate(text_article("桐庐县富春江镇、江南镇、莪山畲族乡的代表来了。"), known)
    assert often is not None
    assert once is None or once.confidence < often.confidence <= 1
