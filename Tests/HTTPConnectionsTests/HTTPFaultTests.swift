// Goal: every fault can happen, has the right status and a sentence of its own.
import HTTPConnections
import Testing

@Suite struct HTTPFaultTests {
    @Test func `every fault is reached by some input of these tests`() {
        var reached = Set(RequestHeadSamples.refused.map(\.fault))
        reached.formUnion(HTTP1BodyDecoderTests.refused.map(\.fault))
        // These are reached at the limits.
        reached.formUnion([
            .requestLineTooLong, .headerTooLong, .tooManyFields, .tooManyChunks, .chunkExtensionsTooLong,
            .trailersTooLong, .tooManyTrailers,
        ])
        // Only HTTP/2 says twice which host is meant.
        reached.formUnion(HTTP2RequestFieldsTests.hosts.compactMap(\.2))
        #expect(Set(HTTPFault.allCases).subtracting(reached) == [])
    }

    @Test func `every fault has a sentence of its own`() {
        #expect(Set(HTTPFault.allCases.map { "\($0.message)" }).count == HTTPFault.allCases.count)
    }

    @Test(arguments: HTTPFault.allCases) func `every fault has a status that tells the client it erred`(
        fault: HTTPFault
    ) {
        let expected: HTTPStatus
        switch fault {
        case .requestLineTooLong: expected = .targetTooLong
        case .headerTooLong, .tooManyFields, .trailersTooLong, .tooManyTrailers: expected = .headerTooLarge
        case .bodyTooLong, .tooManyChunks, .chunkExtensionsTooLong: expected = .contentTooLarge
        case .unsupportedVersion: expected = .versionNotSupported
        case .connectRefused, .unsupportedTransferEncoding: expected = .notImplemented
        case .unsupportedExpectation: expected = .expectationFailed
        default: expected = .badRequest
        }
        #expect(fault.status == expected)
    }
}
