#!/usr/bin/env python3
"""Writes documents.txt: JSON documents of the protocol, and the messages that protobuf makes of them.

Each line, separated by tabs: name of the message, document, message in hexadecimal. protobuf's own json_format reads
the document with unknown members left out; the numbers of map entries are in the order of their keys.
Written with tritonclient 2.73.0 and protobuf 6.33. Run: python3 make_documents.py > documents.txt
"""
import json

from google.protobuf import json_format
from tritonclient.grpc import model_config_pb2, service_pb2


def line(message, document):
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    result = getattr(service_pb2, message, None) or getattr(model_config_pb2, message)
    result = json_format.Parse(text, result(), ignore_unknown_fields=True)
    print(message, text, result.SerializeToString(deterministic=True).hex(), sep="\t")


def duration(count, nanoseconds):
    return {"count": count, "ns": nanoseconds}


line("ServerMetadataResponse", {"name": "rowan", "version": "1.0", "extensions": ["classification", "a\"b", "ä€😀"]})
line("ServerMetadataResponse", {"name": "", "version": "", "extensions": []})
tensor = {"name": "features", "datatype": "FP32", "shape": [-1, 37]}
line("ModelMetadataResponse", {
    "name": "m", "versions": ["1", "2"], "platform": "forest", "inputs": [tensor], "outputs": [tensor, tensor],
    "unknown": {"a": [1, {"b": None}]}})
line("RepositoryIndexResponse", {"models": [
    {"name": "a", "version": "1", "state": "READY"}, {"name": "b"}, {"name": "c", "reason": "unloaded"}]})
statistics = {
    "name": "m", "version": "1", "last_inference": 1796000000000, "inference_count": 7, "execution_count": 0,
    "inference_stats": {
        "success": duration(3, 18446744073709551615), "fail": duration(0, 0), "queue": duration(3, 1),
        "compute_input": duration(3, 127), "compute_infer": duration(3, 128), "compute_output": duration(3, 16384),
        "cache_hit": duration(0, 0), "cache_miss": duration(0, 0)},
    "response_stats": {"0": {"compute_infer": duration(1, 2), "success": duration(1, 2), "cancel": duration(0, 0)}},
    "batch_stats": [{"batch_size": 8, "compute_infer": duration(1, 2)}, {"batch_size": 16}],
    "memory_usage": [{"type": "CPU", "id": 0, "byte_size": 123456789}]}
line("ModelStatisticsResponse", {"model_stats": [statistics, statistics]})
line("ModelStatisticsResponse", {"model_stats": []})
line("ModelConfig", {
    "name": "m", "platform": "", "backend": "fil", "runtime": "", "version_policy": {"latest": {"num_versions": 1}},
    "max_batch_size": 32768,
    "input": [{
        "name": "input__0", "data_type": "TYPE_FP32", "format": "FORMAT_NONE", "dims": [37], "is_shape_tensor": False,
        "allow_ragged_batch": False, "optional": True, "is_non_linear_format_io": False}],
    "output": [{
        "name": "output__0", "data_type": "TYPE_INT64", "dims": [1, -1], "label_filename": "labels.txt",
        "is_shape_tensor": False}],
    "batch_input": [], "optimization": {"priority": "PRIORITY_DEFAULT", "input_pinned_memory": {"enable": True}},
    "dynamic_batching": {
        "preferred_batch_size": [4, 8, 300], "max_queue_delay_microseconds": 100, "preserve_ordering": True,
        "priority_levels": 2, "default_priority_level": 1,
        "default_queue_policy": {
            "timeout_action": "DELAY", "default_timeout_microseconds": 5, "allow_timeout_override": True,
            "max_queue_size": 10},
        "priority_queue_policy": {"2": {"max_queue_size": 3}, "300": {}}},
    "instance_group": [{
        "name": "g", "kind": "KIND_CPU", "count": 1, "gpus": [0, 1], "secondary_devices": [], "profile": ["p"],
        "passive": False, "host_policy": ""}],
    "default_model_filename": "xgboost.json", "metric_tags": {"team": "a"},
    "parameters": {"threshold": {"string_value": "0.5"}, "": {"string_value": ""}},
    "model_warmup": [{
        "name": "w", "batch_size": 1,
        "inputs": {"x": {"data_type": "TYPE_FP32", "dims": [37], "zero_data": False}}, "count": 0}],
    "model_metrics": {"metric_control": [{
        "metric_identifier": {"family": "f"}, "histogram_options": {"buckets": [0.5, 1e300, -2, 0]}}]},
    "model_transaction_policy": {"decoupled": False}})
line("ModelConfig", {"version_policy": {"specific": {"versions": [1, 2, 9007199254740993]}}})
