"""A class worth rendering."""

import pytest

from grader.result import ConfusionPlot, CurvePlot, RocPlot
from tests.mini import REFERENCE, body, grade_mini, replaced

PLOTS = [
    CurvePlot(title="Loss", student=[1.0, 0.5], reference=[1.0, 0.4], steps=40),
    ConfusionPlot(title="Confusion", labels=["0", "1"], counts=[[5, 1], [2, 7]]),
    RocPlot(title="ROC", false_positive_rate=[0, 0.2, 1], true_positive_rate=[0, 0.9, 1], area=0.9),
]
HOSTILE = "<script>alert(1)</script> \"' ]]> & {{ 7 * 7 }}"


@pytest.fixture(scope="session")
def results():
    made = {
        "Ada": grade_mini(REFERENCE),
        "Émilie 🎓": grade_mini(replaced(" / 2\n", "\n")),
        "Zoë": grade_mini(body(f"print({HOSTILE!r})\nreturn None")),
        HOSTILE: grade_mini("def predict(:\n"),
        "../../etc/passwd": grade_mini(""),
    }
    found = [one.model_copy(update={"student": name}) for name, one in made.items()]
    first = found[0].checks[0].model_copy(update={"plots": PLOTS})
    found[0] = found[0].model_copy(update={"checks": [first, *found[0].checks[1:]]})
    return found
