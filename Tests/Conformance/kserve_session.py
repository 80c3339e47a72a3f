"""Drives a server with KServe's REST client, in the environment of kserve-requirements.txt.

    python kserve_session.py PORT MODEL < {"rows": …, "margin": …, "label": …}

kserve and tritonclient.grpc cannot be imported into one process, and kserve brings 67 packages: hence a script of its
own. Expected values come on standard input from the trainer's library.
"""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput


async def session(url, model, expected):
    rows = np.array(expected["rows"], dtype=np.float32)
    margin = np.array(expected["margin"], dtype=np.float32)
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=20))

    assert await client.is_server_live(url) is True
    assert await client.is_server_ready(url) is True
    assert await client.is_model_ready(url, model) is True
    assert await client.is_model_ready(url, "nobody") is False

    for binary in (True, False):
        tensor = InferInput("features", list(rows.shape), "FP32")
        tensor.set_data_from_numpy(rows, binary_data=binary)
        for outputs in (None, [RequestedOutput("margin", {"binary_data": True}), RequestedOutput("label")]):
            request = InferRequest(model, [tensor], request_id="k1", request_outputs=outputs)
            response = await client.infer(url, request, model_name=model)
            assert response.id == "k1" and response.model_name == model
            found = {output.name: output.as_numpy() for output in response.outputs}
            assert np.array_equal(found["margin"], margin), binary
            assert np.array_equal(found["label"], np.array(expected["label"])), binary

    plain = {"inputs": [{"name": "x", "shape": list(rows.shape), "datatype": "FP32", "data": rows.tolist()}]}
    response = await client.infer(url, plain, model_name=model)
    outputs = response["outputs"] if isinstance(response, dict) else response.to_dict()["outputs"]
    found = next(output for output in outputs if output["name"] == "margin")
    assert np.array_equal(np.array(found["data"], dtype=np.float32), margin)

    try:
        await client.infer(url, plain, model_name="nobody")
    except Exception as error:
        assert "404" in str(error), error
    else:
        raise AssertionError("an unknown model was answered")
    await client.close()


def main():
    port, model = sys.argv[1:]
    asyncio.run(session(f"http://127.0.0.1:{port}", model, json.load(sys.stdin)))
    print("done")


if __name__ == "__main__":
    main()
