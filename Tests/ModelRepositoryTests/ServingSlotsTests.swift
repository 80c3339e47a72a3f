import TestSupport
import Testing

@testable import ModelRepository

/// Which number a model version has, and how long.
struct ServingSlotsTests {
    @Test func `before loops serve a slot is free at once`() {
        var slots = ServingSlots<String>()
        #expect(slots.place("a") == 0)
        #expect(slots.place("b") == 1)
        #expect(slots.retire(0) == true)
        #expect(slots.models == [nil, "b"])
        #expect(slots.place("c") == 0)
    }

    @Test func `a slot is free when every loop has released it`() {
        var slots = ServingSlots<String>()
        slots.loops = [0, 1]
        _ = slots.place("a")
        #expect(slots.retire(0) == false)
        #expect(slots.models == ["a"], "what is in work keeps its model")
        #expect(slots.released(0, by: 1) == false)
        #expect(slots.place("b") == 1)
        #expect(slots.released(0, by: 0) == true)
        #expect(slots.models == [nil, "b"])
        #expect(slots.model(at: 1) == "b")
    }

    @Test func `no two models ever share a slot`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<40 {
            var slots = ServingSlots<Int>()
            let loops = generator.int(in: 0...3)
            slots.loops = Set(0..<loops)
            var serving: [Int: Int] = [:]
            var retired: [(slot: Int, model: Int, loops: Set<Int>)] = []
            for model in 0..<200 {
                switch generator.int(in: 0...2) {
                case 0:
                    let slot = slots.place(model)
                    #expect(serving[slot] == nil && !retired.contains { $0.slot == slot })
                    serving[slot] = model
                case 1:
                    guard let (slot, model) = serving.min(by: { $0.key < $1.key }) else { continue }
                    serving[slot] = nil
                    if slots.retire(slot) { #expect(loops == 0) } else { retired.append((slot, model, slots.loops)) }
                default:
                    guard !retired.isEmpty else { continue }
                    let index = generator.int(in: 0...retired.count - 1)
                    guard let loop = retired[index].loops.sorted().first else { continue }
                    retired[index].loops.remove(loop)
                    let isFree = slots.released(retired[index].slot, by: loop)
                    #expect(isFree == retired[index].loops.isEmpty)
                    if isFree { retired.remove(at: index) }
                }
                for (slot, held) in slots.models.enumerated() {
                    #expect(held == serving[slot] ?? retired.first { $0.slot == slot }?.model)
                }
            }
        }
    }
}
