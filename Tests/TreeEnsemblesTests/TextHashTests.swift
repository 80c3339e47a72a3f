import Testing

@testable import TreeEnsembles

/// Hashes of integers against those that CatBoost 1.2.10 writes as `cat_features_hash` into JSON models saved with
/// their pool.
@Suite struct TextHashTests {
    @Test(arguments: [
        (0.0, UInt32(2_856_682_258)), (1, 1_121_341_681), (2, 3_010_176_887), (3, 593_172_586), (5, 3_014_803_941),
        (-1, 288_298_918), (-2, 2_015_104_637), (123_456_789, 1_389_760_245), (12_345_678_901, 4_088_386_483),
        (123_456_789_012_345, 2_433_698_426),
    ])
    func `an integer has CatBoost's hash of its digits`(value: Double, hash: UInt32) {
        #expect(TextHash.hash(ofInteger: value) == hash)
    }

    @Test func `what is no integer within the limit is no category`() {
        for value in [0.5, -0.5, .infinity, -.infinity, .nan, TextHash.integerLimit, -TextHash.integerLimit] {
            #expect(TextHash.hash(ofInteger: value) == nil)
        }
        #expect(TextHash.hash(ofInteger: -0.0) == TextHash.hash(ofInteger: 0))
        #expect(TextHash.hash(ofInteger: TextHash.integerLimit - 1) != nil)
    }

    @Test func `a set of a hash holds the integers that have it`() {
        let set = CategorySet(textHash: 1_121_341_681, membersGoLeft: false)
        #expect(!set.sendsLeft(1, rule: .nonNegative))
        for value in [0, 1.5, -1, 1e300] { #expect(set.sendsLeft(value, rule: .nonNegative)) }
    }
}
