import HTTPConnections

extension OpenAPIOperation {
    /// The operations of a subject: one for each method, and for each form of the path.
    static func operations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        switch subject {
        case .live, .ready, .serverMetadata: serverOperations(of: subject)
        case .modelList, .modelMetadata, .modelReady, .modelConfiguration, .modelStatistics, .modelDrift,
            .statistics:
            modelOperations(of: subject)
        case .inference: inferenceOperations
        case .generation: generationOperations
        case .embeddings: [embeddingsOperation]
        case .systemMemory: memoryOperations("system", name: "System")
        case .cudaMemory: memoryOperations("cuda", name: "CUDA")
        case .repositoryIndex, .modelLoad, .modelUnload: repositoryOperations(of: subject)
        case .feedback, .experimentList, .experiment, .rollout: experimentOperations(of: subject)
        case .explanationList, .explanationStream, .explanation, .explanationOpinion:
            explanationOperations(of: subject)
        case .knowledge, .knowledgeSearch, .knowledgeDocument: knowledgeOperations(of: subject)
        case .logSettings: settingOperations("/v2/logging", id: "logSettings", "the log", schema: "LogSettings")
        case .traceSettings:
            settingOperations("/v2/trace/setting", id: "traceSettings", "traces", schema: "TraceSettings")
                + settingOperations(
                    "/v2/models/{model}/trace/setting", id: "modelTraceSettings", "a model's traces",
                    schema: "TraceSettings")
        case .openAPI, .documentation: documentationOperations(of: subject)
        }
    }

    private static func serverOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        let unavailable = Answer.error(.serviceUnavailable, "The server starts or ends.")
        switch subject {
        case .live:
            return [
                OpenAPIOperation(
                    path: "/v2/health/live", method: .get, id: "serverLive", group: .health,
                    summary: "Whether the server is alive",
                    answers: [Answer(.ok, "It is.", .json("Health")), unavailable])
            ]
        case .ready:
            return [
                OpenAPIOperation(
                    path: "/v2/health/ready", method: .get, id: "serverReady", group: .health,
                    summary: "Whether the server is ready for inference",
                    description: "With `--strict-readiness` (the default) it is when every model is.",
                    answers: [
                        Answer(.ok, "It is.", .json("Health")),
                        Answer(.badRequest, "Not every model is ready.", .json("Health")), unavailable,
                    ])
            ]
        default:
            return [
                OpenAPIOperation(
                    path: "/v2", method: .get, id: "serverMetadata", group: .health,
                    summary: "Name, version and extensions of the server",
                    answers: [Answer(.ok, "The server's metadata.", .json("ServerMetadata"))])
            ]
        }
    }

    private static func documentationOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        subject == .openAPI
            ? [
                OpenAPIOperation(
                    path: "/v2/openapi.json", method: .get, id: "openAPI", group: .documentation,
                    summary: "This description, for programs",
                    answers: [Answer(.ok, "An OpenAPI 3.1 document.", .json("OpenAPI"))])
            ]
            : [
                OpenAPIOperation(
                    path: "/v2/docs", method: .get, id: "documentation", group: .documentation,
                    summary: "This description, for people", answers: [Answer(.ok, "A page.", .html)])
            ]
    }
}

// MARK: - Models

extension OpenAPIOperation {
    private static var generationOperations: [OpenAPIOperation] {
        ["", "/versions/{version}"].flatMap { version in
            ["generate", "generate_stream"].map { verb in
                OpenAPIOperation(
                    path: "/v2/models/{model}\(version)/\(verb)", method: .post,
                    id: verb.split(separator: "_").map { String($0).capitalizedInitial }.joined()
                        + (version.isEmpty ? "" : "Version"), group: .inference,
                    summary: "Not served: tree ensembles generate no text",
                    answers: refusalsOfModels + [.error(.notImplemented, "No model of this server generates text.")])
            }
        }
    }

    /// Refusals of a path that names a model, apart from those of any request.
    private static let refusalsOfModels: [Answer] = [
        .error(.notFound, "There is no such model or version, or none of its versions is ready."),
        .error(.serviceUnavailable, "The version is known and not ready."),
    ]

