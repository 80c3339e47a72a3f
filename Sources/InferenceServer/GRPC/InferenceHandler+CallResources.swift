import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// Calls other than inference: each is answered by what answers the resource of HTTP.
extension InferenceHandler {
    /// Answers a call.
    ///
    /// - Throws: why it cannot be answered; nothing is left in `reply`.
    func answerResource(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ head: borrowing HTTPRequestHead,
        _ bytes: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) throws(CallRefusal) -> HTTPHandling {
        do throws(ProtocolError) {
            switch method {
            case .serverLive, .serverReady, .serverMetadata, .healthCheck:
                return .answered(try answerServer(method, message, in: body, &reply))
            case .modelReady, .modelMetadata, .modelConfig:
                return .answered(try answerModel(method, try ModelCall(message, in: body), in: body, &reply))
            case .modelStatistics:
                return try statistics(try ModelCall(message, in: body), in: body, &reply, exchange)
            case .repositoryIndex:
                return .answered(try answerIndex(message, in: body, &reply))
            case .systemSharedMemoryStatus, .cudaSharedMemoryStatus:
                return .answered(try answerRegions(method, message, in: body, &reply))
            default: break
            }
        } catch {
            throw .fault(error)
        }
        let sender = CallSender(head, bytes, exchange, self)
        switch method {
        case .repositoryModelLoad, .repositoryModelUnload:
            return try control(
                method == .repositoryModelLoad ? .load : .unload, message, in: body, sender, exchange)
        case .feedbackSubmit:
            // The name of the model stands in the message, which the monitoring thread reads.
            let subject = MonitoringCall.Subject.feedback(model: "", message: 0..<message.count)
            try submit(subject, "feedback", .init("model", ""), sender, body.extracting(message), exchange)
            return .deferred
        case .traceSetting, .logSettings:
            try changeSettings(method, message, in: body, sender, &reply)
            return .answered(CallAnswer.ok)
        default:
            try changeRegions(method, message, in: body, sender)
            ProtocolMessage.appendEmpty(to: &reply)
            return .answered(CallAnswer.ok)
        }
    }

    /// Writes a JSON document and makes the message of it.
    private func append(
        as name: String, in member: UInt32? = nil, to reply: inout ByteBuffer,
        _ write: (inout ByteBuffer) -> Void
    ) -> HTTPResponseHead {
        var document = ByteBuffer()
        write(&document)
        ProtocolMessage.append(document.bytes, as: name, in: member, to: &reply)
        return CallAnswer.ok
    }

    // MARK: Reading

    private func answerServer(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ reply: inout ByteBuffer
    ) throws(ProtocolError) -> HTTPResponseHead {
        switch method {
        case .serverMetadata:
            return append(as: "ServerMetadataResponse", to: &reply) { resources.appendServerMetadata(to: &$0) }
        case .healthCheck:
            guard try HealthCall(message, in: body).isKnown else { throw ProtocolError(.notFound, "unknown service") }
            ProtocolMessage.append(resources.health, to: &reply)
        case .serverLive: ProtocolMessage.append(try resources.isHealthy(), to: &reply)
        default: ProtocolMessage.append(try resources.isReady(), to: &reply)
        }
        return CallAnswer.ok
    }

    private func answerModel(
        _ method: GRPCMethod, _ call: ModelCall, in body: Span<UInt8>, _ reply: inout ByteBuffer
    ) throws(ProtocolError) -> HTTPResponseHead {
        let version = try ModelCall.version(call.version, in: body)
        let model = table.model(atSlot: try resources.slot(named: body.extracting(call.name), version))
        switch method {
        case .modelMetadata:
            return append(as: "ModelMetadataResponse", to: &reply) {
                resources.append(.metadata, of: model, isVersionNamed: version != nil, to: &$0)
            }
        case .modelConfig:
            return append(as: "ModelConfig", in: 1, to: &reply) {
                resources.append(.configuration, of: model, isVersionNamed: version != nil, to: &$0)
            }
        default:
            try resources.checkReadiness(of: model)
            ProtocolMessage.append(true, to: &reply)
            return CallAnswer.ok
        }
    }

