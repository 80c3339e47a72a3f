import CVectorPrimitives
import LinuxSystem
import TreeKernels
import TreeKernelsAVX2
import TreeKernelsAVX512

/// A fixed number of vectors, each twice: as small integers with a scale, which all are compared by, and as they are,
/// for the best.
///
/// - Isolation: one thread at a time.
final class VectorSegment {
    /// Slots of a segment: 1.6 MB of integers at 384 numbers, so that one more segment is a small step.
    static let slotCount = 4_096

    private let width: Int
    /// The width as kernels want it.
    private let paddedWidth: Int
    private var rows: AlignedArray<Int8>
    private var exact: AlignedArray<Float>
    /// 0 where there is no vector.
    private var scales: AlignedArray<Float>

    init(width: Int) {
        self.width = width
        paddedWidth = (width + 63) / 64 * 64
        rows = AlignedArray(count: Self.slotCount * paddedWidth, repeating: 0)
        exact = AlignedArray(count: Self.slotCount * width, repeating: 0)
        scales = AlignedArray(count: Self.slotCount, repeating: 0)
    }

    /// Writes a vector; nil takes it away.
    func set(_ vector: [Float]?, at slot: Int) {
        guard let vector else {
            scales[slot] = 0
            return
        }
        precondition(vector.count == width, "a vector of the index's width")
        let quantised = QuantisedVector(vector)
        let start = slot * paddedWidth
        rows.withMutableSpan { rows in
            for index in quantised.numbers.indices { rows[start + index] = quantised.numbers[index] }
        }
        let exactStart = slot * width
        exact.withMutableSpan { exact in
            for index in vector.indices { exact[exactStart + index] = vector[index] }
        }
        scales[slot] = quantised.scale
    }

    /// The product of a vector and a query, summed as doubles.
    func similarity(at slot: Int, to query: [Float]) -> Float {
        exact.withSpan { exact in
            var sum = 0.0
            let start = slot * width
            for index in 0..<width { sum += Double(exact[start + index]) * Double(query[index]) }
            return Float(sum)
        }
    }

    /// How alike the vectors are to a query, nearly, and up to a factor that all have.
    ///
    /// - Parameter query: the numbers of a quantised vector, as many as the padded width.
    /// - Parameter count: slots that are looked at.
    /// - Parameter scores: where they go, from a place on.
    func scan(
        _ query: borrowing AlignedArray<Int16>, count: Int, into scores: inout AlignedArray<Float>, at place: Int,
        _ instructions: ScanInstructions
    ) {
        precondition(query.count == paddedWidth && count <= Self.slotCount, "a query of the index's width")
        precondition(place >= 0 && place + count <= scores.count, "there is room for the scores")
        // Rows and scales are this object's and have as many elements as a segment has slots; the others are borrowed
        // for the call, and there is room from the place on.
        let block = unsafe rowan_scan_block(
            rows: rows.unsafeAddress, row_count: count, width: paddedWidth, query: query.unsafeAddress,
            scales: scales.unsafeAddress, scores: scores.unsafeAddress + place)
        switch instructions {
        case .baseline: unsafe TreeKernels.scanVectors(block)
        case .avx2: unsafe TreeKernelsAVX2.scanVectors(block)
        case .avx512: unsafe TreeKernelsAVX512.scanVectors(block)
        }
    }
}
