package import LinuxSystem

/// One loop's part in tracing: chooses requests and hands their records on.
///
/// - Isolation: the loop's thread.
/// - Complexity: a request that is not traced costs a relaxed load, a few comparisons and the step of a counter.
package final class RequestTracer {
    /// What decides about one slot of the serving table.
    private struct Choice {
        var directive: TraceDirective
        /// Index into `samplers`: models without settings of their own share one.
        var sampler: Int
    }

    /// A model version that may be traced.
    package struct Model: Equatable, Sendable {
        package var name: String
        package var version: Int64

        package init(name: String, version: Int64) {
            self.name = name
            self.version = version
        }
    }

    private let tracing: Tracing
    private let ring: TraceRing
    private var generation = -1
    /// Whether any model is traced.
    private var isOn = false
    private var models: [Model?] = []
    private var choices: [Choice?] = []
    private var samplers: [TraceSampler] = []
    private var generator: any RandomNumberGenerator

    init(_ tracing: Tracing, _ ring: TraceRing, generator: any RandomNumberGenerator) {
        self.tracing = tracing
        self.ring = ring
        self.generator = generator
    }

    /// Serves other models from now on.
    ///
    /// - Parameter models: by slot; nil where one is free.
    package func adopt(models: [Model?]) {
        self.models = models
        generation = -1
    }

    /// Begins the record of a request if it is to be traced.
    ///
    /// - Parameter parentField: the value of `traceparent`, empty without; anything malformed counts as absent.
    package func begin(slot: Int, parentField: Span<UInt8>) -> RequestTrace? {
        if generation != tracing.generation { refresh() }
        guard isOn else { return nil }
        return choose(slot: slot, parentField)
    }

    private func choose(slot: Int, _ parentField: Span<UInt8>) -> RequestTrace? {
        guard let choice = choices[slot], choice.directive.setting.isOn else { return nil }
        let parent = tracing.readsParents && !parentField.isEmpty ? TraceParent(parentField) : nil
        guard isChosen(choice, parent) else { return nil }
        guard let model = models[slot] else { preconditionFailure("a slot with a choice has a model") }
        tracing.figures.chose()
        return RequestTrace(
            TraceRecord(
                choice.directive, trace: parent?.trace ?? TraceIdentity(using: &generator),
                span: SpanIdentity(using: &generator), parent: parent?.span, model: model.name,
                version: model.version))
    }

    private func isChosen(_ choice: Choice, _ parent: TraceParent?) -> Bool {
        if let parent {
            // Who calls has decided for the whole trace, and nothing is counted.
            if tracing.sampler.followsParent { return parent.isSampled }
            if let fraction = choice.directive.setting.fraction {
                return RootSampler.contains(parent.trace, in: fraction)
            }
        }
        return samplers[choice.sampler].requestArrived() && choice.directive.choose()
    }

    /// Hands the record of a request to the side thread.
    ///
    /// - Parameter now: when its answer had been given to the kernel.
    package func finish(_ trace: RequestTrace, at now: Nanoseconds) {
        trace.record.instants.sendEnd = now
        let record = trace.record
        switch ring.put(record) {
        case .accepted: break
        case .acceptedHalfFull: tracing.wake()
        case .full:
            record.directive.lost()
            tracing.loseRecord(record)
        }
    }

    /// Looks the settings up anew.
    private func refresh() {
        // Read before the settings, so that a change in between is seen next time.
        generation = tracing.generation
        let before = choices
        let samplersBefore = samplers
        samplers = []
        var known: [ObjectIdentifier: Int] = [:]
        func sampler(of directive: TraceDirective) -> Int {
            if let index = known[ObjectIdentifier(directive)] { return index }
            // Who has been counted under the same directive goes on counting.
            let former = before.first { $0?.directive === directive } ?? nil
            samplers.append(former.map { samplersBefore[$0.sampler] } ?? TraceSampler(directive.setting))
            known[ObjectIdentifier(directive)] = samplers.count - 1
            return samplers.count - 1
        }
        tracing.withSettings { settings in
            isOn = tracing.isPossible && settings.isAnyOn
            choices = models.map { model in
                guard let model else { return nil }
                let directive = settings.directive(for: model.name)
                return Choice(directive: directive, sampler: sampler(of: directive))
            }
        }
    }
}
