"""Drives a server with KServe's gRPC client, in the environment of kserve-requirements.txt.

    python kserve_grpc_session.py PORT MODEL LIVING < {"rows": …, "margin": …, "label": …}

LIVING is a model that may be loaded and unloaded; the definition of those calls is KServe's own, made by hand, because
its client has no method for them.
"""

import asyncio
import json
import sys

import grpc
import numpy as np
from kserve import InferenceGRPCClient, InferInput, InferRequest
from kserve.protocol.grpc import grpc_predict_v2_pb2 as pb
from kserve.protocol.grpc import grpc_predict_v2_pb2_grpc as pb_grpc


async def session(url, model, living, expected):
    rows = np.array(expected["rows"], dtype=np.float32)
    margin = np.array(expected["margin"], dtype=np.float32)
    client = InferenceGRPCClient(url=url)
    assert await client.is_server_live() is True
    assert await client.is_server_ready() is True
    assert await client.is_model_ready(model) is True

    for binary in (True, False):
        tensor = InferInput("features", list(rows.shape), "FP32")
        tensor.set_data_from_numpy(rows, binary_data=binary)
        response = await client.infer(InferRequest(model, [tensor], request_id="k1"))
        assert response.id == "k1" and response.model_name == model
        found = {output.name: output.as_numpy() for output in response.outputs}
        assert np.array_equal(found["margin"], margin), binary
        assert np.array_equal(found["label"], np.array(expected["label"])), binary

    async with grpc.aio.insecure_channel(url) as channel:
        stub = pb_grpc.GRPCInferenceServiceStub(channel)
        loaded = await stub.RepositoryModelLoad(pb.RepositoryModelLoadRequest(model_name=living))
        assert loaded.model_name == living and loaded.isLoaded is True
        assert (await stub.ModelMetadata(pb.ModelMetadataRequest(name=living))).name == living
        unloaded = await stub.RepositoryModelUnload(pb.RepositoryModelUnloadRequest(model_name=living))
        assert unloaded.model_name == living and unloaded.isUnloaded is True
    await client.close()


def main():
    port, model, living = sys.argv[1:]
    asyncio.run(session(f"127.0.0.1:{port}", model, living, json.load(sys.stdin)))
    print("done")


if __name__ == "__main__":
    main()
