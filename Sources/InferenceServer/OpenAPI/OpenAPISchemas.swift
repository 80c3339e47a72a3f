/// The shapes of bodies: the component schemas of the OpenAPI document, as JSON.
///
/// Members that a reader must be prepared for are listed; servers of this protocol add others, and requests may hold
/// members that nobody reads.
///
/// - Source: Open Inference Protocol, REST; Triton's extensions; JSON Schema 2020-12.
enum OpenAPISchemas {
    static let text: StaticString = #"""
        {
          "EmbeddingsRequest": {
            "type": "object", "required": ["model", "input"],
            "properties": {
              "model": {"type": "string"},
              "input": {
                "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]
              },
              "encoding_format": {"type": "string", "enum": ["float", "base64"], "default": "float"},
              "dimensions": {"type": "integer", "description": "The model's own number; no other is to be had."},
              "user": {"type": "string", "description": "Is skipped."}
            }
          },
          "Embeddings": {
            "type": "object", "required": ["object", "data", "model", "usage"],
            "properties": {
              "object": {"const": "list"}, "model": {"type": "string"},
              "data": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["object", "index", "embedding"],
                  "properties": {
                    "object": {"const": "embedding"}, "index": {"type": "integer", "minimum": 0},
                    "embedding": {
                      "anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}],
                      "description": "Numbers, or base64 of them as little-endian FP32."
                    }
                  }
                }
              },
              "usage": {
                "type": "object", "required": ["prompt_tokens", "total_tokens"],
                "properties": {"prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}}
              }
            }
          },
          "EmbeddingsError": {
            "type": "object", "required": ["error"],
            "properties": {
              "error": {
                "type": "object", "required": ["message", "type", "param", "code"],
                "properties": {
                  "message": {"type": "string"}, "type": {"type": "string"}, "param": {"type": ["string", "null"]},
                  "code": {"type": ["string", "null"]}
                }
              }
            }
          },
          "Error": {
            "type": "object", "required": ["error"], "additionalProperties": false,
            "properties": {"error": {"type": "string"}}
          },
          "Health": {
            "type": "object", "required": ["live", "ready"],
            "properties": {"live": {"type": "boolean"}, "ready": {"type": "boolean"}}
          },
          "ServerMetadata": {
            "type": "object", "required": ["name", "version", "extensions"],
            "properties": {
              "name": {"type": "string"}, "version": {"type": "string"},
              "extensions": {"type": "array", "items": {"type": "string"}}
            }
          },
          "ModelReady": {
            "type": "object", "required": ["name", "ready"],
            "properties": {"name": {"type": "string"}, "ready": {"type": "boolean"}}
          },
          "ModelMetadata": {
            "type": "object", "required": ["name", "versions", "platform", "inputs", "outputs"],
            "properties": {
              "name": {"type": "string"},
              "versions": {"type": "array", "items": {"type": "string", "pattern": "^[0-9]+$"}},
              "platform": {"type": "string"},
              "inputs": {"type": "array", "items": {"$ref": "#/components/schemas/TensorMetadata"}},
              "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/TensorMetadata"}}
            }
          },
          "TensorMetadata": {
            "type": "object", "required": ["name", "datatype", "shape"],
            "properties": {
              "name": {"type": "string"}, "datatype": {"$ref": "#/components/schemas/Datatype"},
              "shape": {
                "type": "array", "description": "-1 stands for any size.",
                "items": {"type": "integer", "minimum": -1}
              }
            }
          },
          "Datatype": {
            "type": "string",
            "enum": [
              "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64",
              "BYTES", "BF16"
            ]
          },
          "ModelConfiguration": {
            "type": "object", "required": ["name", "max_batch_size", "input", "output"],
            "properties": {
              "name": {"type": "string"}, "platform": {"type": "string"}, "backend": {"type": "string"},
              "max_batch_size": {"type": "integer", "minimum": 0},
              "input": {"type": "array", "items": {"type": "object"}},
              "output": {"type": "array", "items": {"type": "object"}}
            }
          },
          "DriftLevel": {
            "type": "string", "enum": ["unknown", "stable", "warning", "alert"],
            "description": "Unknown where the window has too few rows to tell."
          },
          "DriftVariable": {
            "type": "object",
            "required": [
              "name", "level", "rows", "psi", "ks", "ks_p_value", "missing_rate", "reference_missing_rate",
              "out_of_range_rate", "counts", "reference_counts"
            ],
            "properties": {
              "name": {"type": "string"}, "element": {"type": "integer", "minimum": 0},
              "level": {"$ref": "#/components/schemas/DriftLevel"}, "rows": {"type": "integer", "minimum": 0},
              "psi": {"type": ["number", "null"], "description": "Population stability index."},
              "ks": {"type": ["number", "null"], "description": "Kolmogorov-Smirnov distance over the bins' edges."},
              "ks_p_value": {"type": ["number", "null"]}, "missing_rate": {"type": ["number", "null"]},
              "reference_missing_rate": {"type": "number"}, "out_of_range_rate": {"type": ["number", "null"]},
              "counts": {"type": "array", "items": {"type": "integer"}, "description": "Missing values come last."},
              "reference_counts": {"type": "array", "items": {"type": "integer"}}
            }
          },
          "ModelDrift": {
            "type": "object",
            "required": [
              "model", "version", "level", "window", "reference", "thresholds", "features", "outputs", "anomaly_rate"
            ],
            "properties": {
              "model": {"type": "string"}, "version": {"type": "string"},
              "level": {"$ref": "#/components/schemas/DriftLevel"},
              "window": {
                "type": "object",
                "properties": {
                  "rows": {"type": "integer"}, "seconds": {"type": "number"}, "row_limit": {"type": "integer"},
                  "second_limit": {"type": "integer"}, "sample_fraction": {"type": "number"},
                  "judged": {"type": "boolean"}
                }
              },
              "reference": {"type": "object", "properties": {"rows": {"type": "integer"}}},
              "thresholds": {"type": "object"},
              "features": {"type": "array", "items": {"$ref": "#/components/schemas/DriftVariable"}},
              "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/DriftVariable"}},
              "anomaly_rate": {
                "type": "object",
                "properties": {
                  "rows": {"type": "integer"}, "rate": {"type": ["number", "null"]},
                  "reference_rate": {"type": ["number", "null"]}, "change": {"type": ["number", "null"]},
                  "level": {"$ref": "#/components/schemas/DriftLevel"}
                }
              }
            }
          },
          "RepositoryIndex": {
            "type": "array",
            "items": {
              "type": "object", "required": ["name"],
              "properties": {
                "name": {"type": "string"}, "version": {"type": "string"},
                "state": {"type": "string", "enum": ["READY", "LOADING", "UNLOADING", "UNAVAILABLE"]},
                "reason": {"type": "string", "description": "Why it is not ready, or why it was not replaced."}
              }
            }
          },
          "IndexRequest": {
            "type": "object", "properties": {"ready": {"type": "boolean", "description": "List only what is ready."}}
          },
          "LoadRequest": {
            "type": "object",
            "properties": {
              "parameters": {
                "type": "object",
                "description": "`config`: a model configuration as JSON text; `file:VERSION/NAME`: a file as base64.",
                "properties": {"config": {"type": "string"}},
                "patternProperties": {"^file:": {"type": "string", "contentEncoding": "base64"}},
                "additionalProperties": false
              }
            }
          },
          "UnloadRequest": {
            "type": "object",
            "properties": {
              "parameters": {
                "type": "object",
                "properties": {
                  "unload_dependents": {"type": "boolean", "description": "Unload what the model had loaded, too."}
                }
              }
            }
          },
          "Statistics": {
            "type": "object", "required": ["model_stats"],
            "properties": {
              "model_stats": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "name", "version", "last_inference", "inference_count", "execution_count", "inference_stats",
                    "batch_stats"
                  ],
                  "properties": {
                    "name": {"type": "string"}, "version": {"type": "string"},
                    "last_inference": {
                      "type": "integer", "minimum": 0, "description": "Milliseconds since 1970; 0 for never."
                    },
                    "inference_count": {"type": "integer", "minimum": 0, "description": "Rows."},
                    "execution_count": {"type": "integer", "minimum": 0, "description": "Batches."},
                    "inference_stats": {
                      "type": "object", "additionalProperties": {"$ref": "#/components/schemas/Duration"}
                    },
                    "batch_stats": {
                      "type": "array",
                      "items": {
                        "type": "object", "required": ["batch_size"],
                        "properties": {
                          "batch_size": {"type": "integer", "minimum": 1},
                          "compute_input": {"$ref": "#/components/schemas/Duration"},
                          "compute_infer": {"$ref": "#/components/schemas/Duration"},
                          "compute_output": {"$ref": "#/components/schemas/Duration"}
                        }
                      }
                    }
                  }
                }
              }
            }
          },
          "Duration": {
            "type": "object", "required": ["count", "ns"],
            "properties": {"count": {"type": "integer", "minimum": 0}, "ns": {"type": "integer", "minimum": 0}}
          },
          "Regions": {
            "type": "array",
            "items": {
              "type": "object", "required": ["name", "key", "offset", "byte_size"],
              "properties": {
                "name": {"type": "string"}, "key": {"type": "string"},
                "offset": {"type": "integer", "minimum": 0}, "byte_size": {"type": "integer", "minimum": 0}
              }
            }
          },
          "RegionRegistration": {
            "type": "object", "required": ["key", "byte_size"],
            "properties": {
              "key": {"type": "string", "description": "The name of a POSIX shared memory object."},
              "offset": {"type": "integer", "minimum": 0}, "byte_size": {"type": "integer", "minimum": 0}
            }
          },
          "LogSettings": {
            "type": "object", "required": ["log_info", "log_warning", "log_error", "log_verbose_level", "log_format"],
            "properties": {
              "log_file": {"type": "string"}, "log_info": {"type": "boolean"}, "log_warning": {"type": "boolean"},
              "log_error": {"type": "boolean"}, "log_verbose_level": {"type": "integer", "minimum": 0},
              "log_format": {"type": "string", "enum": ["default", "ISO8601"]},
              "rowan_access_log": {"type": "boolean", "description": "A line for each request."}
            }
          },
          "LogSettingsUpdate": {
            "type": "object",
            "properties": {
              "log_info": {"type": "boolean"}, "log_warning": {"type": "boolean"}, "log_error": {"type": "boolean"},
              "log_verbose_level": {"type": "integer", "minimum": 0},
              "log_format": {"type": "string", "enum": ["default", "ISO8601"]},
              "rowan_access_log": {"type": "boolean"}
            }
          },
          "TraceSettings": {
            "type": "object", "required": ["trace_level", "trace_rate", "trace_count", "trace_mode"],
            "properties": {
              "trace_level": {"type": "array", "items": {"type": "string"}},
              "trace_rate": {"type": "string", "pattern": "^[0-9]+$", "description": "One request of so many."},
              "trace_count": {"type": "string", "pattern": "^-?[0-9]+$", "description": "-1 for all."},
              "log_frequency": {"type": "string", "pattern": "^[0-9]+$"},
              "trace_file": {"type": "string"}, "trace_mode": {"type": "string", "enum": ["triton", "opentelemetry"]}
            }
          },
          "TraceSettingsUpdate": {
            "type": "object", "description": "`null` takes what holds for all models.",
            "properties": {
              "trace_level": {"type": ["array", "string", "null"]}, "trace_rate": {"type": ["string", "null"]},
              "trace_count": {"type": ["string", "null"]}, "log_frequency": {"type": ["string", "null"]}
            }
          },
          "Parameters": {
            "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}
          },
          "InferenceRequest": {
            "type": "object", "required": ["inputs"],
            "properties": {
              "id": {"type": "string", "description": "Given back with the answer."},
              "parameters": {
                "allOf": [{"$ref": "#/components/schemas/Parameters"}],
                "properties": {
                  "binary_data_output": {"type": "boolean", "description": "All outputs as binary tensors."},
                  "priority": {"type": "integer", "minimum": 0, "description": "1 is the highest, 0 the default."},
                  "timeout": {"type": "integer", "minimum": 0, "description": "Microseconds in the queue."}
                }
              },
              "inputs": {
                "type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/RequestInput"}
              },
              "outputs": {
                "type": "array", "description": "Empty or absent: the model's usual ones.",
                "items": {"$ref": "#/components/schemas/RequestOutput"}
              }
            }
          },
          "RequestInput": {
            "type": "object", "required": ["name", "shape", "datatype"],
            "properties": {
              "name": {"type": "string"},
              "shape": {
                "type": "array", "minItems": 1, "description": "Rows first.",
                "items": {"type": "integer", "minimum": 0}
              },
              "datatype": {"$ref": "#/components/schemas/Datatype"},
              "parameters": {
                "allOf": [{"$ref": "#/components/schemas/Parameters"}],
                "properties": {
                  "binary_data_size": {"type": "integer", "minimum": 0, "description": "Bytes behind the JSON part."},
                  "shared_memory_region": {"type": "string", "description": "Read from this region."},
                  "shared_memory_offset": {"type": "integer", "minimum": 0},
                  "shared_memory_byte_size": {"type": "integer", "minimum": 0}
                }
              },
              "data": {
                "type": "array", "description": "Row by row, nested or flat; `null` and `NaN` are missing values."
              }
            }
          },
          "RequestOutput": {
            "type": "object", "required": ["name"],
            "properties": {
              "name": {"type": "string"},
              "parameters": {
                "allOf": [{"$ref": "#/components/schemas/Parameters"}],
                "properties": {
                  "binary_data": {"type": "boolean", "description": "As a binary tensor."},
                  "classification": {
                    "type": "integer", "minimum": 0, "description": "The greatest of each row as `value:index:label`."
                  },
                  "shared_memory_region": {"type": "string", "description": "Written to this region."},
                  "shared_memory_offset": {"type": "integer", "minimum": 0},
                  "shared_memory_byte_size": {"type": "integer", "minimum": 0}
                }
              }
            }
          },
          "InferenceResponse": {
            "type": "object", "required": ["model_name", "model_version", "outputs"],
            "properties": {
              "id": {"type": "string"},
              "model_name": {"type": "string"}, "model_version": {"type": "string"},
              "parameters": {"$ref": "#/components/schemas/Parameters"},
              "outputs": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "datatype", "shape"],
                  "properties": {
                    "name": {"type": "string"}, "datatype": {"$ref": "#/components/schemas/Datatype"},
                    "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                    "parameters": {
                      "type": "object",
                      "properties": {"binary_data_size": {"type": "integer", "minimum": 0}}
                    },
                    "data": {"type": "array", "description": "Row by row, flat."}
                  }
                }
              }
            }
          },
          "Feedback": {
            "type": "object", "required": ["feedback"], "additionalProperties": false,
            "properties": {
              "feedback": {
                "type": "array", "maxItems": 10000,
                "items": {
                  "type": "object", "required": ["label"], "additionalProperties": false,
                  "properties": {
                    "prediction_id": {"type": "string", "minLength": 1, "description": "`rowan_prediction_id`."},
                    "request_id": {"type": "string", "minLength": 1, "description": "Instead, where it is unique."},
                    "row": {"type": "integer", "minimum": 0, "maximum": 4294967295},
                    "label": {
                      "oneOf": [{"type": "integer"}, {"type": "string", "minLength": 1}, {"type": "boolean"}]
                    },
                    "time": {"type": "string", "format": "date-time"}
                  },
                  "oneOf": [{"required": ["prediction_id"]}, {"required": ["request_id"]}]
                }
              }
            }
          },
          "FeedbackOutcome": {
            "type": "object", "required": ["accepted", "unknown", "late", "duplicate"],
            "properties": {
              "accepted": {"type": "integer"}, "unknown": {"type": "integer"}, "late": {"type": "integer"},
              "duplicate": {"type": "integer"}
            }
          },
          "KnowledgeDocument": {
            "type": "object", "required": ["text"], "additionalProperties": false,
            "properties": {
              "id": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,200}$", "description": "Made if there is none."},
              "title": {"type": "string"},
              "text": {"type": "string", "minLength": 1, "description": "Plain or Markdown."},
              "service": {"type": "string"}, "tenant": {"type": "string"},
              "time": {
                "oneOf": [{"type": "integer"}, {"type": "string", "format": "date-time"}],
                "description": "Seconds since 1970, or a moment."
              },
              "tags": {"type": "array", "maxItems": 32, "items": {"type": "string"}}
            }
          },
          "KnowledgeOutcome": {
            "type": "object", "required": ["added", "replaced", "unchanged", "ids"],
            "properties": {
              "added": {"type": "integer"}, "replaced": {"type": "integer"}, "unchanged": {"type": "integer"},
              "ids": {"type": "array", "items": {"type": "string"}, "description": "The first hundred."}
            }
          },
          "KnowledgeRemoval": {
            "type": "object", "required": ["removed"], "properties": {"removed": {"type": "string"}}
          },
          "KnowledgeList": {
            "type": "object", "required": ["document_count", "chunk_count", "vector_count", "loaded", "documents"],
            "properties": {
              "document_count": {"type": "integer"}, "chunk_count": {"type": "integer"},
              "vector_count": {"type": "integer"}, "loaded": {"type": "boolean"}, "encoder": {"type": "string"},
              "next": {"type": "string"},
              "documents": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "title", "tags", "chunk_count"],
                  "properties": {
                    "id": {"type": "string"}, "title": {"type": "string"}, "service": {"type": "string"},
                    "tenant": {"type": "string"}, "time": {"type": "integer"},
                    "tags": {"type": "array", "items": {"type": "string"}}, "chunk_count": {"type": "integer"}
                  }
                }
              }
            }
          },
          "KnowledgeAnswer": {
            "type": "object", "required": ["message", "keyword_only", "fusion", "documents"],
            "properties": {
              "message": {"type": "string"}, "keyword_only": {"type": "boolean"}, "fusion": {"type": "string"},
              "documents": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["id", "title", "tags", "score", "excerpt", "why"],
                  "properties": {
                    "id": {"type": "string"}, "title": {"type": "string"}, "service": {"type": "string"},
                    "time": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}},
                    "score": {"type": "number"}, "excerpt": {"type": "string"},
                    "why": {
                      "type": "object", "required": ["terms"],
                      "properties": {
                        "terms": {"type": "array", "items": {"type": "string"}}, "keyword_rank": {"type": "integer"},
                        "keyword_score": {"type": "number"}, "vector_rank": {"type": "integer"},
                        "similarity": {"type": "number"}
                      }
                    }
                  }
                }
              }
            }
          },
          "ExperimentList": {
            "type": "object", "required": ["experiments"],
            "properties": {
              "experiments": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "variants", "rollout_phase"],
                  "properties": {
                    "name": {"type": "string"}, "variants": {"type": "array", "items": {"type": "string"}},
                    "rollout_phase": {"type": ["string", "null"]}
                  }
                }
              }
            }
          },
          "Experiment": {
            "type": "object", "required": ["name", "variants", "sample_ratio", "metrics", "rollout", "history"],
            "properties": {
              "name": {"type": "string"}, "variants": {"type": "array", "items": {"type": "object"}},
              "sticky": {"type": "object"}, "on_unavailable": {"type": "string", "enum": ["REFUSE", "REDISTRIBUTE"]},
              "weights": {"type": "array", "items": {"type": "number"}},
              "ready": {"type": "array", "items": {"type": "boolean"}}, "shadow": {"type": ["object", "null"]},
              "sample_ratio": {"type": "object"}, "metrics": {"type": "array", "items": {"type": "object"}},
              "rollout": {"type": ["object", "null"]}, "rollout_is_kept": {"type": "boolean"},
              "history": {"type": "array", "items": {"type": "object"}}
            }
          },
          "RolloutCommand": {
            "type": "object", "required": ["action"], "additionalProperties": false,
            "properties": {"action": {"type": "string", "enum": ["pause", "resume", "promote", "abort"]}}
          },
          "ExplanationState": {
            "type": "string", "enum": ["queued", "retrieving", "generating", "done", "failed"]
          },
          "Explanation": {
            "type": "object",
            "required": [
              "id", "incident", "state", "signature", "count", "first_time", "last_time", "model", "version", "rule",
              "value", "evidence", "shap"
            ],
            "properties": {
              "id": {"type": "string"}, "incident": {"type": "string", "description": "Identity of its first row."},
              "state": {"$ref": "#/components/schemas/ExplanationState"}, "reason": {"type": "string"},
              "signature": {"type": "string"}, "count": {"type": "integer", "minimum": 1},
              "first_time": {"type": "string", "format": "date-time"},
              "last_time": {"type": "string", "format": "date-time"},
              "model": {"type": "string"}, "version": {"type": "string"}, "split": {"type": "string"},
              "rule": {"type": "string"}, "value": {"type": ["number", "null"]},
              "service": {"type": "string"}, "host": {"type": "string"}, "tenant": {"type": "string"},
              "log": {"type": "string"}, "message": {"type": "string"},
              "title": {"type": "string"}, "root_cause": {"type": "string"}, "impact": {"type": "string"},
              "actions": {"type": "array", "items": {"type": "string"}},
              "prevention": {"type": "array", "items": {"type": "string"}},
              "confidence": {"type": "number", "minimum": 0, "maximum": 1},
              "citations": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["number", "id", "title"],
                  "properties": {
                    "number": {"type": "integer"}, "id": {"type": "string"}, "title": {"type": "string"},
                    "score": {"type": "number"}
                  }
                }
              },
              "similar": {"type": "array", "items": {"type": "object"}},
              "generator": {"type": "string", "enum": ["extractive", "openai"]},
              "retrieval": {"type": "string", "enum": ["keywords", "hybrid"]},
              "timings": {"type": "object"},
              "evidence": {"type": "string", "enum": ["treeshap", "rarity", "none"]},
              "shap": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["feature", "value", "contribution", "share"],
                  "properties": {
                    "feature": {"type": "string"}, "value": {"type": ["number", "null"]},
                    "contribution": {"type": ["number", "null"]}, "share": {"type": "number"},
                    "reference": {"type": "object"}
                  }
                }
              },
              "feedback": {"type": "array", "items": {"type": "object"}}
            }
          },
          "ExplanationList": {
            "type": "object", "required": ["explanations", "next_cursor"],
            "properties": {
              "explanations": {"type": "array", "items": {"$ref": "#/components/schemas/Explanation"}},
              "next_cursor": {"type": ["string", "null"]}
            }
          },
          "ExplanationOpinion": {
            "type": "object",
            "properties": {
              "verdict": {"type": "string", "enum": ["useful", "wrong"]}, "correction": {"type": "string"}
            }
          },
          "OpenAPI": {
            "type": "object", "required": ["openapi", "info", "paths"],
            "properties": {"openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"}}
          }
        }
        """#
}
