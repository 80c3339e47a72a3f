import Testing

@testable import ModelRepository

/// Every event in every state: what is done, and what is to be seen then.
struct ModelLifeTests {
    enum Event {
        case found, changed, gone, loadAsked, unloadAsked
        case planned(Int, [Int64])
        case ended(Int, [Int64: ModelLife.Outcome])
        case endedWithFault(Int, String)
        case relinked([Int64: ModelLife.Outcome])
        case released(Int64)
    }

    private static func apply(_ event: Event, to life: inout ModelLife) -> ModelLife.Action {
        switch event {
        case .found: return life.found()
        case .changed: return life.changed()
        case .gone: return life.gone()
        case .loadAsked: return life.loadAsked()
        case .unloadAsked: return life.unloadAsked()
        case .planned(let attempt, let versions): life.planned(attempt: attempt, versions: versions)
        case .ended(let attempt, let outcomes): return life.ended(attempt: attempt, outcomes, fault: "")
        case .endedWithFault(let attempt, let fault): return life.ended(attempt: attempt, [:], fault: fault)
        case .relinked(let outcomes): return life.relinked(outcomes)
        case .released(let version): life.released(version)
        }
        return .nothing
    }

    private static func life(_ control: ModelLife.Control, after events: [Event]) -> ModelLife {
        var life = ModelLife(control: control)
        for event in events { _ = apply(event, to: &life) }
        return life
    }

    /// What the repository's index would show.
    private static func text(_ life: ModelLife) -> String {
        let versions = life.versions.map { number, state in
            switch state {
            case .loading: "\(number) LOADING"
            case .ready(let note): note.isEmpty ? "\(number) READY" : "\(number) READY (\(note))"
            case .unloading: "\(number) UNLOADING"
            case .unavailable(let reason): "\(number) UNAVAILABLE (\(reason))"
            }
        }
        if !versions.isEmpty { return versions.joined(separator: ", ") }
        return life.reason.isEmpty ? "-" : "- (\(life.reason))"
    }

    // States, by the events that lead to them.
    private static let listed: [Event] = [.found]
    private static let loading = listed + [.loadAsked, .planned(1, [1])]
    private static let ready = loading + [.ended(1, [1: .loaded])]
    private static let reloading = ready + [.loadAsked, .planned(2, [2])]
    private static let failed = loading + [.ended(1, [1: .failed(reason: "bad")])]
    private static let kept = reloading + [.ended(2, [2: .failed(reason: "bad")])]
    private static let draining = ready + [.unloadAsked]
    private static let unloaded = draining + [.released(1)]

    private static let badTwo = "version 2 is at UNAVAILABLE state: bad;"

    /// State, what is seen, and for found, changed, gone, loadAsked, unloadAsked what is done and seen then.
    private static let explicitTable: [([Event], String, [(ModelLife.Action, String)])] = [
        ([], "-", [(.nothing, "-"), (.nothing, "-"), (.nothing, "-"), (.load(attempt: 1), "-"), (.nothing, "-")]),
        (listed, "-", [(.nothing, "-"), (.nothing, "-"), (.nothing, "-"), (.load(attempt: 1), "-"), (.nothing, "-")]),
        (
            loading, "1 LOADING",
            [
                (.nothing, "1 LOADING"), (.nothing, "1 LOADING"), (.nothing, "1 LOADING"), (.load(attempt: 2), "-"),
                (.nothing, "- (unloaded)"),
            ]
        ),
        (
            ready, "1 READY",
            [
                (.nothing, "1 READY"), (.nothing, "1 READY"), (.nothing, "1 READY"), (.load(attempt: 2), "1 READY"),
                (.retire([1]), "1 UNLOADING"),
            ]
        ),
        (
            reloading, "1 READY, 2 LOADING",
            [
                (.nothing, "1 READY, 2 LOADING"), (.nothing, "1 READY, 2 LOADING"), (.nothing, "1 READY, 2 LOADING"),
                (.load(attempt: 3), "1 READY"), (.retire([1]), "1 UNLOADING"),
            ]
        ),
        (
            failed, "1 UNAVAILABLE (bad)",
            [
                (.nothing, "1 UNAVAILABLE (bad)"), (.nothing, "1 UNAVAILABLE (bad)"),
                (.nothing, "1 UNAVAILABLE (bad)"), (.load(attempt: 2), "1 UNAVAILABLE (bad)"),
                (.nothing, "- (unloaded)"),
            ]
        ),
        (
            kept, "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)",
            [
                (.nothing, "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)"),
                (.nothing, "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)"),
                (.nothing, "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)"),
                (.load(attempt: 3), "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)"), (.retire([1]), "1 UNLOADING"),
            ]
        ),
        (
            draining, "1 UNLOADING",
            [
                (.nothing, "1 UNLOADING"), (.nothing, "1 UNLOADING"), (.nothing, "1 UNLOADING"),
                (.load(attempt: 2), "1 UNLOADING"), (.nothing, "1 UNLOADING"),
            ]
        ),
        (
            unloaded, "1 UNAVAILABLE (unloaded)",
            [
                (.nothing, "1 UNAVAILABLE (unloaded)"), (.nothing, "1 UNAVAILABLE (unloaded)"),
                (.nothing, "1 UNAVAILABLE (unloaded)"), (.load(attempt: 2), "1 UNAVAILABLE (unloaded)"),
                (.nothing, "1 UNAVAILABLE (unloaded)"),
            ]
        ),
    ]

