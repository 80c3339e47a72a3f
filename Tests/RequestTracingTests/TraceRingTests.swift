import LinuxSystem
import Testing

@testable import RequestTracing

/// A ring hands on what one thread leaves and another takes, in order, and drops what finds no room.
@Suite struct TraceRingTests {
    private static func record(_ number: Int) -> TraceRecord {
        var record = TraceRecord.sample()
        record.rowCount = number
        return record
    }

    @Test func `what is left is taken in order, round and round`() {
        let ring = TraceRing(capacity: 4)
        #expect(ring.take()?.rowCount == nil)
        for round in 0..<5 {
            let numbers = (0..<4).map { round * 4 + $0 }
            let outcomes = numbers.map { ring.put(Self.record($0)) }
            #expect(outcomes == [.accepted, .acceptedHalfFull, .accepted, .accepted])
            #expect(ring.put(Self.record(99)) == .full)
            #expect(numbers.map { _ in ring.take()?.rowCount } == numbers)
            #expect(ring.take()?.rowCount == nil)
        }
    }

    @Test func `a ring of one is half full with one`() {
        let ring = TraceRing(capacity: 1)
        #expect(ring.put(Self.record(1)) == .acceptedHalfFull && ring.put(Self.record(2)) == .full)
        #expect(ring.take()?.rowCount == 1)
    }

    @Test func `two threads lose and repeat nothing`() throws {
        let ring = TraceRing(capacity: 8)
        let count = 20_000
        let writer = try SystemThread(name: "writer") {
            var number = 0
            while number < count {
                if ring.put(Self.record(number)) != .full { number += 1 }
            }
        }
        var expected = 0
        while expected < count {
            guard let record = ring.take() else { continue }
            guard record.rowCount == expected else {
                Issue.record("\(record.rowCount) came instead of \(expected)")
                break
            }
            expected += 1
        }
        writer.join()
        #expect(expected == count && ring.take()?.rowCount == nil)
    }
}
