import JSONSyntax
package import LinuxSystem

/// The state of a rollout as the document that is kept and shown.
extension Rollout {
    /// Appends the state as one JSON object.
    package func append(to buffer: inout ByteBuffer) {
        buffer.append("{\"candidate\":")
        buffer.appendText(plan.candidate)
        buffer.append(",\"phase\":")
        buffer.appendText(phase.rawValue)
        buffer.append(",\"share_percent\":")
        buffer.appendNumber(Double(share))
        buffer.append(",\"step\":")
        buffer.appendNumber(Double(step))
        buffer.append(",\"steps\":[")
        for (index, percent) in plan.steps.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.appendNumber(Double(percent))
        }
        buffer.append("],\"step_began\":")
        buffer.appendNumber(Double(stepBegan))
        buffer.append(",\"hold_seconds\":")
        buffer.appendNumber(Double(plan.holdSeconds))
        appendGuards(to: &buffer)
        buffer.append(",\"changes\":[")
        for (index, change) in changes.enumerated() {
            buffer.append(index == 0 ? "{\"time\":" : ",{\"time\":" as StaticString)
            buffer.appendNumber(Double(change.time))
            buffer.append(",\"phase\":")
            buffer.appendText(change.phase.rawValue)
            buffer.append(",\"share_percent\":")
            buffer.appendNumber(Double(change.share))
            buffer.append(",\"reason\":")
            buffer.appendText(change.reason)
            buffer.append("}")
        }
        buffer.append("]}")
    }

    private func appendGuards(to buffer: inout ByteBuffer) {
        buffer.append(",\"guard\":{\"min_samples\":")
        buffer.appendNumber(Double(plan.guards.minSamples))
        for (name, value) in plan.guards.limits {
            guard let value else { continue }
            buffer.append(",")
            buffer.appendText(name)
            buffer.append(":")
            buffer.appendNumber(value)
        }
        buffer.append("}")
    }

    /// Seconds since 1970 that are taken: sums and differences of them do not overflow.
    private static let seconds = 0...1 << 53

    /// Reads such a document.
    ///
    /// - Returns: nil for anything that this version would not have written.
    package init?(json: Span<UInt8>) {
        guard json.count <= ModelMonitoringLimits.rolloutByteCount,
            let value = JSONValue(json), let candidate = value["candidate"]?.text,
            let phase = value["phase"]?.text.flatMap(Phase.init), let step = value["step"]?.integer,
            let steps = value["steps"]?.elements?.compactMap(\.integer), RolloutPlan.fault(inSteps: steps) == nil,
            steps.indices.contains(step), let stepBegan = value["step_began"]?.integer,
            Self.seconds.contains(stepBegan),
            let hold = value["hold_seconds"]?.integer, Self.seconds.contains(hold), let guards = value["guard"],
            let minSamples = guards["min_samples"] == nil ? 0 : guards["min_samples"]?.integer, minSamples >= 0,
            let changes = value["changes"]?.elements, changes.count <= ModelMonitoringLimits.rolloutChanges
        else { return nil }
        let read = changes.compactMap { change -> Change? in
            guard let time = change["time"]?.integer, let phase = change["phase"]?.text.flatMap(Phase.init),
                let share = change["share_percent"]?.integer, (0...100).contains(share),
                let reason = change["reason"]?.text
            else { return nil }
            return Change(time: Int64(time), phase: phase, share: share, reason: reason)
        }
        guard read.count == changes.count else { return nil }
        self.init(
            plan: RolloutPlan(
                candidate: candidate, steps: steps, holdSeconds: Int64(hold),
                guards: RolloutGuards(
                    maxErrorRate: guards["max_error_rate"]?.number, maxP95Seconds: guards["max_p95_seconds"]?.number,
                    maxAnomalyRateRatio: guards["max_anomaly_rate_ratio"]?.number, maxPSI: guards["max_psi"]?.number,
                    minAccuracy: guards["min_accuracy"]?.number, minSamples: minSamples)),
            phase: phase, step: step, stepBegan: Int64(stepBegan), changes: read)
    }
}

extension RolloutGuards {
    /// The limits by their names in the configuration.
    fileprivate var limits: [(String, Double?)] {
        [
            ("max_error_rate", maxErrorRate), ("max_p95_seconds", maxP95Seconds),
            ("max_anomaly_rate_ratio", maxAnomalyRateRatio), ("max_psi", maxPSI), ("min_accuracy", minAccuracy),
        ]
    }
}