    @Test(arguments: explicitTable.indices) func `models that are loaded on request`(row: Int) {
        let (before, seen, outcomes) = Self.explicitTable[row]
        #expect(Self.text(Self.life(.explicit, after: before)) == seen)
        for (event, expected) in zip([Event.found, .changed, .gone, .loadAsked, .unloadAsked], outcomes) {
            var life = Self.life(.explicit, after: before)
            let action = Self.apply(event, to: &life)
            #expect(action == expected.0, "\(event)")
            #expect(Self.text(life) == expected.1, "\(event)")
        }
    }

    private static let endings: [([Event], Event, ModelLife.Action, String)] = [
        (loading, .ended(1, [1: .loaded]), .replace(loaded: [1], retiring: []), "1 READY"),
        (loading, .ended(1, [1: .failed(reason: "bad")]), .discard, "1 UNAVAILABLE (bad)"),
        (
            loading, .ended(1, [1: .loaded, 2: .failed(reason: "bad")]), .replace(loaded: [1], retiring: []),
            "1 READY, 2 UNAVAILABLE (bad)"
        ),
        (loading, .endedWithFault(1, "no version"), .discard, "- (no version)"),
        (loading, .ended(7, [1: .loaded]), .discard, "1 LOADING"),
        (reloading, .ended(2, [2: .loaded]), .replace(loaded: [2], retiring: [1]), "1 UNLOADING, 2 READY"),
        (reloading, .ended(2, [1: .kept, 2: .loaded]), .replace(loaded: [2], retiring: []), "1 READY, 2 READY"),
        (reloading, .ended(2, [1: .loaded]), .replace(loaded: [1], retiring: [1]), "1 READY"),
        (
            reloading, .ended(2, [1: .failed(reason: "x")]), .discard,
            "1 READY (version 1 is at UNAVAILABLE state: x;)"
        ),
        (
            reloading, .ended(2, [2: .failed(reason: "bad"), 3: .loaded]), .discard,
            "1 READY (\(badTwo)), 2 UNAVAILABLE (bad), "
                + "3 UNAVAILABLE (not served because the load failed: \(badTwo))"
        ),
        (reloading, .endedWithFault(2, "gone"), .discard, "1 READY (gone)"),
        (kept + [.loadAsked], .ended(3, [1: .kept]), .replace(loaded: [], retiring: []), "1 READY"),
        (draining + [.loadAsked], .ended(2, [1: .loaded]), .replace(loaded: [1], retiring: []), "1 READY"),
        (draining + [.loadAsked, .ended(2, [1: .loaded])], .released(1), .nothing, "1 READY"),
        (reloading + [.ended(2, [2: .loaded])], .released(1), .nothing, "2 READY"),
        (reloading + [.unloadAsked], .ended(2, [2: .loaded]), .discard, "1 UNLOADING"),
    ]

    @Test(arguments: endings.indices) func `an attempt replaces all that answers or nothing`(row: Int) {
        let (before, event, action, seen) = Self.endings[row]
        var life = Self.life(.explicit, after: before)
        let found = Self.apply(event, to: &life)
        #expect(found == action)
        #expect(Self.text(life) == seen)
    }

