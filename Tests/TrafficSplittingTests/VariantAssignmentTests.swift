import Testing

@testable import TrafficSplitting

struct VariantAssignmentTests {
    static func assignment(_ weights: [(String, Double)], split: String = "anomaly") -> VariantAssignment {
        VariantAssignment(
            split: split,
            variants: weights.map { name, weight in
                guard let weight = VariantWeight(weight) else { preconditionFailure("\(weight) is a weight") }
                return VariantAssignment.Variant(name: name, weight: weight)
            })
    }

    static func name(_ key: String, in assignment: VariantAssignment, among candidates: UInt64 = .max) -> String? {
        assignment.variant(ofKeyHash: assignment.hash(of: Array(key.utf8).span), among: candidates)
            .map { assignment.variants[$0].name }
    }

    @Test func `the published vectors hold`() throws {
        let vectors = try PublishedVectors.read()
        #expect(vectors.count >= 12)
        #expect(Set(vectors.map(\.variant)) == ["xgboost", "catboost"])
        for vector in vectors {
            let assignment = Self.assignment([("xgboost", 70), ("catboost", 30)], split: vector.split)
            #expect(assignment.hash(of: Array(vector.key.utf8).span) == vector.hash, "\(vector)")
            #expect(Self.name(vector.key, in: assignment) == vector.variant, "\(vector)")
        }
    }

    private static let weightsTable: [[Double]] = [
        [1], [70, 30], [1, 1, 1], [0.7, 0.3, 0], [1_000_000, 1], [0.000_001, 0.000_003], [5, 15, 80],
        [10, 10, 10, 10, 60],
    ]

    @Test(arguments: weightsTable)
    func `shares are those of the weights`(_ weights: [Double]) {
        let assignment = Self.assignment(weights.enumerated().map { ("v\($0)", $1) })
        let shares = VariantAssignment.shares(assignment.variants.map(\.weight))
        var counts = [Int](repeating: 0, count: weights.count)
        let keyCount = 40_000
        for number in 0..<keyCount {
            let hash = assignment.hash(of: Array("user-\(number)".utf8).span)
            counts[assignment.variant(ofKeyHash: hash) ?? 0] += 1
        }
        for (count, share) in zip(counts, shares) {
            // Keys are fixed, so the test never fails by chance: five standard deviations.
            let deviation = (Double(keyCount) * share * (1 - share)).squareRoot()
            #expect(abs(Double(count) - Double(keyCount) * share) <= 5 * deviation + 1, "\(weights): \(counts)")
        }
    }

    @Test func `the order of the variants decides nothing`() {
        let weights: [(String, Double)] = [("a", 3), ("b", 2), ("c", 4), ("d", 1)]
        let (one, other) = (Self.assignment(weights), Self.assignment(weights.reversed()))
        for number in 0..<1_000 { #expect(Self.name("\(number)", in: one) == Self.name("\(number)", in: other)) }
    }

    @Test func `another split assigns the same keys otherwise`() {
        let weights: [(String, Double)] = [("a", 1), ("b", 1)]
        let (one, other) = (Self.assignment(weights, split: "s"), Self.assignment(weights, split: "t"))
        let same = (0..<10_000).filter { Self.name("\($0)", in: one) == Self.name("\($0)", in: other) }.count
        #expect((4_800...5_200).contains(same))
    }

    @Test func `the split's name and the key do not run into each other`() {
        let weights: [(String, Double)] = [("a", 1)]
        let (one, other) = (Self.assignment(weights, split: "ab"), Self.assignment(weights, split: "a"))
        #expect(one.hash(of: Array("c".utf8).span) != other.hash(of: Array("bc".utf8).span))
    }

    @Test func `a variant without weight gets nothing, and neither does one that is no candidate`() {
        let assignment = Self.assignment([("a", 5), ("b", 0), ("c", 5)])
        #expect(assignment.weighted == 0b101)
        for number in 0..<500 {
            #expect(Self.name("\(number)", in: assignment) != "b")
            #expect(Self.name("\(number)", in: assignment, among: 0b100) == "c")
            #expect(Self.name("\(number)", in: assignment, among: 0b010) == nil)
        }
    }

    @Test func `who goes leaves all others where they are`() {
        let assignment = Self.assignment([("a", 5), ("b", 3), ("c", 2)])
        for number in 0..<2_000 where Self.name("\(number)", in: assignment) != "b" {
            #expect(Self.name("\(number)", in: assignment, among: 0b101) == Self.name("\(number)", in: assignment))
        }
    }

    // MARK: What moves

    private static let keyCount = 100_000

    private static func moves(
        _ before: [(String, Double)], _ after: [(String, Double)]
    ) -> (share: Double, directions: Set<String>, exact: Double, distance: Double) {
        let (old, new) = (assignment(before), assignment(after))
        var directions: Set<String> = []
        var moved = 0
        for number in 0..<keyCount {
            let (from, to) = (name("user-\(number)", in: old) ?? "", name("user-\(number)", in: new) ?? "")
            guard from != to else { continue }
            moved += 1
            directions.insert("\(from)>\(to)")
        }
        let (former, latter) = (old.variants.map(\.weight), new.variants.map(\.weight))
        let distance = zip(VariantAssignment.shares(former), VariantAssignment.shares(latter))
            .reduce(0.0) { $0 + abs($1.0 - $1.1) / 2 }
        return (Double(moved) / Double(keyCount), directions, old.movedShare(to: latter), distance)
    }

    @Test func `70 to 60 percent moves a tenth of all keys, and nobody in the other direction`() {
        let moved = Self.moves([("xgboost", 70), ("catboost", 30)], [("xgboost", 60), ("catboost", 40)])
        #expect(abs(moved.share - 0.1) < 5 * (0.1 * 0.9 / Double(Self.keyCount)).squareRoot())
        #expect(moved.directions == ["xgboost>catboost"])
        #expect(abs(moved.exact - 0.1) < 1e-9)
    }

    private static let changes: [[[Double]]] = [
        [[1, 1, 1], [2, 1, 1]], [[50, 30, 20], [20, 30, 50]], [[50, 30, 20], [0, 60, 40]],
        [[10, 20, 30, 40], [40, 30, 20, 10]], [[10, 20, 30, 40], [100, 200, 300, 400]],
    ]

    @Test(arguments: changes)
    func `of more variants little more moves than must`(_ change: [[Double]]) {
        let named = change.map { weights in weights.enumerated().map { ("v\($0)", $1) } }
        let moved = Self.moves(named[0], named[1])
        let deviation = (moved.exact * (1 - moved.exact) / Double(Self.keyCount)).squareRoot()
        #expect(abs(moved.share - moved.exact) <= 5 * deviation + 1e-4, "\(moved)")
        #expect(moved.exact >= moved.distance - 1e-9)
        #expect(moved.exact <= 2 * moved.distance / (1 + moved.distance) + 1e-9)
    }

    @Test func `where one weight alone changes no more moves than must, and only to or from it`() {
        let moved = Self.moves([("a", 5), ("b", 3), ("c", 2)], [("a", 5), ("b", 6), ("c", 2)])
        #expect(abs(moved.exact - moved.distance) < 1e-9)
        #expect(moved.directions == ["a>b", "c>b"])
    }
}
