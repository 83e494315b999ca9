"""Write sunspots.csv from statsmodels' copy of the yearly sunspot numbers.

pip install statsmodels && python datasets/make_sunspots.py
"""

from pathlib import Path

from statsmodels.datasets import sunspots

table = sunspots.load_pandas().data
rows = [f"{year:.0f},{number:g}" for year, number in table.itertuples(index=False)]
target = Path(__file__).with_name("sunspots.csv")
target.write_text("\n".join(["year,sunspots", *rows]) + "\n", encoding="utf-8", newline="\n")
print(f"{target}: {len(rows)} years")