    private static let relinks: [([Event], [Int64: ModelLife.Outcome], ModelLife.Action, String)] = [
        (listed, [1: .loaded], .discard, "-"),
        (loading, [1: .loaded], .discard, "1 LOADING"),
        (ready, [1: .loaded], .replace(loaded: [1], retiring: [1]), "1 READY"),
        (ready, [1: .kept], .replace(loaded: [], retiring: []), "1 READY"),
        (
            ready, [1: .failed(reason: "no model")], .replace(loaded: [], retiring: [1]), "1 UNLOADING"
        ),
        (failed, [1: .loaded], .replace(loaded: [1], retiring: []), "1 READY"),
        (failed, [1: .failed(reason: "other")], .replace(loaded: [], retiring: []), "1 UNAVAILABLE (other)"),
        (
            kept, [1: .loaded], .replace(loaded: [1], retiring: [1]), "1 READY (\(badTwo)), 2 UNAVAILABLE (bad)"
        ),
        (reloading, [1: .loaded], .discard, "1 READY, 2 LOADING"),
        (unloaded, [1: .loaded], .discard, "1 UNAVAILABLE (unloaded)"),
        (draining, [1: .loaded], .discard, "1 UNLOADING"),
    ]

    @Test(arguments: relinks.indices) func `an ensemble goes with its models`(row: Int) {
        let (before, outcomes, action, seen) = Self.relinks[row]
        var life = Self.life(.explicit, after: before)
        let found = life.relinked(outcomes)
        #expect(found == action)
        #expect(Self.text(life) == seen)
    }

    @Test func `an ensemble that lost a model answers again when there is another`() {
        var life = Self.life(
            .explicit, after: Self.ready + [.relinked([1: .failed(reason: "no model")]), .released(1)])
        #expect(Self.text(life) == "1 UNAVAILABLE (no model)")
        #expect(life.failure == "version 1 is at UNAVAILABLE state: no model;")
        #expect(life.relinked([1: .loaded]) == .replace(loaded: [1], retiring: []))
        #expect(Self.text(life) == "1 READY" && life.failure.isEmpty)
    }

    @Test func `what lies in a polled repository is served`() {
        var life = Self.life(.poll, after: [])
        #expect(life.changed() == .nothing)
        #expect(life.gone() == .nothing)
        #expect(life.found() == .load(attempt: 1))
        #expect(life.found() == .nothing)
        #expect(life.changed() == .nothing, "an attempt is under way")
        #expect(life.ended(attempt: 1, [1: .loaded], fault: "") == .replace(loaded: [1], retiring: []))
        #expect(life.found() == .nothing)
        #expect(life.changed() == .load(attempt: 2))
        #expect(life.ended(attempt: 2, [1: .failed(reason: "x")], fault: "") == .discard)
        #expect(life.changed() == .load(attempt: 3))
        #expect(life.gone() == .retire([1]))
        #expect(!life.isOver)
        #expect(life.ended(attempt: 3, [1: .loaded], fault: "") == .discard, "the attempt is of no use")
        life.released(1)
        #expect(life.isOver)
        #expect(life.found() == .load(attempt: 4))
        #expect(!life.isOver)
    }

    @Test func `nothing changes after the start where nobody controls it`() {
        var life = Self.life(.none, after: [])
        #expect(life.found() == .load(attempt: 1))
        _ = life.ended(attempt: 1, [1: .loaded], fault: "")
        #expect(life.changed() == .nothing)
        #expect(life.gone() == .nothing)
        #expect(Self.text(life) == "1 READY")
    }

    @Test func `only what was asked for is touched`() {
        #expect(!Self.life(.explicit, after: [.found, .unloadAsked, .gone]).isTouched)
        #expect(Self.life(.explicit, after: [.loadAsked]).isTouched)
        #expect(Self.life(.explicit, after: [.found, .gone]).isOver)
        #expect(!Self.life(.explicit, after: Self.ready + [.gone]).isOver, "it answers although its files are gone")
        #expect(Self.life(.explicit, after: Self.unloaded + [.gone]).isOver)
    }
}
