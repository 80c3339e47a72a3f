import Testing

@testable import ModelRepository

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3),
        ("port", "prot", 1), ("threads", "thread", 1), ("ca", "abc", 3),
    ])
    func `the distance counts typing errors`(first: String, second: String, expected: Int) {
        #expect(NearestName.editDistance(Array(first.utf8), Array(second.utf8)) == expected)
        #expect(NearestName.editDistance(Array(second.utf8), Array(first.utf8)) == expected)
    }

    @Test func `what is far from everything has no nearest name`() {
        #expect(NearestName.among(["port", "host"], to: "zebra") == nil)
        #expect(NearestName.among(["port", "host"], to: "hots") == "host")
    }
}
