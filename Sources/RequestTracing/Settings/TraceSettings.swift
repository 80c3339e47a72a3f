import OpenInferenceProtocol

/// The trace settings of a server: those of its start, what was changed for all models, what was changed for single
/// ones.
///
/// A part that was not set for a model is that of all models, and a part that was not set for these is that of the
/// start.
///
/// - Source: Triton `src/tracer.cc`, `TraceManager::UpdateTraceSetting`.
package struct TraceSettings: Sendable {
    /// A directive and which of its parts were set for it.
    private struct Entry {
        var directive: TraceDirective
        var specified: TraceSetting.Parts
    }

    private let initial: TraceSetting
    /// Whether a request that no caller wants traced can be traced under a rate of 0: false where nothing could be.
    private let permitsRateZero: Bool
    private var global: Entry
    private var models: [String: Entry] = [:]

    /// Makes the settings of the start.
    ///
    /// - Parameter permitsRateZero: whether requests may be traced whatever the rate is.
    package init(_ initial: TraceSetting, permitsRateZero: Bool) {
        self.initial = initial
        self.permitsRateZero = permitsRateZero
        global = Entry(directive: TraceDirective(initial), specified: [])
    }

    /// The directive for a model.
    func directive(for model: String) -> TraceDirective { models[model]?.directive ?? global.directive }

    /// The directive for models without settings of their own.
    var globalDirective: TraceDirective { global.directive }

    /// Whether any request may be traced.
    var isAnyOn: Bool { global.directive.setting.isOn || models.values.contains { $0.directive.setting.isOn } }

    /// Changes the settings of a model, or of all.
    ///
    /// - Parameter model: nil for all.
    mutating func apply(_ change: TraceSettingChange, to model: String?) throws(ProtocolError) {
        if let model, models[model] == nil, models.count >= TracingLimits.modelSettings {
            throw ProtocolError(
                .unavailable, "\(TracingLimits.modelSettings) models have trace settings already: clear some")
        }
        if let model {
            let next = try entry(from: models[model], above: global.directive.current, change)
            models[model]?.directive.retire()
            models[model] = next.specified.isEmpty ? nil : next
        } else {
            try applyToAll(change)
        }
    }

    /// Models take over what they have not set themselves.
    private mutating func applyToAll(_ change: TraceSettingChange) throws(ProtocolError) {
        let next = try entry(from: global, above: initial, change)
        var nextModels: [String: Entry] = [:]
        for (name, before) in models {
            nextModels[name] = try entry(from: before, above: next.directive.current, nil)
        }
        for entry in [global] + models.values { entry.directive.retire() }
        global = next
        models = nextModels
    }

    /// What becomes of a setting.
    private func entry(
        from before: Entry?, above: TraceSetting, _ change: TraceSettingChange?
    ) throws(ProtocolError) -> Entry {
        var specified = before?.specified ?? []
        var setting = above
        if let before { setting.take(specified, from: before.directive.current) }
        if let change {
            specified.subtract(change.cleared)
            setting.take(change.cleared, from: above)
            specified.formUnion(change.given)
            setting.take(change.given, from: change.setting)
        }
        guard !setting.isOn || setting.rate > 0 || permitsRateZero else {
            throw ProtocolError(
                .invalidArgument, "Attempting to set invalid trace setting :sample rate must be non-zero")
        }
        return Entry(directive: TraceDirective(setting), specified: specified)
    }
}
