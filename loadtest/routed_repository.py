"""The repository of the demonstration: the sample split over the sample models, changed while a server watches it."""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "model_repository"
SPLIT = "anomaly"
CANDIDATE_MODEL = "xgboost_candidate"
MODELS = {"xgboost": "xgboost_anomaly", "catboost": "catboost_anomaly", "candidate": CANDIDATE_MODEL}
# Rows by which drift is judged: a second or two of the demonstration's load.
WINDOW_ROWS = 2_000


class RoutedRepository:
    """Directories that a server polls. What changes is written beside them and renamed into place."""

    def __init__(self, folder):
        self.directory = folder / "models"
        self.staging = folder / "staging"
        self.staging.mkdir(parents=True)
        for name in ("xgboost_anomaly", "catboost_anomaly"):
            self.add_model(name, name)
        # A candidate as good as what it is to replace: the same trees.
        self.add_model("xgboost_anomaly", CANDIDATE_MODEL)
        (self.directory / SPLIT).mkdir()
        sample = (SAMPLES / SPLIT / "rowan.pbtxt").read_text()
        self.features = [line for line in sample.splitlines() if line.startswith("features {")]

    def add_model(self, sample, name):
        """A sample model under a name, with its predictions kept."""
        folder = self.directory / name
        shutil.copytree(SAMPLES / sample, folder)
        configuration = (folder / "config.pbtxt").read_text()
        (folder / "config.pbtxt").write_text(configuration.replace(f'name: "{sample}"', f'name: "{name}"'))
        # Without rules of its own: what counts as an anomaly is the label here.
        lines = (folder / "rowan.pbtxt").read_text().splitlines(keepends=True)
        own = "".join(line for line in lines if not line.startswith(("anomaly", "explanation")))
        window = f'reference_file: "reference.json" window_rows: {WINDOW_ROWS}'
        own = own.replace('reference_file: "reference.json"', window)
        (folder / "rowan.pbtxt").write_text(f"{own}monitoring {{ keep_predictions: 200000 }}\n")

    def write_split(self, weights, more=""):
        """Gives the variants weights; `more` are further sections of the split."""
        variants = [f'  variant {{ name: "{name}" model: "{MODELS[name]}" weight: {weight} }}'
                    for name, weight in weights.items()]  # fmt: skip
        sticky = '  sticky { cookie: "rowan_key" header: "x-user-id" metadata: "x-user-id" }'
        text = "\n".join(["traffic_split {", *variants, sticky, f"  {more}", "}", *self.features, ""])
        staged = self.staging / "rowan.pbtxt"
        staged.write_text(text)
        staged.rename(self.directory / SPLIT / "rowan.pbtxt")

    def spoil_candidate(self):
        """A second version of the candidate, which cries wolf: its base score is nearly 1."""
        model = json.loads((self.directory / CANDIDATE_MODEL / "1/model.json").read_text())
        model["learner"]["learner_model_param"]["base_score"] = "[0.9999]"
        staged = self.staging / "2"
        staged.mkdir()
        (staged / "model.json").write_text(json.dumps(model))
        staged.rename(self.directory / CANDIDATE_MODEL / "2")
