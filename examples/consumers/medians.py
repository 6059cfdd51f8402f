# Medians and ratios of an exported run, cell by cell as in a notebook: python3 medians.py FOLDER
# (FOLDER as `testbed export` writes it.)

# %% Read the measurements: CSV and JSON Lines hold the same rows.
import sys
from pathlib import Path

import pandas

folder = Path(sys.argv[1])
# Attempts are names (LAUNCH.TRY), not numbers.
measurements = pandas.read_csv(folder / "measurements.csv", dtype={"attempt": str, "toolVersion": str})
cells = pandas.read_json(folder / "cells.jsonl", lines=True)

# %% A warning first: emulated numbers say nothing about the speed of hardware.
for fidelity, rows in measurements.groupby("fidelity"):
    print(f"{len(rows)} measurements, {fidelity}")

# %% Of all statistics that a launch gives keep the benchmark's own, as the cells name it.
metric = ["benchmark", "environment", "sizeBytes", "statistic", "unit"]
own = measurements.merge(cells[metric].drop_duplicates(), on=metric)

# %% The launch is the unit: first the median within each launch, then over launches.
launches = own.groupby([*metric, "attempt"], dropna=False)["value"].median()
medians = launches.groupby(level=metric, dropna=False).median().unstack("environment")
print("\nmedians over launches")
print(medians.to_string())

# %% Ratios to native. How sure they are is for `testbed report` to say: a ratio of two medians has no error bar here.
if "native" in medians:
    ratios = medians.drop(columns="native").div(medians["native"], axis="index")
    print("\nratios to native")
    print(ratios.round(3).to_string())
