@testable import OpenInferenceProtocol

extension FuzzTarget {
    /// The body of a request to load a model: white space behind it changes nothing, and files have different paths.
    static let loadRequest = FuzzTarget(name: "load-request") { input in
        do throws(ProtocolError) {
            let request = try RepositoryLoadRequest(loading: "m", input.span)
            precondition(Set(request.files.map(\.path)).count == request.files.count, "a file is given once")
            precondition(request.files.isEmpty || request.configuration != nil, "files come with a configuration")
            guard !input.isEmpty else { return }
            let followed = try RepositoryLoadRequest(loading: "m", (input + [0x20]).span)
            precondition(request == followed, "white space says nothing")
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
        }
        _ = try? RepositoryLoadRequest.unloadsDependents(input.span)
    }
}
