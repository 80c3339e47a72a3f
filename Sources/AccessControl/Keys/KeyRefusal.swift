/// Why a request is not worked on although its form may be right.
package enum KeyRefusal: Equatable, Sendable {
    /// It shows no key.
    case missing
    /// What it shows is no key, or it shows several.
    case malformed
    /// Nobody has this key.
    case unknown
    /// The key does not open the model.
    case model
    /// The key opens inference only.
    case scope
    /// The key has made as many requests as it may.
    case rate(waitNanoseconds: Int64)

    /// What the caller is told; nothing of what it has sent.
    package var message: String {
        switch self {
        case .missing: "this call needs an API key in Authorization: Bearer or x-api-key"
        case .malformed: "what was sent as an API key is none"
        case .unknown: "this API key is not known"
        case .model: "this API key may not use the model"
        case .scope: "this API key may not make this call: it needs the scope admin"
        case .rate: "this API key has made as many requests as it may for now"
        }
    }

    /// Whole seconds to wait before the next attempt; nil where waiting does not help.
    package var retryAfterSeconds: Int? {
        guard case .rate(let wait) = self else { return nil }
        return Int((wait - 1) / 1_000_000_000 + 1)
    }

    /// Whether the caller is not known, so that another key may help.
    package var isUnauthenticated: Bool {
        switch self {
        case .missing, .malformed, .unknown: true
        case .model, .scope, .rate: false
        }
    }
}