    private static func modelOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        switch subject {
        case .modelList:
            [
                OpenAPIOperation(
                    path: "/v2/models", method: .get, id: "modelList", group: .models,
                    summary: "Every model and version with its state",
                    answers: [Answer(.ok, "The models.", .json("RepositoryIndex"))])
            ]
        case .modelMetadata:
            bothForms(
                "", id: "modelMetadata", "Inputs, outputs and versions of a model",
                Answer(.ok, "The model's metadata.", .json("ModelMetadata")))
        case .modelReady:
            bothForms(
                "/ready", id: "modelReady", "Whether a model is ready for inference",
                Answer(.ok, "It is.", .json("ModelReady")))
        case .modelStatistics:
            bothForms(
                "/stats", id: "modelStatistics", "What a model has done since it was loaded",
                Answer(.ok, "Triton's statistics of each ready version.", .json("Statistics")))
        case .modelDrift:
            bothForms(
                "/drift", id: "modelDrift", "How the rows of a model differ from those it was trained with",
                Answer(.ok, "Each feature and output against the model's reference.", .json("ModelDrift")))
        case .statistics:
            [
                OpenAPIOperation(
                    path: "/v2/models/stats", method: .get, id: "statistics", group: .models,
                    summary: "What all models have done since they were loaded",
                    answers: [Answer(.ok, "Triton's statistics of each ready version.", .json("Statistics"))])
            ]
        default:
            bothForms(
                "/config", id: "modelConfiguration", "The effective configuration of a model",
                Answer(.ok, "Triton's `ModelConfig` as JSON, completed from the model.", .json("ModelConfiguration")))
        }
    }

    /// The operation on the model's highest ready version, and that on a version by number.
    private static func bothForms(
        _ suffix: String, id: String, _ summary: String, _ answer: Answer
    ) -> [OpenAPIOperation] {
        [("/v2/models/{model}", ""), ("/v2/models/{model}/versions/{version}", "Version")].map { path, ending in
            OpenAPIOperation(
                path: path + suffix, method: .get, id: id + ending, group: .models,
                summary: summary + (ending.isEmpty ? "" : ", by version"), answers: [answer] + refusalsOfModels)
        }
    }

    private static var inferenceOperations: [OpenAPIOperation] {
        [("/v2/models/{model}/infer", ""), ("/v2/models/{model}/versions/{version}/infer", "Version")].map {
            path, ending in
            OpenAPIOperation(
                path: path, method: .post, id: "infer" + ending, group: .inference,
                summary: "Predict" + (ending.isEmpty ? "" : ", by version"), description: inferenceDescription,
                request: Request(
                    content: .jsonOrBinary("InferenceRequest"), isRequired: true, example: inferenceExample),
                answers: [
                    Answer(.ok, "One tensor for each output asked for.", .jsonOrBinary("InferenceResponse"))
                ] + [
                    .error(.notImplemented, "The request asks for something that this server does not do."),
                    .error(
                        .serviceUnavailable,
                        "The version is known and not ready; or a queue is full, or took too long: `Retry-After`."),
                ] + refusalsOfModels)
        }
    }

    private static let inferenceDescription = """
        `inputs` holds one tensor of shape [rows, features], or one tensor per feature where the model names its \
        features (see the model's metadata). Without `outputs` the model's usual outputs are answered. \
        With the header `Inference-Header-Content-Length` only that many bytes of the body are JSON and the tensors \
        that say `binary_data_size` follow, little-endian, in the order of `inputs`. Bodies may be compressed with \
        gzip or deflate.
        """

    private static let inferenceExample = """
        {"inputs": [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [0.5, 1.0, 2.5, 0.0]}], \
        "outputs": [{"name": "probabilities"}]}
        """
}

// MARK: - Repository

extension OpenAPIOperation {
    private static func repositoryOperations(of subject: EndpointSubject) -> [OpenAPIOperation] {
        switch subject {
        case .repositoryIndex: [repositoryIndex(at: "/v2/repository/index", id: "repositoryIndex")]
        case .modelLoad:
            [
                control("load", "Load or reload a model", schema: "LoadRequest", example: "{}"),
                qualifiedControl("load"),
            ]
        default:
            [
                control(
                    "unload", "Unload a model", schema: "UnloadRequest",
                    example: #"{"parameters": {"unload_dependents": false}}"#),
                qualifiedControl("unload"),
            ]
        }
    }

    private static func repositoryIndex(at path: String, id: String) -> OpenAPIOperation {
        OpenAPIOperation(
            path: path, method: .post, id: id, group: .repository,
            summary: "Every model and version with its state, or the ready ones",
            request: Request(content: .json("IndexRequest"), isRequired: false, example: #"{"ready": true}"#),
            answers: [Answer(.ok, "The models.", .json("RepositoryIndex"))])
    }

    private static func control(
        _ verb: String, _ summary: String, schema: String, example: String
    ) -> OpenAPIOperation {
        OpenAPIOperation(
            path: "/v2/repository/models/{model}/\(verb)", method: .post, id: "model\(verb.capitalizedInitial)",
            group: .repository, summary: summary,
            description: "Needs `--model-control-mode explicit`. The answer comes when it is done.",
            request: Request(content: .json(schema), isRequired: false, example: example),
            answers: [
                Answer(.ok, "Done.", .none), .error(.forbidden, "The caller may not."),
                .error(.internalServerError, "No repository holds the model."),
                .error(.serviceUnavailable, "Models are not controlled by calls, or too many calls wait."),
            ], isAdministrative: true)
    }

    private static func qualifiedControl(_ verb: String) -> OpenAPIOperation {
        OpenAPIOperation(
            path: "/v2/repository/{repository}/models/{model}/\(verb)", method: .post,
            id: "model\(verb.capitalizedInitial)InRepository", group: .repository,
            summary: "Not served: models are found without naming their repository",
            answers: [
                .error(.forbidden, "The caller may not."),
                .error(.notImplemented, "Models are loaded and unloaded without naming their repository."),
            ], isAdministrative: true)
    }
}

extension String {
    /// The text with a capital at its beginning, for ASCII.
    fileprivate var capitalizedInitial: String { prefix(1).uppercased() + dropFirst() }
}
