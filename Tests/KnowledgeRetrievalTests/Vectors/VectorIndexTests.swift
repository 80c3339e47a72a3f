import LinuxSystem
import TestSupport
import Testing

@testable import KnowledgeRetrieval

@Suite struct VectorIndexTests {
    /// The sets that this machine has: those of its kernels are asked for by their names in `/proc/cpuinfo`.
    private static let present: [ScanInstructions] = {
        let text = (try? FileSystem.readText("/proc/cpuinfo", byteCountLimit: 1 << 24)) ?? ""
        let flags = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
        return [.baseline] + (flags.contains("avx2") ? [.avx2] : [])
            + (flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) ? [.avx512] : [])
    }()

    private static func vector(_ width: Int, _ generator: inout SeededGenerator) -> [Float] {
        // Sums of uniform numbers are near enough to normal ones.
        let numbers = (0..<width).map { _ in
            (0..<6).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &generator) }
        }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return numbers.map { $0 / length }
    }

    /// The slots in the order that doubles give.
    private static func order(_ vectors: [[Float]], _ query: [Float]) -> [Int] {
        let scores = vectors.map { vector in
            zip(vector, query).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        return scores.indices.sorted { scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1 }
    }

    @Test(arguments: present, [8, 64, 100, 384])
    func `the nearest ones are found by every instruction set`(instructions: ScanInstructions, width: Int) {
        var generator = SeededGenerator.forTest()
        let vectors = (0..<5_000).map { _ in Self.vector(width, &generator) }
        let index = VectorIndex(width: width, instructions)
        for (slot, vector) in vectors.enumerated() { index.set(vector, at: slot) }
        #expect(index.vectorCount == vectors.count)
        for _ in 0..<5 {
            let query = Self.vector(width, &generator)
            let found = index.best(of: query, admitted: [], limit: 10)
            #expect(found.map { Int($0.slot) } == Array(Self.order(vectors, query).prefix(10)))
        }
    }

    @Test func `all instruction sets score alike`() {
        var generator = SeededGenerator.forTest()
        let vectors = (0..<300).map { _ in Self.vector(100, &generator) }
        let query = Self.vector(100, &generator)
        let answers = Self.present.map { instructions in
            let index = VectorIndex(width: 100, instructions)
            for (slot, vector) in vectors.enumerated() { index.set(vector, at: slot) }
            return index.best(of: query, admitted: [], limit: 300)
        }
        #expect(answers.allSatisfy { $0 == answers[0] })
    }

    @Test func `what was removed or is not admitted is not found`() {
        let index = VectorIndex(width: 8, .baseline)
        for slot in 0..<4 { index.set([1, Float(slot), 0, 0, 0, 0, 0, 0], at: slot) }
        index.set(nil, at: 3)
        index.set(nil, at: 9)
        #expect(index.vectorCount == 3)
        let query: [Float] = [0, 1, 0, 0, 0, 0, 0, 0]
        #expect(index.best(of: query, admitted: [1, 1, 0, 1], limit: 4).map(\.slot) == [1, 0])
        #expect(index.best(of: query, admitted: [], limit: 1).map(\.slot) == [2])
        #expect(index.best(of: [.nan, 1, 0, 0, 0, 0, 0, 0], admitted: [], limit: 4).isEmpty)
        #expect(index.best(of: [1], admitted: [], limit: 4).isEmpty)
        index.set([0, 9, 0, 0, 0, 0, 0, 0], at: 3)
        #expect(index.best(of: query, admitted: [], limit: 1).map(\.slot) == [3])
    }

    @Test func `a vector of nothing but zeros is alike to nothing`() {
        let index = VectorIndex(width: 8, .baseline)
        index.set([Float](repeating: 0, count: 8), at: 0)
        #expect(index.best(of: [1, 0, 0, 0, 0, 0, 0, 0], admitted: [], limit: 1).map(\.score) == [0])
    }

    @Test func `a width that no encoder has traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = VectorIndex(width: KnowledgeRetrievalLimits.vectorWidths.upperBound + 1, .baseline)
        }
    }
}
