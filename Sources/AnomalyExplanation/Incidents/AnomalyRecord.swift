package import LinuxSystem
package import OpenInferenceProtocol

/// An anomalous row on its way from the loop that has answered to the thread that explains.
///
/// - Layout: little-endian. 40 bytes of head: the record's bytes, the number of features (32 bits each), origin and
///   sequence number of the identity, time, value (64 bits each); then the features as float64; then five texts, each
///   behind its length (32 bits): the split, and log, service, host and tenant.
package enum AnomalyRecord {
    /// Bytes of the head.
    static let headByteCount = 40

    /// Bytes of a record.
    package static func byteCount(featureCount: Int, splitByteCount: Int, contextByteCount: Int) -> Int {
        headByteCount + 8 * featureCount + 4 + splitByteCount + (contextByteCount == 0 ? 16 : contextByteCount)
    }

    /// Appends a record's head; its features, its split and its context follow.
    ///
    /// - Parameter contextByteCount: 0 for none, which then takes the bytes of four empty texts.
    package static func appendHead(
        _ identity: ExplanationIdentity, time: Int64, value: Double, featureCount: Int, splitByteCount: Int,
        contextByteCount: Int, to buffer: inout ByteBuffer
    ) {
        let byteCount = byteCount(
            featureCount: featureCount, splitByteCount: splitByteCount, contextByteCount: contextByteCount)
        buffer.reserve(byteCount)
        append(UInt32(byteCount), to: &buffer)
        append(UInt32(featureCount), to: &buffer)
        append(identity.origin, to: &buffer)
        append(identity.sequence, to: &buffer)
        append(UInt64(bitPattern: time), to: &buffer)
        append(value.bitPattern, to: &buffer)
    }

    /// Appends a feature.
    package static func append(feature: Double, to buffer: inout ByteBuffer) { append(feature.bitPattern, to: &buffer) }

    /// Appends what stands for a context without any text.
    package static func appendNoContext(to buffer: inout ByteBuffer) {
        for _ in 0..<4 { append(UInt32(0), to: &buffer) }
    }

    private static func append<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word, to buffer: inout ByteBuffer) {
        for index in 0..<Word.bitWidth / 8 { buffer.append(UInt8(truncatingIfNeeded: word >> (index * 8))) }
    }

    /// Reads a record.
    ///
    /// - Parameter start: where it begins; then where the next one does, the end of the bytes behind the last one.
    /// - Returns: nil behind the last one, and for what is no record.
    package static func next(in bytes: Span<UInt8>, from start: inout Int) -> Anomaly? {
        let place = start
        start = bytes.count
        guard place >= 0, place <= bytes.count - headByteCount else { return nil }
        let byteCount = Int(bytes.littleEndian(UInt32.self, at: place))
        guard byteCount >= headByteCount, byteCount <= bytes.count - place else { return nil }
        start = place + byteCount
        return read(bytes.extracting(place..<start))
    }

    private static func read(_ record: Span<UInt8>) -> Anomaly? {
        let featureCount = Int(record.littleEndian(UInt32.self, at: 4))
        guard featureCount <= (record.count - headByteCount) / 8 else { return nil }
        let identity = ExplanationIdentity(
            origin: record.littleEndian(UInt64.self, at: 8), sequence: record.littleEndian(UInt64.self, at: 16))
        var texts: [String] = []
        var place = headByteCount + 8 * featureCount
        while texts.count < 5 {
            guard place + 4 <= record.count else { return nil }
            let count = Int(record.littleEndian(UInt32.self, at: place))
            guard count <= record.count - place - 4 else { return nil }
            texts.append(record.text(place + 4..<place + 4 + count))
            place += 4 + count
        }
        return Anomaly(
            identity: identity, time: Int64(bitPattern: record.littleEndian(UInt64.self, at: 24)),
            value: Double(bitPattern: record.littleEndian(UInt64.self, at: 32)),
            row: (0..<featureCount).map { index in
                Double(bitPattern: record.littleEndian(UInt64.self, at: headByteCount + 8 * index))
            }, split: texts[0],
            context: AnomalyContext(log: texts[1], service: texts[2], host: texts[3], tenant: texts[4]))
    }
}