    private func statistics(
        _ call: ModelCall, in body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> HTTPHandling {
        guard !call.name.isEmpty else { return statistics(as: AnswerForm(kind: .call), to: &reply, exchange) }
        let name = body.extracting(call.name)
        let version = try ModelCall.version(call.version, in: body)
        let slot: Int
        do throws(ProtocolError) {
            slot = try resources.slot(named: name, version)
        } catch {
            throw resources.noStatistics(
                name.text(name.indices), isServed: (try? resources.slot(named: name, nil)) != nil,
                isVersionNamed: version != nil)
        }
        let model = table.model(atSlot: slot)
        return .answered(
            append(as: "ModelStatisticsResponse", to: &reply) {
                resources.append(.statistics, of: model, isVersionNamed: version != nil, to: &$0)
            })
    }

    private func answerIndex(
        _ message: Range<Int>, in body: Span<UInt8>, _ reply: inout ByteBuffer
    ) throws(ProtocolError) -> HTTPResponseHead {
        let call = try IndexCall(message, in: body)
        return append(as: "RepositoryIndexResponse", to: &reply) {
            $0.append("{\"models\":")
            resources.appendIndex(readyOnly: call.readyOnly, to: &$0)
            $0.append("}")
        }
    }

    private func answerRegions(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ reply: inout ByteBuffer
    ) throws(ProtocolError) -> HTTPResponseHead {
        let kind: SharedMemoryAnswers.Kind = method == .systemSharedMemoryStatus ? .system : .cuda
        let entries = try memory.entries(kind, try RegionCall(message, in: body).name)
        let regions = entries.map {
            ProtocolMessage.Region(
                name: $0.region.name, key: $0.key, offset: $0.offset, byteCount: UInt64($0.region.byteCount))
        }
        ProtocolMessage.append(regions, to: &reply)
        return CallAnswer.ok
    }

    // MARK: Changing

    private func control(
        _ verb: EndpointTable.RepositoryVerb, _ message: Range<Int>, in body: Span<UInt8>, _ sender: CallSender,
        _ exchange: HTTPExchange
    ) throws(CallRefusal) -> HTTPHandling {
        let call: RepositoryControlCall
        do throws(ProtocolError) {
            call = try RepositoryControlCall(message, in: body)
        } catch {
            throw .fault(error)
        }
        try control(
            verb, body.text(call.model), isQualified: call.isQualified, body,
            .message(message, isOfKServe: call.isOfKServe), sender, exchange)
        return .deferred
    }

    /// Settings are read by everybody; a call that names some changes them.
    private func changeSettings(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ sender: CallSender,
        _ reply: inout ByteBuffer
    ) throws(CallRefusal) {
        let call: SettingsCall
        do throws(ProtocolError) {
            call =
                try method == .logSettings
                ? SettingsCall(log: message, in: body) : SettingsCall(trace: message, in: body)
            let name = Array(call.model.utf8)
            if !call.model.isEmpty, (try? resources.slot(named: name.span, nil)) == nil {
                throw .unknownTracedModel(call.model)
            }
        } catch {
            throw .fault(error)
        }
        var document = ByteBuffer()
        if method == .logSettings {
            try change("log settings", call, sender, to: &document) { (document) throws(ProtocolError) in
                try applyLog(call.request, to: &document)
            }
            ProtocolMessage.appendLogSettings(document.bytes, to: &reply)
        } else {
            try change("trace settings", call, sender, to: &document) { (document) throws(ProtocolError) in
                try applyTraces(call.request, model: call.model.isEmpty ? nil : call.model, to: &document)
            }
            ProtocolMessage.appendTraceSettings(document.bytes, to: &reply)
        }
    }

    private func change(
        _ name: String, _ call: SettingsCall, _ sender: CallSender, to document: inout ByteBuffer,
        _ apply: (inout ByteBuffer) throws(ProtocolError) -> Void
    ) throws(CallRefusal) {
        guard !call.request.members.isEmpty else {
            do throws(ProtocolError) {
                return try apply(&document)
            } catch {
                throw .fault(error)
            }
        }
        let grounds = try permit(name, .init("model", call.model), sender)
        let asked = call.request.members.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        try audited(name, model: call.model, sender, grounds, asked: asked) { () throws(ProtocolError) in
            try apply(&document)
        }
    }

    private func changeRegions(
        _ method: GRPCMethod, _ message: Range<Int>, in body: Span<UInt8>, _ sender: CallSender
    ) throws(CallRefusal) {
        let region: String?
        do throws(ProtocolError) {
            region = try RegionCall(message, in: body).name
        } catch {
            throw .fault(error)
        }
        let isOfSystem = method == .systemSharedMemoryRegister || method == .systemSharedMemoryUnregister
        let registers = method == .systemSharedMemoryRegister || method == .cudaSharedMemoryRegister
        try changeRegions(isOfSystem ? .system : .cuda, registers ? .register : .unregister, region, sender) {
            () throws(ProtocolError) in try SharedMemoryRegistration(message, in: body)
        }
    }
}
