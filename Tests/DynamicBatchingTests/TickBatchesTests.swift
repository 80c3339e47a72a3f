@testable import ModelRepository
import TestSupport
import Testing

@testable import DynamicBatching

/// Who joins which batch, when it runs, and who gets which rows.
struct TickBatchesTests {
    private func batches(_ names: [String], featureCount: Int = 3, maxBatchSize: Int = 0) -> TickBatches {
        let batches = TickBatches(clock: FakeClock())
        let models = names.map {
            EchoEngine.served(name: $0, featureCount: featureCount, maxBatchSize: maxBatchSize)
        }
        let entries = names.enumerated().map { index, name in
            ServingTable.Name(name: name, versions: [.init(number: 1, state: .ready(slot: index))], reason: "")
        }
        batches.adopt(ServingTable(models: models, names: entries))
        return batches
    }

    private func workspace(_ batches: TickBatches, _ slot: Int) -> EchoWorkspace? {
        batches.batch(atSlot: slot).workspace as? EchoWorkspace
    }

    @Test func `requests of one tick are evaluated together and each gets its own rows`() {
        let batches = batches(["m"])
        let members = [RecordingMember([1]), RecordingMember([2, 3]), RecordingMember([4])]
        for member in members { member.join(batches, slot: 0) }
        var executed: [Int] = []
        let hasMore = batches.run { slot, _ in executed.append(slot) }
        #expect(!hasMore)
        #expect(executed == [0])
        #expect(members.map(\.answers) == [[[1]], [[2, 3]], [[4]]])
        #expect(workspace(batches, 0)?.evaluationCount == 1)
        #expect(workspace(batches, 0)?.lastRowCount == 4)
    }

    @Test func `models do not wait for each other's rows and run in the order of their first request`() {
        let batches = batches(["a", "b"])
        let members = [RecordingMember([1]), RecordingMember([2]), RecordingMember([3])]
        members[0].join(batches, slot: 1)
        members[1].join(batches, slot: 0)
        members[2].join(batches, slot: 1)
        var executed: [Int] = []
        _ = batches.run { slot, _ in executed.append(slot) }
        #expect(executed == [1, 0])
        #expect(members.map(\.answers) == [[[1]], [[2]], [[3]]])
    }

    @Test func `without requests nothing runs`() {
        let batches = batches(["m"])
        var executed: [Int] = []
        let hasMore = batches.run { slot, _ in executed.append(slot) }
        #expect(!hasMore)
        #expect(executed.isEmpty)
    }

    @Test func `a request that joins while its batch is answered belongs to the next one`() {
        let batches = batches(["m"])
        let late = RecordingMember([9])
        let first = RecordingMember([1])
        let second = RecordingMember([2])
        first.whenAnswered = { late.join(batches, slot: 0) }
        first.join(batches, slot: 0)
        second.join(batches, slot: 0)
        #expect(batches.run { _, _ in })
        #expect(second.answers == [[2]])
        #expect(late.answers.isEmpty)
        let hasMore = batches.run { _, _ in }
        #expect(!hasMore)
        #expect(late.answers == [[9]])
    }

    @Test func `a request without rows is answered without values`() {
        let batches = batches(["m"])
        let empty = RecordingMember([])
        empty.join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(empty.answers == [[]])
    }

