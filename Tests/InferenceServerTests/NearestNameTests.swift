import Testing

@testable import InferenceServer

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3),
        ("port", "prot", 1), ("threads", "thread", 1), ("ca", "abc", 3),
    ])
    func `the distance counts typing errors`(first: String, second: String, expected: Int) {
        #expect(NearestName.distance(Array(first), Array(second)) == expected)
        #expect(NearestName.distance(Array(second), Array(first)) == expected)
    }

    @Test func `what is far from everything has no nearest name`() {
        #expect(NearestName.find("zebra", among: ["port", "host"]) == nil)
        #expect(NearestName.find("hots", among: ["port", "host"]) == "host")
    }
}
