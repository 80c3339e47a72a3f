import TestSupport
import Testing

@testable import TreeEnsembles

@Suite struct FloatFilterTests {
    @Test(arguments: [0, 1, 2, 3, 63, 64, 65, 255, 5000])
    func `every member is found, and of other numbers one in sixteen at most`(_ count: Int) {
        var generator = SeededGenerator.forTest()
        let members = (0..<count).map { _ in generator.anyFloat() }.filter { !$0.isNaN }
        let filter = FloatFilter(members[...])
        for member in members { #expect(filter.mayContain(member)) }
        let known = Set(members)
        let others = (0..<4096).map { _ in Float.random(in: -1...1, using: &generator) }.filter { !known.contains($0) }
        #expect(others.count { filter.mayContain($0) } <= others.count / 16)
    }

    @Test func `both zeros are one number`() {
        #expect(FloatFilter([-0.0]).mayContain(0))
        #expect(FloatFilter([0]).mayContain(-0.0))
    }
}
