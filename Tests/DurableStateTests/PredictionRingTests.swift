import LinuxSystem
import TestSupport
import Testing

@testable import DurableState

@Suite struct PredictionRingTests {
    private static func record(_ sequence: UInt64) -> PredictionRecord {
        var record = PredictionRecord()
        record.sequence = sequence
        record.time = -1_790_000_000_000_000_000 + Int64(sequence % 1_000)
        record.requestHash = 0xFFFF_0000_1234_5678 &+ sequence
        record.keyHash = 7
        record.splitHash = 8
        record.variantHash = .max
        record.modelVersion = -3
        record.predicted = -1
        record.probability = 0.25
        record.row = UInt32(sequence % 5)
        record.fires = sequence % 3 == 0
        return record
    }

    private static func bytes(_ sequences: some Sequence<UInt64>) -> ByteBuffer {
        var buffer = ByteBuffer()
        for sequence in sequences { record(sequence).append(to: &buffer) }
        return buffer
    }

    /// Keeps records.
    ///
    /// - Returns: how many the ring has taken.
    private static func keep(
        _ sequences: some Sequence<UInt64>, in ring: PredictionRing, replaced: (PredictionRecord) -> Void = { _ in }
    ) throws -> Int {
        let bytes = bytes(sequences)
        var kept: [UInt64] = []
        try ring.keep(bytes.bytes, replaced: replaced) { kept.append($0.sequence) }
        #expect(Set(kept).isSubset(of: Set(sequences)))
        return kept.count
    }

    @Test func `a record is read as it was written`() throws {
        var record = Self.record(UInt64.max - 1)
        record.label = .min
        record.isLabelled = true
        var buffer = ByteBuffer()
        record.append(to: &buffer)
        #expect(buffer.count == PredictionRecord.byteCount)
        let read = buffer.withBytes { PredictionRecord(in: $0, at: 0) }
        #expect(read == record)
    }

    @Test func `what cannot have been kept at its place is nothing`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        let damaged = Self.bytes([7, 1 << 62 | 6])
        do {
            let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5)
            #expect(try Self.keep([5], in: ring) == 1)
        }
        // At the places 8 and 9.
        let file = try PositionedFile(opening: path)
        try file.write(damaged.bytes, at: 4_096 + 8 * PredictionRecord.byteCount)
        let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6)
        #expect(ring.firstFreeSequence == 6)
        #expect(try Self.keep([8, 9], in: ring) { _ in Issue.record("nothing was there") } == 2)
        #expect(try ring.find(9) == .record(Self.record(9)))
    }

    @Test func `the newest stay, the oldest are overwritten, and what was never kept is absent`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        do {
            let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5)
            #expect(ring.firstFreeSequence == 0)
            var replaced: [UInt64] = []
            // Runs with gaps, over the end of the file and around.
            for sequences in [Array(0..<990 as Range<UInt64>), [995, 996, 997] + Array(998..<1_010)] {
                let kept = try Self.keep(sequences, in: ring) { replaced.append($0.sequence) }
                #expect(kept == sequences.count)
            }
            #expect(replaced == Array(0..<10))
            #expect(try ring.find(3) == .overwritten)
            #expect(try ring.find(10) == .record(Self.record(10)))
            #expect(try ring.find(1_009) == .record(Self.record(1_009)))
            #expect(try ring.find(992) == .absent)
            #expect(try ring.find(1_010) == .absent)
            // What comes after newer ones have its place is not kept.
            #expect(try Self.keep([4, 5], in: ring) { _ in Issue.record("nothing is replaced") } == 0)
            var labelled = Self.record(20)
            labelled.label = 1
            labelled.isLabelled = true
            try ring.update(labelled)
            try ring.synchronise()
        }
        let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6)
        #expect(ring.epoch == 5)
        #expect(ring.firstFreeSequence == 1_010)
        guard case .record(let record) = try ring.find(20) else {
            Issue.record("the label is gone")
            return
        }
        #expect(record.isLabelled && record.label == 1)
    }

    @Test func `numbers that were reserved are never given again, and places keep their order`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        do {
            let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5)
            try ring.reserve(upTo: 5_000)
            // Of what was given, only these were kept before the process ended.
            #expect(try Self.keep(0..<10, in: ring) == 10)
        }
        for _ in 0..<2 {
            let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6)
            #expect(ring.epoch == 5)
            #expect(ring.firstFreeSequence == 5_010)
            #expect(try ring.find(12) == .absent)
        }
        let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6)
        try ring.reserve(upTo: 5_011)
        #expect(try Self.keep(5_010..<5_011, in: ring) == 1)
        #expect(try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6).firstFreeSequence == 5_011)
    }

    @Test func `a ring that reserves what cannot be is none`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        do { try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5).reserve(upTo: 1 << 62 - 1) }
        #expect(try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6).epoch == 5)
        let file = try PositionedFile(opening: path)
        let greatest = [UInt8](repeating: 0xFF, count: 8)
        try file.write(greatest.span, at: 24)
        #expect(try PredictionRing(opening: path, capacity: 1_000, newEpoch: 6).epoch == 6)
    }

    @Test func `another capacity, a cut file or another file begins anew`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        func fill() throws {
            let ring = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5)
            _ = try Self.keep(0..<10, in: ring)
        }
        try fill()
        do {
            let ring = try PredictionRing(opening: path, capacity: 2_000, newEpoch: 6)
            #expect(ring.epoch == 6)
            #expect(ring.firstFreeSequence == 0)
        }
        let whole = try #require(TextFile.bytes(at: path))
        for damaged in [Array(whole.dropLast()), Array(whole.prefix(10)), Array("something else".utf8)] {
            folder.write(damaged, to: "a.ring")
            let ring = try PredictionRing(opening: path, capacity: 2_000, newEpoch: 7)
            #expect(ring.epoch == 7)
        }
    }

    @Test func `where none may be made, only one that suits is opened`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        func reason(_ capacity: Int) -> String {
            do throws(StateFault) {
                _ = try PredictionRing(opening: path, capacity: capacity, newEpoch: nil)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(reason(1_000) == "there are no predictions in \(path)")
        #expect(TextFile.bytes(at: path) == nil, "nothing was made")
        do { _ = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5) }
        #expect(reason(1_000) == "")
        #expect(reason(2_000) == "\(path) was made for 1000 predictions, and the model keeps 2000")
        #expect(try PredictionRing(opening: path, capacity: 1_000, newEpoch: nil).epoch == 5)
        folder.write(Array("something else".utf8), to: "a.ring")
        #expect(reason(1_000).contains("an unknown number of"))
    }

    @Test func `a ring of a newer version is refused by name`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a.ring"
        do { _ = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5) }
        var bytes = try #require(TextFile.bytes(at: path))
        bytes[8] = 2
        folder.write(bytes, to: "a.ring")
        #expect(throws: StateFault.newerSchema(place: path, found: "2 (predictions)", known: "1 (predictions)")) {
            _ = try PredictionRing(opening: path, capacity: 1_000, newEpoch: 5)
        }
    }

    @Test func `the smallest ring is made`() throws {
        let folder = TemporaryFolder()
        let least = DurableStateLimits.predictions.lowerBound
        let ring = try PredictionRing(opening: folder.path + "/a.ring", capacity: least, newEpoch: 1)
        #expect(ring.capacity == least)
        #expect(try ring.find(0) == .absent)
    }

    @Test func `a place where nothing can be written is named`() {
        #expect(throws: StateFault.self) {
            _ = try PredictionRing(opening: "/proc/nowhere/a.ring", capacity: 1_000, newEpoch: 5)
        }
    }
}
