"""Charts in which Chinese can be read and that need no network: the first font for it that is installed, Altair's theme with
that font, and charts as HTML with all that draws them inside.

In a browser the reader's own fonts serve; PNG and SVG are drawn by this machine, which then needs one.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

FONTS: Final = {  # family → beginning of its files' names
    "Noto Sans CJK SC": "notosanscjk", "Noto Sans SC": "notosanssc", "Source Han Sans SC": "sourcehansans", "PingFang SC": "pingfang",
    "Microsoft YaHei": "msyh", "WenQuanYi Micro Hei": "wqy-microhei", "WenQuanYi Zen Hei": "wqy-zenhei", "Hiragino Sans GB": "hiragino sans gb",
    "SimHei": "simhei", "SimSun": "simsun",
}  # fmt: skip
_FOLDERS: Final = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
}
HOW: Final = {
    "darwin": "macOS brings PingFang SC; check /System/Library/Fonts",
    "win32": "install the language pack 中文(简体), which brings Microsoft YaHei",
    "linux": "install one: `apt-get install fonts-noto-cjk`, `dnf install google-noto-sans-cjk-fonts` or `pacman -S noto-fonts-cjk`",
}


def chinese_font(folders: Iterable[str | Path] | None = None) -> str | None:
    """The family of the first font with Chinese that is installed; None, and a warning that says how to get one, where there is none."""
    system = sys.platform if sys.platform in _FOLDERS else "linux"
    paths = [Path(each).expanduser() for each in (_FOLDERS[system] if folders is None else folders)]
    names = {
        path.name.lower().replace("_", "")
        for folder in paths
        if folder.is_dir()
        for path in folder.rglob("*.[ot]t[fc]")
    }
    for family, file in FONTS.items():
        if any(name.startswith(file) for name in names):
            return family
    warnings.warn(f"no font with Chinese found: PNG and SVG will show boxes. {HOW[system]}", stacklevel=2)
    return None


_HTML: Final = """\
<div id="{id}"></div>
<script>
window.vegaEmbed || (() => {{ {bundle} }})();
vegaEmbed("#{id}", {spec}, {options});
</script>"""
_OPTIONS: Final = {"mode": "vega-lite", "renderer": "svg", "actions": {"export": True, "source": False, "compiled": False, "editor": False}}  # fmt: skip


@cache
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, 0.9 MB; 2.5 s to make."""
    import vl_convert  # noqa: PLC0415  (extra)

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed"))


def html(spec: Mapping[str, Any], **_: Any) -> dict[str, str]:
    """What a notebook shows of a chart: HTML that carries Vega itself, and so opens without a network, exported too."""
    text = json.dumps(spec, ensure_ascii=False).replace("</", "<\\/")
    parts = {"id": f"chart-{uuid4().hex}", "bundle": _vega(), "spec": text}
    return {"text/html": _HTML.format(**parts, options=json.dumps(_OPTIONS))}


def style() -> None:
    """For notebooks: Altair's charts need no network and take any number of rows; a font with Chinese, quiet axes, the colours of the report."""
    import altair as alt  # noqa: PLC0415  (extra)

    alt.renderers.register("xianzhi", html)
    alt.renderers.enable("xianzhi")
    alt.data_transformers.disable_max_rows()  # 5,000 otherwise, then an error
    font = ", ".join(filter(None, [chinese_font(), *FONTS, "sans-serif"]))

    @alt.theme.register("xianzhi", enable=True)
    def _theme() -> Any:
        text = {
            "labelFont": font,
            "titleFont": font,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        }
        return {
            "config": {
                "font": font,
                "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 260},
                "axis": {**text, "labelLimit": 260, "domain": False, "ticks": False, "gridColor": "#eee9df"},
                "legend": text,
                "header": text,
                "title": {"font": font, "anchor": "start", "fontSize": 15, "offset": 12},
                "mark": {"color": "#8f2f22"},
                "range": {"category": ["#8f2f22", "#2f6f73", "#c98b2b", "#5c6bb0", "#7b8b3a", "#94708f"]},
            }
        }
