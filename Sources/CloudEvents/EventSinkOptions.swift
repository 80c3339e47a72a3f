import OutgoingHTTP

/// A place that events are brought to.
package struct EventSinkOptions: Sendable, Equatable {
    /// How an event lies in a request.
    package enum Mode: Sendable, Equatable {
        /// The body is the whole event.
        case structured
        /// Fields hold the attributes, the body is the data.
        case binary
    }

    /// Where that is.
    package enum Target: Sendable, Equatable {
        /// - Parameter token: what is shown in `Authorization: Bearer`; nil for nothing.
        case http(url: String, mode: Mode, token: String?, timeoutSeconds: Double)
        /// A line for each event at the end of a file.
        case file(path: String)
    }

    /// What metrics and the log call it.
    package var name: String
    package var target: Target
    /// The types that are brought there; empty for all.
    package var types: [String] = []
    package var queueCapacity = CloudEventsLimits.usualQueueCapacity
    package var attempts = CloudEventsLimits.usualAttempts
    /// Where events end that could not be brought there; nil for nowhere.
    package var deadLetterFile: String?

    /// Names a place.
    package init(name: String, target: Target) {
        self.name = name
        self.target = target
    }

    /// The place as a log may show it: a URL may hold a secret behind its host.
    package var shownTarget: String {
        switch target {
        case .http(let url, _, _, _): (try? OutgoingURL(url).origin) ?? "http"
        case .file(let path): path
        }
    }

    /// What is wrong with the place; nil for nothing.
    package var fault: String? {
        guard case .http(let url, _, let token, _) = target else { return nil }
        do throws(OutgoingFault) {
            _ = try OutgoingURL(url)
        } catch {
            return error.description
        }
        if let token, !token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            return "the token holds a character that no field may hold"
        }
        return nil
    }
}
