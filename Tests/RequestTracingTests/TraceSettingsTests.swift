import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import RequestTracing

/// Settings of all models and of single ones, as Triton's `qa/L0_trace/trace_endpoint_test.py` expects them.
@Suite struct TraceSettingsTests {
    private static func initial() -> TraceSetting {
        var setting = TraceSetting()
        setting.isOn = true
        setting.rate = 1
        return setting
    }

    private static func change(_ json: String) throws -> TraceSettingChange {
        try TraceSettingChange(try SettingsRequest(Array(json.utf8).span))
    }

    private static func shown(_ setting: TraceSetting) -> String {
        "\(setting.isOn ? "on" : "off") \(setting.rate) \(setting.count) \(setting.logFrequency)"
    }

    private static func settings() -> TraceSettings { TraceSettings(initial(), permitsRateZero: false) }

    @Test func `nothing changed is what was set at start`() {
        let settings = Self.settings()
        #expect(Self.shown(settings.directive(for: "simple").current) == "on 1 -1 0")
        #expect(Self.shown(settings.globalDirective.current) == "on 1 -1 0" && settings.isAnyOn)
    }

    @Test func `what is changed for all is seen where a model has nothing of its own`() throws {
        var settings = Self.settings()
        try settings.apply(Self.change(#"{"trace_rate":"12","log_frequency":"34"}"#), to: "simple")
        try settings.apply(
            Self.change(#"{"trace_rate":"56","trace_count":"78","trace_level":["OFF"]}"#), to: nil)
        #expect(Self.shown(settings.globalDirective.current) == "off 56 78 0")
        #expect(Self.shown(settings.directive(for: "simple").current) == "off 12 78 34")
        #expect(Self.shown(settings.directive(for: "other").current) == "off 56 78 0")
        // Triton's test_http_clear_settings.
        try settings.apply(Self.change(#"{"trace_rate":null,"trace_count":null}"#), to: nil)
        #expect(Self.shown(settings.globalDirective.current) == "off 1 -1 0")
        #expect(Self.shown(settings.directive(for: "simple").current) == "off 12 -1 34")
        try settings.apply(Self.change(#"{"trace_rate":null,"trace_level":null}"#), to: "simple")
        #expect(Self.shown(settings.directive(for: "simple").current) == "off 1 -1 34")
        try settings.apply(Self.change(#"{"log_frequency":null}"#), to: "simple")
        #expect(settings.directive(for: "simple") === settings.globalDirective)
    }

    @Test func `what remains of a count is what is seen, and goes on over other changes`() throws {
        var settings = Self.settings()
        try settings.apply(Self.change(#"{"trace_count":"3"}"#), to: nil)
        let directive = settings.globalDirective
        #expect(directive.choose() && Self.shown(directive.current) == "on 1 2 0")
        try settings.apply(Self.change(#"{"trace_rate":"5"}"#), to: nil)
        #expect(Self.shown(settings.globalDirective.current) == "on 5 2 0")
        #expect(directive.isRetired && !settings.globalDirective.isRetired)
        #expect(settings.globalDirective.choose() && settings.globalDirective.choose())
        #expect(!settings.globalDirective.choose() && settings.globalDirective.remaining == 0)
        try settings.apply(Self.change(#"{"trace_count":"1"}"#), to: nil)
        #expect(settings.globalDirective.choose())
    }

    @Test func `a directive is complete when as many traces are there as were chosen`() {
        var setting = TraceSetting()
        setting.count = 2
        let directive = TraceDirective(setting)
        #expect(directive.choose() && !directive.isComplete(collected: 1))
        #expect(directive.choose() && !directive.isComplete(collected: 1) && directive.isComplete(collected: 2))
        directive.lost()
        #expect(directive.isComplete(collected: 1))
        #expect(!TraceDirective(TraceSetting()).isComplete(collected: 1_000))
    }

    @Test func `a refused change changes nothing`() throws {
        var settings = Self.settings()
        try settings.apply(Self.change(#"{"log_frequency":"2"}"#), to: "simple")
        #expect(
            throws: ProtocolError(
                .invalidArgument, "Attempting to set invalid trace setting :sample rate must be non-zero")
        ) { try settings.apply(Self.change(#"{"trace_rate":"0","trace_count":"9"}"#), to: nil) }
        #expect(Self.shown(settings.globalDirective.current) == "on 1 -1 0" && !settings.globalDirective.isRetired)
        #expect(Self.shown(settings.directive(for: "simple").current) == "on 1 -1 2")
        var permissive = TraceSettings(Self.initial(), permitsRateZero: true)
        try permissive.apply(Self.change(#"{"trace_rate":"0"}"#), to: nil)
        #expect(Self.shown(permissive.globalDirective.current) == "on 0 -1 0")
    }

    @Test func `a rate takes the place of a fraction`() throws {
        var initial = Self.initial()
        initial.fraction = 0.5
        var settings = TraceSettings(initial, permitsRateZero: true)
        try settings.apply(Self.change(#"{"trace_count":"5"}"#), to: nil)
        #expect(settings.globalDirective.setting.fraction == 0.5)
        try settings.apply(Self.change(#"{"trace_rate":"5"}"#), to: nil)
        #expect(settings.globalDirective.setting.fraction == nil)
        try settings.apply(Self.change(#"{"trace_rate":null}"#), to: nil)
        #expect(settings.globalDirective.setting.fraction == 0.5)
    }

    @Test func `models with settings of their own have a limit`() throws {
        var settings = Self.settings()
        let change = try Self.change(#"{"trace_rate":"2"}"#)
        for index in 0..<TracingLimits.modelSettings { try settings.apply(change, to: "m\(index)") }
        #expect(throws: ProtocolError.self) { try settings.apply(change, to: "one more") }
        try settings.apply(change, to: "m0")
        try settings.apply(Self.change(#"{"trace_rate":null}"#), to: "m0")
        try settings.apply(change, to: "one more")
    }

    @Test(arguments: [
        (#"{"trace_file":"x"}"#, "trace file location can not be updated through network protocol"),
        (#"{"trace_file":null}"#, "trace file location can not be updated through network protocol"),
        (#"{"trace_mode":"triton"}"#, "trace mode can not be updated through network protocol"),
        (#"{"trace_level":["TIMESTAMPS","TENSORS"]}"#, "TENSORS is not supported"),
        (#"{"trace_level":["TENSORS"]}"#, "TENSORS is not supported"),
        (#"{"trace_level":["OFF","TIMESTAMPS"]}"#, "Expect only one trace level 'OFF' is specified"),
        (#"{"trace_level":["ON"]}"#, "there is no trace level 'ON'"), (#"{"trace_level":[]}"#, "no list of levels"),
        (#"{"trace_level":"TIMESTAMPS"}"#, "no list of levels"), (#"{"trace_level":true}"#, "no list of levels"),
        (#"{"trace_rate":"-1"}"#, "Unable to parse 'trace_rate', got: -1"),
        (#"{"trace_rate":"2147483648"}"#, "Unable to parse 'trace_rate'"),
        (#"{"trace_rate":"12abc"}"#, "got: 12abc"), (#"{"trace_rate":"+1"}"#, "got: +1"),
        (#"{"trace_rate":""}"#, "Unable to parse 'trace_rate'"),
        (#"{"trace_rate":true}"#, "something else than a text"),
        (#"{"trace_count":"-2"}"#, "from -1 to 2147483647"), (#"{"log_frequency":"-1"}"#, "from 0 to 2147483647"),
        (#"{"trace_rat":"1"}"#, "there is no trace setting 'trace_rat'"),
    ]) func `what cannot be set is refused by name`(json: String, sentence: String) throws {
        let error = try #require(throws: ProtocolError.self) { try Self.change(json) }
        #expect(error.message.contains(sentence), "\(error.message)")
        #expect((error.code == .unsupported) == (sentence.contains("can not") || sentence.contains("TENSORS")))
    }

    @Test func `the limits are values that can be set`() throws {
        let json =
            #"{"trace_rate":"\#(TracingLimits.rate.upperBound)","trace_count":"\#(TracingLimits.count.lowerBound)","#
            + #""log_frequency":\#(TracingLimits.logFrequency.upperBound)}"#
        let change = try Self.change(json)
        #expect(Self.shown(change.setting) == "off 2147483647 -1 2147483647")
    }
}
