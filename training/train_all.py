"""Trains every sample model and prints the table of training/README.md."""

import train_catboost
import train_isolation_forest
import train_xgboost
from sample_models import write_split
from telemetry import FEATURE_NAMES


def main():
    print("| model | file | F1 | precision | recall | average precision |\n|---|---|---|---|---|---|")
    for script in (train_xgboost, train_catboost, train_isolation_forest):
        script.main()
    write_split(FEATURE_NAMES)


if __name__ == "__main__":
    main()
