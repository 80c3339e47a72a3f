import LinuxSystem

@testable import ModelMonitoring

extension FuzzTarget {
    /// The state of a rollout: what is taken is written and read again as it was.
    static let rolloutState = FuzzTarget(name: "rollout-state") { input in
        guard let rollout = Rollout(json: input.span) else { return }
        precondition((0...100).contains(rollout.share), "a share is a percent")
        var written = ByteBuffer()
        rollout.append(to: &written)
        guard written.count <= ModelMonitoringLimits.rolloutByteCount else { return }
        precondition(Rollout(json: written.bytes) == rollout, "what was written is read")
    }
}
