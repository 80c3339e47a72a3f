import Testing

@testable import HTTPConnections

/// Who pays when answers pile up, as tables.
struct BacklogShareTests {
    private static let limit = 800

    @Test(arguments: [
        // Bytes of this loop, of another one, and what must go.
        (0, 0, 0), (400, 400, 0), (800, 0, 0), (801, 0, 101), (1_600, 0, 900),
        // A loop within its half never pays, whatever the other has.
        (400, 5_000, 0), (401, 399, 0), (401, 400, 51), (500, 301, 101), (500, 900, 150), (900, 500, 550),
    ])
    func `what is beyond a loop's share goes while all are beyond the limit`(own: Int, other: Int, excess: Int) {
        let all = AnswerBacklog(loopCount: 2, byteCountLimit: Self.limit)
        var share = BacklogShare(of: all, loop: 0)
        var others = BacklogShare(of: all, loop: 1)
        others.change(by: other)
        others.publish()
        share.change(by: own)
        #expect(share.isFull == (excess > 0))
        #expect(share.excess == excess)
        share.publish()
        #expect(all.byteCount == own + other)
    }

    @Test func `what others have counts as of their last tick, one's own as of now`() {
        let all = AnswerBacklog(loopCount: 2, byteCountLimit: 8)
        var (one, other) = (BacklogShare(of: all, loop: 0), BacklogShare(of: all, loop: 1))
        one.change(by: 6)
        other.change(by: 6)
        #expect(!one.isFull && !other.isFull)
        one.publish()
        #expect(!one.isFull && other.isFull)
        one.change(by: -6)
        #expect(other.isFull)
        one.publish()
        #expect(!other.isFull)
    }

    private static func candidate(_ index: Int, _ byteCount: Int, seconds: Double) -> BacklogShare.Candidate {
        .init(index: index, byteCount: byteCount, byteSeconds: Double(byteCount) * seconds)
    }

    @Test(arguments: [(1, [2]), (100, [2]), (101, [2, 1]), (131, [2, 1, 3]), (500, [2, 1, 3, 0])])
    func `those go first whose answers have cost most, no more of them than must`(excess: Int, victims: [Int]) {
        let candidates = [
            // A long answer that is being taken well, one that has just stalled, one that nobody takes, a short one.
            Self.candidate(0, 1_000, seconds: 0), Self.candidate(1, 30, seconds: 2),
            Self.candidate(2, 100, seconds: 20),
            Self.candidate(3, 3, seconds: 10),
        ]
        #expect(BacklogShare.victims(of: candidates, excess: excess) == victims)
    }

    @Test func `among those that owe nothing the longest goes first`() {
        let candidates = [Self.candidate(0, 5, seconds: 0), Self.candidate(1, 7, seconds: 0)]
        #expect(BacklogShare.victims(of: candidates, excess: 1) == [1])
        #expect(BacklogShare.victims(of: candidates, excess: 0) == [])
        #expect(BacklogShare.victims(of: [], excess: 1) == [])
    }
}
