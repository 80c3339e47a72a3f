import HTTPConnections
import LinuxSystem

/// What the paths of the inference port mean.
///
/// A path is cut at its slashes and compared piece by piece; nothing is allocated. Adding an endpoint is adding a case
/// to `Endpoint` and its path to the function of its first piece; the compiler then asks for its methods, in
/// `methods(of:)`, for its answer, in `ResourceAnswers`, and for its description, in `EndpointSubject`.
///
/// - Source: Open Inference Protocol, REST; Triton `src/http_server.cc` for the extensions and for the rule that the
///   whole path counts and the query does not.
enum EndpointTable {
    /// A resource of the inference port.
    enum Endpoint: Equatable {
        case live
        case ready
        case serverMetadata
        case modelList
        case model(ModelResource, name: Range<Int>, version: Range<Int>?)
        case logSettings
        /// - Parameter model: nil for the settings of all models.
        case traceSettings(model: Range<Int>?)
        /// Statistics of all models.
        case statistics
        /// Labels for predictions of a model or split.
        case feedback(model: Range<Int>)
        /// - Parameter id: of a document, or `search`; nil for all documents.
        case knowledge(id: Range<Int>?)
        /// What would be found for a message.
        case knowledgeSearch
        /// - Parameter name: of a split; nil for the list of all.
        case experiments(name: Range<Int>?)
        /// Commands to a split's rollout.
        case rollout(split: Range<Int>)
        /// Explanations of anomalous rows.
        case explanations(ExplanationResource)
        case repositoryIndex
        /// - Parameter isQualified: whether the path names a repository, too.
        case repositoryControl(RepositoryVerb, name: Range<Int>, isQualified: Bool)
        /// Vectors of texts in OpenAI's form.
        case embeddings
        /// The description of this port for programs, and for people.
        case openAPI
        case documentation
        /// - Parameter region: nil for all regions.
        case sharedMemory(SharedMemoryAnswers.Kind, SharedMemoryAnswers.Verb, region: Range<Int>?)
    }

    /// What is to be done with a model of a repository.
    enum RepositoryVerb: Equatable {
        case load
        case unload
    }

    /// What of explanations is asked for.
    enum ExplanationResource: Equatable {
        case list
        /// What ends from now on.
        case stream
        case one(Range<Int>)
        /// What a person says about one.
        case opinion(Range<Int>)
    }

    /// What of a model is asked for.
    enum ModelResource: Equatable {
        case metadata
        case ready
        case configuration
        case statistics
        /// How its rows have changed since it was trained.
        case drift
        case infer
        /// Text from text, which no tree ensemble makes.
        case generate
    }

    /// The resource that a path names, or `nil`.
    ///
    /// - Parameter path: the path's bytes without query; ranges in the result are offsets into it.
    static func endpoint(for path: Span<UInt8>) -> Endpoint? {
        guard path.count >= 3, path.matches(0..<3, "/v2") else {
            return path.count == 14 && path.matches(0..<14, "/v1/embeddings") ? .embeddings : nil
        }
        if path.count == 3 || (path.count == 4 && path[3] == slash) { return .serverMetadata }
        var pieces = Pieces(path, from: 3)
        guard let first = pieces.next(path) else { return nil }
        if path.matches(first, "models") { return modelEndpoint(path, &pieces) }
        if path.matches(first, "health") { return healthEndpoint(path, &pieces) }
        if path.matches(first, "repository") { return repositoryEndpoint(path, &pieces) }
        if path.matches(first, "openapi.json") { return pieces.isAtEnd(path) ? .openAPI : nil }
        if path.matches(first, "docs") { return pieces.isAtEnd(path) ? .documentation : nil }
        if path.matches(first, "systemsharedmemory") { return memoryEndpoint(.system, path, &pieces) }
        if path.matches(first, "cudasharedmemory") { return memoryEndpoint(.cuda, path, &pieces) }
        if path.matches(first, "trace") { return isTraceSetting(path, &pieces) ? .traceSettings(model: nil) : nil }
        if path.matches(first, "experiments") { return experimentEndpoint(path, &pieces) }
        if path.matches(first, "explanations") { return explanationEndpoint(path, &pieces) }
        if path.matches(first, "knowledge") { return knowledgeEndpoint(path, &pieces) }
        if path.matches(first, "logging") { return pieces.isAtEnd(path) ? .logSettings : nil }
        return nil
    }

    /// The methods that a resource answers.
    static func methods(of endpoint: Endpoint) -> HTTPMethodSet {
        switch endpoint {
        case .live, .ready, .serverMetadata, .modelList, .statistics, .openAPI, .documentation: .reading
        case .model(let resource, _, _): resource == .infer || resource == .generate ? .posting : .reading
        case .experiments: .reading
        case .explanations(.opinion): .posting
        case .explanations: .reading
        case .knowledgeSearch: .reading
        case .knowledge(.none): [.reading, .posting]
        case .knowledge(.some): [.reading, HTTPMethodSet(.delete)]
        case .repositoryIndex, .repositoryControl, .feedback, .rollout, .embeddings: .posting
        case .sharedMemory(_, let verb, _): verb == .status ? .reading : .posting
        case .logSettings, .traceSettings: [.reading, .posting]
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func healthEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        guard let piece = pieces.next(path), pieces.isAtEnd(path) else { return nil }
        if path.matches(piece, "ready") { return .ready }
        if path.matches(piece, "live") { return .live }
        return nil
    }

    private static func modelEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        if pieces.isAtEnd(path) { return .modelList }
        guard let name = pieces.next(path), !name.isEmpty else { return nil }
        if pieces.isAtEnd(path) {
            // As in Triton, metadata of a model of that name cannot be had without a version.
            return path.matches(name, "stats") ? .statistics : .model(.metadata, name: name, version: nil)
        }
        guard var piece = pieces.next(path) else { return nil }
        var version: Range<Int>?
        if path.matches(piece, "versions") {
            guard let digits = pieces.next(path), isNumber(path, digits) else { return nil }
            version = digits
            if pieces.isAtEnd(path) { return .model(.metadata, name: name, version: version) }
            guard let last = pieces.next(path) else { return nil }
            piece = last
        }
        if version == nil, path.matches(piece, "trace") {
            return isTraceSetting(path, &pieces) ? .traceSettings(model: name) : nil
        }
        if version == nil, path.matches(piece, "feedback") {
            return pieces.isAtEnd(path) ? .feedback(model: name) : nil
        }
        guard pieces.isAtEnd(path), let resource = modelResource(path, piece) else { return nil }
        return .model(resource, name: name, version: version)
    }

