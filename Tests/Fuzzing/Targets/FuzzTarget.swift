/// A parser, and what must hold of it whatever bytes it reads.
///
/// A coverage-guided fuzzer calls `run` with bytes of its making (`.ci/fuzz`); the tests call it with the inputs that
/// were kept. What must hold is a precondition, so that a breach ends either.
package struct FuzzTarget: Sendable {
    /// The name, and that of the folder of kept inputs.
    package let name: String
    /// Reads an input.
    package let run: @Sendable (_ input: [UInt8]) -> Void

    /// All targets.
    package static let all =
        [
            httpHead, httpBody, http2, json, inferenceJSON, inferenceBinary, loadRequest, memoryRegistration,
            modelConfiguration, configurationJSON, rowanConfiguration, objectListing, traceContext, settings,
            inferenceMessage, controlMessage, messageStream, apiKeys, proxyHeader, forwardedFor, feedback,
            feedbackMessage,
            rolloutState, stickyCookie, stickyKey, driftReference, driftSample, logRecord, knowledgeDocument,
            anomalyText, weightFile, textTokens,
        ] + models

    /// The target of a name.
    package static func named(_ name: String) -> FuzzTarget? {
        all.first { $0.name == name }
    }
}
