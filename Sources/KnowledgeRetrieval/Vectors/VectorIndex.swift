import LinuxSystem

/// Finds chunks by their vectors: all are compared, none is missed.
///
/// Integers of eight bits find the candidates, and the vectors themselves decide between them. At 100,000 chunks that
/// takes less than a tenth of what making the query's vector takes, there is nothing to build or to tune, and what was
/// added or removed counts at once.
///
/// - Isolation: one thread at a time.
final class VectorIndex {
    /// Candidates that are compared exactly.
    private static let candidateCount = 100

    let width: Int
    private let instructions: ScanInstructions
    private var segments: [VectorSegment] = []
    private(set) var vectorCount = 0
    private var slotCount = 0
    private var isPresent: [Bool] = []
    private var scores = AlignedArray<Float>(count: 0, repeating: 0)

    /// Makes an index of nothing.
    ///
    /// - Precondition: the width is one that encoders have.
    init(width: Int, _ instructions: ScanInstructions) {
        precondition(KnowledgeRetrievalLimits.vectorWidths.contains(width), "a width that encoders have")
        self.width = width
        self.instructions = instructions
    }

    /// Sets the vector of a slot.
    ///
    /// - Parameter vector: nil for none.
    /// - Precondition: the numbers are finite.
    func set(_ vector: [Float]?, at slot: Int) {
        while slot >= isPresent.count { isPresent.append(false) }
        if vector == nil, !isPresent[slot] { return }
        slotCount = max(slotCount, slot + 1)
        while segments.count * VectorSegment.slotCount < slotCount { segments.append(VectorSegment(width: width)) }
        segments[slot / VectorSegment.slotCount].set(vector, at: slot % VectorSegment.slotCount)
        vectorCount += (vector == nil ? 0 : 1) - (isPresent[slot] ? 1 : 0)
        isPresent[slot] = vector != nil
    }

    /// The chunks that are most like a query.
    ///
    /// - Parameter admitted: for each slot 1 if it counts; empty if all do.
    /// - Returns: the cosines, if vectors are of length 1; best first.
    func best(of query: [Float], admitted: [UInt8], limit: Int) -> [BestScores.Entry] {
        guard query.count == width, vectorCount > 0, query.allSatisfy(\.isFinite) else { return [] }
        let quantised = QuantisedVector(query)
        var numbers = AlignedArray<Int16>(count: (width + 63) / 64 * 64, repeating: 0)
        for index in quantised.numbers.indices { numbers[index] = Int16(quantised.numbers[index]) }
        if scores.count < segments.count * VectorSegment.slotCount {
            scores = AlignedArray(count: segments.count * VectorSegment.slotCount, repeating: 0)
        }
        for (index, segment) in segments.enumerated() {
            let first = index * VectorSegment.slotCount
            segment.scan(
                numbers, count: min(VectorSegment.slotCount, slotCount - first), into: &scores, at: first,
                instructions)
        }
        let count = slotCount
        let candidates = scores.withSpan { scores in
            BestScores.best(
                of: scores, count: count, above: -.infinity, admitted: admitted, limit: max(limit, Self.candidateCount))
        }
        return candidates.filter { isPresent[Int($0.slot)] }.map { candidate in
            let slot = Int(candidate.slot)
            let segment = segments[slot / VectorSegment.slotCount]
            return BestScores.Entry(
                slot: candidate.slot, score: segment.similarity(at: slot % VectorSegment.slotCount, to: query))
        }
        .sorted { $0.precedes($1) }.prefix(limit).map { $0 }
    }
}
