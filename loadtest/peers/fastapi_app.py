"""What a team writes around its model without an inference server: FastAPI and xgboost, with the protocol's JSON."""

import os

import numpy as np
import xgboost
from fastapi import FastAPI
from pydantic import BaseModel

MODEL = "xgboost_anomaly"
booster = xgboost.Booster({"nthread": 1}, model_file=os.environ["PEER_MODEL"])
app = FastAPI()


class Tensor(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list[float]


class InferenceRequest(BaseModel):
    inputs: list[Tensor]


@app.get("/v2/health/ready")
async def ready():
    return {"ready": True}


@app.post(f"/v2/models/{MODEL}/infer")
async def infer(request: InferenceRequest):
    tensor = request.inputs[0]
    rows = np.array(tensor.data, dtype=np.float32).reshape(tensor.shape)
    margins = booster.inplace_predict(rows, predict_type="margin")
    output = {"name": "margin", "datatype": "FP32", "shape": list(margins.shape), "data": margins.tolist()}
    return {"model_name": MODEL, "model_version": "1", "outputs": [output]}
