import JSONSyntax
import Testing

@testable import ServerView

@Suite struct ExperimentTableTests {
    private static let document = #"""
        {"name":"anomaly","variants":[
        {"name":"a","model":"xgb","share":0.7,"keys":700,"rows":7000,"anomaly_rate":0.1,"labels":10,
        "accuracy":0.9,"f1":0.81},
        {"name":"b\u001b[2J","model":"cat","share":0.3,"keys":300,"rows":3000,"anomaly_rate":0.15,"labels":0,
        "accuracy":null,"f1":null}],
        "sample_ratio":{"keys":[700,300],"expected_keys":[700,300],"p_value":0.5,"is_mismatch":false},
        "metrics":[{"name":"anomaly_rate","comparisons":[{"control":"a","variant":"b","verdict":"higher",
        "difference":0.05,"interval_low":0.01,"interval_high":0.09,"sequential_p_value":0.0001,
        "chi_square_by_key_p_value":0.00456,"detectable_difference":0.02,"effect_size":0.15,"further_keys":null}]},
        {"name":"accuracy","comparisons":[]}],
        "rollout":{"candidate":"b","phase":"rolled_back","share_percent":0,"changes":[
        {"share_percent":10,"reason":"begun"},{"share_percent":0,"reason":"at 10 %: error rate 0.5 is above 0.01"}]},
        "history":[{"time":100,"anomaly_rates":[0.1,null],"accuracies":[null,null]},
        {"time":160,"anomaly_rates":[0.1,0.15],"accuracies":[0.9,null]}]}
        """#

    private static func read() throws -> JSONValue {
        let bytes = Array(document.utf8)
        let value = JSONValue(bytes.span)
        return try #require(value)
    }

    @Test func `an experiment is a table`() throws {
        let text = ExperimentTable.text(of: try Self.read())
        #expect(
            text == """
                split anomaly

                  variant  model  share   keys  rows  anomalies  labels  accuracy  F1
                  a        xgb    70.0 %  700   7000  10.0 %     10      90.0 %    0.81
                  b[2J     cat    30.0 %  300   3000  15.0 %     0       -         -

                keys by weight: p = 0.5, as expected

                anomaly rate
                  variant  against  difference  95 % at any time  p at any time  p by key  verdict
                  b        a        5.0 %       1.0 % … 9.0 %     <0.001         0.00456   higher
                  b: detectable 2.0 %, effect size 0.15, further keys -

                rollout of b: rolled back at 0 %
                  10 %  begun
                  0 %  at 10 %: error rate 0.5 is above 0.01

                """)
    }

    @Test func `shares that are wrong are said so, and an empty document is an empty table`() throws {
        let wrong = Self.document.replacing(#""is_mismatch":false"#, with: #""is_mismatch":true"#)
        let bytes = Array(wrong.utf8)
        let value = JSONValue(bytes.span)
        #expect(ExperimentTable.text(of: try #require(value)).contains("WRONG"))
        #expect(ExperimentTable.text(of: .object([:])).hasPrefix("split -\n"))
    }

    @Test func `a plot is XML with a line for each variant`() throws {
        let svg = ExperimentPlot.svg(of: try Self.read())
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.split(separator: "<polyline").count == 5)
        #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(svg.contains("anomaly: accuracy"))
        #expect(ExperimentPlot.svg(of: .object([:])).hasSuffix("</svg>\n"))
        #expect(ExperimentPlot.escaped("a<b>&\"\u{1}") == "a&lt;b&gt;&amp;&quot;")
    }

    private static let numbers: [(Double, String)] = [
        (0, "0"), (0.0009, "<0.001"), (0.004567, "0.00457"), (1, "1.0"), (-0.5, "-0.5"), (123.4, "123.0"),
    ]

    @Test func `numbers have three digits that count`() {
        for (number, text) in Self.numbers { #expect(ExperimentTable.short(number) == text) }
    }
}
