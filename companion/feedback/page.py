"""A session's report as one page that needs nothing beside itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from companion.feedback import protocols
from companion.feedback.crednf import Filled
from companion.feedback.figures import Interval
from companion.feedback.reported import BlockFigures, Report

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; vertical-align: top; }
svg { width: 100%; height: auto; color: #26697f; }
@media (prefers-color-scheme: dark) { svg { color: #7cc0d8; } }
dt { font-weight: 600; margin-top: .75rem; } dd { margin-left: 0; } .open { opacity: .65; }
"""
NOBODY = "Nobody has answered this."


def html(report: Report) -> str:
    """Return the page, with the plots and the items of the checklist."""
    training = report.training
    title = f"{protocols.named(training.protocol).title}, {_when(training.time_start)}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(sentence)}</p>" for sentence in report.sentences),
        *report.pictures.values(),
        _blocks(report.blocks),
        _mutes(report.whys),
        "<h2>Checklist (CRED-nf)</h2>",
        *(_domain(name, list(items)) for name, items in groupby(report.items, key=lambda one: one.item.domain)),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n{_lines(parts)}\n</body></html>\n"
    )


def interval(figure: Interval | None, *, share: bool = False) -> str:
    """Return a figure with its interval in words; says so where there is none."""
    if figure is None:
        return "too little to tell"
    if share:
        return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"
    return f"{figure.value:+.2f} ({figure.low:+.2f} to {figure.high:+.2f})"


def _when(time: float) -> str:
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d %H:%M")


def _blocks(blocks: Sequence[BlockFigures]) -> str:
    head = _row("th", ("Block", "Minutes", "Rewarded, of unmuted time", "Muted", "Value, in spreads of the baseline"))
    rows = (
        _row(
            "td",
            (
                str(one.block),
                f"{one.seconds / 60:.1f}",
                interval(one.rewarded, share=True),
                f"{one.muted:.0%}",
                interval(one.value),
            ),
        )
        for one in blocks
    )
    return f"<h2>Blocks</h2>\n<table>{head}{''.join(rows)}</table>" if blocks else ""


def _mutes(whys: Sequence[tuple[str, float]]) -> str:
    rows = "".join(_row("td", (word, f"{share:.0%}")) for word, share in whys)
    return f"<h2>Why nothing was rewarded</h2>\n<table>{rows}</table>" if whys else ""


def _domain(name: str, items: Sequence[Filled]) -> str:
    told = (
        f"<dt>{escape(one.item.code)} {escape(one.item.text)}</dt>"
        + (f"<dd>{escape(one.answer)}</dd>" if one.answer else f'<dd class="open">{NOBODY}</dd>')
        for one in items
    )
    return f"<h3>{escape(name)}</h3>\n<dl>{''.join(told)}</dl>"


def _row(cell: str, texts: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)
