import Testing

@testable import TreeEnsembles

@Suite struct ArrayByteCountTests {
    @Test func `elements count, not what there is room for`() {
        var numbers: [Int32] = [1, 2, 3]
        numbers.reserveCapacity(1000)
        #expect(numbers.byteCount == 12)
        #expect([Double]().byteCount == 0)
    }

    @Test func `room that is not needed is given back`() {
        var numbers = Array(Int32(0)..<10_000)
        numbers.reserveCapacity(30_000)
        numbers.fit()
        #expect(numbers == Array(Int32(0)..<10_000))
        // Allocators round sizes up.
        #expect(numbers.capacity <= 12_800)
    }

    @Test func `room for nodes is taken at once`() throws {
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .regression, featureCount: 1, comparison: .lessGoesLeft, sumPrecision: .float32,
                summation: .baseFirst, link: .identity, baseMargins: [0]))
        builder.reserve(nodeCount: 3000, hasCovers: false)
        for _ in 0..<1000 {
            try builder.startTree(slotCount: 3)
            try builder.numericalSplit(node: 0, feature: 0, threshold: 1, left: 1, right: 2, missingGoesLeft: true)
            try builder.leaf(node: 1, value: 1)
            try builder.leaf(node: 2, value: 2)
            try builder.endTree()
        }
        let ensemble = try builder.finish()
        #expect(ensemble.nodeCount == 3000 && ensemble.covers.isEmpty)
        #expect(ensemble.values.capacity <= 3750 && ensemble.leftChildren.capacity <= 3750)
    }
}