    @Test func `a batch asks for what any of its requests wants and forgets it afterwards`() {
        let batches = batches(["m"])
        RecordingMember([1]).join(batches, slot: 0, wanted: 0b01)
        RecordingMember([2]).join(batches, slot: 0, wanted: 0b100)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0)?.lastWanted == 0b101)
        RecordingMember([3]).join(batches, slot: 0, wanted: 0b10)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0)?.lastWanted == 0b10)
    }

    @Test(arguments: [
        ([1, 1, 1], 1), ([1, 1, 1, 1], 2), ([3, 3], 2), ([2, 2, 2], 3), ([0, 0, 0, 0], 2), ([3, 0, 3], 3), ([0], 1),
    ])
    func `rows that are evaluated together count as batches of the model's size`(sizes: [Int], batchCount: Int) {
        let batches = batches(["m"], maxBatchSize: 3)
        for _ in 0..<2 {
            for size in sizes { RecordingMember([Float](repeating: 1, count: size)).join(batches, slot: 0) }
            var counts: [Int] = []
            _ = batches.run { _, execution in
                counts.append(execution.rowCount)
                #expect(execution.evaluatedRowCount == sizes.reduce(0) { $0 + max(1, $1) })
            }
            #expect(counts.count == batchCount && counts.allSatisfy { $0 <= 3 })
            #expect(counts.reduce(0, +) == sizes.reduce(0) { $0 + max(1, $1) })
        }
        #expect(workspace(batches, 0)?.evaluationCount == 2)
    }

    @Test func `what was executed is told before and after the members are, with the time of reading`() {
        let batches = batches(["m"], maxBatchSize: 3)
        var news: [String] = []
        for count in [1, 2] {
            let member = RecordingMember([Float](repeating: 1, count: count))
            member.whenAnswered = { news.append("answered") }
            member.join(batches, slot: 0, readNanoseconds: 40)
        }
        _ = batches.run { slot, execution in
            #expect(execution.rowCount == 3 && execution.readNanoseconds == 80)
            news.append("executed \(slot)")
        } answered: { slot, execution in
            #expect(execution.rowCount == 3 && execution.readNanoseconds == 80)
            news.append("told \(slot)")
        }
        #expect(news == ["executed 0", "answered", "answered", "told 0"])
        RecordingMember([1]).join(batches, slot: 0)
        _ = batches.run { _, execution in
            #expect(execution.rowCount == 1 && execution.readNanoseconds == 0)
        }
    }

    @Test func `memory is kept up to the limit and given back beyond it`() {
        let batches = batches(["m"])
        let first = workspace(batches, 0)
        #expect(first?.rowCapacity == DynamicBatchingLimits.initialRowCapacity)
        let kept = DynamicBatchingLimits.keptRowCapacity
        RecordingMember([Float](repeating: 1, count: kept)).join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0) === first)
        RecordingMember([Float](repeating: 1, count: kept + 1)).join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0) !== first)
        #expect(workspace(batches, 0)?.rowCapacity == DynamicBatchingLimits.initialRowCapacity)
        let member = RecordingMember([5])
        member.join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(member.answers == [[5]])
    }

    @Test func `memory of few wide rows is kept up to the limit and given back beyond it too`() {
        let batches = batches(["m"], featureCount: 1_000)
        let first = workspace(batches, 0)
        // A row has a thousand features and an output.
        let kept = DynamicBatchingLimits.keptElementCount / 1_001
        RecordingMember([Float](repeating: 1, count: kept)).join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0) === first)
        RecordingMember([Float](repeating: 1, count: kept + 1)).join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(workspace(batches, 0) !== first)
    }

    @Test func `a table may be adopted while requests wait`() {
        let batches = TickBatches(clock: FakeClock())
        let models = ["a", "b", "c"].map { EchoEngine.served(name: $0, featureCount: 3) }
        func table(_ slots: [ServedModel?], _ ready: [(String, Int)]) -> ServingTable {
            let names = ready.map {
                ServingTable.Name(name: $0.0, versions: [.init(number: 1, state: .ready(slot: $0.1))], reason: "")
            }
            return ServingTable(slots: slots, names: names, generation: 0)
        }
        batches.adopt(table([models[0], models[1]], [("a", 0), ("b", 1)]))
        let kept = batches.batch(atSlot: 1)
        let waiting = RecordingMember([1])
        waiting.join(batches, slot: 0)
        batches.adopt(table([models[0], models[1], models[2]], [("b", 1), ("a", 2)]))
        #expect(!batches.isIdle(atSlot: 0) && batches.isIdle(atSlot: 1))
        let next = RecordingMember([2])
        next.join(batches, slot: 2)
        var executed: [Int] = []
        _ = batches.run { slot, _ in executed.append(slot) }
        #expect(executed == [0, 2])
        #expect(waiting.answers == [[1]] && next.answers == [[2]])
        #expect(batches.isIdle(atSlot: 0))
        batches.adopt(table([nil, models[1], models[2]], [("b", 1), ("a", 2)]))
        batches.adopt(table([models[0], models[1], models[2]], [("b", 1), ("a", 2), ("c", 0)]))
        #expect(batches.batch(atSlot: 1) === kept)
        let again = RecordingMember([3])
        again.join(batches, slot: 0)
        _ = batches.run { _, _ in }
        #expect(again.answers == [[3]])
    }

    @Test func `rows never reach another request, whatever the sizes and the order`() {
        var generator = SeededGenerator.forTest()
        let batches = batches(["a", "b", "c"])
        var next: Float = 0
        for _ in 0..<300 {
            var members: [RecordingMember] = []
            for _ in 0..<generator.int(in: 0...12) {
                let values = (0..<generator.int(in: 0...40)).map { _ in
                    next += 1
                    return next
                }
                let member = RecordingMember(values)
                member.join(batches, slot: generator.int(in: 0...2))
                members.append(member)
            }
            _ = batches.run { _, _ in }
            for member in members { #expect(member.answers == [member.values]) }
        }
    }
}
