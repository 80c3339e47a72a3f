package import LinuxSystem
package import OutgoingHTTP

/// Why a repository of an object store could not be read or held.
///
/// It never holds a key, a signature or an answer's text.
package enum ObjectStoreFault: Error, Equatable, Sendable {
    /// The URL of the repository, or of the store, breaks a rule.
    case address(String)
    /// Credentials are there and cannot be used.
    case credentials(String)
    /// The store could not be asked.
    case network(OutgoingFault)
    /// The store refuses, with its own code, for example `NoSuchBucket`; the region is the bucket's if the store says
    /// so.
    case refused(status: Int, code: String, region: String?)
    /// What the store has answered is no answer of S3.
    case answer(String)
    /// More than is permitted.
    case limit(String)
    /// An object has changed since it was listed.
    case outdated
    /// The disk.
    case disk(String, SystemError)
    /// Another process holds the cache.
    case busy(String)

    /// Whether somebody has ended the wait for the store.
    package var isInterruption: Bool {
        if case .network(let fault) = self { fault.kind == .interrupted } else { false }
    }

    /// Whether the store cannot be reached now, which says nothing about what it holds.
    package var isAbsence: Bool {
        switch self {
        case .network(let fault):
            switch fault.kind {
            case .resolve, .connect, .connectTimedOut, .timedOut, .tooSlow, .disconnected: true
            default: false
            }
        case .refused(let status, _, _): status >= 500 || status == 429
        case .outdated: true
        default: false
        }
    }
}

extension ObjectStoreFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .address(let rule): return rule
        case .credentials(let sentence): return sentence
        case .network(let fault): return fault.description
        case .refused(let status, let code, let region):
            let answer = "the store answers \(code.isEmpty ? "status \(status)" : "\(code) (status \(status))")"
            if let region { return "\(answer): the bucket is in the region \(region); set AWS_REGION" }
            return Self.remedies[code].map { "\(answer): \($0)" } ?? answer
        case .answer(let sentence): return "the store's answer cannot be read: \(sentence)"
        case .limit(let sentence): return sentence
        case .outdated: return "an object has changed since it was listed"
        case .disk(let path, let error): return "\(path): \(error.description)"
        case .busy(let path): return "another process uses the cache \(path); give each a --data-directory of its own"
        }
    }

    /// What to do about the store's commonest refusals.
    ///
    /// - Source: Amazon S3 API Reference, "Error responses".
    private static let remedies = [
        "AccessDenied": "the key may not list or read the bucket, or none was given",
        "AuthorizationHeaderMalformed": "the region is another; set AWS_REGION",
        "ExpiredToken": "the session token has expired",
        "InvalidAccessKeyId": "AWS_ACCESS_KEY_ID names no key of this store",
        "InvalidToken": "AWS_SESSION_TOKEN is not the key's",
        "NoSuchBucket": "there is no such bucket",
        "RequestTimeTooSkewed": "the clock of this machine is wrong",
        "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY is not the key's secret",
    ]
}
