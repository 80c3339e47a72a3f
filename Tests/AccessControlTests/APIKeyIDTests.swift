import Testing

@testable import AccessControl

@Suite struct APIKeyIDTests {
    @Test(arguments: ["a", "0", "k7pq2xw9", "k7pq2xw9a", "abcdefghijklmnop", "zz99"])
    func `an id is written as it was read`(text: String) throws {
        #expect(try #require(APIKeyID(text)).description == text)
    }

    @Test(arguments: ["", "A", "a_b", "a-b", "é", " a", "a\u{0}"])
    func `what is no id is refused`(text: String) {
        #expect(APIKeyID(text) == nil)
    }

    @Test func `the length of an id has bounds`() {
        let bounds = AccessControlLimits.keyIDByteCounts
        #expect(APIKeyID(String(repeating: "a", count: bounds.lowerBound - 1)) == nil)
        #expect(APIKeyID(String(repeating: "a", count: bounds.upperBound)) != nil)
        #expect(APIKeyID(String(repeating: "a", count: bounds.upperBound + 1)) == nil)
    }

    @Test func `ids that differ are different`() {
        let ids = ["a", "b", "aa", "ab", "aaaaaaaaa", "aaaaaaaab", "aaaaaaaa"].compactMap { APIKeyID($0) }
        #expect(Set(ids).count == 7)
    }
}
