import AnomalyExplanation
import LinuxSystem
import OpenInferenceProtocol

/// Makes records of anomalous rows of one request.
struct AnomalyWriting {
    let model: ExplainedModel
    /// The split that was asked; nil for none.
    let routed: RoutedAnswer?
    /// Nanoseconds since 1970.
    let time: Int64

    /// Appends a record for each hit, as far as there is room.
    ///
    /// - Parameter found: all anomalous rows, in order.
    /// - Parameter range: those of the request.
    /// - Parameter context: what the request says; empty for nothing.
    /// - Parameter byteLimit: bytes that the buffer may hold.
    /// - Returns: what the answer says; nil without any hit.
    func append(
        _ found: AnomalyHits, _ range: Range<Int>, context: Span<UInt8>, to buffer: inout ByteBuffer,
        byteLimit: Int
    ) -> ExplanationReferences? {
        guard !range.isEmpty else { return nil }
        let featureCount = model.featureNames.count
        let split = Array((routed?.variant.signature.name ?? "").utf8)
        let byteCount = AnomalyRecord.byteCount(
            featureCount: featureCount, splitByteCount: split.count, contextByteCount: context.count)
        let room = max(0, byteLimit - buffer.count) / byteCount
        var count = 0
        while count < min(range.count, room), found.hits[range.lowerBound + count].place >= 0 { count += 1 }
        let identity = model.numbers.take(count)
        for index in 0..<count {
            let hit = found.hits[range.lowerBound + index]
            AnomalyRecord.appendHead(
                ExplanationIdentity(origin: identity.origin, sequence: identity.sequence + UInt64(index)), time: time,
                value: hit.value, featureCount: featureCount, splitByteCount: split.count,
                contextByteCount: context.count, to: &buffer)
            for place in hit.place..<hit.place + featureCount {
                AnomalyRecord.append(feature: found.features[place], to: &buffer)
            }
            ExplanationContext.append(split.span, to: &buffer)
            if context.isEmpty { AnomalyRecord.appendNoContext(to: &buffer) } else { buffer.append(context) }
        }
        if count < range.count { model.dropped(range.count - count) }
        return ExplanationReferences(first: identity, count: count, droppedCount: range.count - count)
    }
}