    private static func knowledgeEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        if pieces.isAtEnd(path) { return .knowledge(id: nil) }
        guard let id = pieces.next(path), !id.isEmpty, pieces.isAtEnd(path) else { return nil }
        return path.matches(id, "search") ? .knowledgeSearch : .knowledge(id: id)
    }

    private static func experimentEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        if pieces.isAtEnd(path) { return .experiments(name: nil) }
        guard let name = pieces.next(path), !name.isEmpty else { return nil }
        if pieces.isAtEnd(path) { return .experiments(name: name) }
        guard let verb = pieces.next(path), pieces.isAtEnd(path), path.matches(verb, "rollout") else { return nil }
        return .rollout(split: name)
    }

    private static func explanationEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        if pieces.isAtEnd(path) { return .explanations(.list) }
        guard let name = pieces.next(path), !name.isEmpty else { return nil }
        if pieces.isAtEnd(path) { return .explanations(path.matches(name, "stream") ? .stream : .one(name)) }
        guard let verb = pieces.next(path), pieces.isAtEnd(path), path.matches(verb, "feedback") else { return nil }
        return .explanations(.opinion(name))
    }

    /// Whether what follows `trace` is `/setting` and nothing more.
    private static func isTraceSetting(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Bool {
        guard let piece = pieces.next(path) else { return false }
        return pieces.isAtEnd(path) && path.matches(piece, "setting")
    }

    private static func modelResource(_ path: Span<UInt8>, _ piece: Range<Int>) -> ModelResource? {
        if path.matches(piece, "infer") { return .infer }
        if path.matches(piece, "ready") { return .ready }
        if path.matches(piece, "config") { return .configuration }
        if path.matches(piece, "generate") || path.matches(piece, "generate_stream") { return .generate }
        if path.matches(piece, "stats") { return .statistics }
        if path.matches(piece, "drift") { return .drift }
        return nil
    }

    private static func repositoryEndpoint(_ path: Span<UInt8>, _ pieces: inout Pieces) -> Endpoint? {
        guard var piece = pieces.next(path) else { return nil }
        // A repository's name may stand in between: the index does not look at it, as in Triton.
        let isQualified = !path.matches(piece, "index") && !path.matches(piece, "models")
        if isQualified {
            guard let following = pieces.next(path) else { return nil }
            piece = following
        }
        if path.matches(piece, "index") { return pieces.isAtEnd(path) ? .repositoryIndex : nil }
        guard path.matches(piece, "models"), let name = pieces.next(path), !name.isEmpty,
            let verb = pieces.next(path), pieces.isAtEnd(path)
        else { return nil }
        if path.matches(verb, "load") { return .repositoryControl(.load, name: name, isQualified: isQualified) }
        if path.matches(verb, "unload") { return .repositoryControl(.unload, name: name, isQualified: isQualified) }
        return nil
    }

    private static func memoryEndpoint(
        _ kind: SharedMemoryAnswers.Kind, _ path: Span<UInt8>, _ pieces: inout Pieces
    ) -> Endpoint? {
        guard var piece = pieces.next(path) else { return nil }
        var region: Range<Int>?
        if path.matches(piece, "region") {
            guard let name = pieces.next(path), !name.isEmpty, let last = pieces.next(path) else { return nil }
            region = name
            piece = last
        }
        guard pieces.isAtEnd(path) else { return nil }
        if path.matches(piece, "status") { return .sharedMemory(kind, .status, region: region) }
        if path.matches(piece, "register") { return .sharedMemory(kind, .register, region: region) }
        if path.matches(piece, "unregister") { return .sharedMemory(kind, .unregister, region: region) }
        return nil
    }

    private static func isNumber(_ path: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        for index in range where path[index] < UInt8(ascii: "0") || path[index] > UInt8(ascii: "9") {
            return false
        }
        return true
    }

    /// Walks over the pieces between slashes.
    private struct Pieces {
        private var position: Int

        init(_ path: Span<UInt8>, from start: Int) {
            position = start
        }

        func isAtEnd(_ path: Span<UInt8>) -> Bool { position == path.count }

        /// The next piece, which must begin with a slash; `nil` at the end of the path.
        mutating func next(_ path: Span<UInt8>) -> Range<Int>? {
            guard position < path.count, path[position] == slash else { return nil }
            let start = position &+ 1
            var end = start
            while end < path.count, path[end] != slash {
                end &+= 1
            }
            position = end
            return start..<end
        }
    }
}
