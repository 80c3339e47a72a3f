/// What an operator should hear about events, at most once for each time that something breaks or works again.
package enum EventReport: Sendable, Equatable {
    /// Events wait, because they cannot be brought somewhere.
    case deliveryFailed(sink: String, target: String, reason: String)
    /// They are brought there again.
    case deliveryWorks(sink: String, target: String)
    /// An event was given up.
    case buried(sink: String, id: String, reason: String, isKept: Bool)
}
