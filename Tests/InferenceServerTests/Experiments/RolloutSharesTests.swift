import TrafficSplitting
import Testing

@testable import InferenceServer

@Suite struct RolloutSharesTests {
    private static func shares(_ text: String, _ percent: Int) throws -> [Double] {
        let split = try SplitTrial.split(text)
        let shares = VariantAssignment.shares(RolloutShares.weights(of: split, candidate: "b", percent: percent))
        return shares.map { ($0 * 1_000).rounded() / 1_000 }
    }

    @Test func `the candidate has its percent, and the others share the rest as before`() throws {
        let three = SplitTrial.two + " variant { name: \"c\" model: \"o\" weight: 10 }"
        #expect(try Self.shares(SplitTrial.two, 10) == [0.9, 0.1])
        #expect(try Self.shares(SplitTrial.two, 0) == [1, 0])
        #expect(try Self.shares(SplitTrial.two, 100) == [0, 1])
        #expect(try Self.shares(three, 20) == [0.7, 0.2, 0.1])
        let alone = "variant { name: \"a\" model: \"m\" } variant { name: \"b\" model: \"n\" weight: 1 }"
        #expect(try Self.shares(alone, 30) == [0.7, 0.3])
    }

    @Test func `somebody always has the requests`() throws {
        // A candidate that another server's configuration has, and a split of one.
        let one = "variant { name: \"b\" model: \"n\" weight: 2 }"
        let foreign = "variant { name: \"a\" model: \"m\" weight: 1 } variant { name: \"c\" model: \"n\" weight: 3 }"
        #expect(try Self.shares(one, 0) == [1])
        #expect(try Self.shares(foreign, 100) == [0.25, 0.75])
    }
}
