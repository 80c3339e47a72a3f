import Testing

@testable import TestSupport

/// The expected words were computed with exact integers in Python from the authors' published definition, for seed 1.
@Suite struct SeededGeneratorTests {
    @Test func `one seed gives one sequence`() {
        var first = SeededGenerator(seed: 7)
        var second = SeededGenerator(seed: 7)
        var other = SeededGenerator(seed: 8)
        let words = (0..<100).map { _ in first.next() }
        #expect(words == (0..<100).map { _ in second.next() })
        #expect(words != (0..<100).map { _ in other.next() })
    }

    @Test func `the sequence is that of xoshiro256 starstar`() {
        var generator = SeededGenerator(seed: 1)
        #expect(
            (0..<4).map { _ in generator.next() } == [
                0xB3F2AF6D0FC710C5, 0x853B559647364CEA,
                0x92F89756082A4514, 0x642E1C7BC266A3A7,
            ])
    }

    @Test func `mutation changes bytes and never fails, not even without any`() {
        var generator = SeededGenerator.forTest()
        var changed = 0
        for _ in 0..<1_000 {
            let original = generator.bytes(count: generator.int(in: 0...40))
            if generator.mutated(original, interesting: [0x0D, 0x0A]) != original { changed += 1 }
        }
        #expect(changed > 800)
    }

    @Test func `whole numbers reach both ends of their range`() {
        var generator = SeededGenerator.forTest()
        let seen = Set((0..<1_000).map { _ in generator.int(in: -1...1) })
        #expect(seen == [-1, 0, 1])
    }
}
