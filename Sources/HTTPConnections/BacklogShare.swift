package import LinuxSystem

/// What one loop's connections have in waiting, and how much of it must go.
///
/// Pure but for the numbers that loops publish. A loop within its even share of the limit never pays for the others,
/// and one that is beyond it does so only while all together are.
///
/// - Isolation: the loop's thread.
package struct BacklogShare {
    /// A connection whose answers wait.
    struct Candidate: Equatable {
        /// Place in the loop's list.
        var index: Int
        var byteCount: Int
        /// What holding the bytes has cost: their number times the seconds for which the client has owed taking some.
        ///
        /// A client that takes its answers at the least rate owes nothing.
        var byteSeconds: Double
    }

    /// Of a limit that is exceeded, the part that is left in use: what is asked for next finds room.
    private static let keptEighths = 7

    private let all: AnswerBacklog
    private let loop: Int
    /// Bytes of the loop's answers that wait.
    private(set) var byteCount = 0

    package init(of all: AnswerBacklog, loop: Int) {
        self.all = all
        self.loop = loop
    }

    /// More bytes wait, or fewer.
    mutating func change(by byteCount: Int) {
        self.byteCount &+= byteCount
        assert(self.byteCount >= 0, "no more is taken than has waited")
    }

    /// Whether more waits than may: until some has gone, connections on which anything waits begin no request.
    var isFull: Bool { byteCount > all.shareByteCount && total > all.byteCountLimit }

    /// Bytes that this loop must let go of.
    var excess: Int {
        guard isFull else { return 0 }
        return min(byteCount - Self.kept(of: all.shareByteCount), total - Self.kept(of: all.byteCountLimit))
    }

    private static func kept(of limit: Int) -> Int { limit / 8 * keptEighths }

    /// With the present number of this loop, and of the others those of their last ticks.
    private var total: Int { all.byteCount - all.byteCount(of: loop) + byteCount }

    /// Lets the other loops and metrics know the number.
    func publish() {
        if all.byteCount(of: loop) != byteCount { all.publish(byteCount, of: loop) }
    }

    /// Chooses whom to end: those whose answers have cost most, of equal ones those with most bytes.
    ///
    /// - Parameter excess: how many bytes must go.
    /// - Returns: places in the loop's list.
    static func victims(of candidates: [Candidate], excess: Int) -> [Int] {
        var rest = excess
        let ranked = candidates.sorted { ($0.byteSeconds, $0.byteCount) > ($1.byteSeconds, $1.byteCount) }
        return ranked.prefix { candidate in
            defer { rest -= candidate.byteCount }
            return rest > 0
        }.map(\.index)
    }
}
