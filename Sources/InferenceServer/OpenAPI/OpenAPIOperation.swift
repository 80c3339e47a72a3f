import HTTPConnections

/// One operation of the inference port as the OpenAPI document describes it.
///
/// - Source: OpenAPI Specification 3.1, Operation Object.
struct OpenAPIOperation {
    /// What a request or an answer carries.
    enum Content {
        /// Nothing.
        case none
        /// JSON of the component schema of this name.
        case json(String)
        /// JSON or, beginning with it, binary tensors.
        case jsonOrBinary(String)
        case html
        /// JSON of the component schema of this name, or Markdown.
        case jsonOrMarkdown(String)
        case eventStream

        /// The media types, each with its component schema where there is one.
        var mediaTypes: [(name: String, schema: String?)] {
            switch self {
            case .none: []
            case .json(let schema): [("application/json", schema)]
            case .jsonOrBinary(let schema): [("application/json", schema), ("application/octet-stream", nil)]
            case .html: [("text/html; charset=utf-8", nil)]
            case .jsonOrMarkdown(let schema): [("application/json", schema), ("text/markdown; charset=utf-8", nil)]
            case .eventStream: [("text/event-stream", nil)]
            }
        }
    }

    /// What an operation answers under one status.
    struct Answer {
        var status: HTTPStatus
        var meaning: String
        var content: Content

        init(_ status: HTTPStatus, _ meaning: String, _ content: Content) {
            self.status = status
            self.meaning = meaning
            self.content = content
        }

        /// An answer with the error object.
        static func error(_ status: HTTPStatus, _ meaning: String) -> Answer {
            Answer(status, meaning, .json("Error"))
        }
    }

    /// What a request's body is.
    struct Request {
        var content: Content
        var isRequired: Bool
        /// One body, as JSON, that the documentation shows.
        var example: String
    }

    /// The path with its variable pieces in braces.
    var path: String
    var method: HTTPMethod
    /// Unique in the document; generated clients name their functions after it.
    var id: String
    /// The heading that the operation stands under.
    var group: Group
    var summary: String
    var description = ""
    var request: Request?
    var answers: [Answer]
    /// Whether the caller must be direct and local, or show the admin token.
    var isAdministrative = false

    /// The headings of the document, in its order.
    enum Group: String, CaseIterable {
        case inference = "Inference"
        case texts = "Texts"
        case models = "Models"
        case health = "Server and health"
        case repository = "Model repository"
        case sharedMemory = "Shared memory"
        case experiments = "Experiments"
        case explanations = "Explanations"
        case knowledge = "Knowledge"
        case settings = "Settings"
        case documentation = "Documentation"

        var description: String {
            switch self {
            case .inference: "Rows in, predictions out."
            case .texts: "Texts in, vectors out."
            case .models: "What is served, and how it wants to be asked."
            case .health: "What load balancers and orchestrators ask."
            case .repository: "Loading and unloading, for whoever runs the server."
            case .sharedMemory: "Regions of memory that requests read tensors from and answers write them to."
            case .experiments: "Which variant is better, how right predictions are, and how far a rollout is."
            case .explanations: "Why rows are anomalous, what that hurts, and what to do."
            case .knowledge: "Runbooks and incidents of the past, which explanations draw on."
            case .settings: "What is logged and traced; everybody reads it, and who runs the server changes it."
            case .documentation: "This description."
            }
        }
    }

    /// The names in braces in the path, in its order.
    var pathParameters: [String] {
        path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
    }
}

extension OpenAPIOperation {
    /// Every operation, in the order of the groups.
    static let all: [OpenAPIOperation] = {
        let operations = EndpointSubject.allCases.flatMap(operations(of:))
        return Group.allCases.flatMap { group in operations.filter { $0.group == group } }
    }()

    /// The refusals of requests for inference where API keys are needed, or the API is restricted.
    static let refusalsOfKeys: [Answer] = [
        .error(.unauthorized, "An API key is needed."),
        .error(.forbidden, "The API key may not use the model, or the API is restricted."),
        .error(.tooManyRequests, "The API key has made as many requests as it may; `Retry-After` says when to go on."),
    ]

    /// The refusals of requests that never reach a resource; any operation may get them.
    ///
    /// - Source: the limits of the page *Limits* and RFC 9110 section 15.5.
    static let refusalsOfAnyRequest: [Answer] = [
        .error(.badRequest, "The request is malformed, or what it asks for is."),
        .error(.requestTimeout, "The request did not arrive in time."),
        .error(.contentTooLarge, "The body exceeds `--http-max-input-size`."),
        .error(.targetTooLong, "The path is too long."),
        .error(.expectationFailed, "`Expect` asks for something other than `100-continue`."),
        .error(.headerTooLarge, "The header is too large."),
        .error(.versionNotSupported, "The version of HTTP is not supported."),
    ]
}
