import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// A split as one loop routes it: where its variants are in the loop's table, and what their answers say.
///
/// - Isolation: immutable; made by the loop, read by threads of the pool, too.
final class SplitRouter: Sendable {
    /// A variant that can answer.
    final class Variant: Sendable {
        /// Place among the split's variants.
        let index: Int
        let name: String
        /// What records of predictions call the split and the variant.
        let splitHash: UInt32
        let nameHash: UInt32
        /// The slots of the member and of the split in the loop's table.
        let slot: Int
        let splitSlot: Int
        let member: ServedModel
        /// What reading a request and writing its answer need.
        let signature: ModelSignature
        /// The loop's counters of the split.
        let splitMetrics: ModelMetrics
        /// The field that names the variant.
        let fields: HTTPAnswerFields
        private let frames: Frames

        fileprivate init(
            _ index: Int, slot: Int, splitSlot: Int, _ member: ServedModel, _ signature: ModelSignature,
            named name: String, splitHash: UInt32, _ splitMetrics: ModelMetrics, _ frames: Frames
        ) {
            self.index = index
            self.name = name
            nameHash = PredictionWriting.hash(ofName: name)
            self.splitHash = splitHash
            self.slot = slot
            self.splitSlot = splitSlot
            self.member = member
            self.signature = signature
            self.splitMetrics = splitMetrics
            self.frames = frames
            fields = HTTPAnswerFields([("rowan-variant", name)])
        }

        /// The cookie that gives a client its key.
        func cookie(_ key: StickyKey, isSecure: Bool) -> SetCookie {
            SetCookie(isSecure ? frames.secure : frames.plain, high: key.high, low: key.low)
        }
    }

    fileprivate struct Frames {
        let plain: SetCookie.Frame
        let secure: SetCookie.Frame

        init(_ rules: StickyRules) {
            let (plain, secure) = (SetCookieText(rules, isSecure: false), SetCookieText(rules, isSecure: true))
            self.plain = SetCookie.Frame(opening: plain.opening, closing: plain.closing)
            self.secure = SetCookie.Frame(opening: secure.opening, closing: secure.closing)
        }
    }

    let split: TrafficSplit
    /// The split's own slot.
    let slot: Int
    /// Under the weights that hold now; nil for those of the configuration.
    private let assignment: VariantAssignment?
    /// By place among the split's variants; nil for one that is not ready.
    private let variants: [Variant?]
    private let cookieName: [UInt8]
    private let header: HTTPFieldName?
    private let metadata: HTTPFieldName?

    private static let cookieField = HTTPFieldName("cookie")

    /// Makes the router of a split.
    ///
    /// - Parameter slotOf: finds the slot of a member.
    /// - Parameter weights: that hold now; nil for those of the configuration.
    init(
        _ split: TrafficSplit, slot: Int, _ metrics: ModelMetrics, weights: [VariantWeight]? = nil,
        slotOf: (ServedModel) -> Int?
    ) {
        self.split = split
        self.slot = slot
        assignment = weights.map { split.assignment(weights: $0) }
        let splitHash = PredictionWriting.hash(ofName: split.name)
        cookieName = Array(split.sticky.cookie.utf8)
        header = split.sticky.header.isEmpty ? nil : HTTPFieldName(split.sticky.header)
        metadata = split.sticky.metadata.isEmpty ? nil : HTTPFieldName(split.sticky.metadata)
        let frames = Frames(split.sticky)
        variants = split.variants.enumerated().map { index, variant in
            guard let member = variant.member, let signature = variant.signature, let place = slotOf(member) else {
                return nil
            }
            return Variant(
                index, slot: place, splitSlot: slot, member, signature, named: variant.name, splitHash: splitHash,
                metrics, frames)
        }
    }

    /// The slots of all variants that can answer.
    var memberSlots: [Int] { variants.compactMap { $0?.slot } }

    /// Looks for a key where the head of a request may have one: in a cookie, else in the configured field.
    ///
    /// - Complexity: linear in the fields; does not allocate.
    /// - Returns: the key's hash; nil if the head has no key.
    /// - Throws: if the field's key is too long.
    func keyHash(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) throws(ProtocolError) -> UInt64? {
        if let hash = cookieHash(head, bytes) { return hash }
        guard let name = head.isGRPC ? metadata : header, let range = head.value(of: name, in: bytes), !range.isEmpty
        else { return nil }
        guard range.count <= TrafficSplittingLimits.keyByteCount else {
            throw ProtocolError(
                .invalidArgument,
                "'\(head.isGRPC ? split.sticky.metadata : split.sticky.header)' is \(range.count) bytes long, at most "
                    + "\(TrafficSplittingLimits.keyByteCount) are accepted for a key")
        }
        return split.assignment.hash(of: bytes.extracting(range))
    }

    private func cookieHash(_ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>) -> UInt64? {
        if head.cookieCount == 0 { return nil }
        if let hash = hash(ofCookieIn: bytes.extracting(head.cookieRange)) { return hash }
        // HTTP/2 lets clients send each cookie in a field of its own.
        var found: UInt64?
        if head.cookieCount > 1 {
            head.forEachValue(of: Self.cookieField, in: bytes) { range in
                found = hash(ofCookieIn: bytes.extracting(range))
                return found == nil
            }
        }
        return found
    }

    private func hash(ofCookieIn field: Span<UInt8>) -> UInt64? {
        let name = cookieName
        guard let key = CookieHeader.key(of: name.span, in: field) else { return nil }
        return split.assignment.hash(of: field.extracting(key))
    }

    /// The variant of a key.
    ///
    /// - Throws: if it is not ready, and nobody answers in its place.
    func variant(ofKeyHash keyHash: UInt64) throws(ProtocolError) -> Variant {
        switch split.choose(keyHash: keyHash, by: assignment) {
        case .variant(let index):
            guard let variant = variants[index] else { preconditionFailure("a table has the members of its splits") }
            return variant
        case .unavailable(let index):
            throw ProtocolError(
                .unavailable, "variant '\(split.variants[index].name)' of model '\(split.name)' is not ready")
        }
    }
}
