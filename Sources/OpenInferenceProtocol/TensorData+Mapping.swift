import JSONSyntax
import LinuxSystem

/// Matrices whose columns are not the model's: each element is put where it belongs when it is read.
///
/// - Complexity: as without a mapping, and some instructions for each run of columns of each row; no allocation.
extension TensorData {
    /// Reads `data` from JSON, as `readJSON` does.
    ///
    /// - Parameter layout: the model's input.
    static func readJSON<Element: FeatureElement>(
        _ datatype: Datatype, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Element>, _ placement: TensorPlacement, for layout: InputLayout,
        usesFastPath: Bool
    ) throws(Fault) {
        guard let mapping = layout.mapping, !placement.isColumn else {
            return try readJSON(
                datatype, in: bytes, at: &cursor, into: &values, placement, usesFastPath: usesFastPath)
        }
        let outerDepth = cursor.depth
        guard case .beginArray = try next(&cursor, bytes) else { throw .notAnArray(offset: cursor.offset) }
        let type = datatype.jsonType
        var place = MappedPlace(mapping, rowCount: placement.rowCount, featureCount: layout.featureCount)
        var surplus = 0
        while true {
            if let type, usesFastPath { readRuns(type, in: bytes, at: &cursor, into: &values, &place) }
            let token = try next(&cursor, bytes)
            if case .beginArray = token { continue }
            if case .endArray = token {
                if cursor.depth == outerDepth { break }
                continue
            }
            let value: Element = try element(token, datatype, type, endingAt: cursor.offset, in: bytes)
            guard place.isInside else {
                surplus &+= 1
                continue
            }
            if place.target >= 0 { values[place.target] = value }
            place.advance(by: 1)
        }
        let given = place.count &+ surplus
        guard given == placement.elementCount else { throw .wrongCount(given: given) }
    }

    /// Reads plain numbers, run by run, as long as they follow.
    @inline(__always)
    private static func readRuns<Element: FeatureElement>(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Element>, _ place: inout MappedPlace
    ) {
        while place.isInside {
            let wanted: Int
            let count: Int
            let target = place.target
            if target >= 0 {
                wanted = place.remaining
                var part = values._mutatingExtracting(target..<target &+ wanted)
                count = Element.readNumbers(type, in: bytes, at: &cursor, into: &part, from: 0, stride: 1)
            } else {
                var dropped = InlineArray<16, Element>(repeating: 0)
                wanted = min(place.remaining, dropped.count)
                var all = dropped.mutableSpan
                var part = all._mutatingExtracting(0..<wanted)
                count = Element.readNumbers(type, in: bytes, at: &cursor, into: &part, from: 0, stride: 1)
            }
            if count > 0 { place.advance(by: count) }
            if count < wanted { return }
        }
    }

    /// Reads a binary tensor, as `readBinary` does.
    ///
    /// - Parameter layout: the model's input.
    static func readBinary<Element: FeatureElement>(
        _ datatype: Datatype, _ bytes: Span<UInt8>, into values: inout MutableSpan<Element>,
        _ placement: TensorPlacement, for layout: InputLayout
    ) throws(Fault) {
        guard let mapping = layout.mapping, !placement.isColumn else {
            return try readBinary(datatype, bytes, into: &values, placement)
        }
        let size = datatype.byteCount
        precondition(bytes.count == placement.elementCount * size, "the bytes are the elements'")
        // What is dropped is checked, too: a request is sound or not whoever answers it.
        if datatype == .bool {
            for index in bytes.indices where bytes[index] > 1 { throw .badBoolean(bytes[index]) }
        }
        for row in 0..<placement.rowCount {
            for run in mapping.runs where run.target >= 0 {
                let start = (row &* mapping.columns.count &+ run.source) &* size
                let part = TensorPlacement(
                    rowCount: 1, first: row &* layout.featureCount &+ run.target, stride: 1, elementCount: run.count,
                    isColumn: false)
                try readBinary(datatype, bytes.extracting(start..<start &+ run.count &* size), into: &values, part)
            }
        }
    }
}
