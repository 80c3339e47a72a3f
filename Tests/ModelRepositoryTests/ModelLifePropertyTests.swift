import TestSupport
import Testing

@testable import ModelRepository

/// Random lives beside a model that keeps every instance in a list and decides nothing by state.
struct ModelLifePropertyTests {
    /// One load of one version.
    private struct Instance {
        var version: Int64
        var isAnswering = true
        var isReleased = false
    }

    private struct Naive {
        var instances: [Instance] = []
        var attempt: Int?

        var answering: Set<Int64> { Set(instances.filter(\.isAnswering).map(\.version)) }
        var draining: [Int64] { instances.filter { !$0.isAnswering && !$0.isReleased }.map(\.version) }

        mutating func stop(_ isStopped: (Int64) -> Bool) {
            for index in instances.indices where instances[index].isAnswering && isStopped(instances[index].version) {
                instances[index].isAnswering = false
            }
        }

        /// Whatever could not be put together is gone, whatever was is there.
        mutating func relink(_ outcomes: [Int64: ModelLife.Outcome]) {
            stop { outcomes[$0] != .kept }
            instances += outcomes.filter { $0.value == .loaded }.map { Instance(version: $0.key) }
        }

        mutating func end(_ outcomes: [Int64: ModelLife.Outcome]) {
            attempt = nil
            let loaded = outcomes.filter { $0.value == .loaded }.map(\.key)
            let hasFailed = outcomes.isEmpty || outcomes.contains { if case .failed = $0.value { true } else { false } }
            if hasFailed && !answering.isEmpty { return }
            if !hasFailed { stop { outcomes[$0] != .kept } }
            instances += loaded.map { Instance(version: $0) }
        }
    }

    private static func outcomes(_ generator: inout SeededGenerator, _ serving: Set<Int64>) -> [Int64: ModelLife
        .Outcome]
    {
        var outcomes: [Int64: ModelLife.Outcome] = [:]
        for _ in 0..<generator.int(in: 0...4) {
            let version = Int64(generator.int(in: 1...5))
            if generator.chance(oneIn: 4) {
                outcomes[version] = .failed(reason: "r\(generator.int(in: 0...9))")
            } else {
                outcomes[version] = serving.contains(version) && generator.chance(oneIn: 2) ? .kept : .loaded
            }
        }
        return outcomes
    }

    @Test(arguments: ModelLife.Control.allCases)
    func `what answers is what the events say`(control: ModelLife.Control) {
        var generator = SeededGenerator.forTest()
        for _ in 0..<60 {
            var life = ModelLife(control: control)
            var naive = Naive()
            for _ in 0..<80 {
                let before = naive.answering
                var action = ModelLife.Action.nothing
                switch generator.int(in: 0...8) {
                case 0: action = life.found()
                case 1: action = life.changed()
                case 2: action = life.gone()
                case 3: action = life.loadAsked()
                case 4: action = life.unloadAsked()
                case 5:
                    guard let version = naive.draining.first else { continue }
                    life.released(version)
                    let index = naive.instances.firstIndex {
                        !$0.isAnswering && !$0.isReleased && $0.version == version
                    }
                    if let index { naive.instances[index].isReleased = true }
                case 6:
                    let outcomes = Self.outcomes(&generator, naive.answering)
                    action = life.relinked(outcomes)
                    if action != .discard { naive.relink(outcomes) }
                default:
                    let number = naive.attempt ?? 0
                    let outcomes = Self.outcomes(&generator, naive.answering)
                    life.planned(attempt: number, versions: outcomes.keys.sorted())
                    let wasUnderWay = life.isUnderWay(number)
                    #expect(wasUnderWay == (naive.attempt != nil))
                    action = life.ended(attempt: number, outcomes, fault: outcomes.isEmpty ? "none" : "")
                    if wasUnderWay { naive.end(outcomes) } else { #expect(action == .discard) }
                }
                switch action {
                case .load(let attempt): naive.attempt = attempt
                case .retire(let versions):
                    #expect(Set(versions) == before, "an unload ends all that answers")
                    naive.stop { _ in true }
                    naive.attempt = nil
                case .replace(let loaded, let retiring):
                    #expect(Set(retiring).isSubset(of: before))
                    #expect(Set(loaded).isSubset(of: naive.answering))
                case .nothing, .discard: break
                }
                // An unload of a model that does not answer ends the attempt all the same.
                if let attempt = naive.attempt, !life.isUnderWay(attempt) { naive.attempt = nil }
                Self.compare(life, naive)
            }
        }
    }

    private static func compare(_ life: ModelLife, _ naive: Naive) {
        #expect(life.serving == naive.answering)
        var numbers: Set<Int64> = []
        for (number, state) in life.versions {
            #expect(numbers.insert(number).inserted)
            switch state {
            case .ready: #expect(naive.answering.contains(number))
            case .unloading: #expect(naive.draining.contains(number) && !naive.answering.contains(number))
            case .loading: #expect(naive.attempt != nil && !naive.answering.contains(number))
            case .unavailable(let reason): #expect(!reason.isEmpty && !naive.answering.contains(number))
            }
        }
        #expect(naive.answering.union(naive.draining).isSubset(of: numbers))
        if life.isOver { #expect(naive.answering.isEmpty && naive.draining.isEmpty) }
    }
}
