"""trainer_answers.py MODEL ROWS: what xgboost answers for rows that a file of JSON holds: margins and probabilities."""

import json
import sys
from pathlib import Path

import numpy as np
import xgboost

booster = xgboost.Booster({"nthread": 1}, model_file=sys.argv[1])
rows = xgboost.DMatrix(np.array(json.loads(Path(sys.argv[2]).read_text()), dtype=np.float32))
answers = {"margin": booster.predict(rows, output_margin=True), "probability": booster.predict(rows)}
print(json.dumps({name: values.tolist() for name, values in answers.items()}))
