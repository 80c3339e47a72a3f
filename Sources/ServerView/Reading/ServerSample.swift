package import LinuxSystem

/// What a server's metrics said at one moment.
///
/// Rowan's page and Triton's are understood; what a page does not tell is nil or 0.
package struct ServerSample: Equatable, Sendable {
    /// A model version as the page labels it.
    package struct Key: Hashable, Sendable, Comparable {
        package var name: String
        package var version: String

        /// Names a version.
        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }

        package static func < (left: Key, right: Key) -> Bool {
            (left.name, left.version) < (right.name, right.version)
        }
    }

    /// A bucket of a histogram.
    package struct Bucket: Equatable, Sendable {
        /// Its upper bound in seconds.
        package var bound: Double
        /// Requests up to it.
        package var count: Double

        /// Names a bucket.
        package init(bound: Double, count: Double) {
            self.bound = bound
            self.count = count
        }
    }

    /// What a version has counted since it was loaded.
    package struct Model: Equatable, Sendable {
        package var requests = 0.0
        package var failures = 0.0
        package var rows = 0.0
        package var executions = 0.0
        /// - Units: seconds.
        package var duration = 0.0
        /// - Units: seconds.
        package var queue = 0.0
        package var pending = 0.0
        /// In the order of the page; empty where there is no histogram.
        package var buckets: [Bucket] = []

        /// A version that has counted nothing.
        package init() {}
    }

    /// When it was read, by the monotonic clock.
    package var time: Nanoseconds
    package var models: [Key: Model] = [:]
    /// Processor time of the server's process, in seconds.
    package var cpuSeconds: Double?
    package var residentBytes: Double?
    package var startTime: Double?
    package var connections: Double?
    package var loads: Double?
    package var failedLoads: Double?
    package var isOverloaded: Bool?
    /// Busy part of the machine, 0…1.
    package var machineUtilization: Double?
    /// Which build serves; nil of another product.
    package var version: String?

    /// A server that says nothing.
    package init(time: Nanoseconds) { self.time = time }

    /// Reads a page.
    package init(page: Span<UInt8>, time: Nanoseconds) throws(ViewFault) {
        self.init(time: time)
        var hasKnownSample = false
        try ExpositionReader.read(page) { name in
            Self.isKnown(name)
        } report: { (name, labels, value) throws(ViewFault) in
            hasKnownSample = true
            // Nothing that a server counts or measures is below 0.
            if value >= 0, value.isFinite { try note(name, labels, value) }
        }
        guard hasKnownSample else {
            throw ViewFault("this is no metrics page of Rowan or Triton; name it with --metrics-url")
        }
    }

    private static func isKnown(_ name: String) -> Bool {
        name.hasPrefix("nv_") || name.hasPrefix("rowan_") || name.hasPrefix("process_")
    }

    private mutating func note(_ name: String, _ labels: [String: String], _ value: Double) throws(ViewFault) {
        switch name {
        case "process_cpu_seconds_total": cpuSeconds = value
        case "process_resident_memory_bytes": residentBytes = value
        case "process_start_time_seconds": startTime = value
        case "rowan_connections": connections = value
        case "rowan_overloaded": isOverloaded = value != 0
        case "rowan_build_info": version = labels["version"]
        case "rowan_model_loads_total" where labels["result"] == "success": loads = value
        case "rowan_model_loads_total": failedLoads = value
        case "nv_cpu_utilization": machineUtilization = value
        default: try noteModel(name, labels, value)
        }
    }

    private mutating func noteModel(
        _ name: String, _ labels: [String: String], _ value: Double
    ) throws(ViewFault) {
        guard let model = labels["model"], let version = labels["version"] else { return }
        let key = Key(name: model, version: version)
        if models[key] == nil, models.count >= ServerViewLimits.modelCount {
            throw ViewFault("the server has more than \(ServerViewLimits.modelCount) model versions: too many to show")
        }
        // Triton names the processors of a model by further labels: what belongs together is added up.
        let path: WritableKeyPath<Model, Double>
        var unit = 1.0
        switch name {
        case "nv_inference_request_success": path = \.requests
        case "nv_inference_request_failure": path = \.failures
        case "nv_inference_count": path = \.rows
        case "nv_inference_exec_count": path = \.executions
        case "nv_inference_pending_request_count": path = \.pending
        case "nv_inference_request_duration_us": (path, unit) = (\.duration, 1e-6)
        case "nv_inference_queue_duration_us": (path, unit) = (\.queue, 1e-6)
        case "rowan_request_phase_seconds_bucket":
            guard labels["phase"] == "total", labels["routed"] == nil, let bound = labels["le"].flatMap({ Double($0) }),
                bound > 0
            else { return }
            return models[key, default: Model()].buckets.append(Bucket(bound: bound, count: value))
        default: return
        }
        models[key, default: Model()][keyPath: path] += value * unit
    }
}
