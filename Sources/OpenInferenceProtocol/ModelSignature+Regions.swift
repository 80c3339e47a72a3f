import LinuxSystem

extension ModelSignature {
    /// Writes the outputs that a request wants in regions; those come before the response that tells of them.
    ///
    /// - Parameter columns: all outputs of the model in its order; those selected hold the batch's rows.
    /// - Parameter rows: the request's rows in the batch.
    /// - Throws: if a region has become too small, or is too small for texts; the regions before have been written.
    package func store(_ outputs: [SpecialOutput], columns: [OutputColumn], rows: Range<Int>) throws(ProtocolError) {
        for output in outputs {
            guard case .region(let region, let range) = output.form else { continue }
            let column = columns[output.index]
            let byteCount = column.binaryByteCount(rows: rows)
            guard byteCount <= range.count else {
                throw .regionTooSmall(column.metadata.name, given: range.count, needed: byteCount)
            }
            try column.withBinary(rows: rows) { (bytes) throws(ProtocolError) in
                try region.write(bytes, at: range.lowerBound)
            }
        }
    }
}

extension OutputColumn {
    /// Lends some rows' elements as the bytes of a binary tensor.
    ///
    /// - Layout: this machine's order of bytes is the wire's, lowest first.
    fileprivate func withBinary(
        rows: Range<Int>, _ body: (Span<UInt8>) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        let elements = elements(of: rows)
        switch metadata.datatype {
        case .float32:
            try floats.withSpan { (all) throws(ProtocolError) in try all.extracting(elements).withBytes(body) }
        case .float64:
            try doubles.withSpan { (all) throws(ProtocolError) in try all.extracting(elements).withBytes(body) }
        case .int64:
            try longs.withSpan { (all) throws(ProtocolError) in try all.extracting(elements).withBytes(body) }
        case .int32:
            try ints.withSpan { (all) throws(ProtocolError) in try all.extracting(elements).withBytes(body) }
        default:
            var texts = ByteBuffer()
            appendBinary(rows: rows, to: &texts)
            try texts.withBytes(body)
        }
    }
}
