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
        }
        catalog.ended(order, outcome)
        report(outcome, of: order)
        return isSettled
    }

    private func read(_ order: LoadOrder) -> ModelLoader.Outcome {
        if order.fingerprint?.isBeingWritten == true, order.scanned.override?.files.isEmpty != false {
            let fault = LoadFault.arrangement(path: order.name, sentence: "its files are being written")
            return ModelLoader.Outcome(name: order.name, failing: fault)
        }
        return loader.load(order.scanned, keeping: order.keeping) { versions in
            catalog.planned(order, versions: versions)
            publish()
        }
    }

    private func isSettled(_ order: LoadOrder) -> Bool {
        guard let fingerprint = order.fingerprint, order.scanned.override?.files.isEmpty != false else { return true }
        return find(order.name)?.fingerprint == fingerprint
    }

    /// The model as it lies in a repository now.
    private func find(_ name: String) -> (scanned: ScannedModel, fingerprint: ModelFingerprint)? {
        let scan = RepositoryScanner.scan(
            repositories: options.modelRepositories, models: options.models.map { (name: $0.name, path: $0.path) },
            named: name)
        return scan.models.first.map { ($0, ModelFingerprint(of: $0)) }
    }

    private func report(_ outcome: ModelLoader.Outcome, of order: LoadOrder) {
        let scanned = order.scanned
        for notice in outcome.notices {
            state.log.write(.info, "note on a model", .init("note", "\(scanned.location(of: notice.path)): \(notice)"))
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

    private func reportFailure(of name: String, version: Int64?, _ fault: LoadFault) {
        state.log.write(
            .error, "model not loaded", .init("model", name), .init("version", version.map { "\($0)" } ?? "-"),
            .init("reason", fault.description))
    }

    // MARK: Calls

    /// Does what a call asks for and answers it.
    func answer(_ call: RepositoryCall) {
        do throws(ProtocolError) {
            let body = call.takeBody()
            switch call.verb {
            case .load: try load(call, RepositoryLoadRequest(loading: call.model, body.bytes))
            case .unload:
                // No model needs another in this version.
                _ = try RepositoryLoadRequest.unloadsDependents(body.bytes)
                catalog.unloadAsked(call.model)
            }
            finish(call, nil)
        } catch {
            finish(call, error)
        }
    }

    private func load(_ call: RepositoryCall, _ request: RepositoryLoadRequest) throws(ProtocolError) {
        let name = call.model
        let override = try request.override(of: name)
        guard ModelName.isSafe(name) else { throw .unknownModel(name) }
        switch catalog.loadAsked(name, found: find(name), override: override) {
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

extension RepositoryLoadRequest {
    /// What the request brings in place of files of the repository.
    fileprivate func override(of name: String) throws(ProtocolError) -> LoadOverride? {
        guard let configuration else { return nil }
        var given: [LoadOverride.File] = []
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 2, let version = RepositoryScanner.versionNumber(of: parts[0]),
                ModelName.isSafe(parts[1])
            else {
                throw ProtocolError(
                    .invalidArgument, "failed to load '\(name)': file '\(file.path)' is no <version>/<plain name>")
            }
            given.append(LoadOverride.File(version: version, name: parts[1], content: file.content))
        }
        return LoadOverride(configuration: configuration, files: given)
    }
}
