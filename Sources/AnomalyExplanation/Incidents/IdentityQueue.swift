import OpenInferenceProtocol

/// Identities in the order in which they came.
///
/// - Complexity: constant per identity, on average.
struct IdentityQueue: Sendable {
    private var items: [ExplanationIdentity] = []
    private var head = 0

    var count: Int { items.count - head }
    var first: ExplanationIdentity? { head < items.count ? items[head] : nil }
    var values: ArraySlice<ExplanationIdentity> { items[head...] }

    mutating func append(_ id: ExplanationIdentity) { items.append(id) }

    mutating func removeFirst() -> ExplanationIdentity? {
        guard head < items.count else { return nil }
        defer {
            head += 1
            // Half of the memory may be of those that are gone.
            if head > 64, head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
        }
        return items[head]
    }
}
