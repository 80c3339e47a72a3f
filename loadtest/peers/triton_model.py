"""A model of Triton's Python backend: xgboost behind its front end."""

import os
import sys

# The backend's process belongs to no environment.
sys.path.insert(0, os.environ["PEER_PACKAGES"])

import numpy as np
import triton_python_backend_utils as backend
import xgboost


class TritonPythonModel:
    def initialize(self, arguments):
        self.booster = xgboost.Booster({"nthread": 1}, model_file=os.environ["PEER_MODEL"])

    def execute(self, requests):
        responses = []
        for request in requests:
            rows = backend.get_input_tensor_by_name(request, "features").as_numpy()
            margins = self.booster.inplace_predict(rows, predict_type="margin").astype(np.float32).reshape(-1, 1)
            responses.append(backend.InferenceResponse([backend.Tensor("margin", margins)]))
        return responses
