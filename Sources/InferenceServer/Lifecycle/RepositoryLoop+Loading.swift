import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Loads models, and answers calls that ask for it.
extension RepositoryLoop {
    /// Carries out an order: loads, measures, and lets the result serve.
    ///
    /// - Returns: whether the files were the same all the while; if not, the attempt counts as failed.
    @discardableResult
    func load(_ order: LoadOrder) -> Bool {
        state.log.write(
            .debug, "reading a model", .init("model", order.name), .init("directory", order.scanned.directory),
            .init("kept_versions", order.keeping.count))
        var outcome = read(order)
        let isSettled = isSettled(order)
        if !isSettled {
            let fault = LoadFault.arrangement(
                path: order.name, sentence: "the files changed while they were read; load again")
            outcome = ModelLoader.Outcome(name: order.name, failing: fault)
        }
        for (version, result) in outcome.versions {
            guard case .success(let model) = result, order.keeping[version] !== model else { continue }
            model.engine.calibrate(clock: ThreadProcessorClock())
            state.log.write(
                .debug, "measured a model", .init("model", order.name), .init("version", "\(version)"))
        }
        report(catalog.ended(order, outcome), of: order)
        return isSettled
    }

    private func read(_ order: LoadOrder) -> ModelLoader.Outcome {
        if order.fingerprint?.isBeingWritten == true, order.scanned.override?.files.isEmpty != false {
            let fault = LoadFault.arrangement(path: order.name, sentence: "its files are being written")
            return ModelLoader.Outcome(name: order.name, failing: fault)
        }
        return loader.load(order.scanned, keeping: order.keeping) { versions in
            state.log.write(
                .debug, "loading versions", .init("model", order.name),
                .init("versions", versions.map { "\($0)" }.joined(separator: ",")))
            catalog.planned(order, versions: versions)
            publish()
        }
    }

    private func isSettled(_ order: LoadOrder) -> Bool {
        guard let fingerprint = order.fingerprint, order.scanned.override?.files.isEmpty != false else { return true }
        return find(order.name)?.fingerprint == fingerprint
    }

    /// The model as it lies in a repository now.
    func find(_ name: String) -> (scanned: ScannedModel, fingerprint: ModelFingerprint)? {
        let scan = RepositoryScanner.scan(
            repositories: options.modelRepositories, models: options.models.map { (name: $0.name, path: $0.path) },
            named: name)
        return scan.models.first.map { ($0, ModelFingerprint(of: $0)) }
    }

    private func count(_ outcome: ModelLoader.Outcome, of order: LoadOrder) {
        var failures = outcome.fault == nil ? 0 : 1
        var successes = 0
        for (version, result) in outcome.versions {
            switch result {
            case .failure: failures += 1
            case .success(let model) where order.keeping[version] !== model && !outcome.hasFailed: successes += 1
            case .success: break
            }
        }
        state.counters.loadsEnded(successes: successes, failures: failures)
    }

    private func report(_ outcome: ModelLoader.Outcome, of order: LoadOrder) {
        count(outcome, of: order)
        let scanned = order.scanned
        for notice in outcome.notices {
            state.log.note(
                RepositoryReport.Finding(
                    location: scanned.location(of: notice.path), position: notice.position, sentence: notice.sentence))
        }
        if let fault = outcome.fault { reportFailure(of: order.name, version: nil, fault) }
        for (version, result) in outcome.versions {
            switch result {
            case .failure(let fault): reportFailure(of: order.name, version: version, fault)
            case .success(let model) where order.keeping[version] !== model && !outcome.hasFailed:
                state.log.write(
                    .info, "model ready", .init("model", order.name), .init("version", "\(version)"),
                    .init("format", model.format), .init("engine", model.engineName),
                    .init("seconds", model.loadSeconds))
            case .success: break
            }
        }
    }

    func reportFailure(of name: String, version: Int64?, _ fault: LoadFault) {
        state.log.write(
            .error, "model not loaded", .init("model", name), .init("version", version.map { "\($0)" } ?? "-"),
            .init("reason", fault.description))
    }

    // MARK: Calls

    /// Does what a call asks for and answers it.
    ///
    /// - Parameter faults: of stores that could not be asked for the model.
    func answer(_ call: RepositoryCall, after faults: [Waiting.Fault] = []) {
        do throws(ProtocolError) {
            let body = call.takeBody()
            switch call.verb {
            case .load: try load(call, call.loadRequest(body.bytes), after: faults)
            case .unload:
                let withMembers = try call.unloadsDependents(body.bytes)
                catalog.unloadAsked(call.model, withMembers: withMembers)
            }
            relink()
            finish(call, nil)
        } catch {
            relink()
            finish(call, error)
        }
    }

    /// Answers a call for a model of which there is only one whose name is written with other bytes.
    func answerConfusable(_ call: RepositoryCall) {
        finish(call, call.verb == .load ? .unknownModel(call.model) : nil)
    }

    private func load(
        _ call: RepositoryCall, _ request: RepositoryLoadRequest, after faults: [Waiting.Fault]
    ) throws(ProtocolError) {
        let name = call.model
        let override = try LoadOverride(of: request, name)
        guard ModelName.isSafe(name) else { throw .unknownModel(name) }
        let found = find(name)
        try refuse(name, override, after: faults)
        loadMembers(of: name, found: found, override: override)
        switch catalog.loadAsked(name, found: found, override: override) {
        case .unknownModel: throw .unknownModel(name)
        case .unchanged: return
        case .load(let order):
            load(order)
            if let failure = catalog.failure(of: name) { throw ProtocolError(.invalidArgument, failure) }
        }
    }
}

extension ProtocolError {
    fileprivate static func unknownModel(_ name: String) -> ProtocolError {
        ProtocolError(.internalFault, "failed to load '\(name)', failed to poll from model repository")
    }
}

extension LoadOverride {
    /// What a request brings in place of files of the repository; nil for one that brings nothing.
    init?(of request: RepositoryLoadRequest, _ name: String) throws(ProtocolError) {
        guard let configuration = request.configuration else { return nil }
        var given: [File] = []
        for file in request.files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 2, let version = RepositoryScanner.versionNumber(of: parts[0]),
                ModelName.isSafe(parts[1])
            else {
                throw ProtocolError(
                    .invalidArgument, "failed to load '\(name)': file '\(file.path)' is no <version>/<plain name>")
            }
            given.append(File(version: version, name: parts[1], content: file.content))
        }
        self.init(configuration: configuration, files: given)
    }

    /// The same of a request's body; nil, too, for one that cannot be read, which its load reports.
    init?(in body: Span<UInt8>, of call: RepositoryCall) {
        guard !body.isEmpty, let request = try? call.loadRequest(body),
            let override = try? LoadOverride(of: request, call.model)
        else { return nil }
        self = override
    }
}
