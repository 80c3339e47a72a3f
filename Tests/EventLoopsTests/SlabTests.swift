import TestSupport
import Testing

@testable import EventLoops

@Suite struct SlabTests {
    @Test func `a removed value's token finds nothing, not even its successor`() {
        var slab = Slab<String>()
        let first = slab.insert("first")
        #expect(slab.remove(first) == "first")
        let second = slab.insert("second")
        #expect(second.index == first.index)
        #expect(slab[first] == nil)
        #expect(slab.remove(first) == nil)
        #expect(slab.modify(first) { $0 = "third" } == nil)
        #expect(slab[second] == "second")
    }

    @Test func `a token of a slot that never was finds nothing`() {
        let slab = Slab<Int>()
        #expect(slab[SlotToken(bits: .max)] == nil)
        #expect(!slab.isCurrent(SlotToken(index: 0, generation: 0)))
    }

    @Test func `a token survives its passage through 64 bits`() {
        let token = SlotToken(index: 7, generation: 0xFFFF_FFFE)
        #expect(SlotToken(bits: token.bits) == token)
    }

    @Test func `a slab holds what a dictionary holds`() {
        var random = SeededGenerator.forTest()
        var slab = Slab<Int>()
        var naive: [SlotToken: Int] = [:]
        var removed: [SlotToken] = []
        for step in 0..<5000 {
            if naive.isEmpty || random.chance(oneIn: 2) {
                let token = slab.insert(step)
                #expect(naive.updateValue(step, forKey: token) == nil)
            } else if let token = naive.keys.randomElement(using: &random) {
                #expect(slab.remove(token) == naive.removeValue(forKey: token))
                removed.append(token)
            }
            #expect(slab.count == naive.count)
        }
        for (token, value) in naive { #expect(slab[token] == value) }
        for token in removed { #expect(slab[token] == nil) }
    }
}
