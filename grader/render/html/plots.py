"""Plots as inline SVG whose colours follow the page, light or dark."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from grader.result import ConfusionPlot, CurvePlot, Plot, RocPlot
from grader.sanitise.html import escaped

# Colours that no plot uses otherwise; each becomes a variable of the page's style sheet.
_COLOURS = {
    "#010203": "var(--ink)",
    "#010204": "var(--muted)",
    "#010205": "var(--accent)",
    "#010206": "var(--second)",
    "#010207": "var(--line)",
}
_INK, _MUTED, _ACCENT, _SECOND, _LINE = _COLOURS


_MARGINS = {"left": 0.15, "right": 0.97, "bottom": 0.15, "top": 0.9}
"""Parts of the figure. Fixed, since a layout that is computed draws everything twice."""
_SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
"""The corners of a cell, seen from its middle."""


def draw(plot: Plot) -> str:
    """Return a plot as an ``<svg>`` element with a title for screen readers."""
    return _drawn(type(plot), plot.model_dump_json())


@lru_cache(maxsize=256)
def _drawn(kind: type[Plot], content: str) -> str:
    """Many students have the same plot: those who are right."""
    plot: Plot = kind.model_validate_json(content)
    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "grader",
        "font.size": 10,
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "axes.edgecolor": _LINE,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": _MUTED,
        "ytick.color": _MUTED,
        "legend.frameon": False,
    }
    with rc_context(style):
        figure = Figure(figsize=(4.4, 3.3))
        figure.subplots_adjust(**_MARGINS)
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.set_title(plot.title, y=1.0)  # a place that is not computed from what is drawn
        if isinstance(plot, CurvePlot):
            _curve(axes, plot)
        elif isinstance(plot, ConfusionPlot):
            _confusion(axes, plot)
        else:
            _roc(axes, plot)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _inline(buffer.getvalue(), plot.title)


def _curve(axes: Axes, plot: CurvePlot) -> None:
    last = (plot.steps or len(plot.reference)) - 1
    curves: tuple[tuple[list[float], str, dict[str, Any]], ...] = (
        (plot.student, "this submission", {"color": _ACCENT, "linewidth": 2}),
        (plot.reference, "reference", {"color": _SECOND, "linewidth": 1.5, "linestyle": "--"}),
    )
    for curve, label, options in curves:
        axes.plot(np.linspace(0, last, len(curve)), curve, label=label, **options)
    axes.set(xlabel=plot.x_label, ylabel=plot.y_label)
    axes.legend()


def _confusion(axes: Axes, plot: ConfusionPlot) -> None:
    counts = np.array(plot.counts, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(plot.labels)
    rows, columns = (each.ravel() for each in np.indices(counts.shape))
    corners = np.stack([columns, rows], axis=1)[:, None, :] + _SQUARE  # (size², 4, 2)
    colours = np.where(rows == columns, _ACCENT, _SECOND)
    axes.add_collection(
        PolyCollection(corners, facecolors=colours, alpha=0.6 * shares.ravel(), linewidths=0)
    )
    for row, column in np.argwhere(counts):
        text = f"{int(counts[row, column])}"
        small = 11 if size <= 4 else 7
        axes.text(column, row, text, ha="center", va="center", fontsize=small)
    axes.set(
        xlabel="predicted",
        ylabel="true",
        xlim=(-0.5, size - 0.5),
        ylim=(size - 0.5, -0.5),
        aspect="equal",
    )
    axes.set_xticks(range(size), plot.labels)
    axes.set_yticks(range(size), plot.labels)


def _roc(axes: Axes, plot: RocPlot) -> None:
    axes.plot([0, 1], [0, 1], color=_MUTED, linestyle="--", linewidth=1, label="chance")
    label = f"area {plot.area:.3f}"
    axes.plot(
        plot.false_positive_rate, plot.true_positive_rate, color=_ACCENT, linewidth=2, label=label
    )
    axes.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    axes.legend(loc="lower right")


def _inline(svg: str, title: str) -> str:
    """Keep the element alone, with colours as variables and a size that follows the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for colour, variable in _COLOURS.items():
        svg = svg.replace(colour, variable)
    svg = re.sub(r"font: ([^;\"]*?)px [^;\"]*", r"font: \1px system-ui, sans-serif", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escaped(title)}" class="plot"', 1)
