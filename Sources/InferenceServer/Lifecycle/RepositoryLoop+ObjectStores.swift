import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Calls and changes that concern repositories of object stores.
///
/// A call to load a model waits until every synchroniser has brought that model up to date, and those that an ensemble
/// calls; other calls go on. Calls for a model that waits wait behind it, so that the last one has the last word.
extension RepositoryLoop {
    /// Calls for a model that synchronisers are asked for.
    struct Waiting {
        /// A store that could not be asked.
        struct Fault {
            /// The model that it was to be asked for.
            var model: String
            /// The directory that follows the store.
            var directory: String
            var url: String
            var fault: ObjectStoreFault
        }

        /// Answers of synchronisers that have not come.
        var count: Int
        /// Models that they were asked for.
        var asked: Set<String>
        /// In the order received; the first is a call to load.
        var calls: [RepositoryCall]
        var faults: [Fault] = []
    }

    func receive(_ call: RepositoryCall) {
        if catalog.isConfusable(call.model) { return answerConfusable(call) }
        if waiting[call.model] != nil {
            waiting[call.model]?.calls.append(call)
            return
        }
        guard call.verb == .load, !synchronisers.isEmpty, ModelName.isSafe(call.model) else { return answer(call) }
        waiting[call.model] = Waiting(count: 0, asked: [], calls: [call])
        request([call.model], for: call.model)
    }

    /// Asks every synchroniser for models that a load needs.
    private func request(_ models: Set<String>, for loading: String) {
        waiting[loading]?.asked.formUnion(models)
        waiting[loading]?.count += models.count * synchronisers.count
        for synchroniser in synchronisers {
            for model in models.sorted() { synchroniser.request(model, for: loading) }
        }
    }

    /// Lets fetched files take their places, and goes on with who has waited for them.
    func receive(_ fetched: FetchedModels) {
        var fault = fetched.fault
        do throws(ObjectStoreFault) {
            noteMoves(try fetched.mirror.apply(fetched.staged))
            fetched.taken.give(true)
        } catch {
            fetched.taken.give(false)
            fault = error
            SynchronisationReport(fetched.mirror, state.log).write(
                error, model: fetched.model, consequence: "serving what was served before")
        }
        guard let model = fetched.model, let loading = fetched.loading else { return look() }
        if let fault {
            waiting[loading]?.faults.append(
                Waiting.Fault(
                    model: model, directory: fetched.mirror.directory, url: fetched.mirror.location.text, fault: fault))
        }
        waiting[loading]?.count -= 1
        guard let load = waiting[loading], load.count == 0 else { return }
        // What was fetched may call models that were not.
        let missing = CallOrder.uncalled(besides: load.asked) { name in
            ModelName.isSafe(name) ? calledNames(by: name, for: load.calls[0]) : []
        }
        if !missing.isEmpty { return request(missing, for: loading) }
        goOn(loading)
    }

    /// The models that a model calls which a load needs.
    private func calledNames(by name: String, for call: RepositoryCall) -> Set<String> {
        let override = name == call.model ? call.withBody { bytes in LoadOverride(in: bytes, of: call) } : nil
        return memberNames(of: name, found: find(name), override: override).filter { ModelName.isSafe($0) }
    }

    private func goOn(_ loading: String) {
        guard let over = waiting.removeValue(forKey: loading) else { return }
        for (index, call) in over.calls.enumerated() {
            // What came later may have to wait for the store again.
            if index == 0 { answer(call, after: over.faults) } else { receive(call) }
        }
    }

    /// Ends a load whose model may be another in a store that could not be asked.
    ///
    /// The same holds for the models that it calls. One that lies elsewhere, or comes with the request, needs no store.
    func refuse(
        _ name: String, _ override: LoadOverride?, after faults: [Waiting.Fault]
    ) throws(ProtocolError) {
        let isBrought = override?.files.isEmpty == false
        let concerns = faults.first { fault in
            if isBrought, fault.model == name { return false }
            return find(fault.model)?.scanned.directory.hasPrefix(fault.directory + "/") ?? true
        }
        guard let concerns else { return }
        // Paths of this machine are no client's business.
        let reason =
            if case .disk = concerns.fault { "the cache cannot be written" } else { concerns.fault.description }
        throw ProtocolError(.invalidArgument, "load failed for model '\(name)': \(concerns.url): \(reason)")
    }
}
