import AccessControl
import HTTPConnections
import LinuxSystem

/// What pages of other origins are told: whether their scripts may call, and what they may read.
///
/// - Isolation: any thread; immutable, made once.
/// - Source: the Fetch standard, sections 3.3.2 to 3.3.6.
final class OriginAnswers: Sendable {
    private let allowed: AllowedOrigins
    /// By place of the origin: fields of answers to calls, and of answers to the question before a call.
    private let calls: [HTTPAnswerFields]
    private let questions: [HTTPAnswerFields]

    /// How long a browser may remember an answer, in seconds; most remember no longer than two hours.
    static let rememberedSeconds = 600

    /// - Parameter restrictions: pages may send the fields that open restricted parts.
    init(_ allowed: AllowedOrigins, restrictions: APIRestrictions) {
        self.allowed = allowed
        let names = ProtectedAPI.allCases.compactMap { restrictions.requirement(of: $0)?.name }
        let sent = (Self.sentFields + Set(names).sorted()).joined(separator: ", ")
        let origins = allowed.origins.map { $0.map { String(decoding: $0, as: UTF8.self) } } ?? ["*"]
        func fields(_ origin: String, _ more: [(StaticString, String)]) -> HTTPAnswerFields {
            // Who keeps answers must keep them apart where they name the asking origin.
            var fields: [(name: StaticString, value: String)] = [("access-control-allow-origin", origin)]
            if origin != "*" { fields.append(("vary", "origin")) }
            for (name, value) in more { fields.append((name, value)) }
            return HTTPAnswerFields(fields)
        }
        calls = origins.map { fields($0, [("access-control-expose-headers", Self.readFields)]) }
        questions = origins.map { origin in
            fields(
                origin,
                [
                    ("access-control-allow-methods", "GET, HEAD, POST"), ("access-control-allow-headers", sent),
                    ("access-control-max-age", "\(Self.rememberedSeconds)"),
                ])
        }
    }

    /// Fields that scripts may send beside those that they always may.
    private static let sentFields = [
        "authorization", "content-encoding", "content-type", "inference-header-content-length", "traceparent",
        "tracestate", "x-api-key",
    ]
    /// Fields of answers that scripts may read beside those that they always may.
    private static let readFields = "inference-header-content-length, retry-after, traceparent"

    private static let origin = HTTPFieldName("origin")
    private static let requestedMethod = HTTPFieldName("access-control-request-method")

    /// The fields that go with the answer to a call; nil if it comes from no page, or from one that may not read it.
    func fields(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPAnswerFields? {
        place(head, bytes).map { calls[$0] }
    }

    /// The fields that answer a browser's question before a call; nil if it is none, or the page may not call.
    func permission(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> HTTPAnswerFields? {
        guard head.method == .options, head.value(of: Self.requestedMethod, in: bytes) != nil else { return nil }
        return place(head, bytes).map { questions[$0] }
    }

    private func place(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> Int? {
        guard let value = head.value(of: Self.origin, in: bytes) else { return nil }
        return allowed.place(of: bytes.extracting(value))
    }
}
