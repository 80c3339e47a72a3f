import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// The way of one request through a split: its key, as far as it is known.
///
/// It holds nothing that is counted, because it is copied along with the request's order.
struct Routing: Sendable {
    /// The split's slot in the loop's table.
    let splitSlot: Int
    /// The key's hash; nil before the body was looked at, if the head has none.
    private(set) var keyHash: UInt64?
    /// A key that the client does not know yet.
    private(set) var newKey: StickyKey?
    /// Whether a client that gets a new key has come over TLS.
    let isSecure: Bool

    init(splitSlot: Int, keyHash: UInt64?, isSecure: Bool) {
        self.splitSlot = splitSlot
        self.keyHash = keyHash
        self.isSecure = isSecure
    }

    /// Has a key ready for a client that brings none.
    mutating func prepare(_ key: @autoclosure () -> StickyKey) {
        if keyHash == nil, newKey == nil { newKey = key() }
    }

    /// Decides who answers.
    ///
    /// - Parameter router: that of the split.
    /// - Parameter body: what the order is about, without compression.
    /// - Parameter scratch: takes the bytes of the key.
    /// - Parameter key: makes a new one, where the client has none.
    /// - Throws: if the key is faulty, or its variant is not ready.
    mutating func decide(
        by router: SplitRouter, _ order: borrowing InferenceOrder, _ body: Span<UInt8>, scratch: inout ByteBuffer,
        _ key: @autoclosure () -> StickyKey
    ) throws(ProtocolError) -> SplitRouter.Variant {
        if let keyHash { return try router.variant(ofKeyHash: keyHash) }
        scratch.removeAll()
        try Self.readParameter(order, body, into: &scratch)
        if scratch.isEmpty {
            let new = newKey ?? key()
            newKey = new
            new.append(to: &scratch)
        } else {
            newKey = nil
        }
        let hash = scratch.withBytes { router.split.assignment.hash(of: $0) }
        keyHash = hash
        return try router.variant(ofKeyHash: hash)
    }

    private static func readParameter(
        _ order: borrowing InferenceOrder, _ body: Span<UInt8>, into key: inout ByteBuffer
    ) throws(ProtocolError) {
        let limit = TrafficSplittingLimits.keyByteCount
        if order.form.isMessage {
            try StickyKeyParameter.read(in: body, message: order.message, byteLimit: limit, into: &key)
        } else {
            try StickyKeyParameter.read(in: body, headerLength: order.headerLength, byteLimit: limit, into: &key)
        }
    }
}
