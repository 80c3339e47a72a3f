"""What each feature adds: XGBoost's `pred_contribs`, for those who ask."""

import numpy as np
import pytest
from inference_client import infer, infer_binary, outputs_of
from trainers import rows_for, trainer


def assert_close(found, expected):
    """To 1e-5 of the largest value of each margin of each row."""
    assert found.shape == expected.shape
    bound = 1e-5 * np.abs(expected).max(axis=-1, keepdims=True)
    assert (np.abs(found - expected) <= bound).all()


@pytest.mark.parametrize("batch", [1, 7, 64, 65, 1000])
def test_every_margin_is_explained(server, batch):
    rows = rows_for("explained", batch, seed=batch)
    found = outputs_of(infer_binary(server, "explained", rows, outputs=[{"name": "treeshap"}]))
    assert list(found) == ["treeshap"]
    contributions = found["treeshap"]
    assert contributions.dtype == np.float64 and contributions.shape == (batch, 3, 11)
    model = trainer("explained")
    assert_close(contributions, model.contributions(rows))
    assert_close(contributions.sum(axis=2), model.margin(rows))


def test_explanations_come_only_when_they_are_listed(server):
    rows = rows_for("explained", 5, seed=3)
    assert list(outputs_of(infer(server, "explained", rows))) == ["margin"]
    both = outputs_of(infer(server, "explained", rows, outputs=[{"name": "margin"}, {"name": "treeshap"}]))
    assert np.array_equal(both["margin"], trainer("explained").margin(rows))
    assert_close(both["treeshap"], trainer("explained").contributions(rows))


def test_fil_explains_every_request_of_a_model_that_declares_it(server):
    rows = rows_for("fil_explained", 33, seed=4)
    found = outputs_of(infer_binary(server, "fil_explained", rows, name="input__0"))
    assert list(found) == ["output__0", "treeshap_output"]
    model = trainer("fil_explained")
    assert np.array_equal(found["output__0"], model.prediction(rows, every_tree=True))
    assert found["treeshap_output"].dtype == np.float32
    assert_close(found["treeshap_output"], model.contributions(rows, every_tree=True))


def test_a_model_that_declares_no_explanations_refuses_them(server):
    answer = infer(server, "leaves", rows_for("leaves", 1, seed=5), outputs=[{"name": "treeshap"}])
    assert answer.status == 400
    assert answer.error == "unexpected inference output 'treeshap' for model 'leaves'"
