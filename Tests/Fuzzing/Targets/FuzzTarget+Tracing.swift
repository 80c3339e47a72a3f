import LinuxSystem
import OpenInferenceProtocol
import RequestTracing

extension FuzzTarget {
    /// What is taken of a trace's fields is what stands there; the first line is `traceparent`, the others are fields
    /// `tracestate`.
    static let traceContext = FuzzTarget(name: "trace-context") { input in
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        let first = lines[0]
        let parent = TraceParent(first.span)
        if let parent {
            precondition(Array(parent.trace.text.utf8) == Array(first[3..<35]), "a trace is named by its digits")
            precondition(parent.span.number != 0, "a span is not zero")
        }
        var state = TraceState()
        for line in lines.dropFirst() { state.append(line.span) }
        precondition(state.text.utf8.count <= TracingLimits.traceStateByteCount, "a state keeps its limit")
        var again = TraceState()
        again.append(Array(state.text.utf8).span)
        precondition(again.text == state.text, "what is handed on is well-formed")
    }

    /// Settings that are read keep their limits, and so do the numbers in them.
    static let settings = FuzzTarget(name: "settings") { input in
        guard let request = try? SettingsRequest(input.span) else { return }
        let names = Set(request.members.map(\.name))
        precondition(names.count == request.members.count, "a setting is named once")
        precondition(names.count <= OpenInferenceProtocolLimits.settingCount, "settings keep their limit")
        _ = try? TraceSettingChange(request)
    }
}
